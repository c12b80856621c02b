/** Whether a mapping merges where a search would put it: the VMAs, one op behind the placements. */

import type { Neighbours, Placements } from "../place/types.ts";
import type { Profile } from "../policies/types.ts";
import type { Program } from "../resolve/program.ts";
import type { ApplyOptions } from "./applied.ts";
import { vmaRules } from "./rules.ts";
import { Run } from "./run.ts";

/** The VMAs over placements that are still growing, asked about map ops in ascending order. */
export function neighboursOf(
  program: Program,
  profile: Profile,
  options: ApplyOptions,
): (placements: Placements) => Neighbours {
  return (placements) => {
    const rules = vmaRules(profile, options.touch ?? "at-once", options);
    const run = new Run(program, placements, rules);
    let next = 0;
    return {
      join: (index, page) => {
        for (; next < index; next += 1) run.step(next);
        return run.joins(index, page);
      },
    };
  };
}
