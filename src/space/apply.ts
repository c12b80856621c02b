/** What the address spaces look like once every object of a program has its place. */

import type { Placements } from "../place/types.ts";
import type { Profile } from "../policies/types.ts";
import type { Program } from "../resolve/program.ts";
import type { AddressSpace } from "./address-space.ts";
import type { Applied, ApplyOptions } from "./applied.ts";
import { NextBorders } from "./borders.ts";
import { defaultMaxMapCount, type MapCountLimit, overLimit, remapRoom } from "./map-count.ts";
import { vmaRules } from "./rules.ts";
import { Run } from "./run.ts";

/** Run the ops over VMAs; an op that found no place, or lost what it stands on, changes nothing. */
export function apply(
  program: Program,
  placements: Placements,
  profile: Profile,
  options: ApplyOptions = {},
): Applied {
  const rules = vmaRules(profile, options.touch ?? "at-once", options);
  const borders = options.compare === false ? undefined : new NextBorders(program, options.torn);
  const { watches = [] } = options;
  const run = new Run(program, placements, rules, {
    watches,
    ...(borders !== undefined && { borders }),
  });
  let peak: readonly AddressSpace[] = [];
  let refused: MapCountLimit | null = null;
  const limit = options.maxMapCount ?? defaultMaxMapCount;
  const seen = new Map<number, AddressSpace>();
  const { lookAt } = options;
  for (let index = 0; index < program.ops.length; index++) {
    if (lookAt?.has(index)) seen.set(index, run.current.copy());
    const { count } = run.current;
    run.step(index);
    if (refused === null && count >= limit - remapRoom) {
      const op = program.ops.at(index);
      if (op !== undefined && overLimit(op, count, run.current.count, limit, profile))
        refused = { op: index, line: op.line, count, limit };
    }
    if (index === program.peak) peak = [...run.spaces.values()].map((space) => space.copy());
    for (const watch of watches) watch.stepped?.(index, run.current, run.spaces);
  }
  const { vmaPeak, snapshots, clobbered, drift } = run;
  const { met } = rules;
  return {
    peak,
    end: run.last(),
    vmaPeak,
    snapshots,
    clobbered,
    refused,
    drift,
    met,
    seen,
  };
}
