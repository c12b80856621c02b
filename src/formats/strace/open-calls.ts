/** Which tasks are in the middle of a call: asked at every line, so that it takes no hashing. */

import type { Task } from "./lives.ts";
import type { Open } from "./logical.ts";

interface Entry {
  readonly task: Task;
  readonly open: Open;
  /** Calls began in this order. */
  readonly order: number;
}

export class OpenCalls {
  /** In no order; each task knows its place. */
  readonly #entries: Entry[] = [];
  #order = 0;

  get size(): number {
    return this.#entries.length;
  }

  get(task: Task): Open | undefined {
    return task.slot < 0 ? undefined : this.#entries[task.slot]?.open;
  }

  /** The task begins a call. */
  set(task: Task, open: Open): void {
    this.delete(task);
    this.#order += 1;
    task.slot = this.#entries.push({ task, open, order: this.#order }) - 1;
  }

  delete(task: Task): void {
    const { slot } = task;
    const last = slot < 0 ? undefined : this.#entries.pop();
    if (last === undefined) return;
    task.slot = -1;
    if (last.task === task) return;
    this.#entries[slot] = last;
    last.task.slot = slot;
  }

  /** In the order in which they began. */
  all(): readonly (readonly [Task, Open])[] {
    const ordered = this.#entries.toSorted((a, b) => a.order - b.order);
    return ordered.map(({ task, open }) => [task, open]);
  }
}
