/** What changed between two sets of exact numbers, and what of it is worse: no tolerance. */

import { type Counts, keyOf, type Measure, type Row } from "./counts.ts";

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
  /** Pairs that only one report has, though the other one has this trace and this policy, each as `name (arch) under policy id`. */
  readonly onlyBasePairs: readonly string[];
  readonly onlyNextPairs: readonly string[];
  readonly changes: readonly Change[];
  /** Changes for the worse, and policies, traces and pairs that only the base has: what is not measured may have become worse. */
  readonly regressions: number;
}

/** Whether a value may not be followed by this one; one that is gone cannot be judged, so it is not waved through. */
export function isWorse(
  base: number | null,
  next: number | null,
  better: Measure["better"],
): boolean {
  if (next === null) return true;
  return base !== null && (better === "more" ? next < base : next > base);
}

const traceOf = ({ trace, arch }: Row): string => `${trace} (${arch})`;

const policiesOf = ({ rows }: Counts): readonly string[] => [
  ...new Set(rows.map(({ policy }) => policy)),
];

const tracesOf = ({ rows }: Counts): readonly string[] => [...new Set(rows.map(traceOf))];

/** Those of a list that another one has not. */
export function without(all: readonly string[], others: readonly string[]): readonly string[] {
  const known = new Set(others);
  return all.filter((one) => !known.has(one));
}

/** Pairs that another one has not, but for those of a trace or a policy that it has not at all. */
function pairsWithout({ rows }: Counts, others: Counts): readonly string[] {
  const [traces, policies] = [new Set(tracesOf(others)), new Set(policiesOf(others))];
  const known = new Set(others.rows.map(keyOf));
  return rows
    .filter((row) => traces.has(traceOf(row)) && policies.has(row.policy) && !known.has(keyOf(row)))
    .map((row) => `${traceOf(row)} under policy ${row.policy}`);
}

/** A measure, and where its values stand in the rows of either side; -1 where it is not counted there. */
interface Compared {
  readonly id: string;
  readonly unit: string;
  readonly better: Measure["better"];
  readonly before: number;
  readonly after: number;
}

function comparedOf(base: Counts, next: Counts): Compared[] {
  const ids = new Set([...base.measures, ...next.measures].map(({ id }) => id));
  return [...ids].map((id) => {
    const before = base.measures.findIndex((one) => one.id === id);
    const after = next.measures.findIndex((one) => one.id === id);
    const { unit = "", better = "less" } = next.measures[after] ?? base.measures[before] ?? {};
    return { id, unit, better, before, after };
  });
}

function changesBetween(base: Row, next: Row, compared: readonly Compared[]): Change[] {
  const { trace, policy } = base;
  return compared.flatMap(({ id, unit, better, before, after }) => {
    const old = base.values[before] ?? null;
    const now = next.values[after] ?? null;
    if (old === now) return [];
    const worse = isWorse(old, now, better);
    return [{ trace, policy, metric: id, unit, base: old, next: now, worse }];
  });
}

/** What both have, row by row. */
function changesIn(base: Counts, next: Counts): Pick<Judgement, "compared" | "changes"> {
  const after = new Map(next.rows.map((row) => [keyOf(row), row]));
  const pairs = base.rows.flatMap((row) => {
    const other = after.get(keyOf(row));
    return other === undefined ? [] : [{ before: row, after: other }];
  });
  const compared = comparedOf(base, next);
  const changes = pairs.flatMap((pair) => changesBetween(pair.before, pair.after, compared));
  return { compared: pairs.length, changes };
}

type Lost = Pick<Judgement, "onlyBase" | "onlyBaseTraces" | "onlyBasePairs">;

/** Policies, traces and pairs of them that only the base has. */
export const lostBetween = (base: Counts, next: Counts): Lost => ({
  onlyBase: without(policiesOf(base), policiesOf(next)),
  onlyBaseTraces: without(tracesOf(base), tracesOf(next)),
  onlyBasePairs: pairsWithout(base, next),
});

/** What changed between two sets of numbers. What only the new one has is listed; what only the base has is a regression. */
export function judge(base: Counts, next: Counts): Judgement {
  const { compared, changes } = changesIn(base, next);
  const lost = lostBetween(base, next);
  const added = lostBetween(next, base);
  const worse = changes.filter((change) => change.worse).length;
  return {
    compared,
    ...lost,
    onlyNext: added.onlyBase,
    onlyNextTraces: added.onlyBaseTraces,
    onlyNextPairs: added.onlyBasePairs,
    changes,
    regressions: worse + goneIn(lost).length,
  };
}

/** `redis vfio-thp tlb-entries` */
export const nameOf = ({ trace, policy, metric }: Change): string => `${trace} ${policy} ${metric}`;

/**
 * What a nightly job no longer measures, in words: `trace redis (x86-64)`, `policy vfio-thp`, `trace redis (x86-64) under
 * policy vfio-thp`.
 */
export const goneIn = ({ onlyBase, onlyBaseTraces, onlyBasePairs }: Lost): readonly string[] => [
  ...onlyBaseTraces.map((name) => `trace ${name}`),
  ...onlyBase.map((id) => `policy ${id}`),
  ...onlyBasePairs.map((pair) => `trace ${pair}`),
];
