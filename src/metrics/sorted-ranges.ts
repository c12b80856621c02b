/** Which range holds a page: disjoint ranges in ascending order, in chunks, so that one of 65,000 changes in a microsecond. */

import type { Range } from "../space/observed.ts";

const chunkLimit = 256;

export class SortedRanges<T extends Range> {
  #chunks: T[][] = [];
  #size = 0;

  get size(): number {
    return this.#size;
  }

  copy(): SortedRanges<T> {
    const copy = new SortedRanges<T>();
    copy.#chunks = this.#chunks.map((chunk) => chunk.slice());
    copy.#size = this.#size;
    return copy;
  }

  *[Symbol.iterator](): Generator<T, void, undefined> {
    for (const chunk of this.#chunks) yield* chunk;
  }

  /** The first range that ends after `page`. */
  after(page: number): T | undefined {
    const chunk = this.#chunks[this.#chunkOf(page)];
    return chunk?.[indexIn(chunk, page)];
  }

  /** The last range that ends at or before `page`. */
  before(page: number): T | undefined {
    const at = this.#chunkOf(page);
    const chunk = this.#chunks[at];
    const index = chunk === undefined ? 0 : indexIn(chunk, page);
    return index > 0 ? chunk?.[index - 1] : this.#chunks[at - 1]?.at(-1);
  }

  /** The ranges that overlap [start, end), whole. */
  over(start: number, end: number): T[] {
    const found: T[] = [];
    if (start >= end) return found;
    for (let at = this.#chunkOf(start); at < this.#chunks.length; at++) {
      const chunk = this.#chunks[at] ?? [];
      for (let i = found.length === 0 ? indexIn(chunk, start) : 0; i < chunk.length; i++) {
        const range = chunk[i];
        if (range === undefined || range.start >= end) return found;
        found.push(range);
      }
    }
    return found;
  }

  /** Take out every range that overlaps [start, end) and put `next`, in order, in their place. */
  replace(start: number, end: number, next: readonly T[]): void {
    let at = this.#chunkOf(start);
    if (at === this.#chunks.length && at > 0) at -= 1;
    const chunk = this.#chunks[at] ?? [];
    if (this.#chunks.length === 0) this.#chunks.push(chunk);
    const index = indexIn(chunk, start);
    let last = index;
    while ((chunk[last]?.start ?? end) < end) last += 1;
    this.#size += next.length - (last - index);
    chunk.splice(index, last - index, ...next);
    if (index + next.length === chunk.length) this.#dropFollowing(at + 1, end);
    this.#balance(at);
  }

  /** Index of the first chunk whose last range ends after `page`. */
  #chunkOf(page: number): number {
    let low = 0;
    let high = this.#chunks.length;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if ((this.#chunks[middle]?.at(-1)?.end ?? 0) > page) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** From chunk `at` on, drop leading ranges that start before `end`. */
  #dropFollowing(at: number, end: number): void {
    for (let chunk = this.#chunks[at]; chunk !== undefined; chunk = this.#chunks[at]) {
      let count = 0;
      while ((chunk[count]?.start ?? end) < end) count += 1;
      this.#size -= count;
      if (count < chunk.length) {
        chunk.splice(0, count);
        return;
      }
      this.#chunks.splice(at, 1);
    }
  }

  #balance(at: number): void {
    const chunk = this.#chunks[at];
    if (chunk === undefined) return;
    if (chunk.length === 0) this.#chunks.splice(at, 1);
    else if (chunk.length > chunkLimit)
      this.#chunks.splice(at + 1, 0, chunk.splice(Math.floor(chunk.length / 2)));
  }
}

/** Index of the first range in the chunk that ends after `page`. */
function indexIn<T extends Range>(chunk: readonly T[], page: number): number {
  let low = 0;
  let high = chunk.length;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if ((chunk[middle]?.end ?? 0) > page) high = middle;
    else low = middle + 1;
  }
  return low;
}
