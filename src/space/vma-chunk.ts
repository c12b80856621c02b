/** What one chunk of a VMA set holds: rows of 32 bytes in ascending order. */

import type { Vma } from "./vma.ts";

/** What every part of a VMA has in common with it; VMAs that look alike share it. */
export interface Traits extends Omit<Vma, "start" | "end" | "pgoff" | "anonOffset" | "anon"> {
  /** Pages from `start` to `anonOffset`. */
  readonly anonShift: number;
}

/** Columns of a row: three doubles, and in the fourth two words for the anon_vma and the index of the traits. */
const column = { start: 0, end: 1, pgoff: 2, stride: 4 } as const;
const word = { anon: 6, traits: 7, stride: 8 } as const;

/** Rows that a chunk has room for. */
export const chunkRows = 128;

export class Chunk {
  readonly #cells = new Float64Array(chunkRows * column.stride);
  readonly #words = new Uint32Array(this.#cells.buffer);
  count = 0;
  /** Belongs to a copied set too: to be cloned before a change. */
  shared = false;

  start(index: number): number {
    return this.#cells[index * column.stride] ?? 0;
  }

  end(index: number): number {
    return this.#cells[index * column.stride + column.end] ?? 0;
  }

  traits(index: number): number {
    return this.#words[index * word.stride + word.traits] ?? 0;
  }

  vma(index: number, traits: Traits): Vma {
    const start = this.start(index);
    return {
      start,
      end: this.end(index),
      prot: traits.prot,
      flags: traits.flags,
      file: traits.file,
      pgoff: this.#cells[index * column.stride + column.pgoff] ?? 0,
      anonOffset: start + traits.anonShift,
      anon: this.#words[index * word.stride + word.anon] ?? 0,
      forked: traits.forked,
      label: traits.label,
      area: traits.area,
    };
  }

  /** Index of the first row that ends after `page`. */
  indexOf(page: number): number {
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (this.end(middle) > page) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** Index of the first row, from `index` on, that starts at `page` or later. */
  firstFrom(page: number, index: number): number {
    let first = index;
    while (first < this.count && this.start(first) < page) first += 1;
    return first;
  }

  /** Make room for `added` rows in the place of `removed`; there must be enough. */
  splice(index: number, removed: number, added: number): void {
    const { stride } = column;
    if (removed !== added) {
      const from = (index + removed) * stride;
      this.#cells.copyWithin((index + added) * stride, from, this.count * stride);
    }
    this.count += added - removed;
  }

  write(index: number, vma: Vma, traits: number): void {
    const at = index * column.stride;
    this.#cells[at] = vma.start;
    this.#cells[at + column.end] = vma.end;
    this.#cells[at + column.pgoff] = vma.pgoff;
    this.#words[index * word.stride + word.anon] = vma.anon;
    this.retrait(index, traits);
  }

  retrait(index: number, traits: number): void {
    this.#words[index * word.stride + word.traits] = traits;
  }

  /** Append rows [from, to) of another chunk; there must be room. */
  append(other: Chunk, from: number, to: number): void {
    const { stride } = column;
    const rows = other.#cells.subarray(from * stride, to * stride);
    this.#cells.set(rows, this.count * stride);
    this.count += to - from;
  }

  clone(): Chunk {
    const clone = new Chunk();
    clone.append(this, 0, this.count);
    return clone;
  }
}
