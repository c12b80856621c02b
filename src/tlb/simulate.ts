/** How many accesses miss the TLBs of a CPU: exact counts of a model, one core for all address spaces, each tagged. */

import type { Cpu, TlbArray } from "./types.ts";

/** One access, and the page-table entry that maps it; bytes. */
export interface Access {
  /** The address space; its entries are tagged with it. */
  readonly space: number;
  readonly address: number;
  /** Of the entry, or of the contiguous entries that count as one. */
  readonly entryBytes: number;
  /** Pages around it that are contiguous and aligned, virtually and physically; 1 for none. */
  readonly contiguous: number;
  readonly pageBytes: number;
  /** A page fault made the entry: what the TLB holds of an earlier one there is void. */
  readonly fresh: boolean;
}

/** Sets whose least recently used entry goes first. */
class Sets {
  readonly #array: TlbArray;
  readonly #sets: Map<string, true>[];

  constructor(array: TlbArray) {
    this.#array = array;
    const count = array.entries / array.ways;
    this.#sets = Array.from({ length: count }, () => new Map<string, true>());
  }

  /** Bytes that an entry here maps of a larger page; undefined if all sizes are larger than it. */
  part(entryBytes: number): number | undefined {
    return this.#array.sizes.filter((bytes) => bytes <= entryBytes).at(-1);
  }

  #set(number: number): Map<string, true> {
    const index = number - Math.floor(number / this.#sets.length) * this.#sets.length;
    return this.#sets[index] ?? new Map<string, true>();
  }

  /** True if it was there; it is now the most recent. */
  use(key: string, number: number): boolean {
    const set = this.#set(number);
    const hit = set.delete(key);
    if (!hit && set.size >= this.#array.ways) {
      const [oldest] = set.keys();
      if (oldest !== undefined) set.delete(oldest);
    }
    set.set(key, true);
    return hit;
  }

  drop(key: string, number: number): void {
    this.#set(number).delete(key);
  }
}

export class Tlb {
  readonly #cpu: Cpu;
  readonly #first: readonly Sets[];
  readonly #second: readonly Sets[];
  #accesses = 0;
  #firstMisses = 0;
  #walks = 0;

  constructor(cpu: Cpu) {
    this.#cpu = cpu;
    this.#first = cpu.first.map((array) => new Sets(array));
    this.#second = cpu.second.map((array) => new Sets(array));
  }

  access(access: Access): void {
    this.#accesses += 1;
    const bytes = this.#entryBytes(access);
    if (this.#lookUp(this.#first, access, bytes)) return;
    this.#firstMisses += 1;
    if (!this.#lookUp(this.#second, access, bytes)) this.#walks += 1;
  }

  #entryBytes({ entryBytes, contiguous, pageBytes }: Access): number {
    const shared = Math.min(this.#cpu.coalesced, contiguous) * pageBytes;
    return Math.max(entryBytes, shared);
  }

  /** The array with the largest entries that fit takes it. */
  #lookUp(level: readonly Sets[], { space, address, fresh }: Access, bytes: number): boolean {
    let best: { sets: Sets; part: number } | undefined;
    for (const sets of level) {
      const part = sets.part(bytes);
      if (part !== undefined && part > (best?.part ?? 0)) best = { sets, part };
    }
    if (best === undefined) return false;
    const number = Math.floor(address / best.part);
    const key = `${space} ${best.part} ${number}`;
    if (fresh && bytes <= best.part) best.sets.drop(key, number);
    return best.sets.use(key, number);
  }

  result(): { readonly accesses: number; readonly first: number; readonly walks: number } {
    return { accesses: this.#accesses, first: this.#firstMisses, walks: this.#walks };
  }
}
