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

/** Where a line ends but for blanks, which pastes leave there, and carriage returns of terminals. */
export function beforeBlanks(bytes: Uint8Array, start: number, end: number): number {
  let at = end;
  while (at > start && isBlank(bytes[at - 1])) at -= 1;
  return at;
}

const isBlank = (byte: number | undefined): boolean => byte === 32 || byte === 9 || byte === 13;
