/** Which tasks there are, and which of them share a process, an address space and open files. */

import type { LifecycleName } from "../../trace/event.ts";
import { cloneFlags, parseFlags } from "../../trace/flag-names.ts";
import { CLONE_FILES, CLONE_THREAD, CLONE_VFORK, CLONE_VM } from "../../trace/flags.ts";
import { hasBit } from "../../units.ts";
import { FdTable } from "../fds.ts";
import type { Ordered } from "../order/queue.ts";
import type { Open } from "./logical.ts";
import { Process } from "./process.ts";
import { Remembered } from "./remembered.ts";

/** One address space; only its identity and its word size matter. */
export interface Space extends Ordered {
  /** A 32-bit program. */
  narrow: boolean;
  /** Its first library has been read. */
  loaded: boolean;
}

const spaceOf = (narrow: boolean): Space => ({
  narrow,
  loaded: false,
  queue: undefined,
  first: undefined,
});

/** Where in the recording something is. */
export interface At {
  readonly line: number;
  /** Seconds, where lines have times. */
  readonly time: number | undefined;
}

/** A call of exit or exit_group. */
export interface Exiting extends At {
  readonly group: boolean;
  readonly bare: boolean;
}

export interface Task {
  /** 0 for the first task while the recording has not told its number. */
  tid: number;
  process: Process;
  space: Space;
  files: FdTable;
  /** Of unknown origin. */
  stranger: boolean;
  /** The exit call was seen, the end of the task not yet. */
  exiting: Exiting | undefined;
  /** The call that has begun, its number among all that have, and its place among those that have not ended. */
  open: Open | undefined;
  opened: number;
  slot: number;
}

/** The number of a task as its line prints it. */
export const printedTid = ({
  task,
  bare,
}: {
  readonly task: Task;
  readonly bare: boolean;
}): number | null => (bare ? null : task.tid);

export type Birth = Extract<LifecycleName, "thread" | "fork" | "vfork" | "shared-mm">;

/** What a new task shares. */
export interface Sharing {
  readonly birth: Birth;
  readonly files: boolean;
  /** True if the flags are not in the recording. */
  readonly guessed: boolean;
}

/** Threads and forks of one library are all made with the same. */
const printedFlags = new Remembered((text) => parseFlags(cloneFlags, text)?.bits);

/** The flags of clone or clone3 as printed; undefined where the recording has only a pointer. */
function flagsOf(name: string, text: string): number | undefined {
  const printed = /\bflags=([^,})]*)/.exec(text)?.[1];
  if (printed !== undefined) return printedFlags.get(printed);
  const raw = name === "clone" ? /^clone\((0x[0-9a-f]+)/.exec(text)?.[1] : undefined;
  return raw === undefined ? undefined : Number(raw);
}

/** What the child of this call shares with its parent. */
export function sharingOf(name: string, text: string): Sharing {
  if (name === "fork" || name === "vfork") return { birth: name, files: false, guessed: false };
  const flags = flagsOf(name, text);
  // Old strace shows clone3 as a number; glibc uses it for threads and, since 2.38, for posix_spawn.
  if (flags === undefined) return { birth: "thread", files: true, guessed: true };
  const files = hasBit(flags, CLONE_FILES);
  if (hasBit(flags, CLONE_THREAD)) return { birth: "thread", files, guessed: false };
  if (!hasBit(flags, CLONE_VM)) return { birth: "fork", files, guessed: false };
  return { birth: hasBit(flags, CLONE_VFORK) ? "vfork" : "shared-mm", files, guessed: false };
}

/** The tasks that live. */
export class Lives {
  readonly #tasks = new Map<number, Task>();

  get(tid: number): Task | undefined {
    return this.#tasks.get(tid);
  }

  all(): Iterable<Task> {
    return this.#tasks.values();
  }

  get size(): number {
    return this.#tasks.size;
  }

  /** A task of whose past nothing is known. */
  appear(tid: number): Task {
    return this.#add(tid, new Process(), spaceOf(false), new FdTable());
  }

  born(parent: Task, tid: number, sharing: Sharing): Task {
    const { birth } = sharing;
    const group = birth === "thread" ? parent.process : new Process();
    const space = birth === "fork" ? spaceOf(parent.space.narrow) : parent.space;
    const files = sharing.files ? parent.files : parent.files.copy();
    return this.#add(tid, group, space, files);
  }

  #add(tid: number, group: Process, space: Space, files: FdTable): Task {
    const task: Task = {
      tid,
      process: group,
      space,
      files,
      stranger: false,
      exiting: undefined,
      open: undefined,
      opened: 0,
      slot: 0,
    };
    group.add(task);
    this.#tasks.set(tid, task);
    return task;
  }

  /**
   * A task goes on under its own number after exec: one that was taken for a thread is a process, since a thread takes
   * the number of its leader (fs/exec.c de_thread).
   */
  part(task: Task): void {
    if (task.process.leader === task) return;
    task.process.delete(task);
    task.process = new Process();
    task.process.add(task);
  }

  /** A new program: its own space, and open files without those that close on exec. */
  exec(task: Task): void {
    for (const other of task.process) if (other !== task) this.#tasks.delete(other.tid);
    task.process = new Process();
    task.process.add(task);
    task.space = spaceOf(false);
    task.files = task.files.afterExec();
  }

  die(task: Task): void {
    task.process.delete(task);
    if (this.#tasks.get(task.tid) === task) this.#tasks.delete(task.tid);
  }

  /** Give a task another number: the first task, once it is known, or the thread that became the leader. */
  rename(task: Task, tid: number): void {
    this.#tasks.delete(task.tid);
    task.tid = tid;
    this.#tasks.set(tid, task);
  }
}
