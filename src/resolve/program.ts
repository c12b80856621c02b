/** What a trace asks for, without addresses: objects, offsets and the calls that make and end them. */

import type { MapsArea, Search } from "../trace/event.ts";
import type { OpenFile } from "../trace/file.ts";
import type { Ops } from "./ops.ts";

/** A page relative to an object; object 0 is the origin, so its offset is an absolute page. */
export interface Position {
  readonly object: number;
  /** Pages. */
  readonly offset: number;
}

/** What a VMA carries beside its range. Pages for pgoff and sizes. */
export interface Area {
  readonly backing: "anon" | "shared-anon" | "file";
  readonly file?: OpenFile;
  /** PROT_ bits. */
  readonly prot: number;
  readonly shared: boolean;
  /** First page in the file; of private anonymous memory the kernel takes the page of the mapping itself. */
  readonly pgoff: number;
  /** MAP_ bits of the call that made it, or 0. */
  readonly flags: number;
  /** Base pages of a huge page, of hugetlb. */
  readonly huge?: number;
  /** `[heap]`, `[stack]`, `[vdso]`, `[vvar]` ... as maps prints it. */
  readonly name?: string;
  /** One shared anonymous mmap is one object with a file of its own. */
  readonly shm?: number;
  /** smaps flags, of areas that come from a snapshot. */
  readonly vmFlags?: readonly string[];
}

/** The part of the recording that an op stands for. */
export interface Origin {
  /** Index into the trace's events; -1 for what exec itself made. */
  readonly event: number;
  /** 1-based line in the recording. */
  readonly line: number;
}

/** Which searches a map op may run. */
export type How =
  | "place" // hint, then the policy's attempts
  | "claim" // exactly there or not at all: MAP_FIXED_NOREPLACE, shmat at an address
  | "grow" // mremap: in place if there is room, else the policy's attempts without a hint
  | "grow-in-place" // mremap without MAYMOVE
  | "brk"; // one page must stay free above

interface MapBase extends Origin {
  readonly how: How;
  /** Pages of the object. */
  readonly pages: number;
  /** grow: pages of the source that stay. */
  readonly kept?: number;
  /** Pages kept free below (GROWSDOWN: 256). */
  readonly guard: number;
  readonly area: Area;
  /** The hint, or where the growing object lies. */
  readonly hint?: Position;
  readonly low32: boolean;
  readonly above4g: boolean;
  readonly startGap: number;
  /** Searches that the recorder saw inside this call. */
  readonly searches: readonly Search[];
}

export type Op =
  /** The current space becomes `space`; a new one is empty. */
  | ({ readonly kind: "enter"; readonly space: number } & Origin)
  /** `space` becomes a copy of the current one, which stays current. */
  | ({ readonly kind: "fork"; readonly space: number } & Origin)
  /** The last task of `space` ended. */
  | ({ readonly kind: "exit"; readonly space: number } & Origin)
  /** The kernel chose a place. `recorded` is the page it chose. `source`: the object whose pages move (mremap). */
  | ({
      readonly kind: "map";
      readonly object: number;
      readonly recorded: number;
      readonly source?: Position;
    } & MapBase)
  /** A call that failed for room or after its searches; `failed` is its errno name. */
  | ({ readonly kind: "probe"; readonly failed: string; readonly source?: Position } & MapBase)
  /** MAP_FIXED, and what exec puts where it wants. */
  | ({
      readonly kind: "fix";
      readonly object: number;
      readonly at: Position;
      readonly recorded: number;
      readonly pages: number;
      readonly guard: number;
      readonly area: Area;
      /** mremap FIXED: where the pages come from. */
      readonly source?: Position;
      /** mremap FIXED: pages of the source that move, which may lie in several VMAs; absent: those of one VMA. */
      readonly kept?: number;
      /** Placed at the next multiple of this many pages (an idiom's kept part). */
      readonly align?: number;
      /** The multiple, plus this many pages. */
      readonly alignOffset?: number;
    } & Origin)
  /** Pages leave, except where `spare` now lies. */
  | ({
      readonly kind: "release";
      readonly at: Position;
      readonly pages: number;
      readonly spare?: { readonly object: number; readonly pages: number };
    } & Origin)
  /** mprotect of one slice. */
  | ({
      readonly kind: "protect";
      readonly at: Position;
      readonly pages: number;
      readonly prot: number;
    } & Origin)
  /** Any other change of VMA attributes of one slice, none of the union. */
  | ({
      readonly kind: "advise";
      readonly at: Position;
      readonly pages: number;
      readonly change: Advice;
    } & Origin)
  /** madvise that gives memory back but leaves the VMA: MADV_DONTNEED, MADV_FREE, MADV_REMOVE. */
  | ({ readonly kind: "discard"; readonly at: Position; readonly pages: number } & Origin)
  /** Pages come: the page fault of user code, MAP_POPULATE, MADV_POPULATE_READ; only where the touches are asked for. */
  | ({ readonly kind: "touch"; readonly at: Position; readonly pages: number } & Origin)
  /** The recorded state of the current space. */
  | ({
      readonly kind: "snapshot";
      readonly source: string;
      readonly exact: boolean;
      readonly areas: readonly MapsArea[];
    } & Origin);

