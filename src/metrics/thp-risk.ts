/** What huge pages cost where they do not fit the program: entries split by a part, and memory that nobody touched. */

import type { Metric } from "./types.ts";

export const thpRisk: Metric = {
  id: "thp-risk",
  title: "PMD entries split by a partial munmap, mprotect or madvise",
  unit: "splits",
  better: "less",
  needs: ["population", "calls"],
  compute({ observed, touched, arch }) {
    const value = { value: observed.splits, unit: "splits", lowerBound: 0 };
    if (touched === undefined)
      return { ...value, reason: "bytes that huge pages bring untouched need --populate touched" };
    return { ...value, more: { untouchedBytes: touched.untouched * arch.pageBytes } };
  },
};
