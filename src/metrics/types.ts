/** What a metric is: one number with a unit, computed from a finished replay, and a bound that no placement can beat. */

import type { Replay } from "../space/replay.ts";

export type Numbers = Readonly<Record<string, number>>;

export interface MetricValue {
  /** Null with a reason where the recording cannot give it; never 0 instead. */
  readonly value: number | null;
  readonly unit: string;
  readonly at?: "peak" | "end";
  /** Why `value` is null, or which of the further numbers is missing and why. */
  readonly reason?: string;
  /** No placement can have less of it. */
  readonly lowerBound?: number;
  /** No placement can have more of it. */
  readonly upperBound?: number;
  readonly bySize?: Numbers;
  readonly byBacking?: Numbers;
  /** Further exact numbers, by name. */
  readonly more?: Numbers;
  /** Tables of exact numbers: name of the table, then of the row. */
  readonly tables?: Readonly<Record<string, Numbers>>;
}

/** What not every recording or replay has: pages that are there, and calls (a maps file has none). */
export type Need = "population" | "calls";

export interface Metric {
  readonly id: string;
  readonly title: string;
  readonly unit: string;
  readonly better: "less" | "more";
  /** Without it the value is null. */
  readonly needs?: readonly Need[];
  /** It takes longer than the replay: computed only where it is named. */
  readonly costly?: true;
  /** It asks the policy itself: two that place a program alike may differ in it. */
  readonly asksPolicy?: true;
  compute(replay: Replay): MetricValue;
}
