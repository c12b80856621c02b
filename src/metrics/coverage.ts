/** How few entries map half, nine tenths, or all of the populated bytes: what a TLB of some size can hold. */

import type { Level } from "../arch/types.ts";
import type { Replay } from "../space/replay.ts";
import { bestOf } from "./best.ts";
import { eachLeaf } from "./leaves.ts";
import { entriesOf, runsAt } from "./runs.ts";
import type { Metric, Numbers } from "./types.ts";

const percents = [50, 90, 99, 100];

/** Entries by pages of one. */
type Sizes = Map<number, number>;

function put(sizes: Sizes, { pages }: Level, entries: number): void {
  sizes.set(pages, (sizes.get(pages) ?? 0) + entries);
}

/** Entries that map `percent` of all pages, the largest first. */
function needed(sizes: Sizes, percent: number): number {
  const sorted = [...sizes].sort(([a], [b]) => b - a);
  const all = sorted.reduce((sum, [pages, entries]) => sum + pages * entries, 0);
  let rest = Math.ceil((all * percent) / 100);
  let used = 0;
  for (const [pages, entries] of sorted) {
    const taken = Math.min(entries, Math.ceil(rest / pages));
    used += taken;
    rest -= taken * pages;
    if (rest <= 0) break;
  }
  return used;
}

/** At least `percent` of the pages that `sizes` maps, by percent. */
const curve = (sizes: Sizes): Numbers =>
  Object.fromEntries(percents.map((percent) => [`${percent}%`, needed(sizes, percent)]));

function sizesOf(replay: Replay): Sizes {
  const sizes: Sizes = new Map();
  for (const run of runsAt("peak", replay)) put(sizes, run.level, entriesOf(run));
  return sizes;
}

function bestSizes(replay: Replay): Sizes {
  const sizes: Sizes = new Map();
  for (const { range } of bestOf("peak", replay))
    eachLeaf(range, (level, start, end) => put(sizes, level, (end - start) / level.pages));
  return sizes;
}

export const coverage: Metric = {
  id: "coverage",
  title: "entries that map 90 % of the populated bytes",
  unit: "entries",
  better: "less",
  needs: ["population"],
  compute(replay) {
    const entries = curve(sizesOf(replay));
    const value = { value: entries["90%"] ?? 0, unit: "entries", at: "peak" } as const;
    // Which pages of a mapping were touched decides what its entries could be: no bound is known.
    if (replay.touched !== undefined) return { ...value, tables: { entries } };
    const bound = curve(bestSizes(replay));
    return {
      ...value,
      lowerBound: bound["90%"] ?? 0,
      tables: { entries, lowerBound: bound },
    };
  },
};
