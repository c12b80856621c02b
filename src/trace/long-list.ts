/** Numbers by their index, however many there are: all but a few blocks of them are put away. */

import type { Shelf } from "./block.ts";

/** Numbers that are put away together. */
const blockLength = 8192;

/** Blocks that stay in memory, and those that are kept of what has been put away. */
const mostHeld = 64;
const mostKept = 8;

interface Kept {
  readonly block: number;
  readonly values: Float64Array;
}

export class LongList {
  readonly #shelf: Shelf | undefined;
  readonly #blocks: (() => Float64Array)[] = [];
  #last = new Float64Array(blockLength);
  #length = 0;
  /** The one that was asked last comes first. */
  #kept: readonly Kept[] = [];

  constructor(shelf?: Shelf) {
    this.#shelf = shelf;
  }

  /** The index of the number. */
  push(value: number): number {
    const index = this.#length++;
    this.#last[index % blockLength] = value;
    if (this.#length % blockLength === 0) this.#seal();
    return index;
  }

  at(index: number): number | undefined {
    if (!(index >= 0 && index < this.#length)) return undefined;
    const block = Math.floor(index / blockLength);
    const values = block === this.#blocks.length ? this.#last : this.#block(block);
    return values[index % blockLength];
  }

  #seal(): void {
    const values = this.#last;
    this.#last = new Float64Array(blockLength);
    const isHeld = this.#shelf === undefined || this.#blocks.length < mostHeld;
    this.#keep({ block: this.#blocks.length, values });
    this.#blocks.push(isHeld ? () => values : this.#shelf(values));
  }

  #block(block: number): Float64Array {
    const [first] = this.#kept;
    if (first?.block === block) return first.values;
    const known = this.#kept.find((kept) => kept.block === block);
    const values = known?.values ?? this.#blocks[block]?.() ?? this.#last;
    this.#keep({ block, values });
    return values;
  }

  #keep(kept: Kept): void {
    const others = this.#kept.filter(({ block }) => block !== kept.block);
    this.#kept = [kept, ...others].slice(0, mostKept);
  }
}
