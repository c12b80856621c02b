/** Which VMA holds a page: disjoint VMAs in ascending order, in chunks, so that one of 65,000 changes in a microsecond. */

import type { Vma } from "./vma.ts";
import { Chunk, chunkRows, type Traits } from "./vma-chunk.ts";

/** Rows that chunks are filled to when they are made anew, and below which a chunk is joined with its neighbours. */
const filled: number = chunkRows - chunkRows / 8;
const sparse: number = chunkRows / 2 - chunkRows / 8;

/** Traits that nothing uses any more, beside as many as there are VMAs. */
const unusedTraits = 1024;

export class VmaSet {
  #chunks: Chunk[] = [];
  /** By chunk: end of its last VMA. */
  #ends: number[] = [];
  #size = 0;
  /** The chunk that the last search found. */
  #last = 0;
  /** Only ever appended to: copies read it too. */
  #traits: Traits[] = [];
  /** By area: the traits that a VMA of it had last. */
  readonly #latest = new Map<Vma["area"], number>();

  get size(): number {
    return this.#size;
  }

  /** Bytes of its rows. */
  get bytes(): number {
    return this.#chunks.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** A set of its own; chunks are shared until one of both changes them. */
  copy(): VmaSet {
    const copy = new VmaSet();
    for (const chunk of this.#chunks) chunk.shared = true;
    copy.#chunks = this.#chunks.slice();
    copy.#ends = this.#ends.slice();
    copy.#size = this.#size;
    copy.#traits = this.#traits;
    return copy;
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
    const holder = index > 0 ? chunk : this.#chunks[at - 1];
    return [holder, (index > 0 ? index : (holder?.count ?? 0)) - 1];
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
    for (const [i, vma] of next.entries()) chunk.write(index + i, vma, this.#traitsOf(vma));
    this.#size += next.length - gone;
    this.#ends[at] = chunk.end(chunk.count - 1);
    if (gone > next.length && (chunk.count < sparse || gone > last - index)) this.#spread(at);
    if (this.#traits.length > 2 * this.#size + unusedTraits) this.#forgetTraits();
  }

  #vma(chunk: Chunk, index: number): Vma {
    return chunk.vma(index, this.#traits[chunk.traits(index)] as Traits);
  }

  /** Index of the first chunk whose last VMA ends after `page`. */
  #chunkOf(page: number): number {
    const ends = this.#ends;
    const at = this.#last;
    if ((ends[at] ?? 0) > page && (at === 0 || (ends[at - 1] ?? 0) <= page)) return at;
    let low = 0;
    let high = ends.length;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if ((ends[middle] ?? 0) > page) high = middle;
      else low = middle + 1;
    }
    this.#last = low;
    return low;
  }

  /** The chunk that a VMA at `page` belongs to, with room for `rows` more. */
  #roomFor(page: number, rows: number): number {
    if (this.#chunks.length === 0) this.#chunks.push(new Chunk());
    const at = Math.min(this.#chunkOf(page), this.#chunks.length - 1);
    if ((this.#chunks[at]?.count ?? 0) + rows <= chunkRows) return at;
    this.#spread(at);
    return Math.min(this.#chunkOf(page), this.#chunks.length - 1);
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
    if (whole > at) {
      this.#chunks.splice(at, whole - at);
      this.#ends.splice(at, whole - at);
    }
    const over = this.#chunks[at]?.firstFrom(end, 0) ?? 0;
    if (over > 0) this.#own(at).splice(0, over, 0);
    return dropped + over;
  }

  /** Share the VMAs of a chunk and its neighbours out evenly among as many chunks as they need. */
  #spread(at: number): void {
    const from = Math.max(at - 1, 0);
    const old = this.#chunks.slice(from, at + 2);
    const total = old.reduce((sum, { count }) => sum + count, 0);
    const count = Math.ceil(total / filled);
    if (old.length === 1 && count === 1) return;
    const made = Array.from({ length: count }, () => new Chunk());
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
    this.#chunks.splice(from, old.length, ...made);
    this.#ends.splice(from, old.length, ...made.map((chunk) => chunk.end(chunk.count - 1)));
  }

  /** Equal traits are one object where VMAs of one area follow each other. */
  #traitsOf(vma: Vma): number {
    const { prot, flags, file, forked, label, area } = vma;
    const anonShift = vma.anonOffset - vma.start;
    const latest = this.#latest.get(area);
    const known = latest === undefined ? undefined : this.#traits[latest];
    if (
      latest !== undefined &&
      known?.prot === prot &&
      known.flags === flags &&
      known.file === file &&
      known.anonShift === anonShift &&
      known.forked === forked &&
      known.label === label
    )
      return latest;
    const index = this.#traits.push({ prot, flags, file, anonShift, forked, label, area }) - 1;
    this.#latest.set(area, index);
    return index;
  }

  /** Keep the traits that are used, in a list of this set's own. */
  #forgetTraits(): void {
    const old = this.#traits;
    const moved = new Map<number, number>();
    this.#traits = [];
    this.#latest.clear();
    for (let at = 0; at < this.#chunks.length; at++) {
      const chunk = this.#own(at);
      for (let i = 0; i < chunk.count; i++) {
        const index = chunk.traits(i);
        const traits = old[index];
        if (traits === undefined) continue;
        const next = moved.get(index) ?? this.#traits.push(traits) - 1;
        moved.set(index, next);
        this.#latest.set(traits.area, next);
        chunk.retrait(i, next);
      }
    }
  }
}
