/** How much address space lies in holes between mappings, and what still fits there. */

import type { Arch } from "../arch/types.ts";
import type { Replay } from "../space/replay.ts";
import { alignDown, alignUp } from "../units.ts";
import { holdsCalls } from "./calls.ts";
import { type Gap, gapsOf, sizeOf } from "./gaps.ts";
import { add } from "./sum.ts";
import type { Metric, Numbers } from "./types.ts";

const suffixes = ["", "K", "M", "G", "T", "P"];

/** `4K`, `2M`: a power of two as levels are called. */
function nameOf(bytes: number): string {
  let rest = bytes;
  let unit = 0;
  for (; rest >= 1024; unit++) rest /= 1024;
  return `${rest}${suffixes[unit]}`;
}

/** Holes by size: how many have at least this many bytes and less than twice as many. */
function histogram(holes: readonly Gap[], { pageBytes }: Arch): Numbers {
  const orders = holes.map((hole) => Math.floor(Math.log2(sizeOf(hole))));
  const counts: Record<string, number> = {};
  for (const order of [...orders].sort((a, b) => a - b)) {
    const name = nameOf(2 ** order * pageBytes);
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

/** Pages of a hole in aligned blocks of a size. */
const usable = ({ start, end }: Gap, pages: number): number =>
  Math.max(0, alignDown(end, pages) - alignUp(start, pages));

/**
 * Share of the holes' pages that no aligned block of a size can use, for each power of two up to a PUD: the index that
 * mm/vmstat.c computes of free memory, here of free addresses.
 */
function unusable(holes: readonly Gap[], { levels, pageBytes }: Arch): Numbers {
  const all = add(holes.map(sizeOf));
  const largest = Math.max(...levels.map(({ pages }) => pages));
  const shares: Record<string, number> = {};
  for (let pages = 1; pages <= largest; pages *= 2) {
    const free = add(holes.map((hole) => usable(hole, pages)));
    shares[nameOf(pages * pageBytes)] = all === 0 ? 0 : 1 - free / all;
  }
  return shares;
}

const largestOf = (gaps: readonly Gap[]): number =>
  gaps.reduce((most, gap) => Math.max(most, sizeOf(gap)), 0);

/** Pages that a placement passed over for its alignment and that are still free, all spaces together. */
function alignmentLoss({ peak, observed: { skipped } }: Replay): number {
  return add(
    peak.map((space) => {
      const ranges = skipped.get(space.id) ?? [];
      if (ranges.length === 0) return 0;
      let lost = 0;
      let before = 0;
      const free = [...space, { start: Number.POSITIVE_INFINITY, end: 0 }].map((vma) => {
        const gap = { start: before, end: vma.start };
        before = vma.end;
        return gap;
      });
      let next = 0;
      for (const range of ranges) {
        while ((free[next]?.end ?? Number.POSITIVE_INFINITY) <= range.start) next += 1;
        for (let at = next; (free[at]?.start ?? Number.POSITIVE_INFINITY) < range.end; at++) {
          const gap = free[at] ?? range;
          lost += Math.max(0, Math.min(gap.end, range.end) - Math.max(gap.start, range.start));
        }
      }
      return lost;
    }),
  );
}

export const fragmentation: Metric = {
  id: "fragmentation",
  title: "address space in holes between mappings",
  unit: "bytes",
  better: "less",
  compute(replay) {
    const { arch, peak } = replay;
    const { pageBytes } = arch;
    const spaces = peak.map((space) => gapsOf(space, replay));
    const holes = spaces.flatMap((space) => space.holes);
    const mapped = add(spaces.map((space) => space.mapped));
    return {
      value: add(holes.map(sizeOf)) * pageBytes,
      unit: "bytes",
      at: "peak",
      lowerBound: 0,
      more: {
        holes: holes.length,
        largestHole: largestOf(holes) * pageBytes,
        largestGap: largestOf(spaces.map((space) => space.free)) * pageBytes,
        spanOverMapped: mapped === 0 ? 1 : add(spaces.map((space) => space.span)) / mapped,
        ...(holdsCalls(replay.program) && { alignmentLoss: alignmentLoss(replay) * pageBytes }),
      },
      tables: { holes: histogram(holes, arch), unusable: unusable(holes, arch) },
    };
  },
};
