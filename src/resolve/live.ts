/** Which object holds a recorded page now: the pieces of one address space in ascending order. */

/** Part of an object at its recorded place; pages, half-open. */
export interface Piece {
  readonly start: number;
  readonly end: number;
  readonly object: number;
  /** Offset of `start` in the object. */
  readonly offset: number;
  /** PROT_ bits; none at all means that no page can be populated. */
  readonly prot: number;
}

/** The same piece between two pages inside it. */
function clip(piece: Piece, start: number, end: number): Piece {
  const from = Math.max(piece.start, start);
  return {
    ...piece,
    start: from,
    end: Math.min(piece.end, end),
    offset: piece.offset + from - piece.start,
  };
}

/** True if the object goes on where the lower piece ends. */
const goesOn = (lower: Piece, upper: Piece): boolean =>
  lower.object === upper.object &&
  lower.end === upper.start &&
  lower.offset + lower.end - lower.start === upper.offset;

function runsOf(
  pieces: readonly Piece[],
  one: (lower: Piece, upper: Piece) => boolean,
): readonly Piece[] {
  const runs: Piece[] = [];
  for (const piece of pieces) {
    const last = runs.at(-1);
    if (last !== undefined && one(last, piece)) runs[runs.length - 1] = { ...last, end: piece.end };
    else runs.push(piece);
  }
  return runs;
}

/** Neighbouring pieces of one object as one, whatever their protection. */
export const joined = (pieces: readonly Piece[]): readonly Piece[] => runsOf(pieces, goesOn);

/** Pieces that an mprotect parted and another made alike: else their number only ever grows. */
const merge = (pieces: readonly Piece[]): readonly Piece[] =>
  runsOf(pieces, (lower, upper) => lower.prot === upper.prot && goesOn(lower, upper));

export class Live {
  #pieces: Piece[] = [];
  #accessible = 0;
  #pages = 0;

  /** Pages mapped. */
  get pages(): number {
    return this.#pages;
  }

  /** Pages that a populated space would have: all that are not PROT_NONE. */
  get accessible(): number {
    return this.#accessible;
  }

  get pieces(): readonly Piece[] {
    return this.#pieces;
  }

  copy(): Live {
    const copy = new Live();
    copy.#pieces = this.#pieces.slice();
    copy.#accessible = this.#accessible;
    copy.#pages = this.#pages;
    return copy;
  }

  /** Index of the first piece that ends after `page`. */
  #after(page: number): number {
    let low = 0;
    let high = this.#pieces.length;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if ((this.#pieces[middle]?.end ?? 0) > page) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** The piece that holds the page. */
  find(page: number): Piece | undefined {
    const piece = this.#pieces[this.#after(page)];
    return piece !== undefined && piece.start <= page ? piece : undefined;
  }

  /** The piece whose last page is the one before `page`. */
  endingAt(page: number): Piece | undefined {
    const piece = this.#pieces[this.#after(page) - 1];
    return piece !== undefined && piece.end === page ? piece : undefined;
  }

  /** The pieces in [start, end), cut to it. */
  over(start: number, end: number): readonly Piece[] {
    const found: Piece[] = [];
    for (let i = this.#after(start); i < this.#pieces.length; i++) {
      const piece = this.#pieces[i];
      if (piece === undefined || piece.start >= end) break;
      found.push(clip(piece, start, end));
    }
    return found;
  }

  #replace(
    start: number,
    end: number,
    middle: (pieces: readonly Piece[]) => readonly Piece[],
  ): void {
    const first = this.#after(start);
    let past = first;
    while ((this.#pieces[past]?.start ?? Number.POSITIVE_INFINITY) < end) past += 1;
    const old = this.#pieces.slice(first, past);
    const kept: Piece[] = [];
    for (const piece of old) if (piece.start < start) kept.push(clip(piece, piece.start, start));
    kept.push(...middle(old.map((piece) => clip(piece, start, end))));
    for (const piece of old) if (piece.end > end) kept.push(clip(piece, end, piece.end));
    this.#count(old, -1);
    this.#count(kept, 1);
    const around = (index: number) => this.#pieces.slice(Math.max(index, 0), index + 1);
    const [below, above] = [around(first - 1), around(past)];
    const merged = merge([...below, ...kept, ...above]);
    this.#pieces.splice(
      first - below.length,
      past - first + below.length + above.length,
      ...merged,
    );
  }

  #count(pieces: readonly Piece[], sign: number): void {
    for (const piece of pieces) {
      const pages = sign * (piece.end - piece.start);
      this.#pages += pages;
      if (piece.prot !== 0) this.#accessible += pages;
    }
  }

  /** Take [start, end) out and return what was there. */
  cut(start: number, end: number): readonly Piece[] {
    let removed: readonly Piece[] = [];
    this.#replace(start, end, (pieces) => {
      removed = pieces;
      return [];
    });
    return removed;
  }

  /** Put an object's pages where nothing is. */
  put(piece: Piece): void {
    this.#replace(piece.start, piece.end, () => [piece]);
  }

  protect(start: number, end: number, prot: number): void {
    this.#replace(start, end, (pieces) => pieces.map((piece) => ({ ...piece, prot })));
  }
}
