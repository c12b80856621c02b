/** Which short words stand at a place of a text: those of three to eight bytes, told by two numbers. */

// biome-ignore-all lint/suspicious/noBitwiseOperators: of three bytes the fourth is masked.

import { bytesOf } from "./scan.ts";
import { type View, viewOf } from "./view.ts";

const step = 4;

/** Its first four bytes, and its last four from `end` on: those that are its own. */
export interface Short {
  readonly head: number;
  readonly tail: number;
  readonly end: number;
  readonly mask: number;
}

export function short(text: string): Short {
  const { data } = viewOf(bytesOf(text.padEnd(step, "\0")));
  const end = Math.max(0, text.length - step);
  const mask = text.length < step ? 0xffffff : -1;
  return { head: data.getInt32(0, true), tail: data.getInt32(end, true), end, mask };
}

/** True if the word stands at a place; behind one of three bytes another byte must stand. */
export function standsShort({ data, length }: View, at: number, word: Short): boolean {
  const { head, tail, end, mask } = word;
  if (at + end + step > length) return false;
  return (
    (data.getInt32(at, true) & mask) === head && (data.getInt32(at + end, true) & mask) === tail
  );
}
