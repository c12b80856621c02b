/** A line of the recording, or several that are one. */

import type { Buffer } from "node:buffer";

export interface Line {
  readonly bytes: Buffer;
  readonly start: number;
  readonly end: number;
  /** Where it begins, where that is an earlier line. */
  readonly first: number;
  /** Where it ends; 1-based. */
  readonly number: number;
  /** False if there may have been more of it. */
  readonly whole: boolean;
  /** Seconds, where lines have times. */
  readonly time: number | undefined;
}

/** One character a byte, so that no byte is lost before it is known what it means. */
export function latin1(bytes: Buffer, start: number, end: number): string {
  return bytes.toString("latin1", start, end);
}
