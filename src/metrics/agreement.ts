/** Which share of the recorded placements a policy gives back. */

import type { Metric } from "./types.ts";

export const agreement: Metric = {
  id: "agreement",
  title: "recorded placements that the policy reproduces",
  unit: "share",
  better: "more",
  compute({ program, placements }) {
    if (program.converted)
      return { value: null, unit: "share", reason: "recorded on another architecture" };
    let total = 0;
    let exact = 0;
    for (const [index, op] of program.ops.entries()) {
      if (op.kind !== "map") continue;
      total += 1;
      if (placements.opPage[index] === op.recorded) exact += 1;
    }
    if (total === 0) return { value: null, unit: "share", reason: "the kernel placed nothing" };
    return { value: exact / total, unit: "share", upperBound: 1, more: { exact, total } };
  },
};
