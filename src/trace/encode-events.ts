/** How the columns of a block become bytes. */

import { type Block, type BlockData, type ColumnData, shapeColumn } from "./block.ts";
import type { Tables } from "./block-reader.ts";
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

/** A block as columns of bytes. All strings and files of a log stand in its first block, for the others `tables` is undefined. */
export function encodeBlock(block: Block, tables: Tables | undefined): BlockData {
  const { count, shapes, places, columns, timeUnit } = block;
  const numbers = Float64Array.from(places, (place) => shapes[place] ?? 0);
  const data = [...columns].map(([id, packed]) => columnOf(id, packed, timeUnit));
  data.push(numbersOf(shapeColumn, numbers, new Map()));
  data.sort((a, b) => a.id - b.id);
  return {
    count,
    strings: tables?.strings ?? [],
    files: tables?.files ?? [],
    timeUnit,
    columns: data,
  };
}
