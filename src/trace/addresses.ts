/** How the addresses, lengths and results of all events of a block are told together, each by what was named before it. */

import { readAddresses, writeAddresses } from "../native/load.ts";
import { type Addresses, type Block, codes } from "./block.ts";
import { madeBy } from "./block-reader.ts";
import { column, malformedBy, packedIn } from "./column-reader.ts";
import { type Packed, unpack } from "./packed.ts";
import { columnsOf, pidColumn } from "./shapes.ts";

/** What stands in a row of a shape: columns as their places plus 1, or 0. `native/binding/src/addresses.rs` has the same numbers. */
const shapeCell = { code: 0, hasTask: 1, hasFlags: 2, stride: 7 } as const;

/** Where in a row the place of such a column stands. */
const cells = { addr: 3, length: 4, newLength: 5, result: 6 } as const;

/** Calls that return an address. */
const placing = ["mmap", "mremap", "brk", "shmat", "map_shadow_stack", "search"] as const;
const asking = [
  ...placing,
  "munmap",
  "mprotect",
  "madvise",
  "shmdt",
  "remap_file_pages",
  "mlock",
  "munlock",
  "mseal",
  "set_vma_name",
] as const;

/** The cell of each column that is told. */
const told: ReadonlyMap<number, number> = new Map([
  ...columnsOf(asking, "addr").map((id) => [id, cells.addr] as const),
  ...columnsOf(asking, "length").map((id) => [id, cells.length] as const),
  ...columnsOf(asking, "newLength").map((id) => [id, cells.newLength] as const),
  ...columnsOf(placing, "result").map((id) => [id, cells.result] as const),
]);

const [flagsColumn] = columnsOf(["mmap"], "flags");

/** True if the column may be told with the addresses instead of standing by itself. */
export function isTold(id: number): boolean {
  return told.has(id);
}

/** The shapes of a block as rows, and the numbers that their events have beside the columns with these ids. */
function eventsOf({ shapes, places, columns }: Block, ids: readonly number[]) {
  const rows = new Float64Array(shapes.length * shapeCell.stride);
  const placeOf = new Map(ids.map((id, place) => [id, place + 1]));
  for (const [index, shape] of shapes.entries()) {
    const row = index * shapeCell.stride;
    rows[row + shapeCell.code] = shape % codes;
    for (const id of madeBy(shape).maker.columns) {
      if (id === pidColumn) rows[row + shapeCell.hasTask] = 1;
      if (id === flagsColumn) rows[row + shapeCell.hasFlags] = 1;
      const cell = told.get(id);
      if (cell !== undefined) rows[row + cell] = placeOf.get(id) ?? 0;
    }
  }
  const numbers = (id = 0): Float64Array => {
    const packed = columns.get(id);
    return packed === undefined ? new Float64Array(0) : unpack(packed);
  };
  return [rows, new Uint16Array(places), numbers(pidColumn), numbers(flagsColumn)] as const;
}

function rowsOf(counts: readonly number[]): Float64Array {
  const rows = new Float64Array(counts.length * column.stride);
  for (const [index, count] of counts.entries()) rows[index * column.stride + column.count] = count;
  return rows;
}

/** The bytes that tell all columns of a block that may be told, numbers that no double holds as 0; none if there are no such columns. */
export function encodeAddresses(block: Block): Uint8Array {
  const columns = [...block.columns].filter(([id]) => isTold(id)).sort(([a], [b]) => a - b);
  if (columns.length === 0) return new Uint8Array(0);
  const events = eventsOf(
    block,
    columns.map(([id]) => id),
  );
  const counts = columns.map(([, { count }]) => count);
  const numbers = new Float64Array(counts.reduce((sum, count) => sum + count, 0));
  let at = 0;
  for (const [, packed] of columns) {
    numbers.set(unpack(packed), at);
    at += packed.count;
  }
  return writeAddresses(...events, rowsOf(counts), numbers);
}

/**
 * The told columns of a block, of so many numbers each, from its other columns and the bytes that tell them.
 *
 * Throws Malformed if no such block can have had the bytes.
 */
export function decodeAddresses(
  block: Block,
  counts: ReadonlyMap<number, number>,
  { bytes, wide }: Addresses,
): ReadonlyMap<number, Packed> {
  const columns = [...counts].sort(([a], [b]) => a - b);
  const events = eventsOf(
    block,
    columns.map(([id]) => id),
  );
  const rows = rowsOf(columns.map(([, count]) => count));
  const buffer = malformedBy(() => readAddresses(...events, rows, bytes));
  return new Map(columns.map(([id], place) => [id, packedIn(rows, place, buffer, wide.get(id))]));
}
