/** Which VMA holds a page: disjoint VMAs in ascending order, in chunks, so that one of 65,000 changes in a microsecond. */

import { TraitsTable } from "./traits.ts";
import type { Vma } from "./vma.ts";
import { Chunk, chunkRows, firstAfter } from "./vma-chunk.ts";

/** Rows that chunks are filled to when they are made anew, and below which a chunk is joined with its neighbours. */
const filled: number = chunkRows - chunkRows / 8;
const sparse: number = chunkRows / 2 - chunkRows / 8;

/** Rows that a set has memory for once there is one. */
const firstRows = 48;

/** Before anything is sought, or is there. */
const nothing: Chunk = new Chunk();
const noEnds = new Float64Array(0);

export class VmaSet {
  #chunks: Chunk[] = [];
  /** By chunk: end of its last VMA. */
  #ends = noEnds;
  #size = 0;
  readonly traits: TraitsTable;
  /** What `seek` found: a chunk, its place, and the row in it. */
  #sought = nothing;
  #at = 0;
  row = 0;

  constructor(traits: TraitsTable = new TraitsTable()) {
    this.traits = traits;
  }

  get size(): number {
    return this.#size;
  }

  /** Bytes of its rows. */
  get bytes(): number {
    return this.#chunks.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** A set of its own; chunks are shared until one of both changes them. */
  copy(): VmaSet {
    const copy = new VmaSet(this.traits);
    for (const chunk of this.#chunks) chunk.shared = true;
    copy.#chunks = this.#chunks.slice();
    copy.#ends = this.#ends.slice();
    copy.#size = this.#size;
    return copy;
  }

  /** A set with chunks of its own, where all of them are going to change. */
  clone(): VmaSet {
    const clone = new VmaSet(this.traits);
    clone.#chunks = this.#chunks.map((chunk) => chunk.clone());
    clone.#ends = this.#ends.slice();
    clone.#size = this.#size;
    return clone;
  }

  *[Symbol.iterator](): Generator<Vma, void, undefined> {
    for (const chunk of this.#chunks)
      for (let i = 0; i < chunk.count; i++) yield this.#vma(chunk, i);
  }

  /** The first VMA that ends after `page`. */
  after(page: number): Vma | undefined {
    const chunk = this.#chunks[this.#chunkOf(page)];
    return chunk && this.#vma(chunk, chunk.indexOf(page));
  }

  /** Where the first VMA starts that ends after `page`; infinite where there is none. */
  startAfter(page: number): number {
    const chunk = this.#chunks[this.#chunkOf(page)];
    return chunk?.start(chunk.indexOf(page)) ?? Number.POSITIVE_INFINITY;
  }

  /** The VMA that holds all of [start, end). */
  around(start: number, end: number): Vma | undefined {
    const chunk = this.#chunks[this.#chunkOf(start)];
    if (chunk === undefined) return undefined;
    const row = chunk.indexOf(start);
    return chunk.start(row) <= start && chunk.end(row) >= end ? this.#vma(chunk, row) : undefined;
  }

  /** The VMA that ends exactly there. */
  endingAt(page: number): Vma | undefined {
    const [holder, index] = this.#below(page);
    return holder?.end(index) === page ? this.#vma(holder, index) : undefined;
  }

  /** The last VMA that ends there or below. */
  before(page: number): Vma | undefined {
    const [holder, index] = this.#below(page);
    return holder && this.#vma(holder, index);
  }

  /** Where the last VMA is that ends there or below. */
  #below(page: number): readonly [Chunk | undefined, number] {
    const at = this.#chunkOf(page);
    const chunk = this.#chunks[at];
    const index = chunk?.indexOf(page) ?? 0;
    if (index > 0) return [chunk, index - 1];
    const lower = this.#chunks[at - 1];
    return lower === undefined || lower.count === 0 ? [undefined, 0] : [lower, lower.count - 1];
  }

  /** The VMA that starts exactly there. */
  startingAt(page: number): Vma | undefined {
    const chunk = this.#chunks[this.#chunkOf(page)];
    const index = chunk?.indexOf(page) ?? 0;
    return chunk?.start(index) === page ? this.#vma(chunk, index) : undefined;
  }

  /** The VMAs that overlap [start, end), whole. */
  over(start: number, end: number): Vma[] {
    const found: Vma[] = [];
    if (start >= end) return found;
    const first = this.#chunkOf(start);
    for (let at = first; at < this.#chunks.length; at++) {
      const chunk = this.#chunks[at] ?? new Chunk();
      const index = at === first ? chunk.indexOf(start) : 0;
      const last = chunk.firstFrom(end, index);
      for (let i = index; i < last; i++) found.push(this.#vma(chunk, i));
      if (last < chunk.count) break;
    }
    return found;
  }

  /** Take out every VMA that overlaps [start, end) and put `next`, three at most and in order, in their place. */
  replace(start: number, end: number, next: readonly Vma[]): void {
    const at = this.#roomFor(start, next.length);
    const chunk = this.#own(at);
    const index = chunk.indexOf(start);
    const last = chunk.firstFrom(end, index);
    const gone = last - index + (last === chunk.count ? this.#dropFollowing(at + 1, end) : 0);
    chunk.splice(index, last - index, next.length);
    for (const [i, vma] of next.entries()) {
      const area = this.traits.numberOf(vma.area);
      chunk.write(index + i, vma, this.traits.ofVma(vma, area).id, area);
    }
    this.#size += next.length - gone;
    this.#ends[at] = chunk.lastEnd;
    if (gone > next.length && (chunk.count < sparse || gone > last - index)) this.#spread(at);
  }

  #vma(chunk: Chunk, index: number): Vma {
    const { traits } = this;
    return chunk.vma(index, traits.get(chunk.traits(index)), traits.area(chunk.area(index)));
  }

  /** Index of the first chunk whose last VMA ends after `page`. */
  #chunkOf(page: number): number {
    return firstAfter(this.#ends, page);
  }

  /** The chunk that a VMA at `page` belongs to, with room for `rows` more. */
  #roomFor(page: number, rows: number): number {
    if (this.#chunks.length === 0) this.#begin(0, firstRows);
    const at = Math.min(this.#chunkOf(page), this.#chunks.length - 1);
    const chunk = this.#chunks[at];
    if (chunk === undefined || chunk.count + rows <= chunkRows) return at;
    if (at === 0 && page < chunk.start(0)) return this.#begin(0, chunkRows);
    if (at === this.#chunks.length - 1 && page >= chunk.lastEnd)
      return this.#begin(at + 1, chunkRows);
    this.#spread(at);
    return Math.min(this.#chunkOf(page), this.#chunks.length - 1);
  }

  /** A new chunk at an end of the set, where mappings made one after the other go. */
  #begin(at: number, rows: number): number {
    this.#exchange(at, 0, [new Chunk(rows)]);
    return at;
  }

  /** Other chunks in the place of some. */
  #exchange(at: number, removed: number, added: readonly Chunk[]): void {
    this.#chunks.splice(at, removed, ...added);
    const ends = new Float64Array(this.#chunks.length);
    ends.set(this.#ends.subarray(0, at));
    for (const [i, chunk] of added.entries()) ends[at + i] = chunk.lastEnd;
    ends.set(this.#ends.subarray(at + removed), at + added.length);
    this.#ends = ends;
  }

  /** The chunk to be changed. */
  #own(at: number): Chunk {
    const chunk = this.#chunks[at] ?? new Chunk();
    if (!chunk.shared) return chunk;
    const own = chunk.clone();
    this.#chunks[at] = own;
    return own;
  }

  /** From chunk `at` on, drop leading VMAs that start before `end`; how many. */
  #dropFollowing(at: number, end: number): number {
    let whole = at;
    let dropped = 0;
    while ((this.#ends[whole] ?? Number.POSITIVE_INFINITY) <= end) {
      dropped += this.#chunks[whole]?.count ?? 0;
      whole += 1;
    }
    if (whole > at) this.#exchange(at, whole - at, []);
    const over = this.#chunks[at]?.firstFrom(end, 0) ?? 0;
    if (over > 0) this.#own(at).splice(0, over, 0);
    return dropped + over;
  }

  /** Share the VMAs of a chunk and its neighbours out evenly among as many chunks as they need. */
  #spread(at: number): void {
    // The only chunk of a set stays, also when it is empty: the next VMA needs one.
    if (this.#chunks.length === 1 && (this.#chunks[0]?.count ?? 0) <= filled) return;
    const from = Math.max(at - 1, 0);
    const old = this.#chunks.slice(from, at + 2);
    const total = old.reduce((sum, { count }) => sum + count, 0);
    const count = Math.ceil(total / filled);
    const made = Array.from({ length: count }, () => new Chunk(Math.ceil(total / count)));
    let into = 0;
    for (const chunk of old) {
      for (let next = 0; next < chunk.count; ) {
        const room = Math.ceil((total * (into + 1)) / count) - Math.ceil((total * into) / count);
        const target = made[into] ?? chunk;
        const to = Math.min(chunk.count, next + room - target.count);
        target.append(chunk, next, to);
        next = to;
        if (target.count === room) into += 1;
      }
    }
    this.#exchange(from, old.length, made);
  }

  /**
   * Find the row of the first VMA that ends after `page`, for what changes rows in place. Undefined where the VMA below it
   * ends at `page` in another chunk, or there is none yet.
   */
  seek(page: number): Chunk | undefined {
    const last = this.#chunks.length - 1;
    if (last < 0) return undefined;
    const at = Math.min(this.#chunkOf(page), last);
    const chunk = this.#own(at);
    const row = chunk.indexOf(page);
    this.#sought = chunk;
    this.#at = at;
    this.row = row;
    return row > 0 || at === 0 || (this.#ends[at - 1] ?? 0) < page ? chunk : undefined;
  }

  /** Whether a row of the chunk that was sought has both its neighbours there, or has none. */
  isInside(row: number): boolean {
    const { count } = this.#sought;
    return (row > 0 || this.#at === 0) && (row + 1 < count || this.#at === this.#chunks.length - 1);
  }

  /** Whether a range that ends there goes on after the chunk that was sought. */
  goesOn(end: number): boolean {
    return this.#at < this.#chunks.length - 1 && (this.#ends[this.#at] ?? 0) < end;
  }

  /** Make room for rows in the chunk that was sought, in the place of others; false where it has none. */
  spliceRows(row: number, removed: number, added: number): boolean {
    const chunk = this.#sought;
    if (chunk.count + added - removed > chunkRows) return false;
    chunk.splice(row, removed, added);
    this.#size += added - removed;
    return true;
  }

  /** Rows of the chunk that was sought have changed; `fewer` if some may have gone. */
  changedRows(fewer: boolean): void {
    const chunk = this.#sought;
    this.#ends[this.#at] = chunk.lastEnd;
    if (fewer && chunk.count < sparse) this.#spread(this.#at);
  }

  /** Visit each row as if it had been sought, for what changes attributes but no range. */
  eachRow(visit: (chunk: Chunk, row: number) => void): void {
    for (let at = 0; at < this.#chunks.length; at++) {
      const chunk = this.#own(at);
      this.#sought = chunk;
      this.#at = at;
      for (let row = 0; row < chunk.count; row++) visit(chunk, row);
    }
  }
}
