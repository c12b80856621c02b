/** How the numbers of a column are held in memory: as small as their range allows, and read one after the other. */

import type { U64 } from "../units.ts";
import { Malformed } from "./varint.ts";

/** Whole numbers of a column, or doubles. */
export interface Packed {
  readonly count: number;
  /** One value if all are equal; value = base + unit * stored. */
  readonly stored: Float64Array | Uint32Array | Uint16Array | Uint8Array;
  readonly base: number;
  readonly unit: number;
  /** Values that no double holds, by place; what is stored there is 0. */
  readonly wide: ReadonlyMap<number, bigint>;
}

const noWide: ReadonlyMap<number, bigint> = new Map();

/** The smallest and the largest of the values; 0 and 0 of none. */
function rangeOf(values: Float64Array): readonly [number, number] {
  let least = values[0] ?? 0;
  let most = least;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? 0;
    if (value < least) least = value;
    if (value > most) most = value;
  }
  return [least, most];
}

/** The largest power of two that divides all whole numbers, 1 if all are 0. */
export function commonUnit(values: Float64Array): number {
  let unit = 2 ** 52;
  let isZero = true;
  for (const value of values) {
    if (value === 0) continue;
    isZero = false;
    for (let parts = value / unit; parts !== Math.floor(parts); parts = value / unit) unit /= 2;
    if (unit === 1) return 1;
  }
  return isZero ? 1 : unit;
}

/** Bytes of a buffer that small arrays share: one of their own takes ten times as long to make. */
const sharedBytes = 2 ** 16;
const smallBytes = 2 ** 14;
let shared = new ArrayBuffer(0);
let used = 0;

/** A buffer with room for so many bytes, and from where on. */
function room(bytes: number): readonly [ArrayBuffer, number] {
  if (bytes > smallBytes) return [new ArrayBuffer(bytes), 0];
  const at = Math.ceil(used / 8) * 8;
  used = at + bytes;
  if (used <= shared.byteLength) return [shared, at];
  shared = new ArrayBuffer(sharedBytes);
  used = bytes;
  return [shared, 0];
}

// A function for each kind of array: a loop that stores into several kinds is five times as slow.

function bytesOf(values: Float64Array, base: number, scale: number): Uint8Array {
  const [buffer, at] = room(values.length);
  const stored = new Uint8Array(buffer, at, values.length);
  for (let i = 0; i < values.length; i++) stored[i] = ((values[i] as number) - base) * scale;
  return stored;
}

function shortsOf(values: Float64Array, base: number, scale: number): Uint16Array {
  const [buffer, at] = room(2 * values.length);
  const stored = new Uint16Array(buffer, at, values.length);
  for (let i = 0; i < values.length; i++) stored[i] = ((values[i] as number) - base) * scale;
  return stored;
}

function wordsOf(values: Float64Array, base: number, scale: number): Uint32Array {
  const [buffer, at] = room(4 * values.length);
  const stored = new Uint32Array(buffer, at, values.length);
  for (let i = 0; i < values.length; i++) stored[i] = ((values[i] as number) - base) * scale;
  return stored;
}

/** Doubles as they are. */
function copyOf(values: Float64Array): Float64Array {
  const [buffer, at] = room(8 * values.length);
  const stored = new Float64Array(buffer, at, values.length);
  stored.set(values);
  return stored;
}

/** Hold whole numbers that this power of two divides; copies them. */
export function pack(
  values: Float64Array,
  unit: number,
  wide: ReadonlyMap<number, bigint> = noWide,
): Packed {
  const [base, most] = rangeOf(values);
  const count = values.length;
  const held = (stored: Packed["stored"]): Packed => ({ count, stored, base, unit, wide });
  if (base === most) return held(new Uint8Array(1));
  const scale = 1 / unit;
  const range = (most - base) * scale;
  if (range >= 2 ** 32) return { count, stored: copyOf(values), base: 0, unit: 1, wide };
  if (range < 2 ** 8) return held(bytesOf(values, base, scale));
  return held(range < 2 ** 16 ? shortsOf(values, base, scale) : wordsOf(values, base, scale));
}

/** Hold doubles of any value; copies them. */
export function packDoubles(values: Float64Array): Packed {
  return { count: values.length, stored: values.slice(), base: 0, unit: 1, wide: noWide };
}

/** True if any number is at least this; of wide ones that is taken for granted. */
export function reaches({ stored, base, unit, wide }: Packed, least: number): boolean {
  if (wide.size > 0) return true;
  for (let i = 0; i < stored.length; i++) if (base + unit * (stored[i] ?? 0) >= least) return true;
  return false;
}

/** True if any number is this one. */
export function includes({ stored, base, unit }: Packed, number: number): boolean {
  const wanted = (number - base) / unit;
  for (let i = 0; i < stored.length; i++) if (stored[i] === wanted) return true;
  return false;
}

/** All numbers; of wide ones 0. */
export function unpack({ count, stored, base, unit }: Packed): Float64Array {
  const values = new Float64Array(count);
  if (stored.length === 1) return values.fill(base + unit * (stored[0] ?? 0));
  for (let i = 0; i < count; i++) values[i] = base + unit * (stored[i] ?? 0);
  return values;
}

/** The values of a column, one after the other. */
export class Cursor {
  readonly #count: number;
  readonly #stored: Packed["stored"];
  /** 0 where one value stands for all. */
  readonly #step: number;
  readonly #base: number;
  readonly #unit: number;
  readonly #wide: ReadonlyMap<number, bigint>;
  #at = 0;

  constructor({ count, stored, base, unit, wide }: Packed) {
    this.#count = count;
    this.#stored = stored;
    this.#step = stored.length === 1 ? 0 : 1;
    this.#base = base;
    this.#unit = unit;
    this.#wide = wide;
  }

  /** The place of the next value. */
  get at(): number {
    return this.#at;
  }

  set at(place: number) {
    this.#at = place;
  }

  #next(): number {
    const place = this.#at++;
    if (place >= this.#count) throw new Malformed("a column is too short");
    return this.#base + this.#unit * (this.#stored[place * this.#step] ?? 0);
  }

  number(): number {
    const value = this.#next();
    if (this.#wide.size === 0) return value;
    const wide = this.#wide.get(this.#at - 1);
    return wide === undefined ? value : Number(BigInt.asIntN(64, wide));
  }

  u64(): U64 {
    const value = this.#next();
    return this.#wide.size === 0 ? value : (this.#wide.get(this.#at - 1) ?? value);
  }
}

/** A cursor over the column with this id. */
export function cursorOf(columns: ReadonlyMap<number, Packed>, id: number): Cursor {
  const packed = columns.get(id);
  if (packed === undefined) throw new Malformed(`column ${id} is missing`);
  return new Cursor(packed);
}
