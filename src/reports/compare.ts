/** What changed between two reports of the same traces, and what of it is worse: exact numbers, no tolerance. */

import { MmreplayError } from "../errors.ts";
import type { MetricValue } from "../metrics/types.ts";
import { difference, metric, plural, ratio } from "./format.ts";
import type { Report, Result } from "./report.ts";
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

export interface Comparison {
  readonly schema: "mmreplay.compare/1";
  readonly base: { readonly version: string; readonly command: string };
  readonly next: { readonly version: string; readonly command: string };
  /** Pairs of a trace and a policy that both reports have. */
  readonly compared: number;
  /** Policies that only one report has. */
  readonly onlyBase: readonly string[];
  readonly onlyNext: readonly string[];
  readonly changes: readonly Change[];
  /** Changes for the worse. */
  readonly regressions: number;
}

/** Measured, so it never gates. */
const measured = new Set(["latency"]);

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

const keyOf = ({ trace, policy, arch }: Result): string => `${trace}\n${policy}\n${arch}`;

const only = (of: Report, other: Report): string[] => {
  const known = other.setup.policies.map(({ id }) => id);
  return of.setup.policies.map(({ id }) => id).filter((id) => !known.includes(id));
};

/** Metrics with their direction; counters of what went otherwise count too, fewer are better. */
function numbersOf(result: Result): Map<string, MetricValue> {
  const numbers = new Map(Object.entries(result.metrics).filter(([id]) => !measured.has(id)));
  for (const [name, value] of Object.entries(result.counters))
    numbers.set(name, { value, unit: "count" });
  return numbers;
}

function changesBetween(base: Result, next: Result, more: ReadonlySet<string>): Change[] {
  const before = numbersOf(base);
  const after = numbersOf(next);
  const { trace, policy } = base;
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((id) => {
    const old = before.get(id)?.value ?? null;
    const now = after.get(id)?.value ?? null;
    if (old === now) return [];
    const unit = (after.get(id) ?? before.get(id))?.unit ?? "";
    const grew = old !== null && now !== null && now > old;
    // A number that is gone cannot be judged, so it is not waved through.
    const worse = now === null || (old !== null && grew !== more.has(id));
    return [{ trace, policy, metric: id, unit, base: old, next: now, worse }];
  });
}

/** Compare reports of the same traces; policies that only one has are listed, not judged. */
export function compare(base: Report, next: Report): Comparison {
  const options = ({ setup }: Report): string[] => [
    `--populate ${setup.population}`,
    `--idioms ${setup.idioms}`,
    ...(setup.folioOrder === undefined ? [] : [`--folio-order ${setup.folioOrder}`]),
    ...(setup.pfn === undefined ? [] : [`--pfn ${setup.pfn}`]),
    ...(setup.tlbs ?? []).map(({ id }) => `--tlb ${id}`),
  ];
  const traces = ({ setup }: Report): string[] =>
    setup.traces.map(({ name, arch }) => `${name} (${arch})`);
  mustBeEqual("trace", traces(base), traces(next));
  mustBeEqual("option", options(base), options(next));
  const after = new Map(next.results.map((result) => [keyOf(result), result]));
  const more = new Set(
    [...base.setup.metrics, ...next.setup.metrics]
      .filter(({ better }) => better === "more")
      .map(({ id }) => id),
  );
  const pairs = base.results.flatMap((result) => {
    const other = after.get(keyOf(result));
    return other === undefined ? [] : [{ before: result, after: other }];
  });
  if (pairs.length === 0)
    throw new MmreplayError("compare/other-input", "the reports have no policy in common", {
      hint: "compare two reports of the same traces and options",
    });
  const changes = pairs.flatMap((pair) => changesBetween(pair.before, pair.after, more));
  return {
    schema: "mmreplay.compare/1",
    base: { version: base.setup.version, command: base.setup.command },
    next: { version: next.setup.version, command: next.setup.command },
    compared: pairs.length,
    onlyBase: only(base, next),
    onlyNext: only(next, base),
    changes,
    regressions: changes.filter(({ worse }) => worse).length,
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

/** `2 worse, 1 better, in 36 results` */
function headline({ changes, compared }: Comparison): string {
  const pairs = plural(compared, "result");
  if (changes.length === 0) return `no change in ${pairs}`;
  const words = changes.map(wordOf);
  const times = (word: string): number => words.filter((one) => one === word).length;
  const seldom = ["gone", "new"].filter((word) => times(word) > 0);
  const counts = ["worse", "better", ...seldom].map((word) => `${times(word)} ${word}`);
  return `${counts.join(", ")}, in ${pairs}`;
}

/** A table of the changes, the worse ones first. */
export function compareText(comparison: Comparison): string {
  const { changes, onlyBase, onlyNext } = comparison;
  const sorted = [...changes].sort((a, b) => Number(b.worse) - Number(a.worse));
  const columns = [left(""), ...["trace", "policy", "metric"].map(left)];
  const numbers = ["base", "new", "change", ""].map(right);
  const table = textTable({ columns: [...columns, ...numbers], rows: sorted.map(rowOf) });
  const lines = [
    headline(comparison),
    ...(changes.length === 0 ? [] : ["", ...table]),
    ...onlyBase.map((id) => `note: only the base report has ${id}`),
    ...onlyNext.map((id) => `note: only the new report has ${id}`),
  ];
  return `${lines.join("\n")}\n`;
}
