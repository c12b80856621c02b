/** How a column of whole numbers becomes few bytes: as they are, as differences, as places in a list, with or without runs. */

import { ByteReader, ByteWriter, Malformed, readSigned, signedSize } from "./varint.ts";

/** What stands in a column's bytes. Numbers are part of the format. */
const plain = 0;
const differences = 1;
/** The distinct values in the order of their first use, then their places. */
const list = 2;
/** Doubles, eight bytes each, little-endian. */
const doubles = 3;

/** Each number is followed by how often it comes again. */
const runs = 4;
/** Values are divided by 2^shift, which stands above these bits. */
const shiftUnit = 8;

/** Lists longer than this need more bytes for places than they save. */
const longestList = 1024;
/** No column is longer; a damaged count must not fill the memory. */
export const longestColumn: number = 2 ** 24;

export interface Coded {
  readonly coding: number;
  readonly data: Uint8Array;
}

/** Undefined if a difference is too large to be stored. */
function differencesOf(values: Float64Array): Float64Array | undefined {
  const result = new Float64Array(values.length);
  let last = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? 0;
    const difference = value - last;
    if (difference < -(2 ** 52) || difference >= 2 ** 53) return undefined;
    result[i] = difference;
    last = value;
  }
  return result;
}

/** The distinct values in the order of their first use, and the place of each among them. */
export interface Listed {
  readonly distinct: readonly number[];
  readonly places: Float64Array;
}

function placesOf(values: Float64Array): Listed | undefined {
  const known = new Map<number, number>();
  const places = new Float64Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? 0;
    let place = known.get(value);
    if (place === undefined) {
      place = known.size;
      if (place === longestList) return undefined;
      known.set(value, place);
    }
    places[i] = place;
  }
  return { distinct: [...known.keys()], places };
}

/** Calls back for each run of equal numbers. */
function eachRun(values: Float64Array, run: (value: number, more: number) => void): void {
  for (let start = 0; start < values.length; ) {
    const value = values[start] ?? 0;
    let end = start + 1;
    while (end < values.length && values[end] === value) end += 1;
    run(value, end - start - 1);
    start = end;
  }
}

interface Plan {
  readonly mode: number;
  readonly prefix: readonly number[];
  readonly numbers: Float64Array;
}

function write({ mode, prefix, numbers }: Plan): Uint8Array {
  const writer = new ByteWriter();
  if (mode % runs === list) writer.unsigned(prefix.length);
  for (const value of prefix) writer.signed(value);
  if (mode >= runs) {
    eachRun(numbers, (value, more) => {
      writer.signed(value);
      writer.unsigned(more);
    });
  } else for (const value of numbers) writer.signed(value);
  return writer.done();
}

function sizeOf({ mode, prefix, numbers }: Plan): number {
  let size = 0;
  for (const value of prefix) size += signedSize(value);
  if (mode >= runs) {
    eachRun(numbers, (value, more) => {
      size += signedSize(value) + signedSize(Math.ceil(more / 2));
    });
  } else for (const value of numbers) size += signedSize(value);
  return size;
}

/** Whole numbers from -2^52 to 2^53 - 1, each 2^shift times what is given, in the coding that needs the fewest bytes. */
export function encodeNumbers(values: Float64Array, shift: number): Coded {
  const plans: Plan[] = [{ mode: plain, prefix: [], numbers: values }];
  const steps = differencesOf(values);
  if (steps !== undefined) plans.push({ mode: differences, prefix: [], numbers: steps });
  const places = placesOf(values);
  if (places !== undefined) {
    plans.push({ mode: list, prefix: places.distinct, numbers: places.places });
  }
  const all = plans.flatMap((plan) => [plan, { ...plan, mode: plan.mode + runs }]);
  const sizes = all.map(sizeOf);
  const best = all[sizes.indexOf(Math.min(...sizes))];
  if (best === undefined) throw new Error("no coding");
  return { coding: best.mode + shift * shiftUnit, data: write(best) };
}

/** Doubles that no common unit makes whole. */
export function encodeDoubles(values: Float64Array): Coded {
  const data = new Uint8Array(values.length * 8);
  const view = new DataView(data.buffer);
  for (const [index, value] of values.entries()) view.setFloat64(index * 8, value, true);
  return { coding: doubles, data };
}

export function isDoubles({ coding }: Coded): boolean {
  return coding === doubles;
}

/** What the values of a column are multiples of. */
export function unitOf({ coding }: Coded): number {
  return coding === doubles ? 1 : 2 ** Math.floor(coding / shiftUnit);
}

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
    values.fill(number, index, end);
    index = end;
  }
}

/** Fill `values` with what the bytes hold: values, differences or places; returns the list of the latter. */
function decodeStored(coded: Coded, values: Float64Array): readonly number[] {
  const { coding, data } = coded;
  const mode = coding % runs;
  if (mode === doubles) throw new Malformed("a column has an unknown coding");
  const reader = new ByteReader(data);
  const entries = mode === list ? reader.unsigned() : 0;
  if (entries > longestList) throw new Malformed("a list is too long");
  const distinct = Array.from({ length: entries }, () => reader.signed());
  if (Math.floor(coding / runs) % 2 === 1) readRuns(reader, values);
  else reader.at = readSigned(data, reader.at, values);
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
function decodeNumbers(coded: Coded, count: number): Float64Array {
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
