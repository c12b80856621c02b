/** How the bytes of a block become columns again. */

import {
  type Block,
  type BlockData,
  blockEvents,
  type ColumnData,
  codes,
  shapeColumn,
  type Tables,
} from "./block.ts";
import { madeBy } from "./block-reader.ts";
import { isDoubles, longestColumn, unitOf } from "./coding.ts";
import { constantOf, decodeInto, decodeListed, type Kinds, numbersInto } from "./decode-columns.ts";
import type { OpenFile } from "./file.ts";
import { atHand, EventLog } from "./log.ts";
import { type Maker, makerOf } from "./makers.ts";
import { type Packed, pack, packDoubles, packSame, unpack } from "./packed.ts";
import { toTimes } from "./printed-times.ts";
import { areaCount, areaShape, entryTimeColumn, timeColumn } from "./shapes.ts";
import { ByteReader, Malformed } from "./varint.ts";

function wideOf({ wide }: ColumnData, count: number): ReadonlyMap<number, bigint> | undefined {
  if (wide.length === 0) return undefined;
  const values = new Map<number, bigint>();
  const reader = new ByteReader(wide);
  while (!reader.ended) {
    const index = reader.unsigned();
    if (index >= count) throw new Malformed("a wide number is outside of its column");
    const bytes = reader.bytes(8);
    values.set(index, new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true));
  }
  return values;
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
}

/** The same column; throws Malformed if its numbers are not places in a table of this length. */
function inTable(packed: Packed, length: number | undefined): Packed {
  const { stored, base, unit, count, wide } = packed;
  if (length === undefined || count === 0) return packed;
  let most = 0;
  for (let i = 0; i < stored.length; i++) {
    const value = stored[i] ?? 0;
    if (value > most) most = value;
  }
  if (base < 0 || base + unit * most >= length || wide.size > 0) {
    throw new Malformed("an index is outside of its table");
  }
  return packed;
}

type Columns = BlockData["columns"];

/** The column that has so many values. */
function columnOf(byId: Columns, id: number, count: number): ColumnData {
  const column = byId.get(id);
  if (column === undefined) throw new Malformed(`column ${id} is missing`);
  if ((column.count ?? count) !== count) {
    throw new Malformed(`column ${id} has not a value for each event`);
  }
  return column;
}

/** What a column is decoded into before it is packed; one that is kept makes no work for the garbage collector. */
const kept = new Float64Array(2 * blockEvents);

/** Room for so many numbers, until the next call. */
function scratch(count: number): Float64Array {
  if (count > longestColumn) throw new Malformed("a column is too long");
  return count > kept.length ? new Float64Array(count) : kept.subarray(0, count);
}

/** A column of so many numbers, which are places in a table of this length if one is given. */
function packedOf(column: ColumnData, count: number, table?: number): Packed {
  const wide = wideOf(column, count);
  const unit = unitOf(column);
  const same = constantOf(column, count);
  if (same !== undefined) return inTable(packSame(same * unit, count, wide), table);
  const values = scratch(count);
  const range = decodeInto(column, values);
  if (isDoubles(column)) {
    if (table !== undefined) throw new Malformed("an index is no whole number");
    return packDoubles(values);
  }
  const packed = pack(values, unit, wide, range);
  const isInside = wide === undefined && range[0] >= 0 && range[1] * unit < (table ?? 0);
  return isInside ? packed : inTable(packed, table);
}

type Filling = Block & { readonly columns: Map<number, Packed> };

/** Put the times into the columns of the block; what is needed then is the rest. */
function printedInto(block: Filling, unit: number, { counts }: Needs, byId: Columns): void {
  for (const id of [timeColumn, entryTimeColumn])
    if ((byId.get(id)?.wide.length ?? 0) > 0) throw new Malformed("times that no double holds");
  const [times, entries] = [counts.get(timeColumn) ?? 0, counts.get(entryTimeColumn) ?? 0];
  const room = scratch(times + entries);
  const [starts, durations] = [room.subarray(0, times), room.subarray(times)];
  if (times > 0) numbersInto(columnOf(byId, timeColumn, times), starts);
  if (entries > 0) numbersInto(columnOf(byId, entryTimeColumn, entries), durations);
  toTimes(block, block.timeUnit, { unit, starts, durations });
  for (const [id, parts] of [
    [timeColumn, starts],
    [entryTimeColumn, durations],
  ] as const) {
    if (counts.delete(id)) block.columns.set(id, pack(parts, 1));
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
  block({ columns: byId, count, strings, files, timeUnit, printedUnit }: BlockData): void {
    for (const string of strings) this.#strings.push(string);
    for (const file of files) this.#files.push(file);
    const { distinct, places } = this.#places(byId.get(shapeColumn), count);
    const needs = new Needs();
    const counts = countsOf(places, distinct.length);
    for (const [place, shape] of distinct.entries()) {
      needs.add(madeBy(shape).maker, counts[place] ?? 0);
    }
    const packed = new Map<number, Packed>();
    const tables = this.#tables;
    const block = { count, tables, shapes: distinct, places, columns: packed, timeUnit };
    if (printedUnit !== 0) printedInto(block, printedUnit, needs, byId);
    this.#fill(packed, needs, byId);
    this.#areas(packed, byId);
    this.#blocks.push(block);
  }

  done(): EventLog {
    return new EventLog(this.#blocks.map(atHand));
  }

  #places(column: ColumnData | undefined, count: number): Kinds {
    if (column === undefined || (column.count ?? count) !== count) {
      throw new Malformed("a block has not the events that it says");
    }
    return decodeListed(column, scratch(count));
  }

  /** Decode the columns that are needed. */
  #fill(packed: Map<number, Packed>, needs: Needs, byId: Columns): void {
    for (const [id, count] of needs.counts) {
      const table = needs.strings.has(id) ? this.#strings : needs.files.has(id) && this.#files;
      packed.set(id, packedOf(columnOf(byId, id, count), count, table ? table.length : undefined));
    }
  }

  /** The areas of the snapshots, which have columns of their own. */
  #areas(packed: Map<number, Packed>, byId: Columns): void {
    const lengths = packed.get(areaCount);
    const areas = lengths === undefined ? 0 : unpack(lengths).reduce((a, b) => a + b, 0);
    if (areas === 0) return;
    const id = areaShape.code * codes;
    const column = byId.get(id);
    if (column === undefined || (column.count ?? areas) !== areas) {
      throw new Malformed("areas are missing");
    }
    const bits = packedOf(column, areas);
    packed.set(id, bits);
    const counts = new Map<number, number>();
    for (const shape of unpack(bits)) counts.set(shape, (counts.get(shape) ?? 0) + 1);
    const needs = new Needs();
    for (const [shape, count] of counts) needs.add(makerOf(areaShape, shape), count);
    this.#fill(packed, needs, byId);
  }
}
