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
  rangeBitsOf,
  runs,
  unitOf,
} from "./coding.ts";
import { placesOf } from "./listed.ts";
import { addLow, lowBytes, setLow } from "./low-bits.ts";
import { type Range, rangeOf } from "./packed.ts";
import { readRanged } from "./ranges.ts";
import { ByteReader, Malformed, readSigned, signedOf } from "./varint.ts";

function decodeDoubles(data: Uint8Array, values: Float64Array): void {
  if (data.length !== values.length * 8) throw new Malformed("doubles are cut off");
  const view = new DataView(data.buffer, data.byteOffset, data.length);
  for (let i = 0; i < values.length; i++) values[i] = view.getFloat64(i * 8, true);
}

/** Numbers that are each followed by how often they come again; returns the smallest and the largest. */
function readRuns(reader: ByteReader, data: Uint8Array, values: Float64Array): Range {
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  for (let index = 0; index < values.length; ) {
    let number = data[reader.at] ?? 128;
    let more = data[reader.at + 1] ?? 128;
    if (number < 128 && more < 128) {
      number = signedOf(number);
      reader.at += 2;
    } else {
      number = reader.signed();
      more = reader.unsigned();
    }
    const end = index + more + 1;
    if (end > values.length) throw new Malformed("a run is too long");
    if (number < least) least = number;
    if (number > most) most = number;
    // Most runs are short: a call of `fill` for each takes longer.
    while (index < end) values[index++] = number;
  }
  return values.length === 0 ? [0, 0] : [least, most];
}

/** The number that all of a column are, in its unit, where one run says so; undefined for other columns. */
export function constantOf(coded: Coded, count: number): number | undefined {
  const { coding, data } = coded;
  const mode = coding % (2 * runs);
  const { apart, inside } = lowBitsOf(coded);
  const isWhole = apart + inside + rangeBitsOf(coded) === 0;
  if ((mode !== plain + runs && mode !== list + runs) || !isWhole) return undefined;
  const reader = new ByteReader(data);
  if (mode === list + runs && reader.unsigned() !== 1) return undefined;
  const number = reader.signed();
  if (mode === list + runs && reader.signed() !== 0) return undefined;
  const isOneRun = !reader.ended && reader.unsigned() + 1 === count && reader.ended;
  return isOneRun ? number : undefined;
}

/** Add to the values, a few of them, what is above their low bits. */
function addExceptions(reader: ByteReader, part: number, values: Float64Array): void {
  let at = 0;
  for (let left = reader.unsigned(); left > 0; left--) {
    at += reader.unsigned();
    if (at >= values.length) throw new Malformed("a number behind the end of its column");
    values[at] = (values[at] ?? 0) + part * reader.signed();
    at += 1;
  }
}

/** Fill `values` with low bits, and numbers above them in a few places; reads those that are inside. */
function decodeSparse(coded: Coded, reader: ByteReader, values: Float64Array): void {
  const { apart, inside } = lowBitsOf(coded);
  const rest = reader.at;
  reader.at = coded.data.length - lowBytes(values.length, inside);
  if (reader.at < rest) throw new Malformed("bytes are cut off");
  const end = reader.at;
  if (inside > 0) {
    setLow(reader.bytes(lowBytes(values.length, inside)), inside, values);
    if (apart > 0) addLow(coded.low, apart, values);
  } else setLow(coded.low, apart, values);
  reader.at = rest;
  addExceptions(reader, 2 ** (apart + inside), values);
  if (reader.at !== end) throw new Malformed("a column has bytes left");
  reader.at = coded.data.length;
}

/** Fill `values` with numbers in a row, above low bits. */
function decodeRow(coded: Coded, reader: ByteReader, values: Float64Array): void {
  const { apart, inside } = lowBitsOf(coded);
  reader.at = readSigned(coded.data, reader.at, values);
  if (inside > 0) addLow(reader.bytes(lowBytes(values.length, inside)), inside, values);
  if (apart > 0) addLow(coded.low, apart, values);
}

/** What `values` hold now. */
interface Stored {
  /** The list, where they are places. */
  readonly distinct: readonly number[];
  /** Numbers that none of them is below, or above, where that is known. */
  readonly range: Range | undefined;
}

