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
  "mbind",
  "userfaultfd",
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

/** What a shape has of what is told, or tells of it: the cells of its row, and the columns that stand there as places. */
interface ToldShape {
  readonly hasTask: boolean;
  readonly hasFlags: boolean;
  readonly columns: readonly (readonly [id: number, cell: number])[];
}

/** By shape number: found once for all blocks. */
const toldShapes = new Map<number, ToldShape>();

function toldShape(number: number): ToldShape {
  const known = toldShapes.get(number);
  if (known !== undefined) return known;
  const { maker } = madeBy(number);
  const shape: ToldShape = {
    hasTask: maker.columns.includes(pidColumn),
    hasFlags: flagsColumn !== undefined && maker.columns.includes(flagsColumn),
    columns: maker.columns.flatMap((id) => {
      const cell = told.get(id);
      return cell === undefined ? [] : [[id, cell] as const];
    }),
  };
  if (toldShapes.size < mostShapes) toldShapes.set(number, shape);
  return shape;
}

/** A file may have any shape numbers; they must not fill the memory. */
const mostShapes = 4096;

/** The shapes of a block as rows, and the numbers that their events have beside the columns with these ids. */
function eventsOf({ shapes, places, columns }: Block, ids: readonly number[]) {
  const rows = new Float64Array(shapes.length * shapeCell.stride);
  for (let index = 0, row = 0; index < shapes.length; index++, row += shapeCell.stride) {
    const shape = shapes[index] ?? 0;
    const { hasTask, hasFlags, columns: own } = toldShape(shape);
    rows[row + shapeCell.code] = shape % codes;
    if (hasTask) rows[row + shapeCell.hasTask] = 1;
    if (hasFlags) rows[row + shapeCell.hasFlags] = 1;
    for (const [id, cell] of own) rows[row + cell] = ids.indexOf(id) + 1;
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
