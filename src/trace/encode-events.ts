/** How the columns of a block become bytes. */

import { encodeAddresses, isTold } from "./addresses.ts";
import {
  type Addresses,
  type Block,
  type BlockData,
  type ColumnData,
  shapeColumn,
} from "./block.ts";
import type { Coded } from "./coding.ts";
import { encodeDoubles, encodeNumbers, packedLength, storedLength } from "./encode-columns.ts";
import { commonUnit, unpack } from "./packed.ts";
import { type PrintedTimes, printedTimes } from "./printed-times.ts";
import { entryTimeColumn, timeColumn } from "./shapes.ts";
import { ByteWriter } from "./varint.ts";

function wideBytes(wide: ReadonlyMap<number, bigint>): Uint8Array {
  const writer = new ByteWriter();
  for (const [place, value] of wide) {
    const bytes = new Uint8Array(8);
    new DataView(bytes.buffer).setBigUint64(0, value, true);
    writer.unsigned(place);
    writer.bytes(bytes);
  }
  return writer.done();
}

function codedNumbers(values: Float64Array): Coded {
  const unit = commonUnit(values);
  const parts = unit === 1 ? values : values.map((value) => value / unit);
  return encodeNumbers(parts, Math.log2(unit));
}

/** The values of columns as they are stored; those of times as they were printed. */
function valuesOf(block: Block, printed: PrintedTimes | undefined): Map<number, Float64Array> {
  const values = new Map([...block.columns].map(([id, packed]) => [id, unpack(packed)]));
  values.set(
    shapeColumn,
    Float64Array.from(block.places, (place) => block.shapes[place] ?? 0),
  );
  if (printed === undefined) return values;
  if (values.has(timeColumn)) values.set(timeColumn, printed.starts);
  if (values.has(entryTimeColumn)) values.set(entryTimeColumn, printed.durations);
  return values;
}

const untold: Addresses = { bytes: new Uint8Array(0), wide: new Map() };

/** Telling takes twice as long to read as columns: it has to save two fifths. */
const worthwhile = 0.6;

/**
 * The columns of addresses as they are told; nothing if they take little more by themselves. It takes long to know what they
 * take, so they are taken to take as much as in a block before if telling then pays.
 */
function toldBy(block: Block, encoded: (id: number) => ColumnData, written: Written): Addresses {
  const told = [...block.columns.keys()].filter(isTold);
  const count = told.reduce((sum, id) => sum + (block.columns.get(id)?.count ?? 0), 0);
  if (count === 0) return untold;
  const bytes = encodeAddresses(block);
  const length = packedLength(bytes);
  const pays = (): boolean => length <= worthwhile * written.address * count;
  if (!pays()) {
    written.address = storedLength(told.map(encoded)) / count;
    if (!pays()) return untold;
  }
  const wide = told.flatMap((id): (readonly [number, Uint8Array])[] => {
    const numbers = block.columns.get(id)?.wide ?? new Map();
    return numbers.size > 0 ? [[id, wideBytes(numbers)]] : [];
  });
  return { bytes, wide: new Map(wide) };
}

/** How many strings and files the blocks before have written, and what one of their addresses took in a column; bytes. */
export interface Written {
  strings: number;
  files: number;
  address: number;
}

const isTime = (id: number): boolean => id === timeColumn || id === entryTimeColumn;

/** A block as columns of bytes, with the strings and files that no block before it has written. */
export function encodeBlock(block: Block, written: Written): BlockData {
  const { count, tables, columns, timeUnit } = block;
  const printed = printedTimes(block);
  const values = valuesOf(block, printed);
  const known = new Map<number, ColumnData>();
  const encoded = (id: number): ColumnData => {
    const before = known.get(id);
    if (before !== undefined) return before;
    const numbers = values.get(id) ?? new Float64Array(0);
    const coded = timeUnit === 0 && isTime(id) ? encodeDoubles(numbers) : codedNumbers(numbers);
    const column = { id, ...coded, wide: wideBytes(columns.get(id)?.wide ?? new Map()) };
    known.set(id, column);
    return column;
  };
  const addresses = toldBy(block, encoded, written);
  const isAlone = (id: number): boolean => addresses.bytes.length === 0 || !isTold(id);
  const data = [...values.keys()].filter(isAlone).map(encoded);
  data.sort((a, b) => a.id - b.id);
  const strings = tables.strings.slice(Math.max(0, written.strings - tables.firstString));
  const files = tables.files.slice(Math.max(0, written.files - tables.firstFile));
  written.strings += strings.length;
  written.files += files.length;
  const printedUnit = printed?.unit ?? 0;
  const byId = new Map(data.map((column) => [column.id, column]));
  return { count, strings, files, timeUnit, printedUnit, columns: byId, addresses };
}
