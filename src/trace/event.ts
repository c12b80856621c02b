/** What a recorder saw, in one vocabulary: system calls, gap searches, lives of tasks, and states of address spaces. */

import type { U64 } from "../units.ts";
import type { OpenFile } from "./file.ts";

/** How a recorded call ended. `error` has an errno name; only `ok` and `error` are certain. */
export type Outcome =
  | "ok"
  | "error"
  | "unknown"
  | "never resumed"
  | "no exit seen"
  | "detached"
  | "missing";

export interface EventBase {
  /** 1-based line of the result in the recording. */
  readonly line: number;
  /** Id of the task as the recorder prints it, or null where it prints none. */
  readonly pid: number | null;
  /** The recorder prints no id on this line; `pid` was concluded. */
  readonly bare?: true;
  /** Seconds on the recorder's clock, of the moment that the line describes. */
  readonly time?: number;
}

export interface CallBase extends EventBase {
  readonly kind: "call";
  /** The name as written, where it is not the canonical one (`mmap2`, `old_mmap`, `syscall_462`). */
  readonly name?: string;
  /** Line on which the call began, where that is another one. */
  readonly entryLine?: number;
  /** Seconds, of the moment that the call began, where known. */
  readonly entryTime?: number;
  readonly outcome: Outcome;
  /** Raw successful result in bytes, null otherwise. */
  readonly result: U64 | null;
  /** errno name (`ENOMEM`), null if the call did not fail. */
  readonly error: string | null;
  /** The recorder's own marks: an injected success changed nothing. */
  readonly injected?: true;
}

/** `prot` and `flags` are the ABI's bit numbers of x86 and of the generic table (a U64 below 2^53). */
export type Call = CallBase &
  (
    | {
        readonly call: "mmap";
        readonly addr: U64;
        readonly length: U64;
        readonly prot: number;
        readonly flags: number;
        /** -1 for none. */
        readonly fd: number;
        /** Bytes. */
        readonly offset: U64;
        /** The open file behind `fd`, as far as the recording tells. */
        readonly file?: OpenFile;
      }
    | { readonly call: "munmap"; readonly addr: U64; readonly length: U64 }
    | {
        readonly call: "mremap";
        readonly addr: U64;
        readonly length: U64;
        readonly newLength: U64;
        readonly flags: number;
        /** Present with MREMAP_FIXED and MREMAP_DONTUNMAP where recorded. */
        readonly newAddr: U64 | null;
      }
    | { readonly call: "brk"; readonly addr: U64 }
    | {
        readonly call: "mprotect";
        readonly addr: U64;
        readonly length: U64;
        readonly prot: number;
        /** Of pkey_mprotect. */
        readonly pkey?: number;
      }
    | {
        readonly call: "madvise";
        readonly addr: U64;
        readonly length: U64;
        readonly advice: number;
      }
    | {
        readonly call: "shmat";
        readonly shmid: number;
        readonly addr: U64;
        readonly flags: number;
        /** The segment, whose size comes from shmget or a snapshot. */
        readonly file?: OpenFile;
        /** Bytes of the segment, where known. */
        readonly length?: U64;
      }
    | { readonly call: "shmdt"; readonly addr: U64 }
    | {
        readonly call: "remap_file_pages";
        readonly addr: U64;
        readonly length: U64;
        readonly prot: number;
        /** Pages. */
        readonly pgoff: U64;
        readonly flags: number;
      }
    | {
        readonly call: "mlock" | "munlock" | "mseal";
        readonly addr: U64;
        readonly length: U64;
        readonly flags?: number;
      }
    | { readonly call: "mlockall"; readonly flags: number }
    | { readonly call: "munlockall" }
    | {
        readonly call: "map_shadow_stack";
        readonly addr: U64;
        readonly length: U64;
        readonly flags: number;
      }
    | {
        /** prctl(PR_SET_VMA, PR_SET_VMA_ANON_NAME); `label` null removes the name; `[0x474012]` is one that the recorder has not read. */
        readonly call: "set_vma_name";
        readonly addr: U64;
        readonly length: U64;
        readonly label: string | null;
      }
    | {
        /** `policy`: mode and nodes as the recorder prints them, null for that of the task. */
        readonly call: "mbind";
        readonly addr: U64;
        readonly length: U64;
        readonly policy: string | null;
      }
    | {
        /** An ioctl of userfaultfd; `watch`: descriptor and modes of UFFDIO_REGISTER as printed, null for UFFDIO_UNREGISTER. */
        readonly call: "userfaultfd";
        readonly addr: U64;
        readonly length: U64;
        readonly watch: string | null;
      }
  );

