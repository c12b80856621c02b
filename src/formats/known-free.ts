/** What is known to be free in an address space: what calls have freed and none has taken since. */

import type { Range } from "./footprint.ts";

/** More gaps than this are forgotten from the bottom. */
const limit = 4096;

export class KnownFree {
  /** Ascending; no two touch. */
  readonly #gaps: Range[];

  constructor(gaps: readonly Range[] = []) {
    this.#gaps = [...gaps];
  }

  copy(): KnownFree {
    return new KnownFree(this.#gaps);
  }

  /** The first gap that ends at or after an address. */
  #from(address: Range["start"]): number {
    let low = 0;
    let high = this.#gaps.length;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if ((this.#gaps[middle]?.end ?? 0) < address) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The gaps that touch or overlap a range: index and how many. */
  #near(range: Range): readonly [number, number] {
    const first = this.#from(range.start);
    let last = first;
    while (last < this.#gaps.length && (this.#gaps[last]?.start ?? 0) <= range.end) last += 1;
    return [first, last - first];
  }

  /** The range together with what is free around it. */
  around(range: Range): Range {
    const [first, count] = this.#near(range);
    let { start, end } = range;
    for (const gap of this.#gaps.slice(first, first + count)) {
      if (gap.start < start) start = gap.start;
      if (gap.end > end) end = gap.end;
    }
    return { start, end };
  }

  add(range: Range): void {
    const [first, count] = this.#near(range);
    this.#gaps.splice(first, count, this.around(range));
    if (this.#gaps.length > limit) this.#gaps.shift();
  }

  take(range: Range): void {
    const [first, count] = this.#near(range);
    const rest: Range[] = [];
    for (const { start, end } of this.#gaps.slice(first, first + count)) {
      if (start < range.start) rest.push({ start, end: range.start });
      if (range.end < end) rest.push({ start: range.end, end });
    }
    this.#gaps.splice(first, count, ...rest);
  }
}
