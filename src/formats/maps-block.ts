/** What maps show of one process at one moment, whatever has printed them. */

import type { MapsArea, Sink } from "../trace/event.ts";

/** One reading of a maps file; a file of several starts each with `### pid=... comm=... epoch=A..B monotonic=M`. */
export interface MapsBlock {
  /** Of the heading, or of the first area. */
  readonly line: number;
  readonly pid?: number;
  readonly comm?: string;
  /** Seconds since 1970 before and after the file was read. */
  readonly epoch?: readonly [number, number];
  /** Seconds of CLOCK_MONOTONIC. */
  readonly monotonic?: number;
  readonly areas: readonly MapsArea[];
}

/** Emit blocks as snapshots of a recording that is nothing but maps; `source` is the name of the file. */
export function emitBlocks(blocks: readonly MapsBlock[], source: string, emit: Sink): void {
  for (const { line, pid = null, epoch, monotonic, areas } of blocks) {
    const time = epoch?.[0] ?? monotonic;
    const timed = time === undefined ? {} : { time };
    emit({ kind: "snapshot", line, pid, ...timed, source, areas, exact: false });
  }
}
