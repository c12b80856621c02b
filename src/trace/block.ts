/** What one block of events holds: in memory as columns that can be read, and in a file as columns of bytes. */

import type { OpenFile } from "./file.ts";
import type { Packed } from "./packed.ts";

/** Up to `blockEvents` events. Strings and files of all blocks of a log are in common tables. */
export interface Block {
  readonly count: number;
  /** The distinct shape numbers, and for each event the place of its own among them. */
  readonly shapes: readonly number[];
  readonly places: Uint8Array | Uint16Array;
  /** By id. */
  readonly columns: ReadonlyMap<number, Packed>;
  /** Parts of a second that whole numbers count; 0 where times are doubles. */
  readonly timeUnit: number;
}

export interface ColumnData {
  readonly id: number;
  readonly coding: number;
  readonly count: number;
  readonly data: Uint8Array;
  readonly wide: Uint8Array;
}

export interface BlockData {
  readonly count: number;
  /** Those that no earlier block has named. */
  readonly strings: readonly string[];
  readonly files: readonly OpenFile[];
  readonly timeUnit: number;
  readonly columns: readonly ColumnData[];
}

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
