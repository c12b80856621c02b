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

/** Ascending and disjoint; free ones never touch. */
export class Pieces {
  readonly #pieces: Piece[] = [];

  get count(): number {
    return this.#pieces.length;
  }

  at(index: number): Piece | undefined {
    return this.#pieces[index];
  }

  /** Index of the first piece that ends after an address. */
  after(address: number): number {
    let from = 0;
    let to = this.#pieces.length;
    while (from < to) {
      const middle = Math.floor((from + to) / 2);
      if ((this.#pieces[middle]?.end ?? 0) > address) to = middle;
      else from = middle + 1;
    }
    return from;
  }

  /** What is known of a range from now on: one that is free becomes one with what is free next to it. */
  set({ start, end }: Span, free: boolean): Change {
    let at = this.after(start);
    let past = at;
    while ((this.#pieces[past]?.start ?? end) < end) past += 1;
    const [below, above] = [this.#pieces[at - 1], this.#pieces[past]];
    if (free && below?.free && below.end === start) at -= 1;
    if (free && above?.free && above.start === end) past += 1;
    const [first, last] = past > at ? [this.#pieces[at], this.#pieces[past - 1]] : [];
    const joinsFirst = free && first?.free === true;
    const joinsLast = free && last?.free === true;
    const low = first !== undefined && first.start < start ? first.start : start;
    const high = last !== undefined && last.end > end ? last.end : end;
    const added: Piece[] = [];
    if (first !== undefined && low < start && !joinsFirst)
      added.push({ start: low, end: start, free: first.free });
    added.push({ start: joinsFirst ? low : start, end: joinsLast ? high : end, free });
    if (last !== undefined && high > end && !joinsLast)
      added.push({ start: end, end: high, free: last.free });
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
