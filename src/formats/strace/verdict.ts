/** Why a text that has been read to its end is of no use. */

import { MmreplayError } from "../../errors.ts";
import { straceCommand } from "./command.ts";

/** The lines of the text, by what they are. */
export interface LineCounts {
  all: number;
  /** Those that are strace's for certain. */
  recognised: number;
  /** Those that are another recorder's for certain, and the number of the first. */
  others: number;
  firstOther: number;
  /** There is a table of -c or -C. */
  summary: boolean;
}

export const noLines = (): LineCounts => ({
  all: 0,
  recognised: 0,
  others: 0,
  firstOther: 0,
  summary: false,
});

/** The memory calls of the text. */
export interface CallCounts {
  /** Those that were told, and how many of them have no result at all. */
  readonly calls: number;
  readonly missing: number;
  /** Line of the first call without a result. */
  readonly firstMissing: number;
  /** Those that were left out, and why the first was. */
  readonly skipped: number;
  readonly firstSkipped: { readonly message: string; readonly line: number } | undefined;
}

/** One line of another recorder in so many is an accident. */
const few = 10;

/** The error for a text without anything to replay; undefined if there is something. */
export function verdict(
  name: string,
  lines: LineCounts,
  found: CallCounts,
): MmreplayError | undefined {
  const { all, recognised, others, firstOther, summary } = lines;
  const { calls, missing, firstMissing, skipped, firstSkipped } = found;
  const mixed = others * few > recognised;
  if (calls > 0 && missing < calls && !mixed) return undefined;
  const again = `record again with: ${straceCommand}`;
  const error = (code: string, message: string, line: number, hint = again): MmreplayError =>
    new MmreplayError(code, message, {
      at: line > 0 ? { file: name, line } : { file: name },
      hint,
    });
  if (mixed && recognised > 0) {
    const message = `lines of strace, and from here on ${others} of another recorder`;
    const hint = "give each recorder's text in a file of its own";
    return error("parse/mixed-recorders", message, firstOther, hint);
  }
  if (calls > 0) {
    return error("parse/no-results", `none of ${calls} memory calls has a result`, firstMissing);
  }
  if (firstSkipped !== undefined) {
    const message = `none of ${skipped} memory calls can be used, this one as: ${firstSkipped.message}`;
    return error("parse/no-memory-calls", message, firstSkipped.line);
  }
  if (recognised > 0) {
    const message = `${recognised} lines of strace from here on, and no memory call`;
    return error("parse/no-memory-calls", message, 1);
  }
  if (summary) return error("parse/summary-only", "this is the table of strace -c", 1);
  if (all === 0) return error("parse/empty", "the file is empty", 0);
  return error("parse/not-strace", "no line of this is from strace", 1);
}
