/** What is worse in the last run than in an earlier one, and with which run each of it came in. */

import { MmreplayError } from "../errors.ts";
import { nearest } from "../registry.ts";
import { type Change, goneIn, type Judgement, judge, nameOf } from "../reports/judge.ts";
import { type Head, headOf, type Run } from "./run.ts";

/** Since when something is worse than in the base, in every run. */
export interface Since extends Head {
  /** Line of the store. */
  readonly line: number;
}

export interface Check extends Judgement {
  readonly schema: "mmreplay.history-check/1";
  /** Null where the store holds no earlier run. */
  readonly base: Since | null;
  readonly next: Since;
  /** Null where it is not worse. */
  readonly changes: readonly (Change & { readonly since: Since | null })[];
  /** Traces, policies and pairs of them that only the base has. */
  readonly gone: readonly { readonly what: string; readonly since: Since }[];
}

const sinceRun = (run: Run): Since => ({ line: run.line, ...headOf(run) });

const regressionsOf = (judgement: Judgement): readonly string[] => [
  ...judgement.changes.filter(({ worse }) => worse).map(nameOf),
  ...goneIn(judgement),
];

type Onsets = ReadonlyMap<string, Since>;

/** Each regression with the run since which it was one without a break, of which this is the latest. */
function onsets(base: Run, run: Run, before: Onsets): Onsets {
  const names = regressionsOf(judge(base, run));
  return new Map(names.map((name) => [name, before.get(name) ?? sinceRun(run)]));
}

function unknownLabel(label: string, labels: ReadonlySet<string>): MmreplayError {
  const near = nearest(label, [...labels]);
  const hint =
    near.length > 0 ? `did you mean ${near.join(" or ")}` : "see mmreplay history show STORE";
  const message = `no run before the last one has the label "${label}"`;
  return new MmreplayError("usage/unknown-label", message, { hint });
}

function checkOf(base: Run | undefined, next: Run, since: Onsets): Check {
  const judgement = judge(base ?? next, next);
  const sinceOf = (name: string): Since => since.get(name) ?? sinceRun(next);
  return {
    schema: "mmreplay.history-check/1",
    base: base === undefined ? null : sinceRun(base),
    next: sinceRun(next),
    ...judgement,
    changes: judgement.changes.map((change) => ({
      ...change,
      since: change.worse ? sinceOf(nameOf(change)) : null,
    })),
    gone: goneIn(judgement).map((what) => ({ what, since: sinceOf(what) })),
  };
}

/**
 * Hold the last run against the one before, or against the latest earlier one of this label, with the judgement that `compare`
 * has of two reports. Throws `usage/unknown-label`.
 */
export async function checkLast(
  runs: AsyncIterable<Run>,
  label: string | undefined,
): Promise<Check> {
  const labels = new Set<string>();
  let base: Run | undefined;
  let last: Run | undefined;
  let since: Onsets = new Map();
  for await (const run of runs) {
    if (last !== undefined && (label === undefined || last.label === label)) {
      base = last;
      since = new Map();
    }
    if (last?.label !== undefined) labels.add(last.label);
    if (label !== undefined && base !== undefined) since = onsets(base, run, since);
    last = run;
  }
  if (last === undefined) throw new Error("a store holds a run");
  if (base === undefined && label !== undefined) throw unknownLabel(label, labels);
  return checkOf(base, last, since);
}
