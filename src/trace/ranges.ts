/** How the ranges are written in which the numbers of a column are. */

import type { ByteWriter } from "./varint.ts";

/** Whole numbers from `start` up to, but without, `start + 2^width`. */
export interface NumberRange {
  readonly start: number;
  readonly width: number;
}

/** Wider ranges say too little to pay. */
export const widestRange = 48;

export function writeRanges(writer: ByteWriter, ranges: readonly NumberRange[]): void {
  writer.unsigned(ranges.length);
  for (const { start, width } of ranges) {
    writer.signed(start);
    writer.unsigned(width);
  }
}
