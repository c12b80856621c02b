/** Which numbers of a report are compared and kept: every exact one, its metrics and its counters. */

import type { Metric, MetricValue } from "../metrics/types.ts";
import type { Report, Result } from "./report.ts";

/** What is counted. */
export type Measure = Pick<Metric, "id" | "unit" | "better">;

/** The numbers of one trace under one policy. */
export interface Row {
  readonly trace: string;
  readonly policy: string;
  readonly arch: string;
  /** In the order of the measures; null where the report does not give it. */
  readonly values: readonly (number | null)[];
}

export const keyOf = ({ trace, policy, arch }: Omit<Row, "values">): string =>
  `${trace}\n${policy}\n${arch}`;

export interface Counts {
  /** Without these the numbers mean something else: `--populate full`. */
  readonly options: readonly string[];
  readonly measures: readonly Measure[];
  readonly rows: readonly Row[];
}

/** Measured, so they differ from run to run. */
const measured = new Set(["latency"]);

function optionsOf({ setup }: Report): string[] {
  return [
    `--populate ${setup.population}`,
    `--idioms ${setup.idioms}`,
    ...(setup.folioOrder === undefined ? [] : [`--folio-order ${setup.folioOrder}`]),
    ...(setup.pfn === undefined ? [] : [`--pfn ${setup.pfn}`]),
    ...(setup.tlbs ?? []).map(({ id }) => `--tlb ${id}`),
  ];
}

type Numbers = Map<string, Pick<MetricValue, "value" | "unit">>;

/** The values of metrics, and of counters of what went otherwise. */
function numbersOf({ metrics, counters }: Result): Numbers {
  const numbers: Numbers = new Map(Object.entries(metrics).filter(([id]) => !measured.has(id)));
  for (const [id, value] of Object.entries(counters)) numbers.set(id, { value, unit: "count" });
  return numbers;
}

/** The exact numbers of a report; of counters, fewer are better. */
export function countsOf(report: Report): Counts {
  const more = new Set(
    report.setup.metrics.filter(({ better }) => better === "more").map(({ id }) => id),
  );
  const results = report.results.map((result) => ({ result, numbers: numbersOf(result) }));
  const units = new Map<string, string>();
  for (const { numbers } of results) for (const [id, { unit }] of numbers) units.set(id, unit);
  const ids = [...units.keys()];
  return {
    options: optionsOf(report),
    measures: [...units].map(([id, unit]) => ({
      id,
      unit,
      better: more.has(id) ? "more" : "less",
    })),
    rows: results.map(({ result: { trace, policy, arch }, numbers }) => {
      const values = ids.map((id) => numbers.get(id)?.value ?? null);
      return { trace, policy, arch, values };
    }),
  };
}
