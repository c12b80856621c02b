/** How many nodes of the gap index the searches visited: exact, unlike their time. */

import type { Op } from "../resolve/program.ts";
import type { Metric } from "./types.ts";

const sum = (values: Float64Array): number =>
  values.reduce((all, value) => (Number.isNaN(value) ? all : all + value), 0);

const isSearched = (op: Op): boolean =>
  op.kind === "map" && op.how === "place" && op.hint === undefined && op.source === undefined;

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
      value: sum(placements.steps),
      unit: "steps",
      // A mapping without a hint is searched for, and a search looks at one node at least.
      lowerBound: program.ops.filter(isSearched).length,
      more: { searches: sum(placements.searches) },
    };
  },
};
