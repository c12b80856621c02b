/** What one chunk of a VMA set holds: rows of 40 bytes in ascending order. */

// biome-ignore-all lint/suspicious/noBitwiseOperators: a search halves at each step, and a division takes several times as long.

import type { Area } from "../resolve/program.ts";
import type { Traits } from "./traits.ts";
import type { Vma } from "./vma.ts";

/** Columns of a row: three doubles, and words for the anon_vma, the file, and the numbers of traits and area. */
const column = { start: 0, end: 1, pgoff: 2, stride: 5 } as const;
const word = { anon: 6, traits: 7, area: 8, file: 9, stride: 10 } as const;

/** Rows that a chunk has at most, and by how many its memory grows. */
export const chunkRows = 128;
const growth = 16;

/**
 * The first of ascending ends that is after `page`; without a branch, half of which would be guessed wrongly. That is fast where
 * all ends are in a cache: a guess also has the next ones fetched.
 */
export function firstAfter(ends: Float64Array, page: number): number {
  let first = 0;
  for (let left = ends.length; left > 0; ) {
    const half = (left + 1) >>> 1;
    first += half * Number((ends[first + half - 1] ?? 0) <= page);
    left -= half;
  }
  return first;
}

export class Chunk {
  #cells: Float64Array;
  #words: Uint32Array;
  count = 0;
  /** Belongs to a copied set too: to be cloned before a change. */
  shared = false;

  /** With memory for so many rows. */
  constructor(rows = 0) {
    this.#cells = new Float64Array(Math.ceil(rows / growth) * growth * column.stride);
    this.#words = new Uint32Array(this.#cells.buffer);
  }

  get bytes(): number {
    return this.#cells.byteLength;
  }

  start(row: number): number {
    return this.#cells[row * column.stride] ?? 0;
  }

  end(row: number): number {
    return this.#cells[row * column.stride + column.end] ?? 0;
  }

  /** Of its last row; 0 where there is none. */
  get lastEnd(): number {
    return this.count > 0 ? this.end(this.count - 1) : 0;
  }

  pgoff(row: number): number {
    return this.#cells[row * column.stride + column.pgoff] ?? 0;
  }

  file(row: number): number {
    return this.#words[row * word.stride + word.file] ?? 0;
  }

  anon(row: number): number {
    return this.#words[row * word.stride + word.anon] ?? 0;
  }

  traits(row: number): number {
    return this.#words[row * word.stride + word.traits] ?? 0;
  }

  area(row: number): number {
    return this.#words[row * word.stride + word.area] ?? 0;
  }

  vma(row: number, traits: Traits, area: Area): Vma {
    const start = this.start(row);
    return {
      start,
      end: this.end(row),
      prot: traits.prot,
      flags: traits.flags,
      file: this.file(row),
      pgoff: this.pgoff(row),
      anonOffset: start + traits.anonShift,
      anon: this.anon(row),
      forked: traits.forked,
      label: traits.label,
      area,
    };
  }

  /** The first row that ends after `page`. */
  indexOf(page: number): number {
    const cells = this.#cells;
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((cells[middle * column.stride + column.end] ?? 0) > page) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** The first row, from `row` on, that starts at `page` or later. */
  firstFrom(page: number, row: number): number {
    let first = row;
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
  splice(row: number, removed: number, added: number): void {
    const { stride } = column;
    this.#reserve(this.count + added - removed);
    if (removed !== added) {
      const from = (row + removed) * stride;
      this.#cells.copyWithin((row + added) * stride, from, this.count * stride);
    }
    this.count += added - removed;
  }

  write(row: number, vma: Vma, traits: number, area: number): void {
    this.set(row, vma.start, vma.end, vma.pgoff, vma.file, vma.anon, traits, area);
  }

  set(
    row: number,
    start: number,
    end: number,
    pgoff: number,
    file: number,
    anon: number,
    traits: number,
    area: number,
  ): void {
    const at = row * column.stride;
    const cells = this.#cells;
    cells[at] = start;
    cells[at + column.end] = end;
    cells[at + column.pgoff] = pgoff;
    this.#words[row * word.stride + word.area] = area;
    this.#words[row * word.stride + word.file] = file;
    this.mark(row, anon, traits);
  }

  /** Other attributes for the same pages. */
  mark(row: number, anon: number, traits: number): void {
    this.#words[row * word.stride + word.anon] = anon;
    this.#words[row * word.stride + word.traits] = traits;
  }

  /** Cut or extend a row; what its first page is in the file goes along. */
  resize(row: number, start: number, end: number): void {
    const at = row * column.stride;
    const cells = this.#cells;
    cells[at + column.pgoff] = this.pgoff(row) + start - this.start(row);
    cells[at] = start;
    cells[at + column.end] = end;
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
    const clone = new Chunk(this.count);
    clone.append(this, 0, this.count);
    return clone;
  }
}
