/** What is known about a task while its lines go by. */

import type { MapsArea, Search } from "../../trace/event.ts";
import type { Request } from "../request.ts";
import type { Pages, Unit } from "./effects.ts";
import type { Mapped } from "./records.ts";

/** An address space: calls in it that overlapped, as long as one of them is under way. */
export interface Space {
  open: number;
  units: Unit[];
  readonly pages: Pages;
}

/** A call that began and has not ended yet. */
export interface Pending extends At {
  readonly space: Space;
  readonly name: string;
  readonly request: Request;
  /** A line of raw_syscalls began it. */
  readonly raw: boolean;
  readonly searches: Search[];
  readonly mapped: Mapped[];
  /** The last line at which the call was seen to change the address space. */
  effect: number | undefined;
}

/** A line and when it was. */
export interface At {
  readonly line: number;
  readonly time: number | undefined;
}

/** An execve that has passed the point of no return. */
export interface Exec extends At {
  /** False while nothing but a search without a call speaks for an exec. */
  certain: boolean;
  readonly searches: Search[];
  readonly areas: MapsArea[];
}

/** A fork, vfork or clone that has not returned. */
export interface Clone {
  readonly line: number;
  /** `clone3` and so on. */
  readonly name: string;
  /** Clone flags, where the entry shows them. */
  readonly flags: number | undefined;
}

/** A new task of which the flags are not known yet. */
export interface Birth extends At {
  /** From PERF_RECORD_FORK: same process or another. */
  readonly thread: boolean | undefined;
  /** The line from which on the task may have spoken. */
  readonly from: number;
}

export interface Task {
  readonly tid: number;
  /** Undefined until its first line. */
  space: Space | undefined;
  comm: string | undefined;
  alive: boolean;
  /** It was seen to be born. */
  hasParent: boolean;
  /** It was seen to exec. */
  hasImage: boolean;
  /** No line since its exec. */
  fresh: boolean;
  /** A 32-bit program, of which only searches are recorded. */
  compat: boolean;
  pending: Pending | undefined;
  /** A call under way that is left out. */
  left: string | undefined;
  exec: Exec | undefined;
  execLine: number | undefined;
  clone: Clone | undefined;
  /** It has called exit or exit_group. */
  leaving: At | undefined;
  /** The child that it made last, as long as the call that made it has not returned. */
  made: number | undefined;
  /** Areas that perf listed because they existed when it came. */
  readonly attached: MapsArea[];
  /** Its stack as last recorded; a child has that of its parent. */
  stack: MapsArea | undefined;
}

function newSpace(pages: Pages = { total: undefined, brk: undefined }): Space {
  return { open: 0, units: [], pages: { ...pages } };
}

/** So many that ended last are still known: lines of a task may follow its end. */
const mostEnded = 4096;

/** The tasks of a recording by id. */
export class Tasks {
  readonly #tasks = new Map<number, Task>();
  /** The one that ended last is the last. */
  readonly #ended = new Set<Task>();
  readonly #byProcess = new Map<number, Space>();
  #last: Space | undefined;
  /** Some task was seen to be born: then others without a known parent are processes of their own. */
  #births = false;

  /** The space of a task by its process id, where that is printed, or as that of the only process. */
  spaceOf(task: Task, pid: number | undefined): Space {
    const known = task.space ?? (pid === undefined ? undefined : this.#byProcess.get(pid));
    const only = pid === undefined && !this.#births ? this.#last : undefined;
    const space = known ?? only ?? newSpace();
    if (pid !== undefined && !this.#byProcess.has(pid)) this.#byProcess.set(pid, space);
    task.space = space;
    this.#last = space;
    return space;
  }

  /** `child` shares the space of its parent, or has a copy. */
  born(parent: Task, child: Task, shares: boolean): void {
    this.#births = true;
    const space = this.spaceOf(parent, undefined);
    child.space = shares ? space : newSpace(space.pages);
    if (!shares) this.#byProcess.set(child.tid, child.space);
  }

  /** A new program in a new space. */
  execed(task: Task): void {
    task.hasImage = true;
    task.space = newSpace();
    this.#byProcess.set(task.tid, task.space);
    this.#last = task.space;
  }

  /** A task that has been seen. */
  known(tid: number): Task | undefined {
    return this.#tasks.get(tid);
  }

  get(tid: number): Task {
    let task = this.#tasks.get(tid);
    if (task === undefined) {
      task = {
        tid,
        space: undefined,
        comm: undefined,
        alive: false,
        hasParent: false,
        hasImage: false,
        fresh: false,
        compat: false,
        pending: undefined,
        left: undefined,
        exec: undefined,
        execLine: undefined,
        clone: undefined,
        leaving: undefined,
        made: undefined,
        attached: [],
        stack: undefined,
      };
      this.#tasks.set(tid, task);
    }
    return task;
  }

  /** The task is gone, and forgotten when many others are. */
  ended(task: Task): void {
    this.#ended.delete(task);
    this.#ended.add(task);
    const [first] = this.#ended;
    if (this.#ended.size <= mostEnded || first === undefined) return;
    this.#ended.delete(first);
    if (first.alive || this.#tasks.get(first.tid) !== first) return;
    this.#tasks.delete(first.tid);
    this.#byProcess.delete(first.tid);
  }

  /** True if the last that is known of it is its end. */
  isEnded(task: Task): boolean {
    return !task.alive && this.#ended.has(task);
  }

  all(): Iterable<Task> {
    return this.#tasks.values();
  }
}