/** Fill `values` with what the bytes hold: values, differences or places. */
function decodeStored(coded: Coded, values: Float64Array): Stored {
  const mode = coded.coding % runs;
  if (mode === doubles) throw new Malformed("a column has an unknown coding");
  const reader = new ByteReader(coded.data);
  const entries = mode === list ? reader.unsigned() : 0;
  if (entries > longestList) throw new Malformed("a list is too long");
  const distinct: number[] = [];
  for (let left = entries; left > 0; left--) distinct.push(reader.signed());
  const { apart, inside } = lowBitsOf(coded);
  const ranges = rangeBitsOf(coded);
  const hasRuns = Math.floor(coded.coding / runs) % 2 === 1;
  let range: Range | undefined;
  if (ranges > 0) {
    if (hasRuns || apart + inside > 0) throw new Malformed("a column has an unknown coding");
    range = readRanged(reader, ranges, coded.low, values);
  } else if (!hasRuns) decodeRow(coded, reader, values);
  else if (apart + inside > 0) decodeSparse(coded, reader, values);
  else range = readRuns(reader, coded.data, values);
  if (!reader.ended) throw new Malformed("a column has bytes left");
  return { distinct, range };
}

/** Add up differences; returns the smallest and the largest sum. */
function addUp(values: Float64Array): Range {
  let last = values[0] ?? 0;
  let least = last;
  let most = last;
  for (let i = 1; i < values.length; i++) {
    last += values[i] ?? 0;
    values[i] = last;
    if (last < least) least = last;
    if (last > most) most = last;
  }
  return [least, most];
}

/** Put values of the list for their places; returns the smallest and the largest of the list. */
function lookUp(distinct: readonly number[], values: Float64Array): Range {
  const table = new Float64Array(distinct);
  for (let i = 0; i < values.length; i++) {
    const value = table[values[i] ?? 0];
    if (value === undefined) throw new Malformed("a place is outside of its list");
    values[i] = value;
  }
  return rangeOf(table);
}

/**
 * Fill `values` with those of a column, each divided by its unit; returns numbers that none of them is below, or above.
 * Throws Malformed if its bytes are not such numbers.
 */
export function decodeInto(coded: Coded, values: Float64Array): Range {
  if (isDoubles(coded)) {
    decodeDoubles(coded.data, values);
    return rangeOf(values);
  }
  const { distinct, range } = decodeStored(coded, values);
  const mode = coded.coding % runs;
  if (mode === differences) return addUp(values);
  return mode === list ? lookUp(distinct, values) : (range ?? rangeOf(values));
}

/** Fill `values` with the numbers of a column; throws as `decodeInto`. */
export function numbersInto(coded: Coded, values: Float64Array): void {
  decodeInto(coded, values);
  const unit = unitOf(coded);
  if (unit !== 1) for (let i = 0; i < values.length; i++) values[i] = (values[i] ?? 0) * unit;
}

/** A column of few distinct numbers, and for each the place of its own among them. */
export interface Kinds {
  readonly distinct: readonly number[];
  readonly places: Uint8Array | Uint16Array;
}

/** Such a column; `values` is room for its numbers. Throws as `decodeInto`. */
export function decodeListed(coded: Coded, values: Float64Array): Kinds {
  if (coded.coding % runs === list && !isDoubles(coded) && unitOf(coded) === 1) {
    const { distinct } = decodeStored(coded, values);
    return kindsOf(distinct, values);
  }
  numbersInto(coded, values);
  const listed = placesOf(values);
  if (listed === undefined) throw new Malformed("a column has too many distinct values");
  return kindsOf(listed.distinct, listed.places);
}

function kindsOf(distinct: readonly number[], numbers: Float64Array): Kinds {
  const places = new Uint8Array(numbers.length);
  for (let i = 0; i < numbers.length; i++) {
    const place = numbers[i] ?? 0;
    if (place < 0 || place >= distinct.length) {
      throw new Malformed("a place is outside of its list");
    }
    places[i] = place;
  }
  return { distinct, places: distinct.length > 256 ? new Uint16Array(numbers) : places };
}
