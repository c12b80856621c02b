/** `mmreplay compare BASE NEW`: what changed between two reports; exit 1 on a regression. */

import { readFileSync } from "node:fs";
import type { CommandModule } from "yargs";
import { MmreplayError } from "../../errors.ts";
import { compare, compareJson, compareText, parseReport } from "../../reports/compare.ts";
import type { Report } from "../../reports/report.ts";
import { write } from "../io.ts";

interface Arguments {
  readonly base: string;
  readonly next: string;
  readonly format: "text" | "json";
  readonly output: string | undefined;
}

const regression = 1;

function read(path: string): Report {
  try {
    return parseReport(readFileSync(path, "utf8"), path);
  } catch (error) {
    if (error instanceof MmreplayError || !(error instanceof Error)) throw error;
    throw new MmreplayError("io/unreadable", error.message, {
      at: { file: path },
      hint: "name a report written by mmreplay replay --format json -o FILE",
    });
  }
}

export const compareCommand: CommandModule<object, Arguments> = {
  command: "compare <base> <next>",
  describe: "compare two reports exactly; exit 1 on a regression",
  builder: {
    base: { type: "string", demandOption: true, describe: "report of --format json" },
    next: { type: "string", demandOption: true, describe: "report to hold against it" },
    format: { choices: ["text", "json"], default: "text" },
    output: { alias: "o", type: "string" },
  },
  handler: ({ base, next, format, output }) => {
    const comparison = compare(read(base), read(next));
    write(format === "json" ? compareJson(comparison) : compareText(comparison), output);
    if (comparison.regressions > 0) process.exitCode = regression;
  },
};
