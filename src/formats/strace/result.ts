/** What a call returned, as strace prints it after `= `. */

import { errnoName } from "../../trace/errno.ts";
import type { Outcome } from "../../trace/event.ts";
import type { U64 } from "../../units.ts";
import { numberAt } from "./number.ts";
import { maxPid } from "./prefix.ts";

export interface Result {
  readonly outcome: Outcome;
  /** null unless the outcome is `ok`. */
  readonly value: U64 | null;
  readonly error: string | null;
  /** `-e inject` replaced the result: the call was not made. */
  readonly injected: boolean;
  /** `<0.000017>` in seconds. */
  readonly duration: number | undefined;
  /** What stands after the number: `</path>`, `<comm>`, a comment. */
  readonly suffix: string;
}

/** `cut`: the result ends with a line that may have been longer. `malformed`: no number, or more than 64 bits. */
export type NoResult = "cut" | "malformed";

const space = 32;
const less = 60;

/** A result of which nothing but the outcome is known. */
export function bareResult(outcome: Outcome): Result {
  return { outcome, value: null, error: null, injected: false, duration: undefined, suffix: "" };
}

/** Where ` = ` and the result begin, after the parenthesis that closes the arguments; -1 if there is none. */
export function resultAt(text: string): number {
  let at = text.lastIndexOf(" = ");
  // What is said of an error, and the name of a command (-Y), may hold an equals sign too.
  while (at > 0 && text.charCodeAt(closingBefore(text, at)) !== 41) {
    at = text.lastIndexOf(" = ", at - 1);
  }
  // `strace: [wait(0x00857f) = 67295] WIFSTOPPED,...` of -d cuts a call.
  return at > 0 && !text.includes("] WIF", at) ? at : -1;
}

/** The index of the parenthesis that closes the arguments before a result at `at`. */
export function closingBefore(text: string, at: number): number {
  let before = at;
  while (before > 0 && text.charCodeAt(before) === space) before -= 1;
  return before;
}

/** Where ` <0.000017>` begins at the end of the text; its length if there is none. */
function durationAt(text: string, from: number): number {
  const { length } = text;
  if (text.charCodeAt(length - 1) !== 62) return length;
  const at = text.lastIndexOf(" <");
  const digit = text.charCodeAt(at + 2);
  return at < from || digit < 48 || digit > 57 ? length : at;
}

/** `-1 ENOMEM (Cannot allocate memory)`, `-1 (errno 524)`, `? ERESTARTSYS (To be restarted)`: the symbol. */
function symbolOf(rest: string): string | undefined {
  const named = /^ (E[A-Z0-9_]+)(?:\s|$)/.exec(rest)?.[1];
  if (named !== undefined) return named;
  const number = /^ \((?:errno )?([0-9]+)\)/.exec(rest)?.[1];
  return number === undefined ? undefined : errnoName(Number(number));
}

/** A result that is no number. */
function worded(
  word: string,
  rest: string,
  duration: number | undefined,
  whole: boolean,
): Result | NoResult {
  const injected = rest.includes("(INJECTED");
  const common = { value: null, injected, duration, suffix: rest } as const;
  if (word === "" || word === "...") return bareResult("missing");
  if (word !== "?" && word !== "-1") return "malformed";
  const error = symbolOf(rest);
  if (error !== undefined) return { ...common, outcome: "error", error };
  if (word === "?") return { ...common, outcome: "unknown", error: null };
  return whole ? "malformed" : "cut";
}

/** Read the result that begins at `from`; `whole` is false if the line may have been longer. */
export function readResult(text: string, from: number, whole: boolean): Result | NoResult {
  const end = durationAt(text, from);
  let stop = from;
  while (stop < end && text.charCodeAt(stop) !== space && text.charCodeAt(stop) !== less) stop += 1;
  if (!whole && stop === text.length) return "cut";
  const rest = stop < end ? text.slice(stop, end) : "";
  if (!whole && /^ E?[A-Z0-9_]*$/.test(rest)) return "cut";
  const time = end === text.length ? Number.NaN : Number(text.slice(end + 2, -1));
  const duration = Number.isNaN(time) ? undefined : time;
  const first = text.charCodeAt(from);
  const value = first < 48 || first > 57 ? undefined : numberAt(text, from, stop);
  if (value === undefined) return worded(text.slice(from, stop), rest, duration, whole);
  const injected = rest !== "" && rest.includes("(INJECTED");
  return { outcome: "ok", value, error: null, injected, duration, suffix: rest };
}

/** The task that a clone made, in strace's own numbers: `= 3 /* 25202 in strace's PID NS *\/`. */
export function childOf(result: Result): number | undefined {
  const outside =
    result.suffix === ""
      ? undefined
      : /\/\* (\d+) in strace's PID NS \*\//.exec(result.suffix)?.[1];
  const value = outside === undefined ? result.value : Number(outside);
  return typeof value === "number" && value > 0 && value <= maxPid ? value : undefined;
}

/** The task that a call returned, or its own number; undefined where the result at `at` tells none. */
export function childIn(text: string, at: number, whole: boolean): number | undefined {
  const result = at < 0 ? "cut" : readResult(text, at + 3, whole);
  return typeof result === "string" ? undefined : childOf(result);
}
