/** How the numbers of a column are read that stand as one of a few ranges and a place in it. */

// biome-ignore-all lint/suspicious/noBitwiseOperators: a division for each number takes five times as long.

import { lowBytes, setLow } from "./low-bits.ts";
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
}

function readRanges(reader: ByteReader, most: number): Ranges {
  const count = reader.unsigned();
  if (count > most) throw new Malformed("more ranges than a place can say");
  const starts = new Float64Array(count);
  const widths = new Uint8Array(count);
  for (let i = 0; i < count; i++) {
    starts[i] = reader.signed();
    const width = reader.unsigned();
    if (width > widestRange) throw new Malformed("a range is too wide");
    widths[i] = width;
  }
  return { starts, widths };
}

/** Bits that are read with one look at four bytes, wherever in a byte they begin. */
const oneLook = 24;

/** Up to 24 bits from a place on; those behind the end are 0. */
function bitsAt(bytes: Uint8Array, place: number, width: number): number {
  const from = place >>> 3;
  const three = (bytes[from] ?? 0) | ((bytes[from + 1] ?? 0) << 8) | ((bytes[from + 2] ?? 0) << 16);
  const four = three | ((bytes[from + 3] ?? 0) << 24);
  return (four >>> (place & 7)) & ((1 << width) - 1);
}

/** Up to 48 bits. */
function longBitsAt(bytes: Uint8Array, place: number, width: number): number {
  if (width <= oneLook) return bitsAt(bytes, place, width);
  const high = bitsAt(bytes, place + oneLook, width - oneLook);
  return bitsAt(bytes, place, oneLook) + high * 2 ** oneLook;
}

/** Fill `values` with numbers of ranges; `bits` say the range of each, and its place in that is in `low`. */
export function readRanged(
  reader: ByteReader,
  bits: number,
  low: Uint8Array,
  values: Float64Array,
): void {
  const { starts, widths } = readRanges(reader, 2 ** bits);
  setLow(reader.bytes(lowBytes(values.length, bits)), bits, values);
  const view = new DataView(low.buffer, low.byteOffset, low.length);
  const last = low.length - 4;
  let place = 0;
  for (let i = 0; i < values.length; i++) {
    const range = values[i] ?? 0;
    const start = starts[range];
    if (start === undefined) throw new Malformed("a number of no range");
    const width = widths[range] ?? 0;
    const from = place >>> 3;
    values[i] =
      width <= oneLook && from <= last
        ? start + ((view.getUint32(from, true) >>> (place & 7)) & ((1 << width) - 1))
        : start + longBitsAt(low, place, width);
    place = (place + width) | 0;
  }
  if (Math.ceil(place / 8) !== low.length) {
    throw new Malformed("a column has not the low bits of its ranges");
  }
}
