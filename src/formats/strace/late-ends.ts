/** When the calls of a merged recording end: their lines stand where they began and tell how long they took. */

import type { Task } from "./lives.ts";
import type { Logical } from "./logical.ts";

interface End {
  readonly time: number;
  readonly line: Logical;
}

export class LateEnds {
  /** The next to end first. */
  readonly #ends: End[] = [];

  /** `line` is what a call ends with, at this time. */
  add(time: number, line: Logical): void {
    const before = this.#ends.findIndex((other) => other.time > time);
    this.#ends.splice(before < 0 ? this.#ends.length : before, 0, { time, line });
  }

  /** Take the first end up to a time. */
  take(time: number): Logical | undefined {
    const [first] = this.#ends;
    return first !== undefined && first.time <= time ? this.#ends.shift()?.line : undefined;
  }

  /** Take the end of the call of a task. */
  takeOf(task: Task): Logical | undefined {
    const at = this.#ends.findIndex(({ line }) => line.task === task);
    return at < 0 ? undefined : this.#ends.splice(at, 1)[0]?.line;
  }
}
