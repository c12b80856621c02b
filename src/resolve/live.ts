/** Which object holds a recorded page now: the pieces of one address space in ascending order. */

import type { Area } from "./program.ts";

/** What one op mapped. */
export interface Made {
  readonly object: number;
  readonly area: Area;
  /** Line of the recording. */
  readonly line: number;
}

/** Part of an object at its recorded place; pages, half-open. */
export interface Piece<T = Made> {
  readonly start: number;
  readonly end: number;
  readonly made: T;
  /** Offset of `start` in the object. */
  readonly offset: number;
  /** PROT_ bits; none at all means that no page can be populated. */
  readonly prot: number;
}

const none: readonly never[] = [];

/** The same piece between two pages inside it. */
function clip<T>(piece: Piece<T>, start: number, end: number): Piece<T> {
  if (piece.start >= start && piece.end <= end) return piece;
  const from = Math.max(piece.start, start);
  return {
    start: from,
    end: Math.min(piece.end, end),
    made: piece.made,
    offset: piece.offset + from - piece.start,
    prot: piece.prot,
  };
}

// Pieces are made member by member: a spread takes ten times as long.

const upTo = <T>({ start, made, offset, prot }: Piece<T>, end: number): Piece<T> => ({
  start,
  end,
  made,
  offset,
  prot,
});

const withProt = <T>({ start, end, made, offset }: Piece<T>, prot: number): Piece<T> => ({
  start,
  end,
  made,
  offset,
  prot,
});

/** True if the object goes on where the lower piece ends. */
const goesOn = <T>(lower: Piece<T>, upper: Piece<T>): boolean =>
  lower.made === upper.made &&
  lower.end === upper.start &&
  lower.offset + lower.end - lower.start === upper.offset;

/** What an mprotect parted and another made alike is one piece: else their number only ever grows. */
const isOne = <T>(lower: Piece<T>, upper: Piece<T>): boolean =>
  lower.prot === upper.prot && goesOn(lower, upper);

function runsOf<T>(
  pieces: readonly Piece<T>[],
  one: (lower: Piece<T>, upper: Piece<T>) => boolean,
): readonly Piece<T>[] {
  if (pieces.length < 2) return pieces;
  const runs: Piece<T>[] = [];
  for (const piece of pieces) {
    const last = runs.at(-1);
    if (last !== undefined && one(last, piece)) runs[runs.length - 1] = upTo(last, piece.end);
    else runs.push(piece);
  }
  return runs;
}

/** Neighbouring pieces of one object as one, whatever their protection. */
export const joined = <T>(pieces: readonly Piece<T>[]): readonly Piece<T>[] =>
  runsOf(pieces, goesOn);

export class Live<T = Made> {
  #pieces: Piece<T>[] = [];
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

  get pieces(): readonly Piece<T>[] {
    return this.#pieces;
  }

  /** With the pieces of another one. */
  static of<T>(pieces: readonly Piece<T>[]): Live<T> {
    const live = new Live<T>();
    live.#pieces = pieces.slice();
    live.#count(pieces, 1);
    return live;
  }

  copy(): Live<T> {
    const copy = new Live<T>();
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

  /** The piece before an index. Asked with -1, an array looks for a name, which is slow. */
  #before(index: number): Piece<T> | undefined {
    return index > 0 ? this.#pieces[index - 1] : undefined;
  }

  /** The piece that holds the page. */
  find(page: number): Piece<T> | undefined {
    const piece = this.#pieces[this.#after(page)];
    return piece !== undefined && piece.start <= page ? piece : undefined;
  }

  /** The piece whose last page is the one before `page`. */
  endingAt(page: number): Piece<T> | undefined {
    const piece = this.#before(this.#after(page));
    return piece !== undefined && piece.end === page ? piece : undefined;
  }

  /** The piece whose first page this is. */
  startingAt(page: number): Piece<T> | undefined {
    const piece = this.find(page);
    return piece?.start === page ? piece : undefined;
  }

  /** The first page in [start, end) that is not mapped; `end` without one. */
  holeIn(start: number, end: number): number {
    let reached = start;
    for (const piece of this.over(start, end)) {
      if (piece.start !== reached) break;
      reached = piece.end;
    }
    return reached;
  }

