/** What changed between two reports of the same traces, and what of it is worse: exact numbers, no tolerance. */

import { MmreplayError } from "../errors.ts";
import { type Counts, countsOf, type Row } from "./counts.ts";
import { difference, metric, plural, ratio } from "./format.ts";
import type { Report } from "./report.ts";
import { left, right, textTable } from "./table.ts";

export interface Change {
  readonly trace: string;
  readonly policy: string;
  readonly metric: string;
  readonly unit: string;
  /** Null where that report could not give it. */
  readonly base: number | null;
  readonly next: number | null;
  readonly worse: boolean;
}

export interface Judgement {
  /** Pairs of a trace and a policy that both reports have. */
  readonly compared: number;
  /** Policies that only one report has. */
  readonly onlyBase: readonly string[];
  readonly onlyNext: readonly string[];
  /** Traces that only one report has, each as `name (arch)`. */
  readonly onlyBaseTraces: readonly string[];
  readonly onlyNextTraces: readonly string[];
  readonly changes: readonly Change[];
  /** Changes for the worse, and policies and traces that only the base has: what is not measured may have become worse. */
  readonly regressions: number;
}

export interface Comparison extends Judgement {
  readonly schema: "mmreplay.compare/1";
  readonly base: { readonly version: string; readonly command: string };
  readonly next: { readonly version: string; readonly command: string };
}

type Members = Readonly<Record<string, unknown>>;

/** The members of a value that may be anything. */
const membersOf = (value: unknown): Members =>
  typeof value === "object" && value !== null ? (value as Members) : {};

/** True if what is compared is there; what wrote the file may have been another program, or cut short. */
function isReport(parsed: unknown): parsed is Report {
  const { setup, results } = membersOf(parsed);
  const { traces, policies, metrics } = membersOf(setup);
  const lists = [traces, policies, metrics, results];
  const has = (value: unknown, name: string): boolean =>
    typeof membersOf(value)[name] === "object" && membersOf(value)[name] !== null;
  return (
    lists.every(Array.isArray) &&
    (results as readonly unknown[]).every((one) => has(one, "metrics") && has(one, "counters"))
  );
}

/** Read one report; throws `compare/no-report` that tells what anything else is. */
export function parseReport(text: string, name: string): Report {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    parsed = undefined;
  }
  const { schema = null } = membersOf(parsed);
  const known = schema === "mmreplay.report/1";
  if (known && isReport(parsed)) return parsed;
  const found = known ? "parts of it are missing" : `schema ${JSON.stringify(schema)}`;
  const what = parsed === undefined ? "no JSON, or only the beginning of it" : found;
  throw new MmreplayError("compare/no-report", `this is no report: ${what}`, {
    at: { file: name },
    hint: "write one: mmreplay replay TRACE --format json -o REPORT.json",
  });
}

function mustBeEqual(what: string, base: readonly string[], next: readonly string[]): void {
  const missing = base.find((one) => !next.includes(one));
  const added = next.find((one) => !base.includes(one));
  if (missing === undefined && added === undefined) return;
  const message =
    missing === undefined
      ? `only the new report has ${what} ${added}`
      : `only the base report has ${what} ${missing}`;
  throw new MmreplayError("compare/other-input", message, {
    hint: "compare two reports of the same traces and options",
  });
}

const keyOf = ({ trace, policy, arch }: Row): string => `${trace}\n${policy}\n${arch}`;

const policiesOf = ({ rows }: Counts): readonly string[] => [
  ...new Set(rows.map(({ policy }) => policy)),
];

const tracesOf = ({ rows }: Counts): readonly string[] => [
  ...new Set(rows.map(({ trace, arch }) => `${trace} (${arch})`)),
];

const without = (all: readonly string[], known: readonly string[]): readonly string[] =>
  all.filter((one) => !known.includes(one));

/** A measure, and where its values stand in the rows of either side; -1 where it is not counted there. */
interface Compared {
  readonly id: string;
  readonly unit: string;
  readonly more: boolean;
  readonly before: number;
  readonly after: number;
}

function comparedOf(base: Counts, next: Counts): Compared[] {
  const ids = new Set([...base.measures, ...next.measures].map(({ id }) => id));
  return [...ids].map((id) => {
    const before = base.measures.findIndex((one) => one.id === id);
    const after = next.measures.findIndex((one) => one.id === id);
    const { unit = "", better } = next.measures[after] ?? base.measures[before] ?? {};
    return { id, unit, more: better === "more", before, after };
  });
}

function changesBetween(base: Row, next: Row, compared: readonly Compared[]): Change[] {
  const { trace, policy } = base;
  return compared.flatMap(({ id, unit, more, before, after }) => {
    const old = base.values[before] ?? null;
    const now = next.values[after] ?? null;
    if (old === now) return [];
    const grew = old !== null && now !== null && now > old;
    // A number that is gone cannot be judged, so it is not waved through.
    const worse = now === null || (old !== null && grew !== more);
    return [{ trace, policy, metric: id, unit, base: old, next: now, worse }];
  });
}

