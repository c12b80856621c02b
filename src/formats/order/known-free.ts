/** What is known to be free in an address space: what calls have freed and none has taken since. */

import type { Range } from "./footprint.ts";

/** More gaps than this are forgotten from the bottom. */
const limit = 4096;

type Address = Range["start"];

const lower = (a: Address, b: Address): Address => (a < b ? a : b);
const higher = (a: Address, b: Address): Address => (a > b ? a : b);

/** An empty list that has held a fraction, so that it is one of doubles from the start, as it would be soon. */
function addresses(): Address[] {
  const list = [0.5];
  list.pop();
  return list;
}

export class KnownFree {
  /** Where gaps start and end: ascending; no two touch. */
  readonly #starts: Address[] = addresses();
  readonly #ends: Address[] = addresses();

  constructor(gaps: readonly Range[] = []) {
    for (const { start, end } of gaps) {
      this.#starts.push(start);
      this.#ends.push(end);
    }
  }

  copy(): KnownFree {
    const other = new KnownFree();
    for (const start of this.#starts) other.#starts.push(start);
    for (const end of this.#ends) other.#ends.push(end);
    return other;
  }

  /** The first gap that ends at or after an address. */
  #from(address: Address): number {
    const ends = this.#ends;
    let low = 0;
    let high = ends.length;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if ((ends[middle] as Address) < address) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Behind the last gap, from `first` on, that starts at or before an address. */
  #behind(first: number, address: Address): number {
    const starts = this.#starts;
    let last = first;
    while (last < starts.length && (starts[last] as Address) <= address) last += 1;
    return last;
  }

  #remove(first: number, end: number): void {
    if (first >= end) return;
    this.#starts.splice(first, end - first);
    this.#ends.splice(first, end - first);
  }

  #insert(index: number, start: Address, end: Address): void {
    this.#starts.splice(index, 0, start);
    this.#ends.splice(index, 0, end);
  }

  /** The range together with what is free around it. */
  around({ start, end }: Range): Range {
    const first = this.#from(start);
    const last = this.#behind(first, end);
    if (first === last) return { start, end };
    return {
      start: lower(start, this.#starts[first] as Address),
      end: higher(end, this.#ends[last - 1] as Address),
    };
  }

  add({ start, end }: Range): void {
    const first = this.#from(start);
    const last = this.#behind(first, end);
    if (first === last) this.#insert(first, start, end);
    else {
      this.#starts[first] = lower(start, this.#starts[first] as Address);
      this.#ends[first] = higher(end, this.#ends[last - 1] as Address);
      this.#remove(first + 1, last);
    }
    if (this.#starts.length > limit) this.#remove(0, 1);
  }

  take({ start, end }: Range): void {
    let first = this.#from(start);
    let last = this.#behind(first, end);
    if (first === last) return;
    const lowest = this.#starts[first] as Address;
    const highest = this.#ends[last - 1] as Address;
    if (lowest < start && end < highest && last - first === 1) {
      this.#insert(first, lowest, start);
      this.#starts[first + 1] = end;
      return;
    }
    if (lowest < start) {
      this.#ends[first] = lower(start, this.#ends[first] as Address);
      first += 1;
    }
    if (end < highest) {
      last -= 1;
      this.#starts[last] = higher(end, this.#starts[last] as Address);
    }
    this.#remove(first, last);
  }
}
