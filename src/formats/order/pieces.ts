/** Ranges of an address space of which it is known that they are free, or that they are taken; the rest is not known. */

import type { Span } from "./effect.ts";

export interface Piece extends Span {
  readonly free: boolean;
}

/** How to take one change back. */
interface Change {
  readonly at: number;
  readonly removed: readonly Piece[];
  readonly count: number;
}

export type Changes = readonly Change[];

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

  /** What is known of a range from now on. */
  set({ start, end }: Span, free: boolean): Change {
    let at = this.after(start);
    let past = at;
    while ((this.#pieces[past]?.start ?? end) < end) past += 1;
    const [first, last] = [this.#pieces[at], this.#pieces[past - 1]];
    const pieces: Piece[] = [];
    if (past > at && first !== undefined && first.start < start)
      pieces.push({ ...first, end: start });
    pieces.push({ start, end, free });
    if (past > at && last !== undefined && last.end > end) pieces.push({ ...last, start: end });
    const [below, above] = [this.#pieces[at - 1], this.#pieces[past]];
    if (free && below?.free && below.end === pieces[0]?.start) {
      pieces.unshift(below);
      at -= 1;
    }
    if (free && above?.free && above.start === pieces.at(-1)?.end) {
      pieces.push(above);
      past += 1;
    }
    const merged = free ? joined(pieces) : pieces;
    const removed = this.#pieces.splice(at, past - at, ...merged);
    return { at, removed, count: merged.length };
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
    for (const { at, removed, count } of changes.toReversed())
      this.#pieces.splice(at, count, ...removed);
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
    const parts: Span[] = [];
    let from = start;
    for (let at = this.after(start); from < end; at++) {
      const piece = this.#pieces[at];
      const to = Math.min(piece?.start ?? end, end);
      if (to > from) parts.push({ start: from, end: to });
      from = piece?.end ?? end;
    }
    return parts;
  }
}

function joined(pieces: readonly Piece[]): readonly Piece[] {
  const runs: Piece[] = [];
  for (const piece of pieces) {
    const last = runs.at(-1);
    if (last?.free && piece.free && last.end === piece.start)
      runs[runs.length - 1] = { ...last, end: piece.end };
    else runs.push(piece);
  }
  return runs;
}
