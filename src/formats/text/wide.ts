/** Which words stand at a place of a text: eight bytes compared at once, as the double that they are. */

import { bytesOf } from "./scan.ts";
import { type View, viewOf } from "./view.ts";

const step = 8;

/** A word of at least eight bytes. Equal doubles are equal bytes, as no byte of a text is NUL: only zeros are equal and differ. */
export interface Wide {
  readonly length: number;
  /** The double at the start, and that at the end. */
  readonly first: number;
  readonly last: number;
  /** Those at other multiples of eight. */
  readonly middle: readonly number[];
}

export const wide = (text: string): Wide => wideOf(bytesOf(text));

/** Of at least eight bytes. */
export function wideOf(bytes: Uint8Array): Wide {
  const { data } = viewOf(bytes);
  const { length } = bytes;
  const middle: number[] = [];
  for (let at = step; at + step < length; at += step) middle.push(data.getFloat64(at, true));
  const [first, last] = [data.getFloat64(0, true), data.getFloat64(length - step, true)];
  return { length, first, last, middle };
}

/** True if the word stands at a place. */
export function stands({ data, length: all }: View, at: number, wide: Wide): boolean {
  const { length, first, last } = wide;
  if (at + length > all || data.getFloat64(at, true) !== first) return false;
  if (data.getFloat64(at + length - step, true) !== last) return false;
  if (length <= 2 * step) return true;
  const { middle } = wide;
  for (let index = 0; index < middle.length; index++) {
    if (data.getFloat64(at + step + step * index, true) !== middle[index]) return false;
  }
  return true;
}

/** True if the same `length` bytes, at least eight, stand at both places. Bytes that are no number never do: those are not ASCII. */
export function same(view: View, one: number, other: number, length: number): boolean {
  const { data } = view;
  const end = length - step;
  if (end < 0 || Math.max(one, other) + length > view.length) return false;
  for (let at = 0; at < end; at += step) {
    if (data.getFloat64(one + at, true) !== data.getFloat64(other + at, true)) return false;
  }
  return data.getFloat64(one + end, true) === data.getFloat64(other + end, true);
}
