/** What a call returned, as strace prints it after `= `. */

import { errnoName } from "../../trace/errno.ts";
import type { Outcome } from "../../trace/event.ts";
import { parseU64, type U64 } from "../../units.ts";

export interface Result {
  readonly outcome: Outcome;
  /** null unless the outcome is `ok`. */
  readonly value: U64 | null;
  readonly error: string | null;
  /** `-e inject` replaced the result: the call was not made. */
  readonly injected: boolean;
  /** `<0.000017>` in seconds. */
  readonly duration?: number;
  /** What stands after the number: `</path>`, `<comm>`, a comment. */
  readonly suffix: string;
}

/** `cut`: the result ends with a line that may have been longer. `malformed`: no number, or more than 64 bits. */
export type NoResult = "cut" | "malformed";

const missing: Result = {
  outcome: "missing",
  value: null,
  error: null,
  injected: false,
  suffix: "",
};

/** Where ` = ` and the result begin, after the parenthesis that closes the arguments; -1 if there is none. */
export function resultAt(text: string): number {
  const at = text.lastIndexOf(" = ");
  if (at < 0) return -1;
  let before = at;
  while (before > 0 && text.charCodeAt(before) === 32) before -= 1;
  return text.charCodeAt(before) === 41 ? at : -1;
}

/** The index of the parenthesis that closes the arguments before a result at `at`. */
export function closingBefore(text: string, at: number): number {
  let before = at;
  while (before > 0 && text.charCodeAt(before) === 32) before -= 1;
  return before;
}

function durationOf(text: string, from: number): { end: number; duration?: number } {
  if (text.charCodeAt(text.length - 1) !== 62) return { end: text.length };
  const at = text.lastIndexOf(" <");
  if (at < from) return { end: text.length };
  const duration = Number(text.slice(at + 2, -1));
  return Number.isNaN(duration) ? { end: text.length } : { end: at, duration };
}

/** The first word from `from` on, up to a blank, `<` or the end. */
function wordEnd(text: string, from: number, to: number): number {
  let at = from;
  while (at < to && text.charCodeAt(at) !== 32 && text.charCodeAt(at) !== 60) at += 1;
  return at;
}

/** `-1 ENOMEM (Cannot allocate memory)`, `-1 (errno 524)`, `? ERESTARTSYS (To be restarted)`: the symbol. */
function symbolOf(rest: string): string | undefined {
  const named = /^ (E[A-Z0-9_]+)(?:\s|$)/.exec(rest)?.[1];
  if (named !== undefined) return named;
  const number = /^ \((?:errno )?([0-9]+)\)/.exec(rest)?.[1];
  return number === undefined ? undefined : errnoName(Number(number));
}

/** Read the result that begins at `from`; `whole` is false if the line may have been longer. */
export function readResult(text: string, from: number, whole: boolean): Result | NoResult {
  const { end, duration } = durationOf(text, from);
  const stop = wordEnd(text, from, end);
  if (!whole && stop === text.length) return "cut";
  const word = text.slice(from, stop);
  const rest = stop < end ? text.slice(stop, end) : "";
  const timed = duration === undefined ? {} : { duration };
  const injected = rest !== "" && rest.includes("(INJECTED");
  const common = { injected, suffix: rest, ...timed };
  if (!whole && /^ E?[A-Z0-9_]*$/.test(rest)) return "cut";
  if (word === "?") {
    const error = symbolOf(rest);
    if (error !== undefined) return { outcome: "error", value: null, error, ...common };
    return { outcome: "unknown", value: null, error: null, ...common };
  }
  if (word === "-1") {
    const error = symbolOf(rest);
    if (error !== undefined) return { outcome: "error", value: null, error, ...common };
    return whole ? "malformed" : "cut";
  }
  if (word === "" || word === "...") return missing;
  const value = parseU64(word);
  if (value === undefined) return "malformed";
  return { outcome: "ok", value, error: null, ...common };
}
