/** How the bytes of a column become its numbers again. */

import {
  type Coded,
  differences,
  doubles,
  isDoubles,
  list,
  longestList,
  lowBitsOf,
  plain,
  runs,
  unitOf,
} from "./coding.ts";
import { type Listed, placesOf } from "./listed.ts";
import { addLow, lowBytes, setLow } from "./low-bits.ts";
import { ByteReader, Malformed, readSigned } from "./varint.ts";

function decodeDoubles(data: Uint8Array, values: Float64Array): void {
  if (data.length !== values.length * 8) throw new Malformed("doubles are cut off");
  const view = new DataView(data.buffer, data.byteOffset, data.length);
  for (let i = 0; i < values.length; i++) values[i] = view.getFloat64(i * 8, true);
}

/** Numbers that are each followed by how often they come again. */
function readRuns(reader: ByteReader, values: Float64Array): void {
  for (let index = 0; index < values.length; ) {
    const number = reader.signed();
    const end = index + reader.unsigned() + 1;
    if (end > values.length) throw new Malformed("a run is too long");
    // Most runs are short: a call of `fill` for each takes longer.
    while (index < end) values[index++] = number;
  }
}

/** The number that all of a column are, in its unit, where one run says so; undefined for other columns. */
export function constantOf(coded: Coded, count: number): number | undefined {
  const { coding, data } = coded;
  const mode = coding % (2 * runs);
  const { apart, inside } = lowBitsOf(coded);
  if ((mode !== plain + runs && mode !== list + runs) || apart + inside > 0) return undefined;
  const reader = new ByteReader(data);
  if (mode === list + runs && reader.unsigned() !== 1) return undefined;
  const number = reader.signed();
  if (mode === list + runs && reader.signed() !== 0) return undefined;
  const isWhole = !reader.ended && reader.unsigned() + 1 === count && reader.ended;
  return isWhole ? number : undefined;
}

/** The numbers above the low bits that are not 0, and where they stand. */
interface Exceptions {
  readonly places: readonly number[];
  readonly numbers: readonly number[];
}

function readExceptions(reader: ByteReader, count: number): Exceptions {
  const places: number[] = [];
  const numbers: number[] = [];
  let at = 0;
  for (let left = reader.unsigned(); left > 0; left--) {
    at += reader.unsigned();
    if (at >= count) throw new Malformed("a number behind the end of its column");
    places.push(at++);
    numbers.push(reader.signed());
  }
  return { places, numbers };
}

/** Fill `values` with low bits, and numbers above them in a few places; reads those that are inside. */
function decodeSparse(coded: Coded, reader: ByteReader, values: Float64Array): void {
  const { apart, inside } = lowBitsOf(coded);
  const { places, numbers } = readExceptions(reader, values.length);
  if (inside > 0) {
    setLow(reader.bytes(lowBytes(values.length, inside)), inside, values);
    if (apart > 0) addLow(coded.low, apart, values);
  } else setLow(coded.low, apart, values);
  const part = 2 ** (apart + inside);
  for (let i = 0; i < places.length; i++) {
    const place = places[i] ?? 0;
    values[place] = (values[place] ?? 0) + part * (numbers[i] ?? 0);
  }
}

/** Fill `values` with numbers in a row, above low bits. */
function decodeRow(coded: Coded, reader: ByteReader, values: Float64Array): void {
  const { apart, inside } = lowBitsOf(coded);
  reader.at = readSigned(coded.data, reader.at, values);
  if (inside > 0) addLow(reader.bytes(lowBytes(values.length, inside)), inside, values);
  if (apart > 0) addLow(coded.low, apart, values);
}

/** Fill `values` with what the bytes hold: values, differences or places; returns the list of the latter. */
function decodeStored(coded: Coded, values: Float64Array): readonly number[] {
  const mode = coded.coding % runs;
  if (mode === doubles) throw new Malformed("a column has an unknown coding");
  const reader = new ByteReader(coded.data);
  const entries = mode === list ? reader.unsigned() : 0;
  if (entries > longestList) throw new Malformed("a list is too long");
  const distinct: number[] = [];
  for (let left = entries; left > 0; left--) distinct.push(reader.signed());
  const { apart, inside } = lowBitsOf(coded);
  if (Math.floor(coded.coding / runs) % 2 === 0) decodeRow(coded, reader, values);
  else if (apart + inside > 0) decodeSparse(coded, reader, values);
  else readRuns(reader, values);
  if (!reader.ended) throw new Malformed("a column has bytes left");
  return distinct;
}

/** Fill `values` with those of a column, each divided by its unit; throws Malformed if its bytes are not such numbers. */
export function decodeInto(coded: Coded, values: Float64Array): void {
  if (isDoubles(coded)) {
    decodeDoubles(coded.data, values);
    return;
  }
  const distinct = decodeStored(coded, values);
  const mode = coded.coding % runs;
  if (mode === differences) {
    let last = 0;
    for (let i = 0; i < values.length; i++) {
      last += values[i] ?? 0;
      values[i] = last;
    }
  } else if (mode === list) {
    for (let i = 0; i < values.length; i++) {
      const value = distinct[values[i] ?? 0];
      if (value === undefined) throw new Malformed("a place is outside of its list");
      values[i] = value;
    }
  }
}

/** The numbers of a column; throws Malformed if its bytes are not such numbers. */
export function decodeNumbers(coded: Coded, count: number): Float64Array {
  const values = new Float64Array(count);
  decodeInto(coded, values);
  const unit = unitOf(coded);
  if (unit !== 1) for (let i = 0; i < count; i++) values[i] = (values[i] ?? 0) * unit;
  return values;
}

/** A column of few distinct numbers, as a list; `values` is room for its places. */
export function decodeListed(coded: Coded, values: Float64Array): Listed {
  if (coded.coding % runs === list && !isDoubles(coded) && unitOf(coded) === 1) {
    const distinct = decodeStored(coded, values);
    for (let i = 0; i < values.length; i++) {
      const place = values[i] ?? 0;
      if (place < 0 || place >= distinct.length) {
        throw new Malformed("a place is outside of its list");
      }
    }
    return { distinct, places: values };
  }
  const listed = placesOf(decodeNumbers(coded, values.length));
  if (listed === undefined) throw new Malformed("a column has too many distinct values");
  return listed;
}
