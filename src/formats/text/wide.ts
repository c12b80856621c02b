/** Which words stand at a place of a text: eight bytes compared at once, as the double that they are. */

import { bytesOf } from "./scan.ts";

const step = 8;

/** A word of at least eight bytes. Equal doubles are equal bytes, as no byte of a text is NUL: only zeros are equal and differ. */
export interface Wide {
  readonly length: number;
  /** The double at each multiple of eight, and that at the end. */
  readonly doubles: readonly number[];
}

/** Bytes as they are compared; to ask a DataView for its length takes a call. */
export interface View {
  readonly data: DataView;
  readonly length: number;
}

export const viewOf = ({ buffer, byteOffset, length }: Uint8Array): View => ({
  data: new DataView(buffer, byteOffset, length),
  length,
});

export const wide = (text: string): Wide => wideOf(bytesOf(text));

/** Of at least eight bytes. */
export function wideOf(bytes: Uint8Array): Wide {
  const { data } = viewOf(bytes);
  const doubles: number[] = [];
  for (let at = 0; at + step < bytes.length; at += step) doubles.push(data.getFloat64(at, true));
  doubles.push(data.getFloat64(bytes.length - step, true));
  return { length: bytes.length, doubles };
}

/** True if the word stands at a place. */
export function stands(view: View, at: number, { length, doubles }: Wide): boolean {
  const { data } = view;
  const last = at + length - step;
  if (last + step > view.length) return false;
  for (let index = 0, next = at; next < last; index += 1, next += step) {
    if (data.getFloat64(next, true) !== doubles[index]) return false;
  }
  return data.getFloat64(last, true) === doubles[doubles.length - 1];
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
