/** What a mail program put before every line, or blanks that make a text stand out as code. */

import { MmreplayError } from "../../errors.ts";
import { isDigit } from "../text/scan.ts";
import { beginsCall } from "./names.ts";
import { maxPid, Prefix } from "./prefix.ts";

const marks: readonly number[] = [...">;|"].map((mark) => mark.charCodeAt(0));
const space = 32;
const tab = 9;

const isBlank = (byte: number | undefined): boolean => byte === space || byte === tab;

/**
 * How many blanks a text is indented by that begins with this line: 0 where strace itself prints them, before times since
 * the line before (-r), or before the rest of a call.
 */
export function indentOf(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && isBlank(bytes[at])) at += 1;
  if (at === start) return 0;
  let value = 0;
  let digits = at;
  for (; isDigit(bytes[digits] ?? 0); digits++) value = value * 10 + (bytes[digits] ?? 0) - 48;
  const next = bytes[digits];
  const isPid = value > 0 && value <= maxPid && (isBlank(next) || next === 60);
  const isTime = value > maxPid || (digits > at && next === 58);
  const isWord = /[a-zA-Z_[]/.test(String.fromCharCode(bytes[at] ?? 0));
  return isPid || isTime || isWord ? at - start : 0;
}

/** Where a line begins in a text that is indented by so many blanks; some editors drop those of empty lines. */
export function afterIndent(bytes: Uint8Array, start: number, end: number, indent: number): number {
  let at = start;
  while (at < Math.min(end, start + indent) && isBlank(bytes[at])) at += 1;
  return at;
}

/** True if this line begins with a mark and a blank. */
export function isQuoted(bytes: Uint8Array, start: number): boolean {
  return marks.includes(bytes[start] ?? 0) && bytes[start + 1] === space;
}

export class Margin {
  readonly #name: string;
  readonly #found: (line: number) => void;
  /** undefined before the first line with anything on it; 0 if lines are not quoted. */
  #mark: number | undefined;
  /** Blanks before every line. */
  #indent = 0;

  /** `found` is called if lines are quoted. */
  constructor(name: string, found: (line: number) => void) {
    this.#name = name;
    this.#found = found;
  }

  /** True if it is settled that lines are not quoted; a line that begins with a digit then starts where it seems to. */
  get none(): boolean {
    return this.#mark === 0 && this.#indent === 0;
  }

  /** Where the line really starts. Throws if some lines are quoted and others are not. */
  skip(bytes: Uint8Array, start: number, end: number, number: number): number {
    const byte = bytes[start] ?? 0;
    if (this.#mark === undefined) {
      this.#mark = isQuoted(bytes, start) ? byte : 0;
      if (this.#mark !== 0) this.#found(number);
      else this.#indent = indentOf(bytes, start, end);
    }
    if (this.#indent > 0) return afterIndent(bytes, start, end, this.#indent);
    if (this.#mark === 0) {
      if (marks.includes(byte) && isQuoted(bytes, start))
        this.#refuseCall(bytes, start + 2, end, number);
      return start;
    }
    if (byte !== this.#mark) throw this.#mixed(number);
    return bytes[start + 1] === space ? start + 2 : start + 1;
  }

  #refuseCall(bytes: Uint8Array, start: number, end: number, number: number): void {
    const prefix = new Prefix();
    prefix.read(bytes, start, end);
    if (beginsCall(bytes, prefix.body, end)) throw this.#mixed(number);
  }

  #mixed(line: number): MmreplayError {
    return new MmreplayError(
      "parse/quoted-lines",
      "some lines are quoted as in a mail, others not",
      {
        at: { file: this.#name, line },
        hint: "remove the marks: sed 's/^[>;|] //'",
      },
    );
  }
}
