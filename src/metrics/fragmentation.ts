/** How much address space lies in holes between mappings, and what still fits there. */

import type { Level } from "../arch/types.ts";
import type { AddressSpace } from "../space/address-space.ts";
import type { Replay } from "../space/replay.ts";
import { alignDown, alignUp } from "../units.ts";
import type { Metric } from "./types.ts";

interface Gap {
  readonly start: number;
  readonly end: number;
}

const size = (gap: Gap): number => gap.end - gap.start;

interface Holes {
  /** The largest gap: where the next search goes. */
  readonly free: Gap;
  /** All others below mmap_base. */
  readonly holes: readonly Gap[];
  /** Pages from the first to the last mapping above `free`, and those mapped there. */
  readonly span: number;
  readonly mapped: number;
}

/** Gaps between VMAs below mmap_base; the room between mmap_base and the stack is no hole, no search goes there. */
function holesOf(space: AddressSpace, replay: Replay): Holes {
  const limits = replay.program.spaces.find((one) => one.space === space.id);
  const top = limits?.topDown === true ? limits.mmapBase : undefined;
  const inside = [...space].filter(
    (vma) => vma.area.name !== "[stack]" && (top === undefined || vma.end <= top),
  );
  const gaps: Gap[] = [];
  for (const [index, vma] of inside.entries()) {
    const before = inside[index - 1];
    if (before !== undefined && before.end < vma.start)
      gaps.push({ start: before.end, end: vma.start });
  }
  const free = gaps.reduce((most, gap) => (size(gap) > size(most) ? gap : most), {
    start: 0,
    end: 0,
  });
  const above = inside.filter((vma) => vma.start >= free.end);
  return {
    free,
    holes: gaps.filter((gap) => gap !== free),
    span: (above.at(-1)?.end ?? 0) - (above[0]?.start ?? 0),
    mapped: above.reduce((pages, vma) => pages + vma.end - vma.start, 0),
  };
}

const sum = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0);

/** Share of the holes' pages in which no aligned block of a level fits (Gorman and Whitcroft's unusable-space index). */
function unusable(holes: readonly Gap[], level: Level): number {
  const all = sum(holes.map(size));
  const usable = holes.map(({ start, end }) =>
    Math.max(0, alignDown(end, level.pages) - alignUp(start, level.pages)),
  );
  return all === 0 ? 0 : 1 - sum(usable) / all;
}

export const fragmentation: Metric = {
  id: "fragmentation",
  title: "address space in holes between mappings",
  unit: "bytes",
  better: "less",
  compute(replay) {
    const { pageBytes, levels } = replay.arch;
    const spaces = replay.peak.map((space) => holesOf(space, replay));
    const holes = spaces.flatMap((space) => space.holes);
    const mapped = sum(spaces.map((space) => space.mapped));
    const largest = (gaps: readonly Gap[]): number =>
      gaps.reduce((most, gap) => Math.max(most, size(gap)), 0) * pageBytes;
    const blocks = levels.filter((level) => level.kind === "pmd" || level.kind === "pud");
    return {
      value: sum(holes.map(size)) * pageBytes,
      unit: "bytes",
      at: "peak",
      more: {
        holes: holes.length,
        largestHole: largest(holes),
        largestGap: largest(spaces.map((space) => space.free)),
        spanOverMapped: mapped === 0 ? 1 : sum(spaces.map((space) => space.span)) / mapped,
        ...Object.fromEntries(
          blocks.map((level) => [`unusable${level.name}`, unusable(holes, level)]),
        ),
      },
    };
  },
};
