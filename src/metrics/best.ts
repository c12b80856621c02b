/** Which entries a moment would need if every placement were perfect: what the lower bounds count. */

import type { AddressSpace } from "../space/address-space.ts";
import type { Replay } from "../space/replay.ts";
import { neverMerges, type Vma } from "../space/vma.ts";
import type { Populated } from "./leaves.ts";
import { type Moment, rangesAt } from "./runs.ts";

/** One VMA, or several that could be one, congruent for every size: `start` is `position`. */
export interface Best {
  readonly space: number;
  readonly range: Populated;
}

/** Neighbours of one key can merge; the file's identity is in it. */
const keyOf = (vma: Vma, space: number): string =>
  `${space} ${vma.file} ${vma.prot} ${vma.flags} ${vma.label ?? ""}`;

/** Ranges of one file of which one may follow the other become one: the longest takes the longest that fits. */
function joined(ranges: readonly Populated[]): Populated[] {
  const sorted = [...ranges].sort((a, b) => a.start - b.start || b.end - a.end);
  const open: Populated[] = [];
  for (const range of sorted) {
    let best = -1;
    for (const [index, chain] of open.entries())
      if (chain.end === range.start && (best < 0 || chain.start < (open[best]?.start ?? 0)))
        best = index;
    const chain = open[best];
    if (chain === undefined) open.push(range);
    else open[best] = { ...chain, end: range.end };
  }
  return open;
}

/** Anonymous memory of equal attributes as one VMA: its place decides its offsets too. */
function pooled(ranges: readonly Populated[]): Populated[] {
  const [first] = ranges;
  if (first === undefined) return [];
  const end = ranges.reduce((pages, range) => pages + range.end - range.start, 0);
  return [{ ...first, start: 0, end, position: 0 }];
}

const known = new WeakMap<readonly AddressSpace[], readonly Best[]>();

/** What a moment could be at best; found once. */
export function bestOf(moment: Moment, replay: Replay): readonly Best[] {
  const spaces = replay[moment];
  const best = known.get(spaces) ?? find(moment, replay);
  known.set(spaces, best);
  return best;
}

/** File ranges at their offsets, mergeable ones joined, anonymous ones pooled. */
function find(moment: Moment, replay: Replay): readonly Best[] {
  const alone: Best[] = [];
  const groups = new Map<string, { space: number; ranges: Populated[] }>();
  for (const { range, vma, space } of rangesAt(moment, replay)) {
    const { position } = range;
    const placed = { ...range, start: position, end: position + range.end - range.start };
    if (neverMerges(vma)) {
      alone.push({ space, range: placed });
      continue;
    }
    const key = keyOf(vma, space);
    const group = groups.get(key) ?? { space, ranges: [] };
    groups.set(key, group);
    group.ranges.push(placed);
  }
  const grouped = [...groups.values()].flatMap(({ space, ranges }) => {
    const merged = ranges[0]?.backing === "anon" ? pooled(ranges) : joined(ranges);
    return merged.map((range) => ({ space, range }));
  });
  return [...alone, ...grouped];
}
