/** Where objects of a program are after edits: a part of themselves, in another one, or nowhere. */

import type { Position } from "../program.ts";

/** In `#now`. */
const nowhere = -1;

/** Columns by object: those that stay take no memory where many of them are next to each other. */
export class Moved {
  /** The object that it is now a part of, maybe itself; 0: it is what it was. */
  readonly #now: Int32Array;
  /** Recorded offset of what is now the first page, and pages that are left. */
  readonly #low: Float64Array;
  readonly #left: Float64Array;

  constructor(objects: number) {
    this.#now = new Int32Array(objects + 1);
    this.#low = new Float64Array(objects + 1);
    this.#left = new Float64Array(objects + 1);
  }

  /** It is now the first `pages` of another one, or, from offset `low` on, of what it was. */
  put(object: number, into: number, low: number, pages: number): void {
    this.#now[object] = into;
    this.#low[object] = low;
    this.#left[object] = pages;
  }

  forget(object: number): void {
    this.#now[object] = nowhere;
  }

  isNowhere(object: number): boolean {
    return this.#now[object] === nowhere;
  }

  /** Whether anything of an object before `end` is not where it was. */
  moves(object: number, end: number): boolean {
    const now = object > 0 ? (this.#now[object] ?? 0) : 0;
    if (now === 0) return false;
    return now !== object || this.#low[object] !== 0 || end > (this.#left[object] ?? 0);
  }

  position(at: Position): Position {
    const now = this.#now[at.object] ?? 0;
    if (now === 0 || now === nowhere) return at;
    const [low, left] = [this.#low[at.object] ?? 0, this.#left[at.object] ?? 0];
    return { object: now, offset: Math.min(at.offset - low, left) };
  }

  /** A range cut to what is left of its object; undefined if nothing is. */
  range<T extends { readonly at: Position; readonly pages: number }>(op: T): T | undefined {
    const now = this.#now[op.at.object] ?? 0;
    if (now === nowhere) return undefined;
    if (now === 0) return op;
    const offset = op.at.offset - (this.#low[op.at.object] ?? 0);
    const start = Math.max(offset, 0);
    const pages = Math.min(offset + op.pages, this.#left[op.at.object] ?? 0) - start;
    return pages > 0 ? { ...op, at: { object: now, offset: start }, pages } : undefined;
  }
}
