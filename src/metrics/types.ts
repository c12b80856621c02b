/** What a metric is: one number with a unit, computed from a finished replay, and a bound that no placement can beat. */

import type { Replay } from "../space/replay.ts";

export interface MetricValue {
  /** Null with a reason where the recording cannot give it; never 0 instead. */
  readonly value: number | null;
  readonly unit: string;
  readonly at?: "peak" | "end";
  readonly reason?: string;
  readonly lowerBound?: number;
  readonly bySize?: Readonly<Record<string, number>>;
  readonly byBacking?: Readonly<Record<string, number>>;
  /** Further exact numbers, by name. */
  readonly more?: Readonly<Record<string, number>>;
}

export interface Metric {
  readonly id: string;
  readonly title: string;
  readonly unit: string;
  readonly better: "less" | "more";
  compute(replay: Replay): MetricValue;
}
