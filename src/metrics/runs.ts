/** Which leaf entries there are at a moment: runs of equal ones, whatever decided that their pages are there. */

import type { AddressSpace } from "../space/address-space.ts";
import type { LeafRun } from "../space/observed.ts";
import type { Replay } from "../space/replay.ts";
import type { Vma } from "../space/vma.ts";
import { eachLeaf, type Machine, type Populated, populated } from "./leaves.ts";

/** The largest set of pages, or the last one. */
export type Moment = "peak" | "end";

export const entriesOf = ({ start, end, level }: LeafRun): number => (end - start) / level.pages;

interface Range {
  readonly range: Populated;
  readonly vma: Vma;
  readonly space: number;
}

/** Every range of some spaces that has pages when all that is accessible has, in order of space and page. */
export function rangesOf(spaces: readonly AddressSpace[], machine: Machine): readonly Range[] {
  const ranges: Range[] = [];
  for (const space of spaces) {
    for (const vma of space) {
      const range = populated(vma, machine);
      if (range !== undefined) ranges.push({ range, vma, space: space.id });
    }
  }
  return ranges;
}

/** The entries of ranges; each range in order of its pages. */
export function runsOf(ranges: readonly Range[]): readonly LeafRun[] {
  const runs: LeafRun[] = [];
  for (const { range, space } of ranges) {
    const { backing } = range;
    eachLeaf(range, (level, start, end) => runs.push({ space, backing, level, start, end }));
  }
  return runs;
}

interface Found {
  readonly ranges: readonly Range[];
  readonly runs: readonly LeafRun[];
}

const known = new WeakMap<readonly AddressSpace[], Found>();

function foundAt(moment: Moment, replay: Replay): Found {
  const spaces = replay[moment];
  const before = known.get(spaces);
  if (before !== undefined) return before;
  const ranges = rangesOf(spaces, replay);
  const found = { ranges, runs: runsOf(ranges) };
  known.set(spaces, found);
  return found;
}

/** The accessible ranges of a moment; found once. */
export const rangesAt = (moment: Moment, replay: Replay): readonly Range[] =>
  foundAt(moment, replay).ranges;

/** The entries of a moment, in order of space and page. */
export function runsAt(moment: Moment, replay: Replay): readonly LeafRun[] {
  return replay.touched?.[moment] ?? foundAt(moment, replay).runs;
}
