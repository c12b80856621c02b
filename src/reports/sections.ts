/** Which tables a report has, whatever it is written in. */

import type { MetricValue } from "../metrics/types.ts";
import { bytes, count, metric, plural, ratio } from "./format.ts";
import type { MappingCost, MappingRow, Report, Result, TraceSetup } from "./report.ts";
import { left, right, type Table } from "./table.ts";

/** What stands for a policy's id in a table. */
export type Label = (policy: string) => string;

export const asIs: Label = (policy) => policy;

const absent: MetricValue = { value: null, unit: "" };

export const valueIn = (result: Result, id: string): MetricValue => result.metrics[id] ?? absent;

export const resultsOf = (report: Report, trace: string): readonly Result[] =>
  report.results.filter((result) => result.trace === trace);

const baselineOf = (report: Report, trace: string): Result | undefined =>
  resultsOf(report, trace).find((result) => result.policy === report.setup.baseline);

/** The row of what no placement can beat; none where nothing is known. */
export const boundRow = (cells: readonly string[]): string[][] =>
  cells.some((cell) => cell !== "") ? [["(bound)", ...cells]] : [];

/** The smallest bound of a metric, as a cell. */
export function leastOf(results: readonly Result[], id: string): string {
  const bounds = results.flatMap((result) => {
    const { lowerBound, unit } = valueIn(result, id);
    return lowerBound === undefined ? [] : [{ value: lowerBound, unit }];
  });
  const [first] = [...bounds].sort((a, b) => a.value - b.value);
  return first === undefined ? "" : metric(first);
}

/** Bytes of `64K`, `2M`, `1G`, to put sizes in order. */
function sizeOf(name: string): number {
  const power = "KMGT".indexOf(name.slice(-1)) + 1;
  return Number.parseInt(name, 10) * 1024 ** power;
}

function sizesOf(results: readonly Result[]): string[] {
  const names = new Set(
    results.flatMap((result) => Object.keys(valueIn(result, "tlb-entries").bySize ?? {})),
  );
  return [...names].sort((a, b) => sizeOf(a) - sizeOf(b));
}

/** Whether any policy has a value of the metric, or a reason why not: without, nobody asked for it. */
export const isAsked = (results: readonly Result[], id: string): boolean =>
  results.some(({ metrics }) => metrics[id] !== undefined);

/** `77.8x fewer` entries than the baseline. */
function against(result: Result, baseline: Result | undefined): string {
  if (result === baseline) return "baseline";
  const [own, base] = [result, baseline].map((one) => one && valueIn(one, "tlb-entries").value);
  return typeof own === "number" && typeof base === "number" ? ratio(own, base) : "n/a";
}

/** What each policy costs: entries in total, beside the baseline and by size, and faults; undefined if nobody asked. */
export function costTable(report: Report, trace: string, label: Label = asIs): Table | undefined {
  const results = resultsOf(report, trace);
  const baseline = baselineOf(report, trace);
  const entries = isAsked(results, "tlb-entries");
  const faults = isAsked(results, "faults");
  if (!entries && !faults) return undefined;
  const sizes = sizesOf(results);
  const cells = (result: Result): readonly string[] => {
    const { bySize, ...all } = valueIn(result, "tlb-entries");
    return [
      metric(all),
      against(result, baseline),
      ...sizes.map((size) => count(bySize?.[size] ?? 0)),
    ];
  };
  const bound = [leastOf(results, "tlb-entries"), "", ...sizes.map(() => "")];
  return {
    columns: [
      left("policy"),
      ...(entries ? ["entries", "vs baseline", ...sizes].map(right) : []),
      ...(faults ? [right("faults")] : []),
    ],
    rows: [
      ...results.map((result) => [
        label(result.policy),
        ...(entries ? cells(result) : []),
        ...(faults ? [metric(valueIn(result, "faults"))] : []),
      ]),
      ...boundRow([...(entries ? bound : []), ...(faults ? [leastOf(results, "faults")] : [])]),
    ],
  };
}

/** `2`, or with the sizes `188 1G + 7 2M + 256 4K`. */
function entriesText(cost: MappingCost | undefined, sizes: boolean): string {
  if (cost === undefined) return "not placed";
  if (!sizes) return count(cost.entries);
  return Object.entries(cost.bySize)
    .sort(([a], [b]) => sizeOf(b) - sizeOf(a))
    .map(([size, entries]) => `${count(entries)} ${size}`)
    .join(" + ");
}

/** `BAR 0`, `BAR 2 + 4 KiB`: vfio-pci keeps the region's number above bit 40. */
function region(offset: string): string {
  const value = Number(offset);
  const index = Math.floor(value / 2 ** 40);
  const inside = value - index * 2 ** 40;
  return inside === 0 ? `BAR ${index}` : `BAR ${index} + ${bytes(inside)}`;
}

/** Who chose the address, where it was not the kernel. */
const chosenBy = { kernel: "", hint: ", hint", fixed: ", fixed" };

/** `BAR 2, fixed (3 times)` */
function rangeText({ offset, chosen, times }: MappingRow): string {
  return `${region(offset)}${chosenBy[chosen]}${times > 1 ? ` (${count(times)} times)` : ""}`;
}

export const mappingLabels = 3;

/** One row per mapping of device memory, one column per policy; the first `mappingLabels` columns name it. */
export function mappingTable(
  report: Report,
  trace: string,
  { sizes, label = asIs }: { sizes: boolean; label?: Label },
): Table {
  const rows = mappingsOf(report, trace);
  const policies = report.setup.policies.map(({ id }) => id);
  return {
    columns: [
      left("device"),
      left("mapping"),
      right("size"),
      ...policies.map((policy) => right(label(policy))),
    ],
    rows: rows.map((row) => [
      row.device,
      rangeText(row),
      bytes(row.bytes),
      ...policies.map((policy) => entriesText(row.byPolicy[policy], sizes)),
    ]),
  };
}

export const mappingsOf = (report: Report, trace: string): readonly MappingRow[] =>
  report.mappings.filter((row) => row.trace === trace);

/** `Linux 7.3.4, x86-64, 4 KiB pages, THP madvise, 1 address space, recorded with strace`; settings as recorded. */
export function about(trace: TraceSetup): string {
  return [
    ...(trace.kernel === undefined ? [] : [`Linux ${trace.kernel}`]),
    trace.arch,
    `${bytes(trace.pageSize)} pages`,
    ...(trace.thpEnabled === undefined ? [] : [`THP ${trace.thpEnabled}`]),
    ...(trace.shmemEnabled === undefined ? [] : [`shmem_enabled ${trace.shmemEnabled}`]),
    plural(trace.processes, "address space"),
    `recorded with ${trace.recorder}`,
  ].join(", ");
}

/** The fewest entries that any placement could reach, where it is known. */
export function boundOf(report: Report, trace: string): string | undefined {
  const bounds = resultsOf(report, trace).flatMap((result) => {
    const { lowerBound } = valueIn(result, "tlb-entries");
    return lowerBound === undefined ? [] : [lowerBound];
  });
  return bounds.length === 0 ? undefined : count(Math.min(...bounds));
}
