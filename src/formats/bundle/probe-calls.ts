/** What a program wrote about its own calls: number, arguments and result of each, and the files it had opened before. */

import type { Diagnostics } from "../../errors.ts";
import { errnoName } from "../../trace/errno.ts";
import { parseU64, type U64 } from "../../units.ts";
import { requestIn } from "../perf/calls.ts";
import type { Request } from "../request.ts";
import { readTextLines } from "../text/text-lines.ts";
import type { Input } from "../types.ts";

/** One logged call. */
export interface LoggedCall {
  readonly line: number;
  /** The program's own count; a repair of a failed call has the number of that call. */
  readonly number: number;
  readonly request: Request;
  readonly result: U64 | null;
  readonly error: string | null;
}

export interface CallLog {
  readonly calls: readonly LoggedCall[];
  /** Paths by descriptor, of files that stayed open for the whole run. */
  readonly files: ReadonlyMap<number, string>;
  /** Number of the call before which the program took its middle picture. */
  readonly middle?: number;
}

/** `fd` and `middle` of the comments. */
function commentOf(text: string): { file?: readonly [number, string]; middle?: number } {
  const file = /^# file fd=(\d+) path=(.*)$/.exec(text);
  if (file !== null) return { file: [Number(file[1]), file[2] ?? ""] };
  const memfd = /^# memfd fd=(\d+)$/.exec(text)?.[1];
  if (memfd !== undefined) return { file: [Number(memfd), "/memfd:probe (deleted)"] };
  const middle = /^# middle=(\d+)\b/.exec(text)?.[1] ?? half(text);
  return middle === undefined ? {} : { middle: Number(middle) };
}

/** Without a word about it the middle is half of the announced number of calls. */
function half(text: string): number | undefined {
  const all = /^# probe .*\bnops=(\d+)/.exec(text)?.[1];
  return all === undefined ? undefined : Math.floor(Number(all) / 2);
}

/** `-0xc` and `-12` are errors, anything else is the result. */
function endOf(text: string): Pick<LoggedCall, "result" | "error"> | undefined {
  const negative = text.startsWith("-");
  const value = parseU64(negative ? text.slice(1) : text);
  if (value === undefined) return undefined;
  return negative
    ? { result: null, error: errnoName(Number(value)) }
    : { result: value, error: null };
}

function callOf(text: string, line: number): LoggedCall | undefined {
  const match = /^(\d+) (\w+) (.*) = (-?\w+)$/.exec(text);
  const args = (match?.[3] ?? "").split(" ").map((arg) => (arg === "-1" ? -1 : parseU64(arg)));
  const end = endOf(match?.[4] ?? "");
  if (match === null || end === undefined) return undefined;
  const numbers = args.filter((arg) => arg !== undefined);
  const request = numbers.length < args.length ? undefined : requestIn(match[2] ?? "", numbers);
  return request === undefined ? undefined : { line, number: Number(match[1]), request, ...end };
}

/** Read the whole log. */
export async function readCallLog(input: Input, diagnostics: Diagnostics): Promise<CallLog> {
  const calls: LoggedCall[] = [];
  const files = new Map<number, string>();
  let middle: number | undefined;
  const take = (text: string, line: number): void => {
    if (text.startsWith("#")) {
      const comment = commentOf(text);
      if (comment.file !== undefined) files.set(...comment.file);
      middle = comment.middle ?? middle;
      return;
    }
    const call = callOf(text, line);
    if (call !== undefined) calls.push(call);
    else diagnostics.warn("parse/unknown-line", "lines that are no call", line);
  };
  await readTextLines(input, take, diagnostics);
  return { calls, files, ...(middle === undefined ? {} : { middle }) };
}
