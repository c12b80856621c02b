/** How a value went from the start of a recording to its end, in one line of text. */

import { metric } from "./format.ts";
import type { Report } from "./report.ts";
import { resultsOf, valueIn } from "./sections.ts";
import { left, right, type Table } from "./table.ts";

const bars = "▁▂▃▄▅▆▇█";
const width = 40;

/** The largest value of each of `width` equal parts, as bars between 0 and the largest of all. */
function sparkline(values: readonly number[]): string {
  const most = Math.max(...values);
  const parts = Math.min(width, values.length);
  const bar = (value: number): string =>
    bars[most === 0 ? 0 : Math.min(bars.length - 1, Math.floor((value / most) * bars.length))] ??
    "";
  return Array.from({ length: parts }, (_, part) => {
    const from = Math.floor((part * values.length) / parts);
    const to = Math.max(from + 1, Math.floor(((part + 1) * values.length) / parts));
    return bar(Math.max(...values.slice(from, to)));
  }).join("");
}

/** Entries of each policy over time; undefined where no moments were kept. */
export function timeTable(report: Report, trace: string): Table | undefined {
  const results = resultsOf(report, trace).filter(({ overTime }) => overTime !== undefined);
  if (results.length === 0) return undefined;
  const rows = results.map((result) => {
    const values = result.overTime?.values["tlb-entries"] ?? [];
    const { unit } = valueIn(result, "tlb-entries");
    const most = metric({ value: Math.max(0, ...values), unit });
    return [result.policy, sparkline(values), most];
  });
  return { columns: [left("policy"), left("entries over time"), right("most")], rows };
}
