/** How many page-table walks the touches of the recording cost on simulated TLBs. */

import { add } from "./sum.ts";
import type { Metric } from "./types.ts";

const reason = "needs --tlb with a CPU of this architecture, and a recording with page faults";

export const tlbMisses: Metric = {
  id: "tlb-misses",
  title: "page-table walks of simulated TLBs, touched in the order of the page faults",
  unit: "walks",
  better: "less",
  compute({ misses }) {
    if (misses === undefined || misses.size === 0) return { value: null, unit: "walks", reason };
    return {
      value: add([...misses.values()].map(({ walks }) => walks)),
      unit: "walks",
      // A placement where one entry maps all would still be walked to once on each CPU.
      lowerBound: [...misses.values()].filter(({ accesses }) => accesses > 0).length,
      tables: Object.fromEntries([...misses].map(([id, counts]) => [id, { ...counts }])),
    };
  },
};
