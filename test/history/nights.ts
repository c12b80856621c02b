/** Runs as a nightly job gives them, from a few numbers. */

import type { Run } from "../../src/history/run.ts";
import type { Measure } from "../../src/reports/counts.ts";

/** Values of `trace policy`, one for each measure. */
export type Night = Readonly<Record<string, readonly (number | null)[]>>;

export const measures: readonly Measure[] = [
  { id: "tlb-entries", unit: "entries", better: "less" },
  { id: "agreement", unit: "share", better: "more" },
];

/** The run of a night, counted from 0. */
export function runOf(night: Night, number: number, label?: string): Run {
  const added = new Date(Date.UTC(2026, 10, 1 + number, 3)).toISOString().slice(0, 19);
  const rows = Object.entries(night).map(([name, values]) => {
    const [trace = "", policy = ""] = name.split(" ");
    return { trace, policy, arch: "x86-64", values };
  });
  return {
    line: number + 1,
    added: `${added}Z`,
    ...(label !== undefined && { label }),
    version: "0.1.0",
    options: ["--populate full", "--idioms redo"],
    measures,
    rows,
  };
}

/** One run a night, labelled `n0`, `n1`, ... */
export async function* runsOf(nights: readonly Night[]): AsyncGenerator<Run> {
  for (const [number, night] of nights.entries()) yield runOf(night, number, `n${number}`);
}
