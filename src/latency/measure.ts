/** How long a placement takes on this machine, now: the only clock, and never part of an exact result. */

import { Bench, type Task } from "tinybench";

/** Work whose duration is measured as a whole. */
export interface Batch {
  /** Placements that one run makes. */
  readonly placements: number;
  run(): void;
}

/** Nanoseconds per placement over the runs of a batch (a percentile is one of runs, not of single placements). */
export interface Measured {
  readonly state: "measured";
  readonly unit: "ns";
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly max: number;
  /** Runs that were measured. */
  readonly runs: number;
  /** What the timer could not resolve, in words. */
  readonly warnings: readonly string[];
}

/** Why there is no number. */
export interface NotMeasured {
  readonly state: "not-measured";
  readonly reason: string;
}

export type Latency = Measured | NotMeasured;

export interface MeasureOptions {
  /** How long to measure at least, beside the warm-up of a quarter of it; milliseconds. */
  readonly time: number;
}

const nanoseconds = 1e6;

const doubts = {
  "low-distinct": "the runs took only a few different times: the clock is too coarse",
  "zero-dominated": "most runs took no time that the clock can tell",
  "zero-mad": "the clock cannot tell most runs apart",
} as const;

/** The value below which a share of the ascending samples lies, interpolated between neighbours. */
function quantile(sorted: readonly number[], share: number): number {
  const position = (sorted.length - 1) * share;
  const low = Math.floor(position);
  const below = sorted[low] ?? 0;
  const above = sorted[low + 1] ?? below;
  return below + (above - below) * (position - low);
}

function latencyOf(task: Task, placements: number, warnings: readonly string[]): Latency {
  const { result } = task;
  switch (result.state) {
    case "completed": {
      const { p50, p99, max, samples = [], samplesCount: runs } = result.latency;
      const each = (milliseconds: number): number => (milliseconds * nanoseconds) / placements;
      return {
        state: "measured",
        unit: "ns",
        p50: each(p50),
        p90: each(quantile(samples, 0.9)),
        p99: each(p99),
        max: each(max),
        runs,
        warnings,
      };
    }
    case "errored":
      return { state: "not-measured", reason: `a run failed: ${result.error.message}` };
    case "aborted":
    case "aborted-with-statistics":
    case "not-started":
    case "started":
      return { state: "not-measured", reason: `the measurement is ${result.state}` };
  }
}

/** Run a batch again and again, and say how long a placement took. */
export function measure(batch: Batch, { time }: MeasureOptions): Latency {
  if (batch.placements === 0) return { state: "not-measured", reason: "there is nothing to place" };
  const warnings: string[] = [];
  const bench = new Bench({
    time,
    warmupTime: time / 4,
    retainSamples: true,
    timestampProvider: "hrtimeNow",
  });
  bench.addEventListener("warning", ({ reason }) => {
    warnings.push(reason === undefined ? "the clock is too coarse" : doubts[reason]);
  });
  bench.add("batch", () => {
    batch.run();
  });
  const [task] = bench.runSync();
  return task === undefined
    ? { state: "not-measured", reason: "nothing ran" }
    : latencyOf(task, batch.placements, warnings);
}
