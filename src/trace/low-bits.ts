/** How the lowest bits of a column's numbers stand apart from the rest: packed, since they are noise that nothing compresses. */

// biome-ignore-all lint/suspicious/noBitwiseOperators: a division for each number takes five times as long.

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
