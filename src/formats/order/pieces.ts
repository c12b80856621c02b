/** Ranges of an address space of which it is known that they are free, or that they are taken; the rest is not known. */

import type { Span } from "./effect.ts";

export interface Piece extends Span {
  readonly free: boolean;
}

/** How to take one change back. */
export interface Change {
  readonly at: number;
  readonly removed: readonly Piece[];
  readonly count: number;
}

export type Changes = readonly Change[];

const none: readonly Span[] = [];
const unchanged: Change = { at: 0, removed: [], count: 0 };

/** Ascending and disjoint; free ones never touch. */
export class Pieces {
  readonly #pieces: Piece[] = [];
  /** What was last asked for: the next call often has to do with the same range. */
  #near = 0;
  readonly #joinsTaken: boolean;

  /** Without `joinsTaken` what is taken stays in the pieces that it was taken in. */
  constructor(joinsTaken = true) {
    this.#joinsTaken = joinsTaken;
  }

  get count(): number {
    return this.#pieces.length;
  }

  at(index: number): Piece | undefined {
    return this.#pieces[index];
  }

  /** Index of the first piece that ends after an address. */
  after(address: number): number {
    if (this.#isAfter(this.#near, address)) return this.#near;
    const pieces = this.#pieces;
    let from = 0;
    let to = pieces.length;
    while (from < to) {
      // biome-ignore lint/suspicious/noBitwiseOperators: an index, and a third faster than floor()
      const middle = (from + to) >>> 1;
      if ((pieces[middle] as Piece).end > address) to = middle;
      else from = middle + 1;
    }
    this.#near = from;
    return from;
  }

  #isAfter(index: number, address: number): boolean {
    const piece = this.#pieces[index];
    if (piece === undefined || piece.end <= address) return false;
    return index === 0 || (this.#pieces[index - 1]?.end ?? 0) <= address;
  }

  /** What is known of a range from now on. */
  set({ start, end }: Span, free: boolean): Change {
    const joins = free || this.#joinsTaken;
    let at = this.after(start - 1);
    const below = this.#pieces[at];
    if (below?.end === start && !(joins && below.free === free)) at += 1;
    let past = at;
    while ((this.#pieces[past]?.start ?? end) < end) past += 1;
    const above = this.#pieces[past];
    if (above?.start === end && joins && above.free === free) past += 1;
    return this.#put(at, past, { start, end, free }, joins);
  }

  /** A piece takes the place of those up to `past`; of the outer ones, what is beyond it joins it or is left. */
  #put(at: number, past: number, piece: Piece, joins: boolean): Change {
    const { free } = piece;
    const first = past > at ? (this.#pieces[at] as Piece) : piece;
    const last = past > at ? (this.#pieces[past - 1] as Piece) : piece;
    const joinsFirst = joins && first.free === free;
    const start = joinsFirst ? Math.min(first.start, piece.start) : piece.start;
    const end = joins && last.free === free ? Math.max(last.end, piece.end) : piece.end;
    const isOne = past - at === 1 && joinsFirst;
    if (isOne && first.start === start && first.end === end) return unchanged;
    const added: Piece[] = [];
    if (first.start < start) added.push({ start: first.start, end: start, free: first.free });
    added.push({ start, end, free });
    if (last.end > end) added.push({ start: end, end: last.end, free: last.free });
    return { at, removed: this.#pieces.splice(at, past - at, ...added), count: added.length };
  }

  /** What is known next to a range: on each side the piece that touches it and, if that is free, the one that touches that. */
  beside({ start, end }: Span): readonly Piece[] {
    const at = this.after(start - 1);
    const below = this.#pieces[at];
    const above = this.#pieces[this.after(end)];
    const found: Piece[] = [];
    if (below !== undefined && below.start < start) {
      const next = this.#pieces[at - 1];
      if (below.free && next?.end === below.start) found.push(next);
      found.push({ ...below, end: start });
    }
    if (above !== undefined && above.start <= end) {
      found.push({ ...above, start: end });
      const next = this.#pieces[this.after(above.end)];
      if (above.free && next?.start === above.end) found.push(next);
    }
    return found;
  }

  clear(): void {
    this.#pieces.length = 0;
  }

  undo(changes: Changes): void {
    for (let i = changes.length - 1; i >= 0; i--) {
      const { at, removed, count } = changes[i] as Change;
      this.#pieces.splice(at, count, ...removed);
    }
  }

  overlaps({ start, end }: Span, free: boolean): boolean {
    for (let at = this.after(start); ; at++) {
      const piece = this.#pieces[at];
      if (piece === undefined || piece.start >= end) return false;
      if (piece.free === free) return true;
    }
  }

  isFree({ start, end }: Span): boolean {
    const piece = this.#pieces[this.after(start)];
    return piece?.free === true && piece.start <= start && piece.end >= end;
  }

  free(): readonly Span[] {
    return this.#pieces.filter(({ free }) => free);
  }

  /** The parts of a range of which nothing is known. */
  unknown({ start, end }: Span): readonly Span[] {
    let parts = none;
    let from = start;
    for (let at = this.after(start); from < end; at++) {
      const piece = this.#pieces[at];
      const to = Math.min(piece?.start ?? end, end);
      if (to > from) parts = [...parts, { start: from, end: to }];
      from = piece?.end ?? end;
    }
    return parts;
  }
}
