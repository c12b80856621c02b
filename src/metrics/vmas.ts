/** How many VMAs a process has at most, how many neighbours were joined, and how far that is from vm.max_map_count. */

import type { AddressSpace } from "../space/address-space.ts";
import { defaultMaxMapCount } from "../space/map-count.ts";
import { isAnonymous, neverMerges, type Vma } from "../space/vma.ts";
import { holdsCalls } from "./calls.ts";
import type { Metric } from "./types.ts";

/** VMAs of one key, and of files one run of offsets, could be one. */
function fewest(space: AddressSpace): number {
  let count = 0;
  const keys = new Map<string, Vma[]>();
  for (const vma of space) {
    if (neverMerges(vma)) {
      count += 1;
      continue;
    }
    const key = `${vma.file} ${vma.prot} ${vma.flags} ${vma.label ?? ""}`;
    keys.set(key, [...(keys.get(key) ?? []), vma]);
  }
  for (const vmas of keys.values()) count += vmas.every(isAnonymous) ? 1 : runsOf(vmas);
  return count;
}

/** Runs of file offsets: each start needs the end of another range before it, or begins a run. */
function runsOf(vmas: readonly Vma[]): number {
  const ends = new Map<number, number>();
  for (const { pgoff, start, end } of vmas) {
    const after = pgoff + end - start;
    ends.set(after, (ends.get(after) ?? 0) + 1);
  }
  let runs = 0;
  for (const { pgoff } of vmas) {
    const free = ends.get(pgoff) ?? 0;
    if (free > 0) ends.set(pgoff, free - 1);
    else runs += 1;
  }
  return runs;
}

export const vmas: Metric = {
  id: "vmas",
  title: "VMAs of the largest process",
  unit: "vmas",
  better: "less",
  compute({ vmaPeak, peak, end, facts, observed, program }) {
    const limit = facts.maxMapCount ?? defaultMaxMapCount;
    return {
      value: vmaPeak,
      unit: "vmas",
      at: "peak",
      lowerBound: Math.max(0, ...peak.map(fewest)),
      more: {
        end: Math.max(0, ...end.map((space) => space.count)),
        headroom: limit - vmaPeak,
        ...(holdsCalls(program) && { merges: observed.merges }),
      },
    };
  },
};