export type CallName = Call["call"];

/** One `mmap:vm_unmapped_area` line: a gap search inside the call that surrounds it. Bytes, except `totalVm`. */
export interface Search extends EventBase {
  readonly kind: "search";
  readonly length: U64;
  readonly low: U64;
  readonly high: U64;
  readonly topDown: boolean;
  readonly alignMask: U64;
  readonly alignOffset: U64;
  /** Pages mapped when the search ran, where printed. */
  readonly totalVm?: number;
  /** The address found, null if there was no fit. */
  readonly result: U64 | null;
  readonly error: string | null;
}

export type LifecycleName =
  | "exec"
  | "thread"
  | "fork"
  | "vfork"
  | "shared-mm"
  | "attach"
  | "exit"
  | "killed"
  | "superseded";

/** A change in the life of a task: `thread` and `shared-mm` share the address space of `pid`, `fork` copies it. */
export interface Lifecycle extends EventBase {
  readonly kind: "lifecycle";
  readonly lifecycle: LifecycleName;
  /** The new task, of thread, fork, vfork and shared-mm. */
  readonly child?: number;
  /** The program, of exec. */
  readonly path?: string;
  /**
   * exec from a thread: the id that the caller had before; superseded: by whom; attach: a task of the same process, itself where
   * that is a process of its own, if it was concluded from more than this trace holds.
   */
  readonly other?: number;
  /** The line on which the clone or execve began. */
  readonly entryLine?: number;
}

/** A first touch of a page by user code. */
export interface Fault extends EventBase {
  readonly kind: "fault";
  readonly addr: U64;
}

/** A line that was understood as far as its harm: counted, and printed by `events`. */
export interface WarningEvent extends EventBase {
  readonly kind: "warning";
  /** `parse/never-resumed` and so on. */
  readonly code: string;
}

/** One area of `/proc/PID/maps` or smaps; bytes. */
export interface MapsArea {
  readonly line: number;
  readonly start: U64;
  readonly end: U64;
  /** `r-xp`. */
  readonly perms: string;
  readonly offset: U64;
  /** `major:minor`, hexadecimal as printed. */
  readonly device: string;
  readonly inode: number;
  /** The name as printed, "" for none. */
  readonly path: string;
  /** VmFlags of smaps, where given (`gd`, `ht`, `io` ...). */
  readonly vmFlags?: readonly string[];
  /** KernelPageSize of smaps in bytes, where given. */
  readonly kernelPageSize?: number;
}

/** The address space of a task at this point of the recording. */
export interface Snapshot extends EventBase {
  readonly kind: "snapshot";
  /** Where it came from (`maps.start`). */
  readonly source: string;
  readonly areas: readonly MapsArea[];
  /** True if the program was stopped or took it itself; false if it ran on, so that calls near by may be half seen. */
  readonly exact: boolean;
}

/** The source of a snapshot that holds nothing but a stack, which has grown. */
export const growthSource = "growth";

/** Source of a snapshot of the areas that perf recorded one by one as an exec made them. */
export const execSource = "exec";

/** From here on events are missing: state is doubtful until the next exec. */
export interface Lost extends EventBase {
  readonly kind: "lost";
  /** How many events, where the recorder says. */
  readonly count?: number;
}

export type Event = Call | Search | Lifecycle | Fault | WarningEvent | Snapshot | Lost;

/** Receives events in the order in which they took effect. */
export type Sink = (event: Event) => void;
