/** Why a text that has been read to its end is of no use. */

import { MmreplayError } from "../../errors.ts";
import { straceCommand } from "./command.ts";

/** What was found in it. */
export interface Findings {
  readonly lines: number;
  /** Lines that are strace's for certain. */
  readonly recognised: number;
  /** Lines that are another recorder's for certain. */
  readonly others: number;
  /** Memory calls, and how many of them have no result at all. */
  readonly calls: number;
  readonly missing: number;
  /** There is a table of -c or -C. */
  readonly summary: boolean;
}

/** One line of another recorder in so many is an accident. */
const few = 10;

/** The error for a text without anything to replay; undefined if there is something. */
export function verdict(name: string, findings: Findings): MmreplayError | undefined {
  const { lines, recognised, others, calls, missing, summary } = findings;
  const mixed = others * few > recognised;
  if (calls > 0 && missing < calls && !mixed) return undefined;
  const options = { at: { file: name }, hint: `record again with: ${straceCommand}` };
  const error = (code: string, message: string): MmreplayError =>
    new MmreplayError(code, message, options);
  if (mixed && recognised > 0) {
    const message = "lines of strace and of another recorder in one file";
    const hint = "give each recorder's text in a file of its own";
    return new MmreplayError("parse/mixed-recorders", message, { at: options.at, hint });
  }
  if (calls > 0) return error("parse/no-results", "no memory call has a result");
  if (recognised > 0) return error("parse/no-memory-calls", "strace output without a memory call");
  if (summary) return error("parse/summary-only", "this is the table of strace -c");
  if (lines === 0) return error("parse/empty", "the file is empty");
  return error("parse/not-strace", "no line of this is from strace");
}
