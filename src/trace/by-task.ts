/** What is kept of every task of a recording, however many there were: a bit, or a number. */

import type { U64 } from "../units.ts";

type TaskId = number | null;

/** Ids are below this (PID_MAX_LIMIT, include/linux/threads.h), but a text may hold any number. */
const most = 2 ** 22;

const isUsual = (id: TaskId): id is number =>
  id !== null && Number.isInteger(id) && id >= 0 && id < most;

const wordBits = 32;

export class TaskSet {
  readonly #words = new Uint32Array(most / wordBits);
  readonly #others = new Set<TaskId>();
  #usual = 0;

  get size(): number {
    return this.#usual + this.#others.size;
  }

  has(id: TaskId): boolean {
    if (!isUsual(id)) return this.#others.has(id);
    const word = this.#words[Math.floor(id / wordBits)] ?? 0;
    return Math.floor(word / 2 ** (id % wordBits)) % 2 === 1;
  }

  add(id: TaskId): void {
    if (!isUsual(id)) this.#others.add(id);
    else if (!this.has(id)) {
      const at = Math.floor(id / wordBits);
      this.#words[at] = (this.#words[at] ?? 0) + 2 ** (id % wordBits);
      this.#usual += 1;
    }
  }

  /** Take out the task that nothing names. */
  withoutNameless(): void {
    this.#others.delete(null);
  }
}

const pageLength = 1024;

/** Numbers by task; NaN stands for none. */
export class TaskNumbers {
  readonly #pages = new Map<number, Float64Array>();
  readonly #others = new Map<TaskId, U64>();

  get isEmpty(): boolean {
    return this.#pages.size + this.#others.size === 0;
  }

  get(id: TaskId): U64 | undefined {
    if (isUsual(id)) {
      const value = this.#pages.get(Math.floor(id / pageLength))?.[id % pageLength];
      if (value !== undefined && !Number.isNaN(value)) return value;
    }
    return this.#others.get(id);
  }

  set(id: TaskId, value: U64): void {
    if (!isUsual(id) || typeof value === "bigint") {
      this.#others.set(id, value);
      if (isUsual(id)) this.#put(id, Number.NaN);
    } else this.#put(id, value);
  }

  #put(id: number, value: number): void {
    const at = Math.floor(id / pageLength);
    const page = this.#pages.get(at) ?? new Float64Array(pageLength).fill(Number.NaN);
    this.#pages.set(at, page);
    page[id % pageLength] = value;
  }
}
