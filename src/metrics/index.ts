/** Which metrics there are. */

import { type Registry, registry } from "../registry.ts";
import type { Replay } from "../space/replay.ts";
import { agreement } from "./agreement.ts";
import { faultCount } from "./faults.ts";
import { fragmentation } from "./fragmentation.ts";
import { searchSteps } from "./search-steps.ts";
import { tlbEntries } from "./tlb-entries.ts";
import type { Metric, MetricValue } from "./types.ts";
import { vmas } from "./vmas.ts";

export const metrics: Registry<Metric> = registry("metric", [
  tlbEntries,
  faultCount,
  fragmentation,
  vmas,
  searchSteps,
  agreement,
]);

/** Every metric of a replay, by id. */
export function measure(replay: Replay): Readonly<Record<string, MetricValue>> {
  return Object.fromEntries(metrics.all.map((metric) => [metric.id, metric.compute(replay)]));
}
