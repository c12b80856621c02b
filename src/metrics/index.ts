/** Which metrics there are. */

import { type Registry, registry } from "../registry.ts";
import type { Replay } from "../space/replay.ts";
import { agreement } from "./agreement.ts";
import { aslrBits } from "./aslr-bits.ts";
import { holdsCalls } from "./calls.ts";
import { coverage } from "./coverage.ts";
import { faultCount } from "./faults.ts";
import { fragmentation } from "./fragmentation.ts";
import { pageTables } from "./page-tables.ts";
import { searchSteps } from "./search-steps.ts";
import { setConflicts } from "./set-conflicts.ts";
import { thpRisk } from "./thp-risk.ts";
import { tlbEntries } from "./tlb-entries.ts";
import { tlbMisses } from "./tlb-misses.ts";
import type { Metric, MetricValue } from "./types.ts";
import { vmas } from "./vmas.ts";

export const metrics: Registry<Metric> = registry("metric", [
  tlbEntries,
  coverage,
  faultCount,
  pageTables,
  fragmentation,
  vmas,
  thpRisk,
  setConflicts,
  searchSteps,
  agreement,
  aslrBits,
  tlbMisses,
]);

/** Why there is no page to look at. */
function unpopulated({ population, touched }: Replay): string | undefined {
  if (population.mode === "full" || touched !== undefined) return undefined;
  return population.mode === "none"
    ? "--populate none counts placement alone"
    : "the recording holds no page faults (perf record -e exceptions:page_fault_user)";
}

/** Why a metric cannot be had of this replay. */
function missing({ needs = [] }: Metric, replay: Replay): string | undefined {
  if (needs.includes("calls") && !holdsCalls(replay.program)) return "the recording holds no calls";
  return needs.includes("population") ? unpopulated(replay) : undefined;
}

/** One metric, null with a reason where the replay cannot give it. */
function measureOne(metric: Metric, replay: Replay): MetricValue {
  const reason = missing(metric, replay);
  return reason === undefined ? metric.compute(replay) : { value: null, unit: metric.unit, reason };
}

/** Metrics of a replay by id; default: all that cost less than the replay. */
export function measure(
  replay: Replay,
  chosen: readonly Metric[] = metrics.all.filter(({ costly }) => costly !== true),
): Readonly<Record<string, MetricValue>> {
  return Object.fromEntries(chosen.map((metric) => [metric.id, measureOne(metric, replay)]));
}
