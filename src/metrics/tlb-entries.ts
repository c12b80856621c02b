/** How many leaf entries map everything accessible, and the fewest that any placement could reach. */

import type { Level } from "../arch/types.ts";
import type { AddressSpace } from "../space/address-space.ts";
import type { Replay } from "../space/replay.ts";
import { leaves, type Populated } from "./leaves.ts";
import { populatedRanges, sumOver } from "./sum.ts";
import type { Metric } from "./types.ts";

const total = (counts: ReadonlyMap<string, number>): number =>
  [...counts.values()].reduce((sum, entries) => sum + entries, 0);

/** Entries if the range lay congruent with what is behind it for every size. */
function congruent(range: Populated): number {
  const length = range.end - range.start;
  return total(leaves({ ...range, start: range.position, end: range.position + length }));
}

/**
 * The fewest entries over all placements: file and device ranges as if congruent, anonymous memory of equal
 * attributes as if it were one aligned VMA, since neighbours merge.
 */
function lowerBound(spaces: readonly AddressSpace[], replay: Replay): number {
  let bound = 0;
  const pools = new Map<string, { pages: number; levels: readonly Level[] }>();
  for (const { range, vma, space } of populatedRanges(spaces, replay)) {
    if (range.backing !== "anon") {
      bound += congruent(range);
      continue;
    }
    const key = `${space} ${vma.prot} ${vma.flags} ${vma.label ?? ""}`;
    const pool = pools.get(key) ?? { pages: 0, levels: range.levels };
    pool.pages += range.end - range.start;
    pools.set(key, pool);
  }
  for (const { pages, levels } of pools.values())
    bound += total(leaves({ backing: "anon", start: 0, end: pages, position: 0, levels }));
  return bound;
}

export const tlbEntries: Metric = {
  id: "tlb-entries",
  title: "leaf entries to map everything populated",
  unit: "entries",
  better: "less",
  compute(replay) {
    const peak = sumOver(replay.peak, replay, leaves);
    return {
      value: peak.total,
      unit: "entries",
      at: "peak",
      lowerBound: lowerBound(replay.peak, replay),
      bySize: peak.bySize,
      byBacking: peak.byBacking,
      more: { end: sumOver(replay.end, replay, leaves).total },
    };
  },
};
