/** How counts of entries or faults add up by size and by backing. */

import type { Replay } from "../space/replay.ts";
import type { Numbers } from "./types.ts";

export interface Counted {
  readonly backing: string;
  /** Name of the level. */
  readonly size: string;
  readonly count: number;
}

export interface Sum {
  readonly total: number;
  readonly bySize: Numbers;
  readonly byBacking: Numbers;
}

/** Sizes in the order of the architecture's levels. */
export function sumOf(counted: Iterable<Counted>, { arch }: Pick<Replay, "arch">): Sum {
  let total = 0;
  const bySize: Record<string, number> = Object.fromEntries(
    arch.levels.map((level) => [level.name, 0]),
  );
  const byBacking: Record<string, number> = {};
  for (const { backing, size, count } of counted) {
    if (count === 0) continue;
    total += count;
    bySize[size] = (bySize[size] ?? 0) + count;
    byBacking[backing] = (byBacking[backing] ?? 0) + count;
  }
  const used = Object.entries(bySize).filter(([, entries]) => entries > 0);
  return { total, bySize: Object.fromEntries(used), byBacking };
}

export const add = (numbers: readonly number[]): number =>
  numbers.reduce((sum, one) => sum + one, 0);
