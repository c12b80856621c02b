/** A line of a call, with what is known of it before its arguments are read. */

import type { OpenFile } from "../../trace/file.ts";
import type { Begun } from "../order/underway.ts";
import type { Request } from "../request.ts";
import type { At, Task } from "./lives.ts";
import type { Known } from "./names.ts";
import type { FileRequest } from "./plain-file.ts";
import { bareResult, type NoResult, type Result, readResult } from "./result.ts";

/** One line, or what joins to one. */
export interface Logical {
  readonly task: Task;
  readonly bare: boolean;
  readonly entry: At;
  readonly exit: At;
  readonly known: Known;
  /** From the name on; of a resumed call, what follows `resumed>`. */
  readonly text: string;
  /** Where ` = ` and the result begin in the text; -1 if there is none. */
  readonly at: number;
  /** False if there may have been more. */
  readonly whole: boolean;
}

/** A call that has begun. */
export interface Open {
  readonly known: Known;
  /** Up to where it was interrupted; of a call whose arguments are known, only the name. */
  readonly text: string;
  /** Where it began: the line, and its time in seconds, NaN if it has none. */
  readonly line: number;
  readonly time: number;
  readonly bare: boolean;
  /** What a memory call asks for, if its arguments are complete, and flag names that nobody knows. */
  readonly request: Request | undefined;
  readonly unknown: readonly string[] | undefined;
  readonly file: OpenFile | undefined;
  readonly begun: Begun | undefined;
  /** exec: the thread that called it, where another number goes on. */
  readonly caller: number | undefined;
  /** What a call that has to do with descriptors asked for, if it began plainly. */
  readonly asked: FileRequest | undefined;
}

/** The result on a line. */
export function resultOf({ text, at, whole }: Logical): Result | NoResult {
  return at < 0 ? bareResult("missing") : readResult(text, at + 3, whole);
}

/** A call that begins on this line, with what is known of it beside its name. */
export const opened = (
  { known, entry, bare }: Pick<Logical, "known" | "entry" | "bare">,
  text: string,
  more: Partial<Pick<Open, "request" | "unknown" | "file" | "begun" | "asked">> = {},
): Open => ({
  known,
  text,
  line: entry.line,
  time: entry.time ?? Number.NaN,
  bare,
  request: more.request,
  unknown: more.unknown,
  file: more.file,
  begun: more.begun,
  caller: undefined,
  asked: more.asked,
});

/** Where it began. */
export const entryOf = ({ line, time }: Open): At => ({
  line,
  time: Number.isNaN(time) ? undefined : time,
});

/** The name that a line begins with, as written; the text may be nothing else. */
export function writtenName(text: string): string {
  const end = text.indexOf("(");
  return end < 0 ? text : text.slice(0, end);
}
