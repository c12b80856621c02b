/** How the columns of a block become bytes. */

import { type Block, type BlockData, type ColumnData, shapeColumn } from "./block.ts";
import type { Coded } from "./coding.ts";
import { encodeDoubles, encodeNumbers } from "./encode-columns.ts";
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

/** How many strings and files the blocks before have written. */
export interface Written {
  strings: number;
  files: number;
}

const isTime = (id: number): boolean => id === timeColumn || id === entryTimeColumn;

/** A block as columns of bytes, with the strings and files that no block before it has written. */
export function encodeBlock(block: Block, written: Written): BlockData {
  const { count, tables, columns, timeUnit } = block;
  const printed = printedTimes(block);
  const data = [...valuesOf(block, printed)].map(([id, values]): ColumnData => {
    const coded = timeUnit === 0 && isTime(id) ? encodeDoubles(values) : codedNumbers(values);
    return { id, ...coded, wide: wideBytes(columns.get(id)?.wide ?? new Map()) };
  });
  data.sort((a, b) => a.id - b.id);
  const strings = tables.strings.slice(Math.max(0, written.strings - tables.firstString));
  const files = tables.files.slice(Math.max(0, written.files - tables.firstFile));
  written.strings += strings.length;
  written.files += files.length;
  const printedUnit = printed?.unit ?? 0;
  const byId = new Map(data.map((column) => [column.id, column]));
  return { count, strings, files, timeUnit, printedUnit, columns: byId };
}
