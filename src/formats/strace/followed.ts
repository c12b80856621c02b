/** Which tasks strace follows that have not ended: what decides whether it prints pids. */

import type { Prefix } from "./prefix.ts";

export class Followed {
  readonly #tids = new Set<number>();
  /** Whose line was the last one. */
  #last = -1;

  get size(): number {
    return this.#tids.size;
  }

  /** The only one; undefined if there are none, or several. */
  get only(): number | undefined {
    if (this.#tids.size !== 1) return undefined;
    const [only] = this.#tids;
    return only;
  }

  has(tid: number): boolean {
    return this.#tids.has(tid);
  }

  add(tid: number): void {
    this.#tids.add(tid);
  }

  delete(tid: number): void {
    this.#tids.delete(tid);
  }

  /** A task is known by another number now. */
  rename(from: number, to: number): void {
    if (this.#tids.delete(from)) this.#tids.add(to);
  }

  /** strace prints pids in brackets while it follows several tasks. */
  see({ pid, bracketed }: Prefix): void {
    if (!bracketed || pid === this.#last) return;
    this.#last = pid;
    this.#tids.add(pid);
  }
}
