/** How the VMAs of several spaces add up by size and by backing. */

import type { AddressSpace } from "../space/address-space.ts";
import type { Replay } from "../space/replay.ts";
import type { Vma } from "../space/vma.ts";
import { type Counts, type Populated, populated } from "./leaves.ts";

export interface Sum {
  readonly total: number;
  readonly bySize: Readonly<Record<string, number>>;
  readonly byBacking: Readonly<Record<string, number>>;
}

/** Every populated range of the spaces, with its VMA. */
export function* populatedRanges(
  spaces: readonly AddressSpace[],
  replay: Replay,
): Generator<{ readonly range: Populated; readonly vma: Vma; readonly space: number }> {
  for (const space of spaces) {
    for (const vma of space) {
      const range = populated(vma, replay);
      if (range !== undefined) yield { range, vma, space: space.id };
    }
  }
}

/** Add up `count` over all populated ranges; sizes in the order of the architecture's levels. */
export function sumOver(
  spaces: readonly AddressSpace[],
  replay: Replay,
  count: (range: Populated) => Counts,
): Sum {
  let total = 0;
  const bySize: Record<string, number> = Object.fromEntries(
    replay.arch.levels.map((level) => [level.name, 0]),
  );
  const byBacking: Record<string, number> = {};
  for (const { range } of populatedRanges(spaces, replay)) {
    for (const [name, entries] of count(range)) {
      total += entries;
      bySize[name] = (bySize[name] ?? 0) + entries;
      byBacking[range.backing] = (byBacking[range.backing] ?? 0) + entries;
    }
  }
  const used = Object.entries(bySize).filter(([, entries]) => entries > 0);
  return { total, bySize: Object.fromEntries(used), byBacking };
}
