/** What a recording format is: it knows its own first bytes, and turns lines into events. */

import type { Diagnostics } from "../errors.ts";
import type { Shelf } from "../trace/block.ts";
import type { Sink } from "../trace/event.ts";
import type { Facts, Trace } from "../trace/trace.ts";
import type { MapsBlock } from "./maps-block.ts";

/** What a recording of this format can tell; a metric says which of it it needs. */
export type Provides =
  | "requests" // arguments of calls
  | "results"
  | "unmaps"
  | "lifecycle"
  | "paths" // files behind descriptors
  | "searches" // mmap:vm_unmapped_area
  | "faults"
  | "snapshots";

/** The bytes of one recording: read once, in chunks; `name` is for messages. */
export interface Input {
  readonly name: string;
  readonly chunks: AsyncIterable<Uint8Array>;
}

/** A file that is read more than once, since there is no room for all of its recording's at a time. */
export interface Reopened {
  readonly name: string;
  /** Its bytes from the first one on, in chunks of about so many. */
  readonly open: (chunkBytes?: number) => AsyncIterable<Uint8Array>;
}

/** What a reader tells beside the events. */
export interface ReadResult {
  /** Lines read. */
  readonly lines: number;
  /** Facts that the text itself states or proves. */
  readonly facts: Partial<Facts>;
}

/** What the user knows and the recording does not say. */
export interface ReadOptions {
  /** Tasks of unknown origin are threads of the first one. */
  readonly oneProcess?: boolean;
  /** The process that the recorder was attached to, with all of its threads: tasks of unknown origin are those. */
  readonly leader?: number;
  /** Where events go that memory has no room for. */
  readonly shelf?: Shelf;
}

/** How the files are read of a recorder that writes one for each task. */
export interface PerTask {
  /** What the names of one recording's files have in common (`out` of `out.4711`); undefined for any other name. */
  setOf(name: string): string | undefined;
  /** The same as `read` of a format, of all files of one recording. */
  read(
    inputs: readonly Reopened[],
    emit: Sink,
    diagnostics: Diagnostics,
    options?: ReadOptions,
  ): Promise<ReadResult>;
}

export interface Format {
  readonly id: string;
  readonly title: string;
  /** Without a dot; a recording is called by its name without them. */
  readonly extensions: readonly string[];
  readonly provides: readonly Provides[];
  /** True if these first bytes (at least 64 KiB, or all there is) are of this format and of no other. */
  sniff(head: Uint8Array): boolean;
  /** Emit the events in the order in which they took effect; bad lines are counted, unusable input throws. */
  read(
    input: Input,
    emit: Sink,
    diagnostics: Diagnostics,
    options?: ReadOptions,
  ): Promise<ReadResult>;
  /** Set where lines are sorted by time before they are read: then they do not tell in which order calls returned. */
  readonly isSorted?: true;
  readonly perTask?: PerTask;
  /** The maps of each process, of a format that holds nothing else. */
  readonly readMaps?: (input: Input, diagnostics: Diagnostics) => Promise<readonly MapsBlock[]>;
  /** The whole trace, of a format that stores one. */
  readonly readTrace?: (input: Input) => Promise<Trace>;
}
