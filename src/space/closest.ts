/** Which assumption about written memory fits a recording best: its snapshots show which VMAs merged. */

import type { Placements } from "../place/types.ts";
import type { Profile } from "../policies/types.ts";
import type { Program } from "../resolve/program.ts";
import type { Applied, ApplyOptions } from "./applied.ts";
import { apply } from "./apply.ts";
import type { Touch } from "./rules.ts";

/** Snapshot lines that one side has and the other not. */
const wrong = ({ snapshots }: Applied): number =>
  snapshots.reduce((sum, { total, exact, extra }) => sum + total - exact + extra, 0);

/** The spaces under the better of both assumptions; at-once where they are equal. */
export function applyClosest(
  program: Program,
  placements: Placements,
  profile: Profile,
  options: ApplyOptions,
): { readonly applied: Applied; readonly touch: Touch } {
  const written = apply(program, placements, profile, { ...options, touch: "at-once" });
  if (wrong(written) === 0) return { applied: written, touch: "at-once" };
  const untouched = apply(program, placements, profile, { ...options, touch: "never" });
  return wrong(untouched) < wrong(written)
    ? { applied: untouched, touch: "never" }
    : { applied: written, touch: "at-once" };
}
