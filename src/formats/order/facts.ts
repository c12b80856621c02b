/** How many overlapping calls stand in another order than their lines, and of how many no order could be told. */

import type { Events } from "../../trace/events.ts";
import { glances } from "../../trace/glances.ts";
import { Spaces } from "../spaces.ts";

/** Any call stands before one of an earlier line, of whatever space. */
function goesBack(events: Events): boolean {
  let latest = 0;
  for (const { kind, line } of glances(events)) {
    if (kind !== "call") continue;
    if (line < latest) return true;
    latest = line;
  }
  return false;
}

/** Calls that took effect before one of the same space that had returned on an earlier line. */
function reordered(events: Events): number {
  if (!goesBack(events)) return 0;
  const spaces = new Spaces(events);
  const latest = new Map<number, number>();
  let count = 0;
  for (const glance of glances(events)) {
    const { space } = spaces.see(glance);
    const { kind, line } = glance;
    if (kind !== "call") continue;
    const last = latest.get(space) ?? 0;
    if (line < last) count += 1;
    latest.set(space, Math.max(last, line));
  }
  return count;
}

/** The conclusions that a trace keeps; none where no calls overlapped. */
export function orderFacts(events: Events, undecided: number): readonly string[] {
  const moved = reordered(events);
  return [
    ...(moved === 0 ? [] : [`order of ${moved} concurrent calls: by addresses`]),
    ...(undecided === 0
      ? []
      : [`order of ${undecided} concurrent calls: undecided, kept as they returned`]),
  ];
}