  /** The pieces in [start, end), whole, from the one with index `first` on. */
  #whole(first: number, end: number): readonly Piece<T>[] {
    let past = first;
    while ((this.#pieces[past]?.start ?? Number.POSITIVE_INFINITY) < end) past += 1;
    return past === first ? none : this.#pieces.slice(first, past);
  }

  /** The pieces in [start, end), cut to it. */
  over(start: number, end: number): readonly Piece<T>[] {
    const whole = this.#whole(this.#after(start), end);
    return whole.length === 0 ? whole : whole.map((piece) => clip(piece, start, end));
  }

  /** Put others in the place of pieces that stand from an index on. */
  #replace(first: number, old: readonly Piece<T>[], kept: readonly Piece<T>[]): void {
    this.#count(old, -1);
    this.#count(kept, 1);
    if (kept.length === 0) {
      this.#pieces.splice(first, old.length);
      return;
    }
    const above = this.#pieces[first + old.length];
    const around = kept.slice();
    if (above !== undefined) around.push(above);
    const below = this.#before(first);
    if (below !== undefined) around.unshift(below);
    const from = below === undefined ? first : first - 1;
    const beside = around.length - kept.length;
    this.#pieces.splice(from, old.length + beside, ...runsOf(around, isOne));
  }

  #count(pieces: readonly Piece<T>[], sign: number): void {
    for (const piece of pieces) this.#countOne(piece, sign);
  }

  #countOne({ start, end, prot }: Piece<T>, sign: number): void {
    const pages = sign * (end - start);
    this.#pages += pages;
    if (prot !== 0) this.#accessible += pages;
  }

  /** Take [start, end) out and return what was there. */
  cut(start: number, end: number): readonly Piece<T>[] {
    const first = this.#after(start);
    const piece = this.#pieces[first];
    const next = this.#pieces[first + 1];
    if (piece === undefined || piece.start >= end) return none;
    const isAlone = next === undefined || next.start >= end;
    if (isAlone && start < end) return [this.#cutOne(first, piece, start, end)];
    const old = this.#whole(first, end);
    this.#replace(first, old, outside(old, start, end, []));
    return old.map((one) => clip(one, start, end));
  }

  /** Take a part of one piece out, as most calls do: what is left joins no neighbour, since the piece did not. */
  #cutOne(index: number, piece: Piece<T>, start: number, end: number): Piece<T> {
    const taken = clip(piece, start, end);
    this.#countOne(taken, -1);
    if (taken === piece) this.#pieces.splice(index, 1);
    else if (piece.start === taken.start) this.#pieces[index] = clip(piece, end, piece.end);
    else {
      this.#pieces[index] = clip(piece, piece.start, start);
      if (piece.end > end) this.#pieces.splice(index + 1, 0, clip(piece, end, piece.end));
    }
    return taken;
  }

  /** Put an object's pages where nothing is. */
  put(piece: Piece<T>): void {
    const first = this.#after(piece.start);
    const below = this.#before(first);
    const above = this.#pieces[first];
    const isFree = above === undefined || above.start >= piece.end;
    const joins =
      (below !== undefined && isOne(below, piece)) || (above !== undefined && isOne(piece, above));
    if (isFree && !joins) {
      this.#countOne(piece, 1);
      this.#pieces.splice(first, 0, piece);
      return;
    }
    const old = this.#whole(first, piece.end);
    this.#replace(first, old, outside(old, piece.start, piece.end, [piece]));
  }

  /** Returns the pieces in [start, end), cut to it, as they were. */
  protect(start: number, end: number, prot: number): readonly Piece<T>[] {
    const first = this.#after(start);
    const old = this.#whole(first, end);
    if (old.length === 0) return none;
    const inside = old.map((piece) => clip(piece, start, end));
    if (inside.every((piece) => piece.prot === prot)) return inside;
    const changed = inside.map((piece) => withProt(piece, prot));
    this.#replace(first, old, outside(old, start, end, changed));
    return inside;
  }
}

/** What stands in the place of pieces where others were put into [start, end). */
function outside<T>(
  old: readonly Piece<T>[],
  start: number,
  end: number,
  inside: readonly Piece<T>[],
): readonly Piece<T>[] {
  const [lowest, highest] = [old[0], old.at(-1)];
  const around = inside.slice();
  if (lowest !== undefined && lowest.start < start)
    around.unshift(clip(lowest, lowest.start, start));
  if (highest !== undefined && highest.end > end) around.push(clip(highest, end, highest.end));
  return around;
}
