/** The main job on one screen: a trace, a policy and an architecture in, a finished replay out. */

import type { Arch } from "./arch/types.ts";
import type { Subject } from "./pipeline.ts";
import { type Counters, countDifferences } from "./place/counters.ts";
import { overMapped } from "./place/over-map.ts";
import { type Run as Found, place } from "./place/place.ts";
import { type Plan, plan } from "./place/plan.ts";
import { recordedPlacements } from "./place/recorded.ts";
import { pfnOf } from "./place/request.ts";
import type { Placements } from "./place/types.ts";
import type { Policy } from "./policies/types.ts";
import type { Program } from "./resolve/program.ts";
import { type Applied, type ApplyOptions, apply } from "./space/apply.ts";
import { applyClosest } from "./space/closest.ts";
import { neighboursOf } from "./space/neighbours.ts";
import type { Replay } from "./space/replay.ts";
import type { Touch } from "./space/rules.ts";
import type { Facts } from "./trace/trace.ts";

export interface Replayed {
  readonly replay: Replay;
  readonly counters: Counters;
  readonly applied: Applied;
  /** What was assumed of private writable memory. */
  readonly touch: Touch;
}

function optionsOf(facts: Facts): ApplyOptions {
  return {
    ...(facts.maxMapCount !== undefined && { maxMapCount: facts.maxMapCount }),
    pfnOf: (area) => pfnOf(area, facts),
  };
}

function finished(
  program: Program,
  facts: Facts,
  arch: Arch,
  policy: Policy,
  placements: Placements,
  { applied, touch }: { readonly applied: Applied; readonly touch: Touch },
): Replayed {
  const { peak, end, vmaPeak } = applied;
  const { profile } = policy;
  const recorded = recordedPlacements(program).objectPage;
  return {
    replay: { program, facts, arch, profile, placements, peak, end, vmaPeak },
    counters: countDifferences(program, placements, recorded),
    applied,
    touch,
  };
}

/** What a policy makes of a program: what its author asks under it, and where everything goes. */
export interface Answered extends Found {
  readonly program: Program;
  readonly plan: Plan;
}

/** Ask a policy; `touch` matters to policies that ask whether a VMA merges. */
export function answer(
  { program: given, facts, arch }: Pick<Subject, "program" | "facts" | "arch">,
  policy: Policy,
  touch: Touch,
): Answered {
  const program = overMapped(given, policy, facts, arch);
  const compiled = plan(program, policy, arch, facts, { forced: false });
  const neighbours = neighboursOf(program, policy.profile, { ...optionsOf(facts), touch });
  return { program, plan: compiled, ...place(program, compiled, neighbours) };
}

/** Replay under a policy; `touch` as `rebuild` found it for the recording. */
export function replay(
  program: Program,
  facts: Facts,
  arch: Arch,
  policy: Policy,
  touch: Touch = "at-once",
): Replayed {
  const { program: asked, placements } = answer({ program, facts, arch }, policy, touch);
  const options = { ...optionsOf(facts), touch, compare: false };
  const applied = apply(asked, placements, policy.profile, options);
  return finished(asked, facts, arch, policy, placements, { applied, touch });
}

/** Rebuild what was recorded; `policy` is the recording kernel's, for the rules around placement. */
export function rebuild(program: Program, facts: Facts, arch: Arch, policy: Policy): Replayed {
  const placements = recordedPlacements(program);
  const closest = applyClosest(program, placements, policy.profile, optionsOf(facts));
  return finished(program, facts, arch, policy, placements, closest);
}
