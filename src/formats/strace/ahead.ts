/** Who made a task whose first lines stand before the line that says so: looked up by reading ahead. */

import { Buffer } from "node:buffer";
import type { Line } from "./line.ts";

/** The end of a clone, fork or vfork that names its child. */
export interface Named {
  /** As the result gives it, perhaps in another namespace. */
  readonly child: number;
  readonly parent: number;
  readonly line: number;
  readonly time: number | undefined;
  /** The line has no pid. */
  readonly bare: boolean;
  /** The line's text, which may hold the flags. */
  readonly text: string;
}

/** Lines that may be held, so that a task that never gets a parent does not hold everything. */
const limit = 100_000;

/** Bytes of lines that are kept together. */
const blockBytes = 65_536;

const lineFeed = 10;

/** A line that is kept, with a line end behind it. */
export interface Held extends Line {
  /** `PlainLines` may read it. */
  readonly isPlain: boolean;
}

/** Holds lines from the first one of an unknown task until the call that made it returns. */
export class Ahead {
  #lines: Held[] = [];
  #block: Buffer = Buffer.alloc(0);
  /** So much of the block is taken, perhaps by lines that were released but not read yet. */
  #taken = 0;
  readonly #waiting = new Set<number>();
  /** Tasks with held lines. */
  readonly #seen = new Set<number>();
  /** Calls under way that may still name a child. */
  #open = 0;
  /** Children named in held lines whose first line has not been replayed. */
  readonly named: Map<number, Named> = new Map();
  /** Tasks that no call under way has made. */
  readonly strangers: Set<number> = new Set();
  active = false;

  /** An unknown task appears while `open` calls are under way that may have made it. */
  start(tid: number, open: number): void {
    this.active = true;
    this.#open = open;
    this.#waiting.add(tid);
    this.#seen.add(tid);
  }

  /** Keep a copy of a line. */
  hold({ bytes, start, end, first, number, whole, time }: Line, isPlain: boolean): void {
    const from = this.#room(end - start + 1);
    const block = this.#block;
    const to = from + bytes.copy(block, from, start, end);
    block[to] = lineFeed;
    this.#taken = to + 1;
    this.#lines.push({ bytes: block, start: from, end: to, first, number, whole, time, isPlain });
  }

  /** Where so many bytes can be put. */
  #room(bytes: number): number {
    if (this.#taken + bytes > this.#block.length) {
      this.#block = Buffer.allocUnsafeSlow(Math.max(blockBytes, bytes));
      this.#taken = 0;
    }
    return this.#taken;
  }

  /** True if the next line is the last one that may be held. */
  get isFull(): boolean {
    return this.#lines.length >= limit - 1;
  }

  /** A held line of a task that is not known. */
  unknown(tid: number): void {
    this.#seen.add(tid);
    if (!this.named.has(tid)) this.#waiting.add(tid);
  }

  /** A held line begins a call that may make a task. */
  began(): void {
    this.#open += 1;
  }

  /** A held line ends one; `named` is undefined if it failed. `wasOpen` is false if it is all on one line. */
  ended(named: Named | undefined, wasOpen: boolean): void {
    if (wasOpen) this.#open -= 1;
    if (named === undefined) return;
    this.named.set(named.child, named);
    this.#waiting.delete(named.child);
  }

  /** True if nothing more can be learned by holding. */
  get settled(): boolean {
    return this.#waiting.size === 0 || this.#open <= 0 || this.#lines.length >= limit;
  }

  /** Stop holding; the lines are to be read now. */
  release(): readonly Held[] {
    this.#matchNamespace();
    for (const tid of this.#waiting) this.strangers.add(tid);
    this.#waiting.clear();
    this.#seen.clear();
    const lines = this.#lines;
    this.#lines = [];
    this.active = false;
    return lines;
  }

  /** In another pid namespace the result is a number that no line bears: one call and one task belong together. */
  #matchNamespace(): void {
    const [tid, another] = this.#waiting;
    const [child, more] = [...this.named.keys()].filter((key) => !this.#seen.has(key));
    if (tid === undefined || another !== undefined || child === undefined || more !== undefined) {
      return;
    }
    const named = this.named.get(child);
    this.named.delete(child);
    if (named !== undefined) this.named.set(tid, named);
    this.#waiting.delete(tid);
  }
}
