/** The main job on one screen: a trace, a policy and an architecture in, a finished replay out. */

import type { Arch } from "./arch/types.ts";
import { type Counters, countDifferences } from "./place/counters.ts";
import { place } from "./place/place.ts";
import { type Plan, plan } from "./place/plan.ts";
import { recordedPlacements } from "./place/recorded.ts";
import { pfnOf } from "./place/request.ts";
import type { Placements } from "./place/types.ts";
import type { Policy } from "./policies/types.ts";
import type { Program } from "./resolve/program.ts";
import { type Applied, apply } from "./space/apply.ts";
import type { Replay } from "./space/replay.ts";
import type { Facts } from "./trace/trace.ts";

export interface Replayed {
  readonly replay: Replay;
  readonly counters: Counters;
  readonly applied: Applied;
  /** Null for the recording's own placements. */
  readonly plan: Plan | null;
}

function finish(
  program: Program,
  facts: Facts,
  arch: Arch,
  policy: Policy,
  placements: Placements,
  compiled: Plan | null,
): Replayed {
  const { profile } = policy;
  const limit = facts.maxMapCount === undefined ? {} : { maxMapCount: facts.maxMapCount };
  const applied = apply(program, placements, profile, {
    ...limit,
    compare: placements.source === "recorded",
    pfnOf: (area) => pfnOf(area, facts),
  });
  const { peak, end, vmaPeak } = applied;
  const recorded = recordedPlacements(program).objectPage;
  return {
    replay: { program, facts, arch, profile, placements, peak, end, vmaPeak },
    counters: countDifferences(program, placements, recorded),
    applied,
    plan: compiled,
  };
}

/** Replay under a policy. */
export function replay(program: Program, facts: Facts, arch: Arch, policy: Policy): Replayed {
  const compiled = plan(program, policy, arch, facts, { forced: false });
  const { placements } = place(program, compiled);
  return finish(program, facts, arch, policy, placements, compiled);
}

/** Rebuild what was recorded; `policy` is the recording kernel's, for the rules around placement. */
export function rebuild(program: Program, facts: Facts, arch: Arch, policy: Policy): Replayed {
  return finish(program, facts, arch, policy, recordedPlacements(program), null);
}
