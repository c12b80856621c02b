/** `mmreplay compare BASE NEW`: what changed between two reports; exit 1 on a regression. */

import type { CommandModule } from "yargs";
import { compare, compareJson, compareText } from "../../reports/compare.ts";
import { write } from "../io.ts";
import { formatOption, outputOption } from "../options.ts";
import { readReport } from "../report-file.ts";

interface Arguments {
  readonly base: string;
  readonly next: string;
  readonly format: "text" | "json";
  readonly output: string | undefined;
}

const regression = 1;

export const compareCommand: CommandModule<object, Arguments> = {
  command: "compare <base> <next>",
  describe: "compare two reports exactly; exit 1 on a regression",
  builder: {
    base: { type: "string", demandOption: true, describe: "report of --format json" },
    next: { type: "string", demandOption: true, describe: "report to hold against it" },
    format: formatOption,
    output: outputOption,
  },
  handler: ({ base, next, format, output }) => {
    const comparison = compare(readReport(base), readReport(next));
    write(format === "json" ? compareJson(comparison) : compareText(comparison), output);
    if (comparison.regressions > 0) process.exitCode = regression;
  },
};
