/** How many page faults populate everything, each mapping one entry or what the kernel maps around it. */

import type { Replay } from "../space/replay.ts";
import { bestOf } from "./best.ts";
import { faultAroundPages, faults, type Populated } from "./leaves.ts";
import { rangesAt } from "./runs.ts";
import { add, type Counted, sumOf } from "./sum.ts";
import type { Metric, MetricValue } from "./types.ts";

function counted(range: Populated, replay: Replay): Counted[] {
  const { backing } = range;
  return [...faults(range, replay)].map(([size, count]) => ({ backing, size, count }));
}

/** Each range at its best place, its small pages in whole windows. */
function fewest(replay: Replay): number {
  const best = bestOf("peak", replay).map(({ range }) => faults(range, replay, "packed"));
  return add(best.flatMap((counts) => [...counts.values()]));
}

function touchedFaults({ touched, ...replay }: Replay): MetricValue | undefined {
  if (touched === undefined) return undefined;
  const { total, bySize, byBacking } = sumOf(touched.faults, replay);
  const { again, outside, pages } = touched;
  const most = (largest: number): number => Math.max(largest, faultAroundPages);
  const lowerBound = add(pages.map((one) => Math.ceil(one.pages / most(one.largest))));
  return { value: total, unit: "faults", lowerBound, bySize, byBacking, more: { again, outside } };
}

export const faultCount: Metric = {
  id: "faults",
  title: "page faults that populate everything accessible",
  unit: "faults",
  better: "less",
  needs: "population",
  compute(replay) {
    const touched = touchedFaults(replay);
    if (touched !== undefined) return touched;
    const all = rangesAt("peak", replay).flatMap(({ range }) => counted(range, replay));
    const { total, bySize, byBacking } = sumOf(all, replay);
    return {
      value: total,
      unit: "faults",
      at: "peak",
      lowerBound: fewest(replay),
      bySize,
      byBacking,
    };
  },
};
