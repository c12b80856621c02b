/** How many VMAs a process has at most, and how far that is from vm.max_map_count. */

import { defaultMaxMapCount } from "../space/map-count.ts";
import type { Metric } from "./types.ts";

export const vmas: Metric = {
  id: "vmas",
  title: "VMAs of the largest process",
  unit: "vmas",
  better: "less",
  compute({ vmaPeak, end, facts }) {
    const limit = facts.maxMapCount ?? defaultMaxMapCount;
    return {
      value: vmaPeak,
      unit: "vmas",
      at: "peak",
      more: {
        end: Math.max(0, ...end.map((space) => space.count)),
        headroom: limit - vmaPeak,
      },
    };
  },
};
