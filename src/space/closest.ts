/** Which assumption about written memory fits a recording best: its snapshots show which VMAs merged. */

import type { Placements } from "../place/types.ts";
import type { Profile } from "../policies/types.ts";
import type { Program } from "../resolve/program.ts";
import type { Applied, ApplyOptions } from "./applied.ts";
import { apply } from "./apply.ts";
import type { Touch } from "./rules.ts";
import { TornReadings } from "./torn.ts";

/** Snapshot lines that one side has and the other not. */
const wrong = ({ snapshots }: Applied): number =>
  snapshots.reduce((sum, { total, exact, extra }) => sum + total - exact + extra, 0);

interface Closest {
  readonly applied: Applied;
  readonly touch: Touch;
  /** Snapshots whose lines are those of several moments. */
  readonly torn: number;
}

/** The same with snapshots that were read while calls went on compared line by line, each with the state of its moment. */
function withTorn(
  { applied, touch }: Omit<Closest, "torn">,
  again: (options: ApplyOptions) => Applied,
  program: Program,
): Closest {
  const torn = applied.snapshots.filter(
    ({ exactMoment, exact, total, extra }) => !exactMoment && (exact < total || extra > 0),
  );
  if (torn.length === 0) return { applied, touch, torn: 0 };
  const readings = new TornReadings(program, torn);
  const read = again({ touch, watches: [readings], torn: readings.begins });
  const snapshots = read.snapshots.map((snapshot) => readings.better(snapshot));
  if (wrong({ ...read, snapshots }) >= wrong(applied)) return { applied, touch, torn: 0 };
  return { applied: { ...applied, snapshots }, touch, torn: torn.length };
}

/** The spaces under the better of both assumptions; at-once where they are equal. */
export function applyClosest(
  program: Program,
  placements: Placements,
  profile: Profile,
  options: ApplyOptions,
): Closest {
  const again = (more: ApplyOptions) =>
    apply(program, placements, profile, { ...options, ...more });
  const written = again({ touch: "at-once" });
  if (wrong(written) === 0) return { applied: written, touch: "at-once", torn: 0 };
  const untouched = again({ touch: "never" });
  const closest: Omit<Closest, "torn"> =
    wrong(untouched) < wrong(written)
      ? { applied: untouched, touch: "never" }
      : { applied: written, touch: "at-once" };
  return withTorn(closest, again, program);
}
