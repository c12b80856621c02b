/** `mmreplay compare BASE NEW`: what changed between two reports; exit 1 on a regression. */

import { existsSync, readFileSync } from "node:fs";
import type { CommandModule } from "yargs";
import { MmreplayError } from "../../errors.ts";
import { compare, compareJson, compareText, parseReport } from "../../reports/compare.ts";
import type { Report } from "../../reports/report.ts";
import { write } from "../io.ts";
import { formatOption, outputOption } from "../options.ts";

interface Arguments {
  readonly base: string;
  readonly next: string;
  readonly format: "text" | "json";
  readonly output: string | undefined;
}

const regression = 1;

function read(path: string): Report {
  if (existsSync(path)) return parseReport(readFileSync(path, "utf8"), path);
  throw new MmreplayError("io/missing", "no such report", {
    at: { file: path },
    hint: "write one: mmreplay replay TRACE --format json -o REPORT.json",
  });
}

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
    const comparison = compare(read(base), read(next));
    write(format === "json" ? compareJson(comparison) : compareText(comparison), output);
    if (comparison.regressions > 0) process.exitCode = regression;
  },
};
