/** Where the gap search of a space begins and ends, and how the recording tells. */

import type { Facts } from "../trace/trace.ts";
import { pageOf } from "../units.ts";
import { isVdso, type PlacedArea } from "./initial.ts";
import type { SpaceFacts } from "./program.ts";
import type { SpaceSurvey } from "./survey.ts";

type Limits = Pick<SpaceFacts, "mmapBase" | "bottomUpBase" | "topDown" | "layoutFrom">;

const stackOf = (areas: readonly PlacedArea[]): number | undefined =>
  areas.find(({ area }) => area.name === "[stack]")?.start;

/**
 * Without searches: mmap_base of the legacy layout is the lowest place that the kernel chose, if it chose all in the second
 * quarter below the stack. There lies TASK_UNMAPPED_BASE, a third (x86, riscv) or a quarter (arm64) of the address space,
 * with its random pages; programs lie elsewhere, and no bounded stack takes a top-down mmap_base down to there
 * (arch_pick_mmap_layout(), 6.1 to 7.3).
 */
function legacyBase(survey: SpaceSurvey, areas: readonly PlacedArea[]): number | undefined {
  const stack = stackOf(areas);
  if (stack === undefined) return undefined;
  const high = (stack / 4) * 3;
  const reaches = areas.some(({ start, end }) => start < stack && end > high);
  if (reaches || survey.unhintedEnd > high) return undefined;
  const starts = [...areas.map(({ start }) => start), survey.unhintedStart ?? 0];
  const low = Math.min(...starts.filter((page) => page >= stack / 4 && page < stack / 2));
  return low === Infinity ? undefined : low;
}

/**
 * Without searches: mmap_base is the highest end of what the kernel placed below the stack. Loader and vdso lie there; where a
 * large or no limit of the stack pushes it far down, the program and its heap lie above.
 */
function highestEnd(survey: SpaceSurvey, areas: readonly PlacedArea[]): number {
  const stack = stackOf(areas) ?? 0;
  const placed = areas.filter(({ start }) => start < stack);
  const vdso = placed.find(({ area }) => isVdso(area.name));
  const near = vdso === undefined ? stack : vdso.start + stack / 16;
  const below = placed.filter(({ start }) => start < near);
  const exec = survey.exec || survey.execSearches.length > 0 || below.length > 0;
  return Math.max(survey.unhintedEnd, exec ? (below.at(-1)?.end ?? 0) : 0);
}

/** The limits of a space that exec or the recording began (kernel-placement rules of mmap_base, section 4.3). */
export function spaceLimits(
  survey: SpaceSurvey,
  areas: readonly PlacedArea[],
  facts: Facts,
): Limits {
  const pages = (address: Parameters<typeof pageOf>[0]) => pageOf(address, facts.pageSize);
  const { topHigh, upLow } = survey;
  if (topHigh !== undefined)
    return {
      mmapBase: pages(topHigh),
      ...(upLow !== undefined && { bottomUpBase: pages(upLow) }),
      topDown: true,
      layoutFrom: "search",
    };
  const topDown = facts.legacyLayout !== true && upLow === undefined;
  if (upLow !== undefined)
    return { mmapBase: pages(upLow), bottomUpBase: pages(upLow), topDown, layoutFrom: "search" };
  const layoutFrom = survey.snapshot === undefined ? "first placement" : "snapshot";
  const low = legacyBase(survey, areas);
  if (low !== undefined) return { mmapBase: low, bottomUpBase: low, topDown: false, layoutFrom };
  if (!topDown) return { topDown, layoutFrom: "formula" };
  const end = highestEnd(survey, areas);
  if (end === 0) return { topDown, layoutFrom: "formula" };
  return { mmapBase: end, topDown, layoutFrom };
}
