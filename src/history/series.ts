/** When each number of a store changed: every run is held against the last one that had that number. */

import { registry } from "../registry.ts";
import { type Counts, keyOf, type Measure, type Row } from "../reports/counts.ts";
import { goneIn, lostBetween } from "../reports/judge.ts";
import { Changes } from "./changes.ts";
import { type Head, headOf, type Run } from "./run.ts";

/** One metric of one trace under one policy, over time. */
export interface Series {
  readonly trace: string;
  readonly policy: string;
  readonly arch: string;
  readonly metric: string;
  readonly unit: string;
  readonly better: Measure["better"];
  /** The last value is that of the last run that has this trace under this policy. */
  readonly changes: Changes;
}

export interface RunSummary extends Head {
  /** Line of the store. */
  readonly line: number;
  /** What the run before had and this one has not, in the words of `goneIn`. */
  readonly gone: readonly string[];
  readonly new: readonly string[];
}

export interface History {
  readonly schema: "mmreplay.history/1";
  readonly runs: readonly RunSummary[];
  readonly series: readonly Series[];
}

/** Which series; what is not named does not matter. */
export interface Wanted {
  readonly trace?: string | undefined;
  readonly policy?: string | undefined;
  readonly metric?: string | undefined;
}

const isWanted = (name: string, wanted: string | undefined): boolean =>
  wanted === undefined || name === wanted;

/** The rows of a run that are wanted. */
const partOf = ({ options, measures, rows }: Run, { trace, policy }: Wanted): Counts => ({
  options,
  measures,
  rows: rows.filter((row) => isWanted(row.trace, trace) && isWanted(row.policy, policy)),
});

/** What is known of one trace under one policy. */
class Known {
  readonly #wanted: string | undefined;
  readonly #series: Map<string, Series> = new Map();
  #last: Row | undefined;

  constructor(wanted: string | undefined) {
    this.#wanted = wanted;
  }

  get series(): Iterable<Series> {
    return this.#series.values();
  }

  /** Hold a row against what is known; with the first one the series begin, and nothing changes. */
  follow(row: Row, measures: readonly Measure[], run: number): void {
    // Rows that no line has told anew.
    if (row === this.#last) return;
    const given = new Set<string>();
    for (const [at, measure] of measures.entries()) {
      if (!isWanted(measure.id, this.#wanted)) continue;
      given.add(measure.id);
      const value = row.values[at] ?? null;
      // A metric that is not known yet begins as one that was not given.
      const first = this.#last === undefined ? value : null;
      this.#seriesOf(row, measure, first).changes.follow(value, run);
    }
    for (const [id, { changes }] of this.#series) if (!given.has(id)) changes.follow(null, run);
    this.#last = row;
  }

  #seriesOf(row: Row, { id: metric, unit, better }: Measure, first: number | null): Series {
    const known = this.#series.get(metric);
    if (known !== undefined) return known;
    const { trace, policy, arch } = row;
    const changes = new Changes(first, better);
    const begun = { trace, policy, arch, metric, unit, better, changes };
    this.#series.set(metric, begun);
    return begun;
  }
}

/** The names that a store has; one that is wanted has to be among them. */
class Names {
  readonly #trace: Set<string> = new Set();
  readonly #policy: Set<string> = new Set();
  readonly #metric: Set<string> = new Set();

  add({ rows, measures }: Counts): void {
    for (const { trace, policy } of rows) {
      this.#trace.add(trace);
      this.#policy.add(policy);
    }
    for (const { id } of measures) this.#metric.add(id);
  }

  /** Throws `usage/unknown-trace`, `-policy` or `-metric`. */
  check({ trace, policy, metric }: Wanted): void {
    const find = (kind: string, names: Set<string>, name: string | undefined): void => {
      const entries = [...names].map((id) => ({ id }));
      if (name !== undefined) registry(kind, entries).get(name);
    };
    find("trace", this.#trace, trace);
    find("policy", this.#policy, policy);
    find("metric", this.#metric, metric);
  }
}

/** Every wanted series of the runs, the oldest run first; one run after the other is looked at. */
export async function historyOf(runs: AsyncIterable<Run>, wanted: Wanted): Promise<History> {
  const summaries: RunSummary[] = [];
  const names = new Names();
  const byRow = new Map<string, Known>();
  let before: { readonly run: Counts; readonly part: Counts } | undefined;
  for await (const run of runs) {
    names.add(run);
    const part = partOf(run, wanted);
    for (const row of part.rows) {
      const key = keyOf(row);
      const known = byRow.get(key) ?? new Known(wanted.metric);
      byRow.set(key, known);
      known.follow(row, part.measures, summaries.length);
    }
    summaries.push({
      line: run.line,
      ...headOf(run),
      gone: before === undefined ? [] : goneIn(lostBetween(before.part, run)),
      new: before === undefined ? [] : goneIn(lostBetween(part, before.run)),
    });
    before = { run, part };
  }
  names.check(wanted);
  const series = [...byRow.values()].flatMap((known) => [...known.series]);
  return { schema: "mmreplay.history/1", runs: summaries, series };
}
