/** How evenly the starts of mappings spread over the sets of TLBs and caches: starts beyond a fair share collide. */

import type { Replay } from "../space/replay.ts";
import { modulo } from "../units.ts";
import { eachLeaf, type Populated } from "./leaves.ts";
import { rangesAt } from "./runs.ts";
import { add } from "./sum.ts";
import type { Metric, Numbers } from "./types.ts";

/** Starts over a fair share of the sets: each set may hold as many as an even spread needs. */
function excess(starts: readonly number[], sets: number): number {
  const counts = new Map<number, number>();
  for (const start of starts) {
    const set = modulo(start, sets);
    counts.set(set, (counts.get(set) ?? 0) + 1);
  }
  const fair = Math.ceil(starts.length / sets);
  return add([...counts.values()].map((count) => Math.max(0, count - fair)));
}

/** The number that chooses a TLB set: the start in units of the entry that maps it. */
function entryNumber(range: Populated): number {
  let pages = 1;
  eachLeaf(range, (level, start) => {
    if (start === range.start) ({ pages } = level);
  });
  return Math.floor(range.start / pages);
}

/** Starts by space: sets are shared within a process. */
function bySpace(replay: Replay, number: (range: Populated) => number): readonly number[][] {
  const starts = new Map<number, number[]>();
  for (const { range, space } of rangesAt("peak", replay)) {
    const own = starts.get(space) ?? [];
    starts.set(space, own);
    own.push(number(range));
  }
  return [...starts.values()];
}

/** 16 sets have a first-level TLB of 64 entries in 4 ways, and a cache of 512 KiB in 8 ways as page colours; 128 a second-level TLB. */
const setCounts = [16, 32, 128];

const table = (spaces: readonly number[][]): Numbers =>
  Object.fromEntries(
    setCounts.map((sets) => [`${sets} sets`, add(spaces.map((starts) => excess(starts, sets)))]),
  );

export const setConflicts: Metric = {
  id: "set-conflicts",
  title: "starts of mappings beyond a fair share of 128 TLB sets",
  unit: "starts",
  better: "less",
  needs: ["population"],
  compute(replay) {
    const tlb = table(bySpace(replay, entryNumber));
    const cache = table(bySpace(replay, ({ start }) => start));
    return {
      value: tlb["128 sets"] ?? 0,
      unit: "starts",
      at: "peak",
      lowerBound: 0,
      more: { starts: rangesAt("peak", replay).length },
      tables: { tlb, cache },
    };
  },
};
