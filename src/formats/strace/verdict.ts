/** Why a text that has been read to its end is of no use. */

import { MmreplayError } from "../../errors.ts";
import { straceCommand } from "./command.ts";

/** What was found in it. */
export interface Findings {
  readonly lines: number;
  /** Lines that are strace's for certain. */
  readonly recognised: number;
  /** Memory calls, and how many of them have no result at all. */
  readonly calls: number;
  readonly missing: number;
  /** There is a table of -c or -C. */
  readonly summary: boolean;
}

/** The error for a text without anything to replay; undefined if there is something. */
export function verdict(name: string, findings: Findings): MmreplayError | undefined {
  const { lines, recognised, calls, missing, summary } = findings;
  if (calls > 0 && missing < calls) return undefined;
  const options = { at: { file: name }, hint: `record again with: ${straceCommand}` };
  const error = (code: string, message: string): MmreplayError =>
    new MmreplayError(code, message, options);
  if (calls > 0) return error("parse/no-results", "no memory call has a result");
  if (recognised > 0) return error("parse/no-memory-calls", "strace output without a memory call");
  if (summary) return error("parse/summary-only", "this is the table of strace -c");
  if (lines === 0) return error("parse/empty", "the file is empty");
  return error("parse/not-strace", "no line of this is from strace");
}
