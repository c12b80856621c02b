/** How a call that stands on several lines becomes one: cut by a notice, by a newline in a path, or by a mail program. */

import { Buffer } from "node:buffer";
import { type Line, latin1 } from "./line.ts";
import { beginsCall } from "./names.ts";
import { noticeOf } from "./notices.ts";

interface Split {
  readonly text: string;
  readonly first: number;
  readonly time: number | undefined;
  readonly lines: number;
}

/** So many lines may be one call. */
const limit = 8;

/** A line that is not the continuation of another: it begins with a call, an end, a signal or a notice. */
function startsLine(bytes: Buffer, body: number, end: number): boolean {
  if (beginsCall(bytes, body, end)) return true;
  const first = bytes[body];
  const second = bytes[body + 1];
  if (first === 60) return second === 46;
  if (first === 43 || first === 45) return second === first;
  return noticeOf(latin1(bytes, body, end))?.index === 0;
}

/**
 * strace 4.8 prints the newline of a name as it is; everything else was cut where a blank may stand, in books with a
 * backslash.
 */
function glue(head: string, tail: string): string {
  const inName = /\d<[^>]*$/.test(head) || /\d<\/[^,]*$/.test(head);
  return inName ? `${head}\n${tail}` : `${head.replace(/ \\$/, "")} ${tail}`;
}

const lineOf = (text: string, split: Split, number: number, whole: boolean): Line => {
  const bytes = Buffer.from(text, "latin1");
  const { first, time } = split;
  return { bytes, start: 0, end: bytes.length, first, number, whole, time };
};

export class Pieces {
  #split: Split | undefined;

  /** A call has begun whose end has not been found. */
  get waiting(): boolean {
    return this.#split !== undefined;
  }

  /** Keep the text of a line that ends in the middle of a call. */
  keep(line: Line, text: string): void {
    const lines = (this.#split?.lines ?? 0) + 1;
    this.#split = { text, first: line.first, time: line.time, lines };
  }

  /** What was kept, with this line at its end; undefined if the line, whose body is known, stands for itself. */
  join(bytes: Buffer, start: number, body: number, end: number): string | undefined {
    const split = this.#split;
    if (split === undefined || split.lines > limit || startsLine(bytes, body, end))
      return undefined;
    return glue(split.text, latin1(bytes, start, end));
  }

  /** Take what was kept as a line that ends with `number`; `joined` is all of its text. */
  take(number: number, whole: boolean, joined?: string): Line | undefined {
    const split = this.#split;
    if (split === undefined) return undefined;
    if (joined === undefined) {
      this.#split = undefined;
      return lineOf(split.text, split, split.first, false);
    }
    return lineOf(joined, split, number, whole);
  }

  /** The joined line was complete. */
  done(lines: number): void {
    if (this.#split?.lines === lines) this.#split = undefined;
  }

  /** How many lines have been joined. */
  get lines(): number {
    return this.#split?.lines ?? 0;
  }
}
