/** How events become columns: they are pushed one by one, and every full block is packed. */

import type { U64 } from "../units.ts";
import { type Block, blockEvents, codes } from "./block.ts";
import type { Event, MapsArea } from "./event.ts";
import type { OpenFile } from "./file.ts";
import { EventLog } from "./log.ts";
import { commonUnit, type Packed, pack, packDoubles } from "./packed.ts";
import { areaShape, type Shape, shapeOf } from "./shapes.ts";
import { type Growing, type GrowingTimes, type Writer, writerOf } from "./writers.ts";

/** What recorders print. */
const decimalUnits = [1e6, 1e9] as const;

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

class Column implements Growing {
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
    const unit = commonUnit(values);
    const packed = pack(
      values.map((value) => value / unit),
      unit,
      this.#wide,
    );
    this.#values.clear();
    this.#wide = new Map();
    return packed;
  }
}

/** Seconds, and what each is stored less; NaN for nothing. */
class Times implements GrowingTimes {
  readonly #times = new Values();
  readonly #from = new Values();

  pushTime(time: number, from: number | undefined): void {
    this.#times.push(time);
    this.#from.push(from ?? Number.NaN);
  }

  get isEmpty(): boolean {
    return this.#times.length === 0;
  }

  get largest(): number {
    return this.#times.all().reduce((most, time) => Math.max(most, Math.abs(time)), 1);
  }

  /** The parts of a second that are stored; undefined where they would not come back exactly. */
  parts(unit: number): Float64Array | undefined {
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
    return packed;
  }

  #parts(unit: number): Float64Array {
    const parts = this.parts(unit);
    if (parts === undefined) throw new Error("times that do not come back");
    return parts;
  }
}

/** Numbers for values that are equal. */
class Table<T> {
  readonly all: T[] = [];
  readonly #places = new Map<string, number>();
  #lastKey: string | undefined;
  #last = 0;

  place(key: string, value: T): number {
    if (key === this.#lastKey) return this.#last;
    let place = this.#places.get(key);
    if (place === undefined) {
      place = this.all.length;
      this.#places.set(key, place);
      this.all.push(value);
    }
    this.#lastKey = key;
    this.#last = place;
    return place;
  }
}

const keyOf = ({ id, kind, path, filesystem, huge, hugePage, device }: OpenFile): string =>
  JSON.stringify([id, kind, path, filesystem, huge, hugePage, device]);

export class LogWriter {
  readonly #strings = new Table<string>();
  readonly #files = new Table<OpenFile>();
  readonly #byFile = new WeakMap<OpenFile, number>();
  readonly #columns = new Map<number, Column>();
  readonly #times = new Map<number, Times>();
  readonly #writers = new Map<Shape, Writer>();
  readonly #blocks: Block[] = [];
  #shapes = new Map<number, number>();
  readonly #places = new Uint16Array(blockEvents);
  #count = 0;

  push(event: Event): void {
    const shape = shapeOf(event);
    const bits = this.#writer(shape)(event.kind === "snapshot" ? this.#stored(event) : event);
    const number = shape.code + codes * bits;
    let place = this.#shapes.get(number);
    if (place === undefined) {
      place = this.#shapes.size;
      this.#shapes.set(number, place);
    }
    this.#places[this.#count++] = place;
    if (this.#count === blockEvents) this.#seal();
  }

  /** Everything that was pushed; nothing can be pushed from then on. */
  done(): EventLog {
    if (this.#count > 0) this.#seal();
    return new EventLog(this.#blocks, { strings: this.#strings.all, files: this.#files.all });
  }

  #writer(shape: Shape): Writer {
    let writer = this.#writers.get(shape);
    if (writer === undefined) {
      writer = writerOf(shape, {
        column: (id) => this.#column(id),
        times: (id) => this.#timesOf(id),
        string: (text) => this.#strings.place(text, text),
        file: (file) => this.#file(file),
      });
      this.#writers.set(shape, writer);
    }
    return writer;
  }

  #column(id: number): Column {
    const column = this.#columns.get(id) ?? new Column();
    this.#columns.set(id, column);
    return column;
  }

  #timesOf(id: number): Times {
    const times = this.#times.get(id) ?? new Times();
    this.#times.set(id, times);
    return times;
  }

  #file(file: OpenFile): number {
    let place = this.#byFile.get(file);
    if (place === undefined) {
      place = this.#files.place(keyOf(file), file);
      this.#byFile.set(file, place);
    }
    return place;
  }

  /** A snapshot as it is stored: areas for themselves, and their number. */
  #stored(event: Event & { readonly kind: "snapshot" }): object {
    for (const area of event.areas) this.#area(area);
    return { ...event, areas: event.areas.length };
  }

  #area(area: MapsArea): void {
    const flags = area.vmFlags === undefined ? {} : { vmFlags: area.vmFlags.join(" ") };
    const bits = this.#writer(areaShape)({ ...area, ...flags });
    this.#column(areaShape.code * codes).push(bits);
  }

  #seal(): void {
    const columns = new Map<number, Packed>();
    const timeUnit = this.#timeUnit();
    for (const [id, column] of this.#columns) if (!column.isEmpty) columns.set(id, column.take());
    for (const [id, times] of this.#times) {
      if (!times.isEmpty) columns.set(id, times.take(timeUnit));
    }
    const shapes = [...this.#shapes.keys()];
    const places = this.#places.subarray(0, this.#count);
    this.#blocks.push({
      count: this.#count,
      shapes,
      places: shapes.length > 256 ? places.slice() : Uint8Array.from(places),
      columns,
      timeUnit,
    });
    this.#shapes = new Map();
    this.#count = 0;
  }

  /** The unit in which all times are whole and come back exactly; 0 if there is none. */
  #timeUnit(): number {
    const all = [...this.#times.values()];
    // Sums of printed times are no multiples of those, but of the step between doubles of that size.
    const largest = Math.max(1, ...all.map((times) => times.largest));
    const step = 2 ** (52 - Math.floor(Math.log2(largest)));
    const isExact = (unit: number): boolean =>
      all.every((times) => times.parts(unit) !== undefined);
    return [...decimalUnits, step].find(isExact) ?? 0;
  }
}

/** The events in columns; those of a log are that already. */
export function logOf(events: Iterable<Event>): EventLog {
  if (events instanceof EventLog) return events;
  const writer = new LogWriter();
  for (const event of events) writer.push(event);
  return writer.done();
}
