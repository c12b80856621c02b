/** What calls have shown of an address space so far: which ranges are free, which are taken; the rest is not known. */

import { block, type Effect, type Machine, type Searched, type Span } from "./effect.ts";
import { Overview, type Told } from "./overview.ts";
import { type Change, type Changes, type Piece, Pieces } from "./pieces.ts";
import type { Rounding } from "./rounding.ts";

type Changed = Pick<Effect, "frees" | "takes">;

const none: Changes = [];

export class Known {
  readonly #pieces: Pieces;
  readonly #pageSize: number;
  readonly #topDown: boolean;
  readonly #rounding: Rounding;

  /** Without `joinsTaken` what is next to a call is no more than what another one took. */
  constructor(
    machine: Machine,
    { rounding, free }: Told = new Overview(false, machine.pageSize).told(),
    joinsTaken = true,
  ) {
    this.#pieces = new Pieces(joinsTaken);
    this.#pageSize = machine.pageSize;
    // A program may have asked for the legacy layout that nobody else has.
    this.#topDown = machine.topDown && !rounding.goesUp;
    this.#rounding = rounding;
    for (const span of free()) this.#pieces.set(span, true);
  }

  get count(): number {
    return this.#pieces.count;
  }

  learn(pieces: readonly Piece[]): void {
    for (const piece of pieces) this.#pieces.set(piece, piece.free);
  }

  /** What is known next to what a call frees and takes. */
  around({ frees, takes }: Changed): readonly Piece[] {
    return [...frees, ...takes].flatMap((span) => this.#pieces.beside(span));
  }

  apply({ frees, takes }: Changed): Changes {
    if (frees.length + takes.length === 0) return none;
    const changes: Change[] = [];
    for (const span of frees) changes.push(this.#pieces.set(span, true));
    for (const span of takes) changes.push(this.#pieces.set(span, false));
    return changes;
  }

  /** Nothing of what was known can be relied upon. */
  forget(): void {
    this.#pieces.clear();
  }

  undo(changes: Changes): void {
    this.#pieces.undo(changes);
  }

  /** The largest gap that is known where a search comes before it comes to `found`. */
  #passed(found: Span): number {
    let size = 0;
    const at = this.#pieces.after(found.start);
    if (this.#topDown) {
      for (let i = at; i < this.#pieces.count; i++) {
        const piece = this.#pieces.at(i);
        if (piece?.free) size = Math.max(size, piece.end - Math.max(piece.start, found.end));
      }
      return size;
    }
    for (let i = Math.min(at, this.#pieces.count - 1); i >= 0; i--) {
      const piece = this.#pieces.at(i);
      if (piece?.free) size = Math.max(size, Math.min(piece.end, found.start) - piece.start);
    }
    return size;
  }

  /** What is known to be free with a free range; `whole` if both sides of that are known to be taken. */
  #gap({ start, end }: Span): Span & { readonly whole: boolean } {
    let first = this.#pieces.after(start - 1);
    const lowest = this.#pieces.at(first);
    const low = lowest?.free ? Math.min(start, lowest.start) : start;
    if (lowest?.free && lowest.start <= start) first -= 1;
    let last = this.#pieces.after(end - 1);
    const highest = this.#pieces.at(last);
    const high = highest?.free && highest.start <= end ? highest.end : end;
    if (highest?.free && highest.start <= end) last += 1;
    const [below, above] = [this.#pieces.at(first), this.#pieces.at(last)];
    const whole =
      below?.free === false && below.end === low && above?.free === false && above.start === high;
    return { start: low, end: high, whole };
  }

  /** A search could have come to `found`: with its own size or, as rounded, with a larger one. */
  #leadsTo(found: Span, searched: Searched): boolean {
    const { size } = searched;
    const { plainly, align, ahead: most } = this.#rounding.waysOf(searched);
    const passed = this.#passed(found);
    const gap = this.#gap(found);
    const ahead = this.#topDown ? gap.end - found.end : found.start - gap.start;
    if (plainly && passed < size && ahead === 0) return true;
    if (align === 0 || passed >= size + align || ahead > most) return false;
    // thp_get_unmapped_area looks for a whole block more, who rounds by a mask for a page less.
    const more = searched.blocks ? block : block - this.#pageSize;
    return !gap.whole || gap.end - gap.start >= size + more;
  }

  /** True if the call could not have gone as it did in this state. */
  contradicts({ needs, blocked, found, searched }: Effect): boolean {
    for (const span of needs) if (this.#pieces.isFree(span)) return true;
    if (blocked !== undefined && this.#pieces.isFree(blocked)) return true;
    if (found === undefined) return false;
    if (this.#pieces.overlaps(found, false)) return true;
    return searched !== undefined && !this.#leadsTo(found, searched);
  }
}
