/** What calls have shown of an address space so far: which ranges are free, which are taken; the rest is not known. */

import type { Effect, Span } from "./effect.ts";

interface Piece extends Span {
  readonly free: boolean;
}

/** How to take one change back. */
interface Change {
  readonly at: number;
  readonly removed: readonly Piece[];
  readonly count: number;
}

export type Changes = readonly Change[];

export class Known {
  /** Ascending and disjoint; free ones never touch. */
  readonly #pieces: Piece[] = [];
  readonly #topDown: boolean;

  constructor(topDown: boolean) {
    this.#topDown = topDown;
  }

  /** Index of the first piece that ends after an address. */
  #after(address: number): number {
    let from = 0;
    let to = this.#pieces.length;
    while (from < to) {
      const middle = Math.floor((from + to) / 2);
      if ((this.#pieces[middle]?.end ?? 0) > address) to = middle;
      else from = middle + 1;
    }
    return from;
  }

  #set({ start, end }: Span, free: boolean): Change {
    let at = this.#after(start);
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

  apply({ frees, takes }: Effect): Changes {
    return [
      ...frees.map((span) => this.#set(span, true)),
      ...takes.map((span) => this.#set(span, false)),
    ];
  }

  /** Nothing of what was known can be relied upon. */
  forget(): void {
    this.#pieces.length = 0;
  }

  undo(changes: Changes): void {
    for (const { at, removed, count } of changes.toReversed())
      this.#pieces.splice(at, count, ...removed);
  }

  #overlaps({ start, end }: Span, free: boolean): boolean {
    for (let at = this.#after(start); ; at++) {
      const piece = this.#pieces[at];
      if (piece === undefined || piece.start >= end) return false;
      if (piece.free === free) return true;
    }
  }

  #isFree({ start, end }: Span): boolean {
    const piece = this.#pieces[this.#after(start)];
    return piece?.free === true && piece.start <= start && piece.end >= end;
  }

  /** A search would have met a gap of this size before it came to `found`. */
  #passed(found: Span, need: number): boolean {
    const at = this.#after(found.start);
    if (this.#topDown) {
      for (let i = at; i < this.#pieces.length; i++) {
        const piece = this.#pieces[i];
        if (piece?.free && piece.end - Math.max(piece.start, found.end) >= need) return true;
      }
      return false;
    }
    for (let i = Math.min(at, this.#pieces.length - 1); i >= 0; i--) {
      const piece = this.#pieces[i];
      if (piece?.free && Math.min(piece.end, found.start) - piece.start >= need) return true;
    }
    return false;
  }

  /** The place is not at that end of its gap at which the search begins. */
  #inside(found: Span): boolean {
    const next = this.#topDown ? found.end : found.start - 1;
    const piece = this.#pieces[this.#after(next)];
    return piece?.free === true && piece.start <= next;
  }

  /** True if the call could not have gone as it did in this state. */
  contradicts({ needs, blocked, found, searched }: Effect): boolean {
    if (needs.some((span) => this.#isFree(span))) return true;
    if (blocked !== undefined && this.#isFree(blocked)) return true;
    if (found === undefined) return false;
    if (this.#overlaps(found, false)) return true;
    if (searched === undefined) return false;
    return this.#passed(found, searched.need) || (!searched.aligned && this.#inside(found));
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
