/** How many nodes of the gap index the searches visited: exact, unlike their time. */

import type { Metric } from "./types.ts";

const sum = (values: Float64Array): number =>
  values.reduce((all, value) => (Number.isNaN(value) ? all : all + value), 0);

export const searchSteps: Metric = {
  id: "search-steps",
  title: "nodes visited by all gap searches",
  unit: "steps",
  better: "less",
  compute({ placements }) {
    if (placements.source === "recorded")
      return { value: null, unit: "steps", reason: "recorded placements are not searched" };
    return {
      value: sum(placements.steps),
      unit: "steps",
      more: { searches: sum(placements.searches) },
    };
  },
};
