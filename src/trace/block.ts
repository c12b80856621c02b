/** What one block of events holds: in memory as columns that can be read, and in a file as columns of bytes. */

import type { StoredColumns } from "./column-reader.ts";
import type { OpenFile } from "./file.ts";
import type { Packed } from "./packed.ts";

/** What the numbers of strings and files stand for, counted through all blocks of a log: from the first one on. */
export interface Tables {
  readonly strings: readonly string[];
  readonly firstString: number;
  readonly files: readonly OpenFile[];
  readonly firstFile: number;
}

/** Up to `blockEvents` events, with all that their columns name. */
export interface Block {
  readonly count: number;
  readonly tables: Tables;
  /** The distinct shape numbers, and for each event the place of its own among them. */
  readonly shapes: readonly number[];
  readonly places: Uint8Array | Uint16Array;
  /** By id. */
  readonly columns: ReadonlyMap<number, Packed>;
  /** Parts of a second that whole numbers count; 0 where times are doubles. */
  readonly timeUnit: number;
}

/** A block of a log, at hand or put away. */
export interface Slot {
  readonly count: number;
  readonly shapes: readonly number[];
  readonly block: () => Block;
}

/** Where blocks and other plain data are put away for which there is no room in memory; what is put there can be had again. */
export type Shelf = <T extends object>(data: T) => () => T;

/** A column of bytes. */
export interface ColumnData {
  readonly id: number;
  readonly coding: number;
  readonly data: Uint8Array;
  /** The low bits of all numbers. */
  readonly low: Uint8Array;
  readonly wide: Uint8Array;
}

/** The columns of addresses, lengths and results where they are told together. */
export interface Addresses {
  /** None where these are among the columns. */
  readonly bytes: Uint8Array;
  /** By id, the numbers that no double holds, as of columns. */
  readonly wide: ReadonlyMap<number, Uint8Array>;
}

interface InFile<Columns> {
  readonly count: number;
  /** Their numbers go on from those of the blocks before. */
  readonly strings: readonly string[];
  readonly files: readonly OpenFile[];
  readonly timeUnit: number;
  /** Parts of a second of starts and durations; 0 where times are stored as they are. */
  readonly printedUnit: number;
  readonly columns: Columns;
  readonly addresses: Addresses;
}

/** A block as it is written; columns by id, in the order of the file. */
export type BlockData = InFile<ReadonlyMap<number, ColumnData>>;

/** A block as it is read. */
export type StoredBlock = InFile<StoredColumns>;

/** Events in one block: enough for the columns to pay, few enough to hold. */
export const blockEvents = 65_536;

/** Bits of a shape number below which its code stands. */
export const codes = 32;

/** The column of shape numbers, and that of the areas' bits. */
export const shapeColumn = 0;

/** The id of a field's column. */
export function columnId(
  code: number,
  field: { readonly id: number; readonly common?: true },
): number {
  return (field.common ? 0 : code * codes) + field.id;
}
