/** How the bytes of a block become columns again. */

import { decodeAddresses, isTold } from "./addresses.ts";
import { type Block, codes, type StoredBlock, shapeColumn, type Tables } from "./block.ts";
import { madeBy } from "./block-reader.ts";
import { ColumnReader, columnWant, type Kinds, type StoredColumns } from "./column-reader.ts";
import type { OpenFile } from "./file.ts";
import { atHand, EventLog } from "./log.ts";
import { type Maker, makerOf } from "./makers.ts";
import { type Packed, pack, unpack } from "./packed.ts";
import { toTimes } from "./printed-times.ts";
import { areaCount, areaShape, entryTimeColumn, timeColumn } from "./shapes.ts";
import { Malformed } from "./varint.ts";

/** The shapes of the events, and for each event the place of its own. */
function shapesOf(stored: StoredColumns, count: number): Kinds {
  const reader = new ColumnReader(stored);
  const place = reader.ask(shapeColumn, count, columnWant.listed);
  reader.read();
  return reader.listed(place);
}

/** How many events of each shape there are, by the place of the shape. */
function countsOf(places: Uint8Array | Uint16Array, shapes: number): Uint32Array {
  const counts = new Uint32Array(shapes);
  for (let i = 0; i < places.length; i++) {
    const place = places[i] ?? 0;
    counts[place] = (counts[place] ?? 0) + 1;
  }
  return counts;
}

/** The values that columns need for certain numbers of events. */
class Needs {
  readonly counts = new Map<number, number>();
  /** Columns of numbers of strings, and of files. */
  readonly strings = new Set<number>();
  readonly files = new Set<number>();

  add({ columns, strings, files }: Maker, count: number): void {
    if (count === 0) return;
    for (const id of columns) this.counts.set(id, (this.counts.get(id) ?? 0) + count);
    for (const id of strings) this.strings.add(id);
    for (const id of files) this.files.add(id);
  }

  /** The columns that may be told with the addresses, which then are no longer needed. */
  takeTold(): ReadonlyMap<number, number> {
    const told = [...this.counts].filter(([id]) => isTold(id));
    for (const [id] of told) this.counts.delete(id);
    return new Map(told);
  }
}

type Filling = Block & { readonly columns: Map<number, Packed> };

/** The times of a block, where they are stored as starts and durations. */
class Printed {
  readonly #unit: number;
  readonly #reader: ColumnReader;
  readonly #places = new Map<number, number>();

  /** Asks for the columns, which are then no longer needed. */
  constructor(unit: number, { counts }: Needs, stored: StoredColumns, reader: ColumnReader) {
    this.#unit = unit;
    this.#reader = reader;
    for (const id of [timeColumn, entryTimeColumn]) {
      const count = counts.get(id) ?? 0;
      if ((stored.byId.get(id)?.wide.length ?? 0) > 0)
        throw new Malformed("times that no double holds");
      if (counts.delete(id)) this.#places.set(id, reader.ask(id, count, columnWant.wide));
    }
  }

  /** Put the times into the columns of the block, when they have been read. */
  into(block: Filling): void {
    const doubles = (id: number): Float64Array => {
      const place = this.#places.get(id);
      return place === undefined ? new Float64Array(0) : this.#reader.doubles(place);
    };
    const [starts, durations] = [doubles(timeColumn), doubles(entryTimeColumn)];
    toTimes(block, block.timeUnit, { unit: this.#unit, starts, durations });
    if (starts.length > 0) block.columns.set(timeColumn, pack(starts, 1));
    if (durations.length > 0) block.columns.set(entryTimeColumn, pack(durations, 1));
  }
}

/** Reads blocks in their order; strings and files are numbered through all of them. */
export class EventDecoder {
  readonly #strings: string[] = [];
  readonly #files: OpenFile[] = [];
  readonly #tables: Tables = {
    strings: this.#strings,
    firstString: 0,
    files: this.#files,
    firstFile: 0,
  };
  readonly #blocks: Block[] = [];

  /** Take a block; throws Malformed if its columns do not fit together. */
  block(read: StoredBlock): void {
    const { columns: stored, count, timeUnit, printedUnit, addresses } = read;
    for (const string of read.strings) this.#strings.push(string);
    for (const file of read.files) this.#files.push(file);
    const { distinct, places } = shapesOf(stored, count);
    const needs = new Needs();
    const counts = countsOf(places, distinct.length);
    for (const [place, shape] of distinct.entries()) {
      needs.add(madeBy(shape).maker, counts[place] ?? 0);
    }
    const columns = new Map<number, Packed>();
    const tables = this.#tables;
    const block = { count, tables, shapes: distinct, places, columns, timeUnit };
    const told = addresses.bytes.length === 0 ? undefined : needs.takeTold();
    const reader = new ColumnReader(stored);
    const printed = printedUnit === 0 ? undefined : new Printed(printedUnit, needs, stored, reader);
    this.#fill(columns, needs, reader);
    printed?.into(block);
    if (told !== undefined)
      for (const [id, packed] of decodeAddresses(block, told, addresses)) columns.set(id, packed);
    this.#areas(columns, stored);
    this.#blocks.push(block);
  }

  done(): EventLog {
    return new EventLog(this.#blocks.map(atHand));
  }

  /** Read the columns that are needed. */
  #fill(columns: Map<number, Packed>, needs: Needs, reader: ColumnReader): void {
    const places = new Map<number, number>();
    for (const [id, count] of needs.counts) places.set(id, reader.ask(id, count));
    reader.read();
    for (const [id, place] of places) {
      const table = needs.strings.has(id) ? this.#strings : needs.files.has(id) && this.#files;
      columns.set(id, reader.packed(place, table ? table.length : undefined));
    }
  }

  /** The areas of the snapshots, which have columns of their own. */
  #areas(columns: Map<number, Packed>, stored: StoredColumns): void {
    const lengths = columns.get(areaCount);
    const areas = lengths === undefined ? 0 : unpack(lengths).reduce((a, b) => a + b, 0);
    if (areas === 0) return;
    const shapes = areaShape.code * codes;
    const reader = new ColumnReader(stored);
    const place = reader.ask(shapes, areas);
    reader.read();
    const bits = reader.packed(place);
    columns.set(shapes, bits);
    const counts = new Map<number, number>();
    for (const shape of unpack(bits)) counts.set(shape, (counts.get(shape) ?? 0) + 1);
    const needs = new Needs();
    for (const [shape, count] of counts) needs.add(makerOf(areaShape, shape), count);
    this.#fill(columns, needs, new ColumnReader(stored));
  }
}
