/** Which tasks are the threads of one process: of most only one, so that it takes no set to hold them. */

import type { Task } from "./lives.ts";

export class Process implements Iterable<Task> {
  #leader: Task | undefined;
  /** The threads after the leader, in the order of their births. */
  #others: Set<Task> | undefined;

  /** The first task that lives. */
  get leader(): Task | undefined {
    return this.#leader;
  }

  add(task: Task): void {
    if (this.#leader === undefined) this.#leader = task;
    else {
      this.#others ??= new Set();
      this.#others.add(task);
    }
  }

  delete(task: Task): void {
    if (this.#leader !== task) {
      this.#others?.delete(task);
      return;
    }
    const [next] = this.#others ?? [];
    this.#leader = next;
    if (next !== undefined) this.#others?.delete(next);
  }

  *[Symbol.iterator](): Generator<Task> {
    if (this.#leader !== undefined) yield this.#leader;
    if (this.#others !== undefined) yield* this.#others;
  }
}
