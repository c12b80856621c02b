/** Where the gap search of a space begins and ends, and how the recording tells. */

import type { Facts } from "../trace/trace.ts";
import { pageOf } from "../units.ts";
import type { PlacedArea } from "./initial.ts";
import type { SpaceFacts } from "./program.ts";
import type { SpaceSurvey } from "./survey.ts";

type Limits = Pick<SpaceFacts, "mmapBase" | "bottomUpBase" | "topDown" | "layoutFrom">;

/** Without searches: mmap_base is the highest end of what the kernel placed below the stack. */
function highestEnd(survey: SpaceSurvey, areas: readonly PlacedArea[]): number {
  const stack = areas.find(({ area }) => area.name === "[stack]")?.start;
  const below = areas.filter(({ start }) => stack !== undefined && start < stack);
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
  if (!topDown) return { topDown, layoutFrom: "formula" };
  const end = highestEnd(survey, areas);
  if (end === 0) return { topDown, layoutFrom: "formula" };
  return {
    mmapBase: end,
    topDown,
    layoutFrom: survey.snapshot === undefined ? "first placement" : "snapshot",
  };
}