/**
 * A change of flags: the words of smaps' VmFlags, or the name; or none, where the kernel itself writes what is private and
 * writable (populate_vma_page_range). A mark is a word of two characters, the kind (`unmark`) and which of that kind: it takes the
 * place of the one before. smaps has no word for VM_LOCKONFAULT: here it is `lf`, which stands for both locks.
 */
export type Advice =
  | { readonly mark: string }
  | { readonly unmark: string }
  | { readonly set: string }
  | { readonly populate: true }
  | { readonly clear: string }
  | { readonly name: string | null };

/** The limits of one space as recorded; pages. */
export interface SpaceFacts {
  readonly space: number;
  /** Null where the space starts with exec or with the recording. */
  readonly parent: number | null;
  readonly pid: number | null;
  readonly command?: string;
  readonly mmapBase?: number;
  /** x86: start of the bottom-up search. */
  readonly bottomUpBase?: number;
  readonly topDown: boolean;
  /** Pages that exec made and the recording does not name (program and stack), by the first search's total_vm. */
  readonly unrecordedPages: number;
  /** It ran before the recording and no snapshot shows what it had. */
  readonly unknownStart: boolean;
  /** The recording tells of no birth and no exec, and has several tasks: its calls may belong to other spaces. */
  readonly untold?: true;
  /** Of a 32-bit task: all that is known of it lies below 4 GiB. */
  readonly compat?: true;
  /** A 32-bit task that is held to 3 GiB (ADDR_LIMIT_3GB). */
  readonly below3GiB?: true;
  /** The recorder sees no call of this 32-bit task: perf, without raw_syscalls. */
  readonly silent?: true;
  /** How the limits were found, for the report. */
  readonly layoutFrom: "search" | "snapshot" | "first placement" | "formula" | "parent";
}

/** A recorded fact that cannot be held against a model, and why; true of the recording, not of the model. */
export interface Exclusion {
  readonly of: "search" | "placement";
  readonly reason: string;
  /** 1-based line in the recording. */
  readonly line: number;
}

/** A resolved trace. */
export interface Program {
  readonly name: string;
  /** Bytes of a page in this program. */
  readonly pageBytes: number;
  /** It was recorded on another architecture: `recorded` pages are not what this one's kernel would answer. */
  readonly converted?: true;
  readonly ops: Ops;
  readonly spaces: readonly SpaceFacts[];
  /** Number of objects; ids are 1 to objects. */
  readonly objects: number;
  /** Index of the op after which most accessible pages were mapped, all live spaces together: the first, or the last that touched some of them. */
  readonly peak: number;
  /** Ops from which on the state is doubtful (lost events), by space. */
  readonly doubtfulFrom: ReadonlyMap<number, number>;
  readonly exclusions: readonly Exclusion[];
}
