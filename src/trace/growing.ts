/** Columns while their values come one by one. */

import type { U64 } from "../units.ts";
import { commonUnit, type Packed, pack, packDoubles } from "./packed.ts";
import type { Growing, GrowingTimes } from "./writers.ts";

/** Whole numbers of a column are at least this and at most 2^53 - 1; others are wide. */
const lowest = -(2 ** 52);

const isNarrow = (value: number): boolean => Number.isSafeInteger(value) && value >= lowest;

/** Numbers that come one by one. */
class Values {
  #values = new Float64Array(256);
  #length = 0;

  push(value: number): void {
    if (this.#length === this.#values.length) {
      const larger = new Float64Array(2 * this.#values.length);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[this.#length++] = value;
  }

  get length(): number {
    return this.#length;
  }

  all(): Float64Array {
    return this.#values.subarray(0, this.#length);
  }

  clear(): void {
    this.#length = 0;
  }
}

export class Column implements Growing {
  readonly #values = new Values();
  #wide = new Map<number, bigint>();

  push(value: U64): void {
    if (typeof value === "number" && isNarrow(value)) this.#values.push(value);
    else this.#pushWide(value);
  }

  #pushWide(value: U64): void {
    if (typeof value === "number" && !Number.isInteger(value)) {
      throw new Error(`${value} is no whole number`);
    }
    this.#wide.set(this.#values.length, BigInt.asUintN(64, BigInt(value)));
    this.#values.push(0);
  }

  get isEmpty(): boolean {
    return this.#values.length === 0;
  }

  /** What came since the last call. */
  take(): Packed {
    const values = this.#values.all();
    const packed = pack(values, commonUnit(values), this.#wide);
    this.#values.clear();
    this.#wide = new Map();
    return packed;
  }
}

/** The parts of so many times in one unit, which are asked for twice. */
interface Told {
  readonly count: number;
  readonly unit: number;
  readonly parts: Float64Array | undefined;
}

const untold: Told = { count: 0, unit: 0, parts: undefined };

/** Seconds, and what each is stored less; NaN for nothing. */
export class Times implements GrowingTimes {
  readonly #times = new Values();
  readonly #from = new Values();
  #told = untold;

  pushTime(time: number, from: number | undefined): void {
    this.#times.push(time);
    this.#from.push(from ?? Number.NaN);
  }

  get isEmpty(): boolean {
    return this.#times.length === 0;
  }

  get largest(): number {
    let most = 1;
    for (const time of this.#times.all()) most = Math.max(most, Math.abs(time));
    return most;
  }

  /** The parts of a second that are stored; undefined where they would not come back exactly. */
  parts(unit: number): Float64Array | undefined {
    const count = this.#times.length;
    if (this.#told.unit !== unit || this.#told.count !== count)
      this.#told = { count, unit, parts: this.#partsIn(unit) };
    return this.#told.parts;
  }

  #partsIn(unit: number): Float64Array | undefined {
    const [times, from] = [this.#times.all(), this.#from.all()];
    const stored = new Float64Array(times.length);
    for (let i = 0; i < times.length; i++) {
      const time = times[i] ?? 0;
      const base = from[i] ?? 0;
      const parts = Math.round(time * unit);
      const isExact = isNarrow(parts) && !Object.is(parts, -0) && parts / unit === time;
      const value = Number.isNaN(base) ? parts : Math.round(base * unit) - parts;
      if (!isExact || !isNarrow(value)) return undefined;
      stored[i] = value;
    }
    return stored;
  }

  take(unit: number): Packed {
    const packed = unit === 0 ? packDoubles(this.#times.all()) : pack(this.#parts(unit), 1);
    this.#times.clear();
    this.#from.clear();
    this.#told = untold;
    return packed;
  }

  #parts(unit: number): Float64Array {
    const parts = this.parts(unit);
    if (parts === undefined) throw new Error("times that do not come back");
    return parts;
  }
}
