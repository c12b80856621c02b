/** How the lowest bits of a column's numbers stand apart from the rest: packed, since they are noise that nothing compresses. */

// biome-ignore-all lint/suspicious/noBitwiseOperators: a division for each number takes five times as long.

import { Malformed } from "./varint.ts";

/** Bytes that the low bits of so many numbers need. */
export function lowBytes(count: number, bits: number): number {
  return Math.ceil((count * bits) / 8);
}

/** The numbers without their low bits: value = 2^bits * high + low, with 0 <= low < 2^bits. */
export function highOf(values: Float64Array, bits: number): Float64Array {
  if (bits === 0) return values;
  const part = 2 ** bits;
  const high = new Float64Array(values.length);
  for (let i = 0; i < values.length; i++) high[i] = Math.floor((values[i] ?? 0) / part);
  return high;
}

/** The low bits of all numbers, those of the first one lowest. */
export function lowOf(values: Float64Array, bits: number): Uint8Array {
  const bytes = new Uint8Array(lowBytes(values.length, bits));
  const part = 2 ** bits;
  let at = 0;
  let held = 0;
  let rest = 0;
  for (const value of values) {
    rest |= (value - part * Math.floor(value / part)) << held;
    for (held += bits; held >= 8; held -= 8) {
      bytes[at++] = rest;
      rest >>>= 8;
    }
  }
  if (held > 0) bytes[at] = rest;
  return bytes;
}

/** Throws Malformed if there are not as many bytes as low bits of these numbers take. */
function checkBytes(bytes: Uint8Array, bits: number, values: Float64Array): void {
  if (bytes.length !== lowBytes(values.length, bits)) {
    throw new Malformed("a column has not a row of low bits for each number");
  }
}

/** How many numbers begin where four bytes can be read at once, which takes a third of the time. */
const wholeWords = ({ length }: Uint8Array, bits: number): number =>
  length < 4 ? 0 : Math.floor((8 * (length - 4)) / bits) + 1;

const viewOf = ({ buffer, byteOffset, length }: Uint8Array): DataView =>
  new DataView(buffer, byteOffset, length);

/** The number of `bits` bits from a place on, where the bytes may end; with at most 16 three are enough. */
function bitsAt(bytes: Uint8Array, place: number, mask: number): number {
  const at = place >>> 3;
  const three = (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16);
  return (three >>> (place & 7)) & mask;
}

/** Put low bits, at most 16, below the values; throws Malformed if there are not as many bytes as that takes. */
export function addLow(bytes: Uint8Array, bits: number, values: Float64Array): void {
  checkBytes(bytes, bits, values);
  const part = 2 ** bits;
  const mask = (1 << bits) - 1;
  const view = viewOf(bytes);
  const whole = Math.min(values.length, wholeWords(bytes, bits));
  let place = 0;
  for (let i = 0; i < whole; i++) {
    const low = (view.getUint32(place >>> 3, true) >>> (place & 7)) & mask;
    values[i] = (values[i] ?? 0) * part + low;
    place = (place + bits) | 0;
  }
  for (let i = whole; i < values.length; i++) {
    values[i] = (values[i] ?? 0) * part + bitsAt(bytes, place, mask);
    place = (place + bits) | 0;
  }
}

/** Fill the values with low bits alone; throws as `addLow`. */
export function setLow(bytes: Uint8Array, bits: number, values: Float64Array): void {
  checkBytes(bytes, bits, values);
  const mask = (1 << bits) - 1;
  const view = viewOf(bytes);
  const whole = Math.min(values.length, wholeWords(bytes, bits));
  let place = 0;
  for (let i = 0; i < whole; i++) {
    values[i] = (view.getUint32(place >>> 3, true) >>> (place & 7)) & mask;
    place = (place + bits) | 0;
  }
  for (let i = whole; i < values.length; i++) {
    values[i] = bitsAt(bytes, place, mask);
    place = (place + bits) | 0;
  }
}
