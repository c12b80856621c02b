/** How many page faults populate everything accessible. */

import { faults } from "./leaves.ts";
import { sumOver } from "./sum.ts";
import type { Metric } from "./types.ts";

export const faultCount: Metric = {
  id: "faults",
  title: "page faults to populate everything accessible",
  unit: "faults",
  better: "less",
  compute(replay) {
    const peak = sumOver(replay.peak, replay, (range) => faults(range, replay));
    return {
      value: peak.total,
      unit: "faults",
      at: "peak",
      bySize: peak.bySize,
      byBacking: peak.byBacking,
    };
  },
};
