/** Which share of the recorded placements a policy gives back. */

import { opNumber } from "../resolve/op-table.ts";
import type { Metric } from "./types.ts";

export const agreement: Metric = {
  id: "agreement",
  title: "recorded placements that the policy reproduces",
  unit: "share",
  better: "more",
  compute({ program, placements }) {
    if (program.converted)
      return { value: null, unit: "share", reason: "recorded on another architecture" };
    const { kind, recorded } = program.ops.table;
    let total = 0;
    let exact = 0;
    for (let index = 0; index < kind.length; index++) {
      if (kind[index] !== opNumber.map) continue;
      total += 1;
      if (placements.opPage[index] === recorded[index]) exact += 1;
    }
    if (total === 0) return { value: null, unit: "share", reason: "the kernel placed nothing" };
    return { value: exact / total, unit: "share", upperBound: 1, more: { exact, total } };
  },
};
