/** What is known about a task while its lines go by. */

import type { MapsArea, Search } from "../../trace/event.ts";
import type { Request } from "./calls.ts";
import type { Mapped } from "./records.ts";

/** A call that began and has not ended yet. */
export interface Pending extends At {
  readonly name: string;
  readonly request: Request;
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
  /** Clone flags, where the entry shows them. */
  readonly flags: number | undefined;
}

/** A new task of which the flags are not known yet. */
export interface Birth extends At {
  /** From PERF_RECORD_FORK: same process or another. */
  readonly thread: boolean | undefined;
}

export interface Task {
  readonly tid: number;
  comm: string | undefined;
  alive: boolean;
  /** No line since its exec. */
  fresh: boolean;
  /** A 32-bit program, of which only searches are recorded. */
  compat: boolean;
  pending: Pending | undefined;
  exec: Exec | undefined;
  execLine: number | undefined;
  clone: Clone | undefined;
  /** The child that it made last, as long as the call that made it has not returned. */
  made: number | undefined;
  /** Areas that perf listed because they existed when it came. */
  readonly attached: MapsArea[];
}

/** The tasks of a recording by id. */
export class Tasks {
  readonly #tasks = new Map<number, Task>();

  get(tid: number): Task {
    let task = this.#tasks.get(tid);
    if (task === undefined) {
      task = {
        tid,
        comm: undefined,
        alive: false,
        fresh: false,
        compat: false,
        pending: undefined,
        exec: undefined,
        execLine: undefined,
        clone: undefined,
        made: undefined,
        attached: [],
      };
      this.#tasks.set(tid, task);
    }
    return task;
  }

  all(): Iterable<Task> {
    return this.#tasks.values();
  }
}
