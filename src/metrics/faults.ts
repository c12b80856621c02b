/** How many page faults populate everything, each mapping one entry or what the kernel maps around it. */

import type { Replay } from "../space/replay.ts";
import { bestOf } from "./best.ts";
import { eachFault, faultAroundPages } from "./leaves.ts";
import { rangesAt } from "./runs.ts";
import { add, Tally } from "./sum.ts";
import type { Metric, MetricValue } from "./types.ts";

/** Each range at its best place, its small pages in whole windows. */
function fewest(replay: Replay): number {
  let least = 0;
  const count = (_: unknown, faults: number): void => {
    least += faults;
  };
  for (const { range } of bestOf("peak", replay)) eachFault(range, replay, count, "packed");
  return least;
}

function touchedFaults({ touched, arch }: Replay): MetricValue | undefined {
  if (touched === undefined) return undefined;
  const tally = new Tally(arch);
  for (const { backing, size, count } of touched.faults) tally.add(backing, size, count);
  const { total, bySize, byBacking } = tally.sum();
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
  needs: ["population"],
  compute(replay) {
    const touched = touchedFaults(replay);
    if (touched !== undefined) return touched;
    const tally = new Tally(replay.arch);
    for (const { range } of rangesAt("peak", replay))
      eachFault(range, replay, (level, count) => tally.add(range.backing, level.name, count));
    const { total, bySize, byBacking } = tally.sum();
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
