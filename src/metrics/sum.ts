/** How counts of entries or faults add up by size and by backing. */

import type { Arch } from "../arch/types.ts";
import type { Numbers } from "./types.ts";

export interface Sum {
  readonly total: number;
  readonly bySize: Numbers;
  readonly byBacking: Numbers;
}

export class Tally {
  readonly #bySize: Record<string, number>;
  readonly #byBacking: Record<string, number> = {};
  #total = 0;

  /** Sizes come in the order of the architecture's levels. */
  constructor({ levels }: Arch) {
    this.#bySize = Object.fromEntries(levels.map((level) => [level.name, 0]));
  }

  add(backing: string, size: string, count: number): void {
    if (count === 0) return;
    this.#total += count;
    this.#bySize[size] = (this.#bySize[size] ?? 0) + count;
    this.#byBacking[backing] = (this.#byBacking[backing] ?? 0) + count;
  }

  sum(): Sum {
    const used = Object.entries(this.#bySize).filter(([, count]) => count > 0);
    return { total: this.#total, bySize: Object.fromEntries(used), byBacking: this.#byBacking };
  }
}

/** Columns are long: a loop takes a fraction of what a call for each number does. */
export function add(numbers: ArrayLike<number>): number {
  let sum = 0;
  for (let index = 0; index < numbers.length; index++) sum += numbers[index] ?? 0;
  return sum;
}
