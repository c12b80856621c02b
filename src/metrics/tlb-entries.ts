/** How many leaf entries map everything populated, and the fewest that any placement could reach. */

import type { Replay } from "../space/replay.ts";
import { bestOf } from "./best.ts";
import { eachLeaf } from "./leaves.ts";
import { entriesOf, type Moment, runsAt } from "./runs.ts";
import { add, type Sum, Tally } from "./sum.ts";
import type { Metric } from "./types.ts";

function sumAt(moment: Moment, replay: Replay): Sum {
  const tally = new Tally(replay.arch);
  for (const run of runsAt(moment, replay)) tally.add(run.backing, run.level.name, entriesOf(run));
  return tally.sum();
}

/** Bytes that the entries of a moment map, by size. */
function bytesAt(moment: Moment, replay: Replay): Record<string, number> {
  const bytes: Record<string, number> = {};
  for (const { level, start, end } of runsAt(moment, replay))
    bytes[level.name] = (bytes[level.name] ?? 0) + (end - start) * replay.arch.pageBytes;
  return bytes;
}

/** Every range at its best place; of touched pages, all that share a largest size side by side. */
function fewest(replay: Replay): number {
  const { touched } = replay;
  if (touched !== undefined)
    return add(touched.pages.map(({ largest, pages }) => Math.ceil(pages / largest)));
  let least = 0;
  for (const { range } of bestOf("peak", replay))
    eachLeaf(range, (level, start, end) => {
      least += (end - start) / level.pages;
    });
  return least;
}

export const tlbEntries: Metric = {
  id: "tlb-entries",
  title: "leaf entries to map everything populated",
  unit: "entries",
  better: "less",
  needs: ["population"],
  compute(replay) {
    const peak = sumAt("peak", replay);
    const end = sumAt("end", replay);
    const lowerBound = fewest(replay);
    return {
      value: peak.total,
      unit: "entries",
      at: "peak",
      lowerBound,
      bySize: peak.bySize,
      byBacking: peak.byBacking,
      more: { end: end.total },
      tables: {
        bytesBySize: bytesAt("peak", replay),
        endBySize: end.bySize,
        endByBacking: end.byBacking,
      },
    };
  },
};
