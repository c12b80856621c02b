/** How many nodes of the gap index the searches visited: exact, unlike their time. */

import { type OpTable, opNumber, ways } from "../resolve/op-table.ts";
import { add } from "./sum.ts";
import type { Metric } from "./types.ts";

/** Mappings at no particular place. */
function searched({ kind, how, atObject, sourceObject }: OpTable): number {
  let count = 0;
  for (let index = 0; index < kind.length; index++) {
    if (kind[index] !== opNumber.map || ways[how[index] ?? 0] !== "place") continue;
    if ((atObject[index] ?? -1) < 0 && (sourceObject[index] ?? 0) === 0) count += 1;
  }
  return count;
}

export const searchSteps: Metric = {
  id: "search-steps",
  title: "nodes visited by all gap searches",
  unit: "steps",
  better: "less",
  needs: ["calls"],
  compute({ placements, program }) {
    if (placements.source === "recorded")
      return { value: null, unit: "steps", reason: "recorded placements are not searched" };
    return {
      value: add(placements.steps),
      unit: "steps",
      // A mapping without a hint is searched for, and a search looks at one node at least.
      lowerBound: searched(program.ops.table),
      more: { searches: add(placements.searches) },
    };
  },
};
