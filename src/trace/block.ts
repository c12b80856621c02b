/** What one block of events holds, before protobuf: the tables that the codec fills and reads. */

import type { OpenFile } from "./file.ts";

export interface ColumnData {
  readonly id: number;
  readonly coding: number;
  readonly count: number;
  readonly data: Uint8Array;
  readonly wide: Uint8Array;
}

export interface BlockData {
  readonly count: number;
  readonly strings: readonly string[];
  readonly files: readonly OpenFile[];
  /** Parts of a second that whole numbers count; 0 where times are doubles. */
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
