/** What each policy does to the address space and to memory: one column for each number that a reviewer asks for. */

import type { MetricValue, Numbers } from "../metrics/types.ts";
import { bytes, count, metric } from "./format.ts";
import type { Report, Result } from "./report.ts";
import { asIs, boundRow, isAsked, type Label, leastOf, resultsOf, valueIn } from "./sections.ts";
import { left, right, type Table } from "./table.ts";

interface Column {
  readonly title: string;
  /** What it counts, for a reader who has nothing but the report; columns that stand together may share it. */
  readonly means: string;
  /** Id of its metric; without it in any result the column is left out. */
  readonly of: string;
  cell(value: MetricValue): string;
  /** A cell of the row of bounds. */
  bound?(results: readonly Result[]): string;
}

const absent = "n/a";

const more =
  (name: string, show: (value: number) => string = count) =>
  ({ more: numbers }: MetricValue): string => {
    const value = numbers?.[name];
    return value === undefined ? absent : show(value);
  };

/** The value itself, and its bound. */
const plain = (title: string, of: string, means: string): Column => ({
  title,
  of,
  means,
  cell: (value) => metric(value),
  bound: (results) => leastOf(results, of),
});

const holes = "address space between mappings at the peak that nothing uses";
const searched = "gap searches, and the nodes of the gap index that they visit";

const shape: readonly Column[] = [
  plain("VMAs", "vmas", "most VMAs of one process at any moment"),
  {
    title: "merges lost",
    of: "vmas",
    means: "neighbours that the first policy merges and this one does not",
    cell: more("mergesLost"),
  },
  { title: "holes", of: "fragmentation", means: holes, cell: more("holes") },
  plain("hole bytes", "fragmentation", holes),
  {
    title: "lost to alignment",
    of: "fragmentation",
    means: "of these, what a mapping left free below the one above it, to be aligned",
    cell: more("alignmentLoss", bytes),
  },
  {
    title: "as recorded",
    of: "agreement",
    means: "share of the addresses chosen by the recording kernel that come out the same",
    cell: (value) => metric(value),
  },
  { title: "searches", of: "search-steps", means: searched, cell: more("searches") },
  plain("steps", "search-steps", searched),
];

/** Entries that map a share of the bytes. */
function covering(share: string): Column {
  const cellOf = (table: Numbers | undefined): string | undefined => {
    const entries = table?.[share];
    return entries === undefined ? undefined : count(entries);
  };
  return {
    title: `for ${share}`,
    of: "coverage",
    means: "entries that map this share of the populated bytes, the largest entries first",
    cell: ({ tables: { entries } = {} }) => cellOf(entries) ?? absent,
    bound: (results) => {
      const bounds = results.flatMap((result) => {
        const { lowerBound } = valueIn(result, "coverage").tables ?? {};
        const entries = lowerBound?.[share];
        return entries === undefined ? [] : [entries];
      });
      return bounds.length === 0 ? "" : count(Math.min(...bounds));
    },
  };
}

const memory: readonly Column[] = [
  covering("50%"),
  covering("90%"),
  covering("99%"),
  plain("page tables", "page-tables", "bytes of page-table pages at the peak"),
  plain("PMD splits", "thp-risk", "huge pages cut by a munmap, mprotect or madvise of a part"),
  {
    title: "untouched",
    of: "thp-risk",
    means: "bytes that huge pages bring and nothing touches",
    cell: more("untouchedBytes", bytes),
  },
  plain(
    "set conflicts",
    "set-conflicts",
    "starts of mappings beyond an even spread over 128 TLB sets",
  ),
];

/** Metrics with columns above or tables of their own. */
const placed: ReadonlySet<string> = new Set([
  ...["tlb-entries", "faults", "aslr-bits", "tlb-misses", "latency"],
  ...[...shape, ...memory].map(({ of }) => of),
]);

/** Any other metric has a column under its id. */
const further = ({ setup }: Report): readonly Column[] =>
  setup.metrics.filter(({ id }) => !placed.has(id)).map(({ id, title }) => plain(id, id, title));

interface Shown {
  readonly column: Column;
  /** A cell for each result. */
  readonly rows: readonly string[];
}

