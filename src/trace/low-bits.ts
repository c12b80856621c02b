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

/** Bytes that can be read behind the end of a row of bits. */
const spare = 8;

/** The bytes, with some behind them that have no meaning: a look at four bytes at once takes a third of the time of single ones. */
export function sparedView(bytes: Uint8Array): DataView {
  const { buffer, byteOffset, length } = bytes;
  if (byteOffset + length + spare <= buffer.byteLength) {
    return new DataView(buffer, byteOffset, length + spare);
  }
  const copy = new Uint8Array(length + spare);
  copy.set(bytes);
  return new DataView(copy.buffer);
}

/** Put low bits, at most 16, below the values; throws Malformed if there are not as many bytes as that takes. */
export function addLow(bytes: Uint8Array, bits: number, values: Float64Array): void {
  checkBytes(bytes, bits, values);
  const part = 2 ** bits;
  const mask = (1 << bits) - 1;
  const view = sparedView(bytes);
  for (let i = 0, place = 0; i < values.length; i++) {
    const low = (view.getUint32(place >>> 3, true) >>> (place & 7)) & mask;
    values[i] = (values[i] ?? 0) * part + low;
    place = (place + bits) | 0;
  }
}

/** Fill the values with low bits alone; throws as `addLow`. */
export function setLow(bytes: Uint8Array, bits: number, values: Float64Array): void {
  checkBytes(bytes, bits, values);
  const mask = (1 << bits) - 1;
  const view = sparedView(bytes);
  for (let i = 0, place = 0; i < values.length; i++) {
    values[i] = (view.getUint32(place >>> 3, true) >>> (place & 7)) & mask;
    place = (place + bits) | 0;
  }
}
