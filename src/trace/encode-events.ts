/** How the columns of a block become bytes. */

import { type Block, type BlockData, type ColumnData, shapeColumn } from "./block.ts";
import { encodeDoubles, encodeNumbers } from "./columns.ts";
import { commonUnit, type Packed, unpack } from "./packed.ts";
import { timeColumns } from "./shapes.ts";
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

function numbersOf(
  id: number,
  values: Float64Array,
  wide: ReadonlyMap<number, bigint>,
): ColumnData {
  const unit = commonUnit(values);
  const parts = unit === 1 ? values : values.map((value) => value / unit);
  const coded = encodeNumbers(parts, Math.log2(unit));
  return { id, ...coded, count: values.length, wide: wideBytes(wide) };
}

function columnOf(id: number, packed: Packed, timeUnit: number): ColumnData {
  const values = unpack(packed);
  if (timeUnit !== 0 || !timeColumns.has(id)) return numbersOf(id, values, packed.wide);
  return { id, ...encodeDoubles(values), count: values.length, wide: new Uint8Array(0) };
}

/** How many strings and files the blocks before have written. */
export interface Written {
  strings: number;
  files: number;
}

/** A block as columns of bytes, with the strings and files that no block before it has written. */
export function encodeBlock(block: Block, written: Written): BlockData {
  const { count, tables, shapes, places, columns, timeUnit } = block;
  const numbers = Float64Array.from(places, (place) => shapes[place] ?? 0);
  const data = [...columns].map(([id, packed]) => columnOf(id, packed, timeUnit));
  data.push(numbersOf(shapeColumn, numbers, new Map()));
  data.sort((a, b) => a.id - b.id);
  const strings = tables.strings.slice(Math.max(0, written.strings - tables.firstString));
  const files = tables.files.slice(Math.max(0, written.files - tables.firstFile));
  written.strings += strings.length;
  written.files += files.length;
  return { count, strings, files, timeUnit, columns: data };
}
