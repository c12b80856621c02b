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

/** Put numbers below 2^bits, with at most 16 bits, below the values; throws Malformed if there are not as many bytes as that takes. */
export function addLow(bytes: Uint8Array, bits: number, values: Float64Array): void {
  if (bytes.length !== lowBytes(values.length, bits)) {
    throw new Malformed("a column has not a row of low bits for each number");
  }
  if (bits === 4) addNibbles(bytes, values);
  else addBits(bytes, bits, values);
}

function addBits(bytes: Uint8Array, bits: number, values: Float64Array): void {
  const part = 2 ** bits;
  const mask = part - 1;
  let at = 0;
  let held = 0;
  let rest = 0;
  for (let i = 0; i < values.length; i++) {
    if (held < bits) {
      // Up to 15 bits are left, and two bytes are enough.
      rest |= ((bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8)) << held;
      at += 2;
      held += 16;
    }
    values[i] = (values[i] ?? 0) * part + (rest & mask);
    rest >>>= bits;
    held -= bits;
  }
}

/** Two numbers in each byte. */
function addNibbles(bytes: Uint8Array, values: Float64Array): void {
  const even = values.length - (values.length % 2);
  for (let i = 0, at = 0; i < even; i += 2) {
    const byte = bytes[at++] ?? 0;
    values[i] = (values[i] ?? 0) * 16 + (byte & 15);
    values[i + 1] = (values[i + 1] ?? 0) * 16 + (byte >>> 4);
  }
  if (even < values.length) values[even] = (values[even] ?? 0) * 16 + ((bytes[even / 2] ?? 0) & 15);
}
