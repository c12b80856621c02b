/** A trace as a user replays it: tricks recognised, a mode, a policy, an architecture. */

import { Diagnostics } from "../../src/errors.ts";
import { type DeviceMapping, deviceMappings } from "../../src/metrics/device-mappings.ts";
import { metrics } from "../../src/metrics/index.ts";
import type { MetricValue } from "../../src/metrics/types.ts";
import { onArch, policyFor, resolveTrace } from "../../src/pipeline.ts";
import { intentOf } from "../../src/place/intent.ts";
import { parsePolicy } from "../../src/policies/index.ts";
import { answer, replay } from "../../src/replay.ts";
import { recognise } from "../../src/resolve/idioms/recognise.ts";
import type { IdiomMode } from "../../src/resolve/idioms/types.ts";
import type { Program } from "../../src/resolve/program.ts";
import type { Trace } from "../../src/trace/trace.ts";

export interface ReplayedTrace {
  readonly mappings: readonly DeviceMapping[];
  metric(id: string): MetricValue;
}

/** Resolves a trace once; `replayed` then asks it under policies. */
export function replayer(trace: Trace) {
  const recorded = policyFor(trace.facts);
  const program = resolveTrace(trace, recorded, new Diagnostics());
  const idioms = recognise(program, trace.events);
  return (policyText: string, mode: IdiomMode = "redo", arch?: string): ReplayedTrace => {
    const policy = parsePolicy(policyText);
    const on = (asked: Program) => onArch(asked, trace.facts, arch);
    const answers = (asked: Program) => answer(on(asked), policy, "at-once").placements;
    const { pageBytes } = on(program).arch;
    const asked = on(intentOf(program, idioms, mode)(answers, pageBytes).program);
    const { replay: finished } = replay(asked.program, asked.facts, asked.arch, policy);
    return {
      mappings: deviceMappings(finished),
      metric: (id) => metrics.get(id).compute(finished),
    };
  };
}
