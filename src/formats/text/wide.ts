/** Which words stand at a place of a text: eight bytes compared at once, as the double that they are. */

import { bytesOf } from "./scan.ts";

const step = 8;

/** A word of at least eight bytes. Equal doubles are equal bytes, as no byte of a text is NUL: only zeros are equal and differ. */
export interface Wide {
  readonly length: number;
  /** The double at each multiple of eight, and that at the end. */
  readonly doubles: readonly number[];
}

export const viewOf = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

export const wide = (text: string): Wide => wideOf(bytesOf(text));

/** Of at least eight bytes. */
export function wideOf(bytes: Uint8Array): Wide {
  const view = viewOf(bytes);
  const doubles: number[] = [];
  for (let at = 0; at + step < bytes.length; at += step) doubles.push(view.getFloat64(at, true));
  doubles.push(view.getFloat64(bytes.length - step, true));
  return { length: bytes.length, doubles };
}

/** True if the word stands at a place. */
export function stands(view: DataView, at: number, { length, doubles }: Wide): boolean {
  const last = at + length - step;
  if (last + step > view.byteLength) return false;
  for (let index = 0, next = at; next < last; index += 1, next += step) {
    if (view.getFloat64(next, true) !== doubles[index]) return false;
  }
  return view.getFloat64(last, true) === doubles[doubles.length - 1];
}

/** True if the same `length` bytes, at least eight, stand at both places. Bytes that are no number never do: those are not ASCII. */
export function same(view: DataView, one: number, other: number, length: number): boolean {
  const end = length - step;
  if (end < 0 || Math.max(one, other) + length > view.byteLength) return false;
  for (let at = 0; at < end; at += step) {
    if (view.getFloat64(one + at, true) !== view.getFloat64(other + at, true)) return false;
  }
  return view.getFloat64(one + end, true) === view.getFloat64(other + end, true);
}
