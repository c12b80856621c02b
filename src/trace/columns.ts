/** How a column of whole numbers becomes few bytes: as they are, as differences, as places in a list, with or without runs. */

import { ByteReader, ByteWriter, Malformed, signedSize } from "./varint.ts";

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
const longestColumn = 2 ** 24;

export interface Coded {
  readonly coding: number;
  readonly data: Uint8Array;
}

/** The largest power of two that divides all. */
function commonShift(values: readonly number[]): number {
  let shift = 52;
  for (const value of values) {
    while (shift > 0 && value % 2 ** shift !== 0) shift -= 1;
    if (shift === 0) return 0;
  }
  return values.some((value) => value !== 0) ? shift : 0;
}

function differencesOf(values: readonly number[]): readonly number[] | undefined {
  let last = 0;
  const result: number[] = [];
  for (const value of values) {
    const difference = value - last;
    if (difference < -(2 ** 52) || difference >= 2 ** 53) return undefined;
    result.push(difference);
    last = value;
  }
  return result;
}

function placesOf(values: readonly number[]): { distinct: number[]; places: number[] } | undefined {
  const known = new Map<number, number>();
  const places: number[] = [];
  for (const value of values) {
    let place = known.get(value);
    if (place === undefined) {
      place = known.size;
      if (place === longestList) return undefined;
      known.set(value, place);
    }
    places.push(place);
  }
  return { distinct: [...known.keys()], places };
}

/** Calls back for each run of equal numbers. */
function eachRun(values: readonly number[], run: (value: number, more: number) => void): void {
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
  readonly numbers: readonly number[];
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

/** Whole numbers from -2^52 to 2^53 - 1, in the coding that needs the fewest bytes. */
export function encodeNumbers(values: readonly number[]): Coded {
  const shift = commonShift(values);
  const scaled = shift === 0 ? values : values.map((value) => value / 2 ** shift);
  const plans: Plan[] = [{ mode: plain, prefix: [], numbers: scaled }];
  const steps = differencesOf(scaled);
  if (steps !== undefined) plans.push({ mode: differences, prefix: [], numbers: steps });
  const places = placesOf(scaled);
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
export function encodeDoubles(values: readonly number[]): Coded {
  const data = new Uint8Array(values.length * 8);
  const view = new DataView(data.buffer);
  for (const [index, value] of values.entries()) view.setFloat64(index * 8, value, true);
  return { coding: doubles, data };
}

function decodeDoubles(data: Uint8Array, count: number): Float64Array {
  if (data.length !== count * 8) throw new Malformed("doubles are cut off");
  const view = new DataView(data.buffer, data.byteOffset, data.length);
  return Float64Array.from({ length: count }, (_, index) => view.getFloat64(index * 8, true));
}

/** The numbers of a column; throws Malformed if its bytes are not such numbers. */
export function decodeNumbers({ coding, data }: Coded, count: number): Float64Array {
  if (count > longestColumn) throw new Malformed("a column is too long");
  if (coding === doubles) return decodeDoubles(data, count);
  const reader = new ByteReader(data);
  const mode = coding % runs;
  if (mode === doubles) throw new Malformed("a column has an unknown coding");
  const repeats = Math.floor(coding / runs) % 2 === 1;
  const unit = 2 ** Math.floor(coding / shiftUnit);
  const entries = mode === list ? reader.unsigned() : 0;
  if (entries > longestList) throw new Malformed("a list is too long");
  const distinct = Array.from({ length: entries }, () => reader.signed());
  const values = new Float64Array(count);
  let last = 0;
  for (let index = 0; index < count; ) {
    const number = reader.signed();
    let times = repeats ? reader.unsigned() + 1 : 1;
    if (times > count - index) throw new Malformed("a run is too long");
    for (; times > 0; times--) {
      last = mode === differences ? last + number : number;
      const value = mode === list ? distinct[last] : last;
      if (value === undefined) throw new Malformed("a place is outside of its list");
      values[index++] = value * unit;
    }
  }
  if (!reader.ended) throw new Malformed("a column has bytes left");
  return values;
}
