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

/** Rows that a chunk has at most, and by how many its memory grows. */
export const chunkRows = 128;
const growth = 16;

export class Chunk {
  #cells = new Float64Array(0);
  #words = new Uint32Array(0);
  count = 0;
  /** Belongs to a copied set too: to be cloned before a change. */
  shared = false;

  get bytes(): number {
    return this.#cells.byteLength;
  }

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

  #reserve(rows: number): void {
    const { stride } = column;
    if (rows * stride <= this.#cells.length) return;
    const cells = new Float64Array(Math.ceil(rows / growth) * growth * stride);
    cells.set(this.#cells.subarray(0, this.count * stride));
    this.#cells = cells;
    this.#words = new Uint32Array(cells.buffer);
  }

  /** Make room for `added` rows in the place of `removed`. */
  splice(index: number, removed: number, added: number): void {
    const { stride } = column;
    this.#reserve(this.count + added - removed);
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

  /** Append rows [from, to) of another chunk. */
  append(other: Chunk, from: number, to: number): void {
    const { stride } = column;
    this.#reserve(this.count + to - from);
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
