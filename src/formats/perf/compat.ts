/** Which tasks run 32-bit programs on x86-64, of which only raw_syscalls tell the calls. */

import type { Diagnostics } from "../../errors.ts";
import type { Search } from "../../trace/event.ts";
import type { U64 } from "../../units.ts";
import { isOfI386 } from "./raw.ts";
import type { Task } from "./tasks.ts";

/** Sets `compat` of tasks. */
export class Compat {
  readonly #diagnostics: Diagnostics;
  /** 32-bit tasks without a recorded call, and the lines of their exec. */
  readonly #silent = new Map<Task, number>();

  constructor(diagnostics: Diagnostics) {
    this.#diagnostics = diagnostics;
  }

  /** The first search of a new image: it tells how far addresses reach. */
  searches(task: Task, search: Search): void {
    task.compat = search.topDown && search.high < 2 ** 32;
    if (task.compat) this.#silent.set(task, search.line);
    else this.#silent.delete(task);
  }

  /** A call of the task is recorded by number. */
  calls(task: Task): void {
    this.#silent.delete(task);
  }

  /** A call with these arguments, or this result where they are undefined, may be one that only 32-bit programs make. */
  numbered(
    task: Task,
    number: number,
    args: readonly U64[] | undefined,
    result: U64,
    line: number,
  ): void {
    if (task.compat || !isOfI386(number, args, result)) return;
    task.compat = true;
    const message = "32-bit tasks known by the numbers of their calls; those before are not read";
    this.#diagnostics.warn("parse/compat-concluded", message, line);
  }

  /** Nothing more comes. */
  end(): void {
    for (const line of this.#silent.values()) {
      const message = "a 32-bit program runs, whose calls only raw_syscalls events would tell";
      this.#diagnostics.warn("parse/compat-task", message, line);
    }
  }
}
