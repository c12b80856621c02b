/** Where the gap search of a space begins and ends, and how the recording tells. */

import type { Facts } from "../trace/trace.ts";
import { pageOf } from "../units.ts";
import { isLoader, isVdso, type PlacedArea } from "./initial.ts";
import type { SpaceFacts } from "./program.ts";
import type { SpaceSurvey } from "./survey.ts";

type Limits = Pick<
  SpaceFacts,
  "mmapBase" | "bottomUpBase" | "topDown" | "compat" | "below3GiB" | "silent" | "layoutFrom"
>;

/** Bytes: where 32-bit tasks end. */
const fourGib = 2 ** 32;

const stackOf = (areas: readonly PlacedArea[]): number | undefined =>
  areas.find(({ area }) => area.name === "[stack]")?.start;

/** A 32-bit task, by the end of its stack or, without a snapshot, of what the kernel placed for it. */
function isCompat(survey: SpaceSurvey, areas: readonly PlacedArea[], { pageSize }: Facts): boolean {
  const limit = fourGib / pageSize;
  const stack = areas.find(({ area }) => area.name === "[stack]");
  if (stack !== undefined) return stack.end <= limit;
  const { topHigh, unhintedStart, unhintedEnd } = survey;
  if (topHigh !== undefined) return topHigh <= fourGib;
  return unhintedStart !== undefined && unhintedEnd <= limit;
}

/**
 * What lies about the vdso, as far away as loader and libraries may lie: what the kernel placed at exec. Up to 6.1 the vdso
 * lies above the stack, and the loader tells; undefined without either.
 */
function placedAtExec(areas: readonly PlacedArea[]): readonly PlacedArea[] | undefined {
  const stack = stackOf(areas) ?? 0;
  const below = areas.filter(({ start }) => start < stack);
  const placed =
    below.find(({ area }) => isVdso(area.name)) ?? below.find(({ area }) => isLoader(area));
  if (placed === undefined) return undefined;
  return below.filter(({ start }) => Math.abs(start - placed.start) < stack / 16);
}

/** Bytes: TASK_UNMAPPED_BASE of riscv, a third of the Sv39 space whatever the mode, and its random pages at most. */
const riscvUnmapped = { from: 2 ** 39 / 3, to: 2 ** 39 / 3 + 2 ** 36 };

/**
 * May the legacy layout begin at this page? TASK_UNMAPPED_BASE with its random pages lies in the second quarter below the
 * stack, a third (x86) or a quarter (arm64) of the address space, or where riscv has it.
 */
function mayBeLegacyBase(page: number, stack: number, pageSize: number): boolean {
  if (page >= stack / 4 && page < stack / 2) return true;
  return page * pageSize >= riscvUnmapped.from && page * pageSize < riscvUnmapped.to;
}

/** Page below which the stack of x86-64 lies, where no snapshot shows it; of a 32-bit task the lower of two (ADDR_LIMIT_3GB). */
function assumedStack({ unhintedEnd }: SpaceSurvey, { arch, pageSize }: Facts): number | undefined {
  if (arch !== "x86-64") return undefined;
  return (unhintedEnd * pageSize <= fourGib ? (fourGib / 4) * 3 : 2 ** 47) / pageSize;
}

/**
 * Without searches: mmap_base of the legacy layout is the lowest place that the kernel chose, if it may lie there and all is
 * placed below three quarters of the stack: no bounded stack takes a top-down mmap_base down to there
 * (arch_pick_mmap_layout(), 6.1 to 7.3).
 */
function legacyBase(
  survey: SpaceSurvey,
  areas: readonly PlacedArea[],
  facts: Facts,
): number | undefined {
  const { pageSize } = facts;
  const stack = stackOf(areas) ?? assumedStack(survey, facts);
  if (stack === undefined) return undefined;
  const placed = placedAtExec(areas) ?? [];
  // What was placed at exec tells alone: a 32-bit task may fill all that is above.
  const high = Math.max(
    ...(placed.length > 0 ? placed.map(({ end }) => end) : [survey.unhintedEnd]),
  );
  if (high > (stack / 4) * 3) return undefined;
  const starts = [...placed.map(({ start }) => start), survey.unhintedStart ?? 0];
  const low = Math.min(...starts.filter((page) => mayBeLegacyBase(page, stack, pageSize)));
  return low === Infinity ? undefined : low;
}

/**
 * Without searches: mmap_base is the highest end of what the kernel placed below the stack. Where a large or no limit of the
 * stack pushes it far down, the program and its heap lie above.
 */
function highestEnd(survey: SpaceSurvey, areas: readonly PlacedArea[]): number {
  const stack = stackOf(areas) ?? 0;
  const placed = placedAtExec(areas) ?? areas.filter(({ start }) => start < stack);
  const exec = survey.exec || survey.execSearches.length > 0 || placed.length > 0;
  return Math.max(survey.unhintedEnd, exec ? (placed.at(-1)?.end ?? 0) : 0);
}

/** Where searches go in a space that exec or the recording began (kernel-placement rules of mmap_base, section 4.3). */
function searchLimits(survey: SpaceSurvey, areas: readonly PlacedArea[], facts: Facts): Limits {
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
  const low = legacyBase(survey, areas, facts);
  if (low !== undefined) return { mmapBase: low, bottomUpBase: low, topDown: false, layoutFrom };
  if (!topDown) return { topDown, layoutFrom: "formula" };
  const end = highestEnd(survey, areas);
  if (end === 0) return { topDown, layoutFrom: "formula" };
  return { mmapBase: end, topDown, layoutFrom };
}

/** The limits of a space that exec or the recording began. */
export function spaceLimits(
  survey: SpaceSurvey,
  areas: readonly PlacedArea[],
  facts: Facts,
): Limits {
  const limits = searchLimits(survey, areas, facts);
  if (!isCompat(survey, areas, facts)) return limits;
  const silent = !survey.called && survey.execSearches.length > 0;
  // Stacks end within 16 MiB of their limit.
  const end = areas.find(({ area }) => area.name === "[stack]")?.end ?? Infinity;
  const below3GiB = end * facts.pageSize <= (fourGib / 4) * 3;
  return {
    ...limits,
    compat: true,
    ...(below3GiB && { below3GiB }),
    ...(silent && { silent }),
  };
}
