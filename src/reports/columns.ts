/** What each policy does to the address space and to memory: one column for each number that a reviewer asks for. */

import type { MetricValue, Numbers } from "../metrics/types.ts";
import { bytes, count, metric } from "./format.ts";
import type { Report, Result } from "./report.ts";
import { asIs, boundRow, type Label, leastOf, resultsOf, valueIn } from "./sections.ts";
import { left, right, type Table } from "./table.ts";

interface Column {
  readonly title: string;
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
const plain = (title: string, of: string): Column => ({
  title,
  of,
  cell: (value) => metric(value),
  bound: (results) => leastOf(results, of),
});

const shape: readonly Column[] = [
  plain("VMAs", "vmas"),
  { title: "merges lost", of: "vmas", cell: more("mergesLost") },
  { title: "holes", of: "fragmentation", cell: more("holes") },
  plain("hole bytes", "fragmentation"),
  { title: "lost to alignment", of: "fragmentation", cell: more("alignmentLoss", bytes) },
  { title: "as recorded", of: "agreement", cell: (value) => metric(value) },
  { title: "searches", of: "search-steps", cell: more("searches") },
  plain("steps", "search-steps"),
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
  plain("page tables", "page-tables"),
  plain("PMD splits", "thp-risk"),
  { title: "untouched", of: "thp-risk", cell: more("untouchedBytes", bytes) },
  plain("set conflicts", "set-conflicts"),
];

/** Columns of which every cell says nothing are left out, and a table without columns too. */
function tableOf(
  columns: readonly Column[],
  report: Report,
  trace: string,
  label: Label,
): Table | undefined {
  const results = resultsOf(report, trace);
  const cells = columns
    .filter(({ of }) => results.some(({ metrics }) => metrics[of] !== undefined))
    .map((column) => ({
      column,
      rows: results.map((result) => column.cell(valueIn(result, column.of))),
    }))
    .filter(
      ({ column, rows }) => column.title !== "untouched" || rows.some((row) => row !== absent),
    );
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
): Table | undefined => tableOf(memory, report, trace, label);

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
