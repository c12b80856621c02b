/** How events become columns. */

import type { U64 } from "../units.ts";
import { type BlockData, type ColumnData, codes, columnId, shapeColumn } from "./block.ts";
import { encodeDoubles, encodeNumbers } from "./columns.ts";
import type { Event, MapsArea, Snapshot } from "./event.ts";
import type { OpenFile } from "./file.ts";
import { areaShape, type Field, type Shape, shapeOf } from "./shapes.ts";
import { ByteWriter } from "./varint.ts";

type Fields = Readonly<Record<string, unknown>>;

/** What recorders print. */
const decimalUnits = [1e6, 1e9] as const;

const lowest = -(2 ** 52);

/** The values of one column while they come. */
class Column {
  readonly #values: number[] = [];
  readonly #wide: ByteWriter = new ByteWriter();

  push(value: U64): void {
    if (typeof value === "number" && Number.isSafeInteger(value) && value >= lowest) {
      this.#values.push(value);
      return;
    }
    if (typeof value === "number" && !Number.isInteger(value)) {
      throw new Error(`${value} is no whole number`);
    }
    const bytes = new Uint8Array(8);
    new DataView(bytes.buffer).setBigUint64(0, BigInt.asUintN(64, BigInt(value)), true);
    this.#wide.unsigned(this.#values.length);
    this.#wide.bytes(bytes);
    this.#values.push(0);
  }

  data(id: number): ColumnData {
    const coded = encodeNumbers(this.#values);
    return { id, ...coded, count: this.#values.length, wide: this.#wide.done() };
  }
}

/** A table that grows from block to block. */
class Table<T> {
  readonly #places = new Map<string, number>();
  #fresh: T[] = [];

  place(key: string, value: T): number {
    let place = this.#places.get(key);
    if (place === undefined) {
      place = this.#places.size;
      this.#places.set(key, place);
      this.#fresh.push(value);
    }
    return place;
  }

  /** What came since the last call. */
  take(): readonly T[] {
    const fresh = this.#fresh;
    this.#fresh = [];
    return fresh;
  }
}

function times(events: readonly Event[]): readonly number[] {
  return events.flatMap((event) => {
    const entry = event.kind === "call" ? event.entryTime : undefined;
    return [event.time, entry].filter((time) => time !== undefined);
  });
}

/** The unit in which all times are whole and come back exactly; 0 if there is none. */
function timeUnitOf(events: readonly Event[]): number {
  const all = times(events);
  const exact = (unit: number): boolean =>
    all.every((time) => {
      const parts = Math.round(time * unit);
      return Number.isSafeInteger(parts) && !Object.is(parts, -0) && parts / unit === time;
    });
  // Sums of printed times are no multiples of those, but of the step between doubles of that size.
  const largest = all.reduce((most, time) => Math.max(most, Math.abs(time)), 1);
  const step = 2 ** (52 - Math.floor(Math.log2(largest)));
  return [...decimalUnits, step].find(exact) ?? 0;
}

/** Turns events into blocks; strings and files are numbered through all of them. */
export class EventEncoder {
  readonly #strings = new Table<string>();
  readonly #files = new Table<OpenFile>();
  #columns = new Map<number, Column>();
  #doubles = new Map<number, number[]>();
  #unit = 0;

  block(events: readonly Event[]): BlockData {
    this.#columns = new Map();
    this.#doubles = new Map();
    this.#unit = timeUnitOf(events);
    for (const event of events) this.#event(event);
    const columns = [...this.#columns].map(([id, column]) => column.data(id));
    const doubles = [...this.#doubles].map(([id, values]) => ({
      id,
      ...encodeDoubles(values),
      count: values.length,
      wide: new Uint8Array(0),
    }));
    return {
      count: events.length,
      strings: this.#strings.take(),
      files: this.#files.take(),
      timeUnit: this.#unit,
      columns: [...columns, ...doubles].sort((a, b) => a.id - b.id),
    };
  }

  #column(id: number): Column {
    let column = this.#columns.get(id);
    if (column === undefined) {
      column = new Column();
      this.#columns.set(id, column);
    }
    return column;
  }

  #event(event: Event): void {
    const shape = shapeOf(event);
    const fields = event.kind === "snapshot" ? this.#snapshot(event) : event;
    const bits = this.#fields(shape, fields as unknown as Fields);
    this.#column(shapeColumn).push(shape.code + codes * bits);
  }

  #snapshot(event: Snapshot): object {
    for (const area of event.areas) this.#area(area);
    return { ...event, areas: event.areas.length };
  }

  #area(area: MapsArea): void {
    const flags = area.vmFlags === undefined ? {} : { vmFlags: area.vmFlags.join(" ") };
    const bits = this.#fields(areaShape, { ...area, ...flags });
    this.#column(areaShape.code * codes).push(bits);
  }

  /** Fill the columns; returns the bits of what is there. */
  #fields(shape: Shape, values: Fields): number {
    let bits = 0;
    let bit = 1;
    const say = (yes: boolean): void => {
      if (yes) bits += bit;
      bit *= 2;
    };
    for (const field of shape.fields) {
      const value = values[field.name];
      if (field.kind === "bool" || field.kind === "true") {
        say(value === true);
        continue;
      }
      const there = value !== undefined && value !== null;
      if (field.may !== undefined) say(there);
      const same = field.same !== undefined && there && value === values[field.same];
      if (field.same !== undefined) say(same);
      if (there && !same) this.#value(columnId(shape.code, field), field, value, values);
    }
    return bits;
  }

  #value(id: number, field: Field, value: unknown, values: Fields): void {
    if (field.kind === "string") {
      const text = value as string;
      this.#column(id).push(this.#strings.place(text, text));
    } else if (field.kind === "file") {
      const key = JSON.stringify(Object.entries(value as OpenFile).sort());
      this.#column(id).push(this.#files.place(key, value as OpenFile));
    } else if (field.kind === "time") this.#time(id, field, value as number, values);
    else if (field.from === undefined) this.#column(id).push(value as U64);
    else this.#column(id).push((values[field.from] as number) - (value as number));
  }

  #time(id: number, field: Field, time: number, values: Fields): void {
    if (this.#unit === 0) {
      const column = this.#doubles.get(id) ?? [];
      column.push(time);
      this.#doubles.set(id, column);
      return;
    }
    const parts = Math.round(time * this.#unit);
    const from = field.from === undefined ? undefined : values[field.from];
    const base = typeof from === "number" ? Math.round(from * this.#unit) : 0;
    this.#column(id).push(field.from === undefined ? parts : base - parts);
  }
}
