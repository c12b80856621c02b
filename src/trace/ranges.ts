/** How the numbers of a column are read that stand as one of a few ranges and a place in it. */

// biome-ignore-all lint/suspicious/noBitwiseOperators: a division for each number takes five times as long.

import { lowBytes, sparedView } from "./low-bits.ts";
import type { Range } from "./packed.ts";
import { type ByteReader, type ByteWriter, Malformed } from "./varint.ts";

/** Whole numbers from `start` up to, but without, `start + 2^width`. */
export interface NumberRange {
  readonly start: number;
  readonly width: number;
}

/** Wider ranges say too little to pay. */
export const widestRange = 48;

export function writeRanges(writer: ByteWriter, ranges: readonly NumberRange[]): void {
  writer.unsigned(ranges.length);
  for (const { start, width } of ranges) {
    writer.signed(start);
    writer.unsigned(width);
  }
}

/** As columns, which are faster to look into. */
interface Ranges {
  readonly starts: Float64Array;
  readonly widths: Uint8Array;
  /** None of the numbers is below the first one, or above the second. */
  readonly bounds: Range;
}

function readRanges(reader: ByteReader, places: number): Ranges {
  const count = reader.unsigned();
  if (count > places) throw new Malformed("more ranges than a place can say");
  const starts = new Float64Array(count);
  const widths = new Uint8Array(count);
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < count; i++) {
    const start = reader.signed();
    const width = reader.unsigned();
    if (width > widestRange) throw new Malformed("a range is too wide");
    starts[i] = start;
    widths[i] = width;
    least = Math.min(least, start);
    most = Math.max(most, start + 2 ** width - 1);
  }
  return { starts, widths, bounds: count === 0 ? [0, 0] : [least, most] };
}

/** Bits that are read with one look at four bytes, wherever in a byte they begin. */
const oneLook = 24;

/** Up to 24 bits from a place on. */
function bitsAt(view: DataView, place: number, width: number): number {
  return (view.getUint32(place >>> 3, true) >>> (place & 7)) & ((1 << width) - 1);
}

/** Up to 48 bits. */
function longBitsAt(view: DataView, place: number, width: number): number {
  const high = bitsAt(view, place + oneLook, width - oneLook);
  return bitsAt(view, place, oneLook) + high * 2 ** oneLook;
}

function wrongBits(): never {
  throw new Malformed("a column has not the low bits of its ranges");
}

/** Fill `values` with numbers of ranges; `bits` say the range of each, and its place in that is in `low`. Returns numbers that none of them is below, or above. */
export function readRanged(
  reader: ByteReader,
  bits: number,
  low: Uint8Array,
  values: Float64Array,
): Range {
  const { starts, widths, bounds } = readRanges(reader, 2 ** bits);
  const places = reader.bytes(lowBytes(values.length, bits));
  const view = sparedView(low);
  const end = 8 * low.length;
  const mask = (1 << bits) - 1;
  let place = 0;
  for (let i = 0; i < values.length; i++) {
    const at = (i * bits) | 0;
    const range = ((places[at >>> 3] ?? 0) >>> (at & 7)) & mask;
    const start = starts[range];
    if (start === undefined) throw new Malformed("a number of no range");
    const width = widths[range] ?? 0;
    if (place > end) wrongBits();
    const inside = width <= oneLook ? bitsAt(view, place, width) : longBitsAt(view, place, width);
    values[i] = start + inside;
    place = (place + width) | 0;
  }
  if (Math.ceil(place / 8) !== low.length) wrongBits();
  return bounds;
}
