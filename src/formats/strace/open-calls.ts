/** Which tasks are in the middle of a call: asked at every line, so that it takes no hashing. */

import type { Task } from "./lives.ts";
import type { Open } from "./logical.ts";

export class OpenCalls {
  /** In no order; each task knows its place. */
  readonly #tasks: Task[] = [];
  #order = 0;
  /** Those in the middle of exec, in the order in which they began it. */
  readonly execs: Set<Task> = new Set();

  get size(): number {
    return this.#tasks.length;
  }

  get(task: Task): Open | undefined {
    return task.open;
  }

  /** The task begins a call. */
  set(task: Task, open: Open): void {
    if (open.known.role === "exec") this.execs.add(task);
    else if (this.execs.size > 0) this.execs.delete(task);
    if (task.open === undefined) task.slot = this.#tasks.push(task) - 1;
    this.#order += 1;
    task.open = open;
    task.opened = this.#order;
  }

  delete(task: Task): void {
    if (task.open === undefined) return;
    if (this.execs.size > 0) this.execs.delete(task);
    task.open = undefined;
    const last = this.#tasks.pop();
    if (last === undefined || last === task) return;
    this.#tasks[task.slot] = last;
    last.slot = task.slot;
  }

  /** The tasks, in the order in which their calls began. */
  all(): readonly Task[] {
    return this.#tasks.toSorted((a, b) => a.opened - b.opened);
  }
}
