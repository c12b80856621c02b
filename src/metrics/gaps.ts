/** Where the free address space of a process lies: holes between mappings, and the room where searches go on. */

import type { Layout } from "../arch/types.ts";
import { limitsOf } from "../place/layout.ts";
import type { AddressSpace } from "../space/address-space.ts";
import type { Replay } from "../space/replay.ts";
import type { Vma } from "../space/vma.ts";

/** Pages, half-open. */
export interface Gap {
  readonly start: number;
  readonly end: number;
}

export const sizeOf = ({ start, end }: Gap): number => end - start;

export interface Gaps {
  /** Where a search goes that no hole satisfies. */
  readonly free: Gap;
  /** Gaps between mappings on the near side of it. */
  readonly holes: readonly Gap[];
  /** Pages from the first to the last mapping there, and those mapped. */
  readonly span: number;
  readonly mapped: number;
}

/** A gap of this share of what searches can reach is no hole: no mappings leave one of terabytes between them. */
const freeShare = 64;

function gapsBetween(vmas: readonly Vma[]): Gap[] {
  return vmas.flatMap((vma, index) => {
    const before = vmas[index - 1];
    return before !== undefined && before.end < vma.start
      ? [{ start: before.end, end: vma.start }]
      : [];
  });
}

type Limits = Pick<Replay, "program" | "facts" | "arch">;

function layoutIn({ id }: AddressSpace, { program, facts, arch }: Limits): Layout {
  const limits = limitsOf(program.spaces, facts, arch).get(id);
  return limits?.layout ?? arch.layout({ random: 0, aslr: facts.aslr ?? true });
}

/** Gaps of the side of mmap_base that searches fill first; the room between mmap_base and the stack is none. */
export function gapsOf(space: AddressSpace, replay: Limits): Gaps {
  const { topDown, mmapBase: limit, minPage, window } = layoutIn(space, replay);
  const side = [...space].filter(
    (vma) => vma.area.name !== "[stack]" && (topDown ? vma.end <= limit : vma.start >= limit),
  );
  const gaps = gapsBetween(side);
  const last = topDown
    ? { start: minPage, end: side[0]?.start ?? limit }
    : { start: side.at(-1)?.end ?? limit, end: window };
  const reach = topDown ? limit : Math.min(limit, window);
  const large = gaps.filter((gap) => sizeOf(gap) * freeShare >= reach);
  const free = (topDown ? large.at(-1) : large[0]) ?? last;
  const near = (vma: Vma): boolean => (topDown ? vma.start >= free.end : vma.end <= free.start);
  const mappings = side.filter(near);
  return {
    free,
    holes: gapsBetween(mappings),
    span: (mappings.at(-1)?.end ?? 0) - (mappings[0]?.start ?? 0),
    mapped: mappings.reduce((pages, vma) => pages + vma.end - vma.start, 0),
  };
}
