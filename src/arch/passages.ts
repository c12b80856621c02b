/** Which limits each entry point gives to its hint test and its two searches; pages. */

import { alignDown, alignUp } from "../units.ts";
import type { Arch, Attempt, EntryProfile, EntryRequest, Layout } from "./types.ts";

/** A range of pages that a row may use, and what the event prints as its start. */
export interface Window {
  readonly low: number;
  readonly high: number;
  readonly printed: number;
}

/** One way through an entry point. Hints above the window see other limits than hints below it, hence up to two. */
export interface Passage {
  /** As in the row: 0 always, w for hints of at least w, -w for hints below w. */
  readonly wall: number;
  /** Where a hint may be taken; `finish` rounds it by the huge page. */
  readonly at: { readonly low: number; readonly high: number };
  readonly rounds: "take" | "up" | "down";
  readonly down?: Window;
  readonly up?: Window;
  /** Room below the result in the bottom-up search: not in the retry of x86, which drops the VMA's flags. */
  readonly upGap: boolean;
}

export interface Entry {
  readonly attempt: Attempt;
  readonly request: EntryRequest;
  readonly layout: Layout;
  readonly profile: EntryProfile;
  readonly arch: Arch;
}

/** MAP_32BIT of x86: 1 GiB to 2 GiB. */
const low32 = { start: 2 ** 30 / 4096, end: 2 ** 31 / 4096 };

/** MAP_ABOVE4G of x86. */
const fourGib = 2 ** 32 / 4096;

/** The ways through the entry point that a search for `pages` takes. */
export function passages(pages: number, entry: Entry): readonly Passage[] {
  const { attempt, request, layout, arch } = entry;
  if (pages > layout.taskSize) return [];
  const old = attempt.entry === "hugetlb-old";
  const passage = arch.entry === "x86" ? (old ? x86Hugetlb : x86) : old ? genericHugetlb : generic;
  if (arch.entry === "x86" && request.low32 && !old && !arch.compat) return [x86Low(entry)];
  const below = passage(pages, entry, false);
  const hinted = request.hint && attempt.hint !== "skip";
  if (!hinted || layout.taskSize === layout.window) return present([below]);
  // A hint that is rounded to its huge page first passes the wall earlier.
  const unit = old || attempt.hint === "up" ? (request.huge ?? 1) : 1;
  const rounded = arch.entry === "x86" && old ? layout.window : alignDown(layout.window, unit);
  const wall = rounded + 1;
  const above = passage(pages, entry, true);
  return present([below && { ...below, wall: -wall }, above && { ...above, wall }]);
}

function present(list: readonly (Passage | undefined)[]): readonly Passage[] {
  return list.filter((passage) => passage !== undefined);
}

/** The window as searched: since 6.12 the search itself keeps clear of mmap_min_addr, and the event does not show it. */
function window({ layout, profile }: Entry, low: number, high: number): Window {
  return { low: profile.clampsMin ? Math.max(low, layout.minPage) : low, high, printed: low };
}

/** How far a top-down search goes: further for a hint above the window, taken or not. */
function topOf({ taskSize, window, mmapBase }: Layout, above: boolean): number {
  return above ? mmapBase + taskSize - window : mmapBase;
}

const rounding = ({ attempt }: Entry): "take" | "up" => (attempt.hint === "up" ? "up" : "take");

/** arch_get_unmapped_area_topdown() and its bottom-up retry, arch/x86/kernel/sys_x86_64.c; a range across the wall is no hint. */
function x86(pages: number, entry: Entry, above: boolean): Passage {
  const { request, layout, profile, arch } = entry;
  const end = above ? layout.taskSize : layout.window;
  const low = request.above4g && profile.above4g && !arch.compat ? fourGib : 1;
  return {
    wall: 0,
    at: { low: above ? layout.window + 1 : 0, high: end },
    rounds: rounding(entry),
    ...(layout.topDown && { down: window(entry, low, topOf(layout, above)) }),
    ...(pages <= end && { up: window(entry, layout.bottomUpBase, end) }),
    upGap: !layout.topDown,
  };
}

/** MAP_32BIT goes straight to arch_get_unmapped_area(), whose hint need only end below 2 GiB. */
function x86Low(entry: Entry): Passage {
  const { request, layout } = entry;
  const start = request.low32Base ?? low32.start;
  return {
    wall: 0,
    at: { low: 0, high: low32.end },
    rounds: rounding(entry),
    up: window(entry, start, low32.end),
    upGap: !layout.topDown,
  };
}

/** hugetlb_get_unmapped_area() of arch/x86/mm/hugetlbpage.c up to 6.12: the retry starts at a base that is not randomised. */
function x86Hugetlb(_pages: number, entry: Entry, above: boolean): Passage {
  const { layout } = entry;
  const end = above ? layout.taskSize : layout.window;
  const third = alignUp((layout.window * 4096) / 3, 4096) / 4096;
  return {
    wall: 0,
    at: { low: above ? layout.window + 1 : 0, high: end },
    rounds: "down",
    ...(layout.topDown && { down: window(entry, 1, topOf(layout, above)) }),
    up: layout.topDown
      ? window(entry, third, layout.window)
      : window(entry, layout.bottomUpBase, end),
    upGap: false,
  };
}

/** Where the generic searches begin: until 6.1 the caller keeps clear of mmap_min_addr, and the event shows it. */
function genericLow({ layout, profile }: Entry): number {
  return profile.clampsMin ? 1 : Math.max(1, layout.minPage);
}

/** generic_get_unmapped_area_topdown() and generic_get_unmapped_area() of mm/mmap.c. */
function generic(pages: number, entry: Entry, above: boolean): Passage | undefined {
  const { layout } = entry;
  const end = above ? layout.taskSize : layout.window;
  if (pages > end - layout.minPage) return undefined;
  return {
    wall: 0,
    at: { low: layout.minPage, high: end },
    rounds: rounding(entry),
    ...(layout.topDown && { down: window(entry, genericLow(entry), topOf(layout, above)) }),
    up: window(entry, layout.topDown ? layout.bottomUpBase : layout.mmapBase, end),
    upGap: true,
  };
}

/**
 * generic_hugetlb_get_unmapped_area() of fs/hugetlbfs/inode.c up to 6.12. Its retry passes the error of the first search
 * as the hint, so it ends at the task size.
 */
function genericHugetlb(_pages: number, entry: Entry, above: boolean): Passage {
  const { layout, profile } = entry;
  const end = above ? layout.taskSize : layout.window;
  return {
    wall: 0,
    at: { low: profile.hugetlbHintWraps ? 0 : layout.minPage, high: end },
    rounds: "up",
    ...(layout.topDown && { down: window(entry, genericLow(entry), topOf(layout, above)) }),
    up: window(entry, layout.mmapBase, layout.topDown ? layout.taskSize : end),
    upGap: false,
  };
}
