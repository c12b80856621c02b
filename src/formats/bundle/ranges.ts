/** Which bytes a set of ranges covers, and how many of them lie in another set. */

/** Half-open, in bytes. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** Index of the first range that ends after `at`. */
function firstAfter(ranges: readonly Range[], at: number): number {
  let low = 0;
  let high = ranges.length;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if ((ranges[middle]?.end ?? 0) > at) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Bytes of `range` that lie in ascending, disjoint `ranges`. */
export function covered(ranges: readonly Range[], range: Range): number {
  let bytes = 0;
  for (let index = firstAfter(ranges, range.start); index < ranges.length; index++) {
    const other = ranges[index];
    if (other === undefined || other.start >= range.end) break;
    bytes += Math.min(other.end, range.end) - Math.max(other.start, range.start);
  }
  return bytes;
}

/** What is mapped, measured against a fixed set while it changes. */
export class Measured {
  readonly #against: readonly Range[];
  #ranges: Range[];
  #length = 0;
  #common = 0;

  constructor(against: readonly Range[], ranges: readonly Range[] = []) {
    this.#against = against;
    this.#ranges = [];
    for (const range of ranges) this.add(range);
  }

  /** Bytes in one of the two sets only, up to a constant. */
  get difference(): number {
    return this.#length - 2 * this.#common;
  }

  copy(): Measured {
    return new Measured(this.#against, this.#ranges);
  }

  add(range: Range): void {
    if (range.end <= range.start) return;
    this.remove(range);
    const at = firstAfter(this.#ranges, range.start);
    const before = this.#ranges[at - 1];
    const after = this.#ranges[at];
    // Neighbours become one, or a heap that grows page by page is a range for each page.
    const joins = before?.end === range.start;
    const joined = after?.start === range.end;
    const start = joins ? before.start : range.start;
    const end = joined ? after.end : range.end;
    this.#ranges.splice(joins ? at - 1 : at, Number(joins) + Number(joined), { start, end });
    this.#length += range.end - range.start;
    this.#common += covered(this.#against, range);
  }

  /** Returns what was there. */
  remove(range: Range): readonly Range[] {
    if (range.end <= range.start) return [];
    const from = firstAfter(this.#ranges, range.start);
    const kept: Range[] = [];
    const removed: Range[] = [];
    let to = from;
    for (; to < this.#ranges.length; to++) {
      const old = this.#ranges[to];
      if (old === undefined || old.start >= range.end) break;
      const gone = { start: Math.max(old.start, range.start), end: Math.min(old.end, range.end) };
      removed.push(gone);
      this.#length -= gone.end - gone.start;
      this.#common -= covered(this.#against, gone);
      if (old.start < range.start) kept.push({ start: old.start, end: range.start });
      if (old.end > range.end) kept.push({ start: range.end, end: old.end });
    }
    this.#ranges.splice(from, to - from, ...kept);
    return removed;
  }
}