/** What both have, row by row; throws `compare/other-input` if that is nothing. */
function changesIn(base: Counts, next: Counts): Pick<Judgement, "compared" | "changes"> {
  const after = new Map(next.rows.map((row) => [keyOf(row), row]));
  const pairs = base.rows.flatMap((row) => {
    const other = after.get(keyOf(row));
    return other === undefined ? [] : [{ before: row, after: other }];
  });
  if (pairs.length === 0)
    throw new MmreplayError("compare/other-input", "no trace under a policy is in both reports", {
      hint: "compare two reports of the same traces and policies",
    });
  const compared = comparedOf(base, next);
  const changes = pairs.flatMap((pair) => changesBetween(pair.before, pair.after, compared));
  return { compared: pairs.length, changes };
}

/** What changed between two sets of numbers. What only the new one has is listed; what only the base has is a regression. */
function judge(base: Counts, next: Counts): Judgement {
  mustBeEqual("option", base.options, next.options);
  const { compared, changes } = changesIn(base, next);
  const onlyBase = without(policiesOf(base), policiesOf(next));
  const onlyBaseTraces = without(tracesOf(base), tracesOf(next));
  const worse = changes.filter((change) => change.worse).length;
  return {
    compared,
    onlyBase,
    onlyNext: without(policiesOf(next), policiesOf(base)),
    onlyBaseTraces,
    onlyNextTraces: without(tracesOf(next), tracesOf(base)),
    changes,
    regressions: worse + onlyBase.length + onlyBaseTraces.length,
  };
}

/** Compare two reports of the same options; throws `compare/other-input`. */
export function compare(base: Report, next: Report): Comparison {
  return {
    schema: "mmreplay.compare/1",
    base: { version: base.setup.version, command: base.setup.command },
    next: { version: next.setup.version, command: next.setup.command },
    ...judge(countsOf(base), countsOf(next)),
  };
}

export function compareJson(comparison: Comparison): string {
  return `${JSON.stringify(comparison, null, 2)}\n`;
}

/** What a change is called; what a recording or a choice of metrics no longer gives is `gone`, and counts as worse. */
function wordOf({ base, next, worse }: Change): string {
  if (next === null) return "gone";
  if (base === null) return "new";
  return worse ? "worse" : "better";
}

function rowOf(change: Change): string[] {
  const { trace, policy, metric: id, unit, base, next } = change;
  const both = base !== null && next !== null;
  return [
    wordOf(change),
    trace,
    policy,
    id,
    metric({ value: base, unit }),
    metric({ value: next, unit }),
    both ? difference(next - base, unit) : "",
    both && unit !== "share" ? ratio(next, base) : "",
  ];
}

/** What a nightly job no longer measures, in words. */
const goneFrom = ({ onlyBase, onlyBaseTraces }: Comparison): readonly string[] => [
  ...onlyBaseTraces.map((name) => `trace ${name}`),
  ...onlyBase.map((id) => `policy ${id}`),
];

/** `2 worse, 1 better, in 36 results; gone: policy vfio-thp` */
function headline(comparison: Comparison): string {
  const { changes, compared } = comparison;
  const pairs = plural(compared, "result");
  const words = changes.map(wordOf);
  const times = (word: string): number => words.filter((one) => one === word).length;
  const seldom = ["gone", "new"].filter((word) => times(word) > 0);
  const counts = ["worse", "better", ...seldom].map((word) => `${times(word)} ${word}`);
  const gone = goneFrom(comparison);
  const missing = gone.length === 0 ? "" : `; gone: ${gone.join(", ")}`;
  const told = changes.length === 0 ? `no change in ${pairs}` : `${counts.join(", ")}, in ${pairs}`;
  return `${told}${missing}`;
}

/** A table of the changes, the worse ones first. */
export function compareText(comparison: Comparison): string {
  const { changes, onlyNext, onlyNextTraces } = comparison;
  const sorted = [...changes].sort((a, b) => Number(b.worse) - Number(a.worse));
  const columns = [left(""), ...["trace", "policy", "metric"].map(left)];
  const numbers = ["base", "new", "change", ""].map(right);
  const table = textTable({ columns: [...columns, ...numbers], rows: sorted.map(rowOf) });
  const lines = [
    headline(comparison),
    ...(changes.length === 0 ? [] : ["", ...table]),
    ...goneFrom(comparison).map(
      (one) => `gone: only the base report has ${one}; a regression there would not be seen`,
    ),
    ...onlyNextTraces.map((name) => `note: only the new report has trace ${name}`),
    ...onlyNext.map((id) => `note: only the new report has policy ${id}`),
  ];
  return `${lines.join("\n")}\n`;
}