/** Columns of metrics that were asked for; `untouched` only where it says something. */
const shown = (columns: readonly Column[], results: readonly Result[]): readonly Shown[] =>
  columns
    .filter(({ of }) => isAsked(results, of))
    .map((column) => ({
      column,
      rows: results.map((result) => column.cell(valueIn(result, column.of))),
    }))
    .filter(
      ({ column, rows }) => column.title !== "untouched" || rows.some((row) => row !== absent),
    );

function tableOf(
  columns: readonly Column[],
  report: Report,
  trace: string,
  label: Label,
): Table | undefined {
  const results = resultsOf(report, trace);
  const cells = shown(columns, results);
  if (cells.length === 0) return undefined;
  return {
    columns: [left("policy"), ...cells.map(({ column }) => right(column.title))],
    rows: [
      ...results.map(({ policy }, at) => [
        label(policy),
        ...cells.map(({ rows }) => rows[at] ?? ""),
      ]),
      ...boundRow(cells.map(({ column }) => column.bound?.(results) ?? "")),
    ],
  };
}

/** What each policy does to the address space. */
export const shapeTable = (report: Report, trace: string, label: Label = asIs): Table | undefined =>
  tableOf(shape, report, trace, label);

/** What each policy does to TLB reach and memory. */
export const memoryTable = (
  report: Report,
  trace: string,
  label: Label = asIs,
): Table | undefined => tableOf([...memory, ...further(report)], report, trace, label);

/** A table with one column for each row of a metric's own table. */
function ownTable(
  report: Report,
  trace: string,
  { id, label, title }: { id: string; label: Label; title(name: string): string },
  numbersOf: (value: MetricValue) => Numbers,
): Table | undefined {
  const results = resultsOf(report, trace);
  const named = results.map((result) => numbersOf(valueIn(result, id)));
  const names = [...new Set(named.flatMap(Object.keys))];
  if (names.length === 0) return undefined;
  return {
    columns: [left("policy"), ...names.map((name) => right(title(name)))],
    rows: results.map(({ policy }, at) => [
      label(policy),
      ...names.map((name) => {
        const value = named[at]?.[name];
        return value === undefined ? absent : count(value);
      }),
    ]),
  };
}

/** Random bits left, by class of mapping. */
export const aslrTable = (report: Report, trace: string, label: Label = asIs): Table | undefined =>
  ownTable(
    report,
    trace,
    { id: "aslr-bits", label, title: (name) => name },
    ({ tables: { classes = {} } = {} }) => classes,
  );

/** What simulated TLBs miss: accesses, misses of the first level, walks. */
export const tlbTable = (report: Report, trace: string, label: Label = asIs): Table | undefined =>
  ownTable(report, trace, { id: "tlb-misses", label, title: (name) => name }, ({ tables = {} }) =>
    Object.fromEntries(
      Object.entries(tables).flatMap(([cpu, counts]) =>
        Object.entries(counts)
          .filter(([name]) => name !== "accesses")
          .map(([name, value]) => [`${cpu} ${name === "first" ? "L1" : name}`, value]),
      ),
    ),
  );

/** What stands in the columns of the tables that a report has. */
export function legend(report: Report): readonly { titles: string; means: string }[] {
  const { results } = report;
  const costs = [
    {
      title: "entries",
      of: "tlb-entries",
      means: "leaf entries of the page tables at the peak, when most pages are mapped",
    },
    { title: "faults", of: "faults", means: "page faults that populate all of it" },
  ].filter(({ of }) => isAsked(results, of));
  const others = shown([...shape, ...memory, ...further(report)], results).map(
    ({ column }) => column,
  );
  const titles = new Map<string, string[]>();
  for (const { title, means } of [...costs, ...others])
    titles.set(means, [...(titles.get(means) ?? []), title]);
  const bounded = results.some(({ metrics }) =>
    Object.values(metrics).some(({ lowerBound }) => lowerBound !== undefined),
  );
  return [
    ...[...titles].map(([means, of]) => ({ titles: of.join(", "), means })),
    ...(bounded ? [{ titles: "(bound)", means: "what no placement can beat" }] : []),
  ];
}
