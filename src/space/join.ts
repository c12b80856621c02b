/** Whether a range is one VMA with those next to it. */

import type { Borders } from "./borders.ts";
import { anonCompatible, extend, mergeable } from "./merge.ts";
import type { VmaRules } from "./rules.ts";
import { hasClose, type Vma } from "./vma.ts";

/** New memory, a part of a VMA that changed, or a `whole` one. */
export type Joining = "new" | "part" | "whole";

/**
 * What a range becomes between its neighbours: merged with both, else the lower, else the upper; before 6.12 mmap_region()
 * asked the upper first. A `whole` VMA exists, and a merge would remove it; a close method forbids that.
 */
export function joined(
  vma: Vma,
  lower: Vma | undefined,
  upper: Vma | undefined,
  is: Joining,
  rules: VmaRules,
  borders: Borders | undefined,
): Vma {
  const may = !(is === "whole" && hasClose(vma));
  const [start, end] = [borders?.joined(vma.start), borders?.joined(vma.end)];
  const joinsLower = may && lower !== undefined && mergeable(lower, vma, "upper", rules, start);
  const joinsUpper = may && upper !== undefined && mergeable(vma, upper, "lower", rules, end);
  const below = joinsLower ? lower : undefined;
  const above = joinsUpper ? upper : undefined;
  if (below === undefined) return above === undefined ? vma : extend(vma, above.end, [above]);
  if (above === undefined) return extend(below, vma.end, [vma]);
  const upward = is === "new" && rules.mapsMergeUpward;
  // Not both are joined where both sides were written before they met: the snapshot shows it at the side that stays apart.
  const shown = upward ? start : end;
  const both = !hasClose(above) && (shown ?? anonCompatible(below, above));
  if (both) return extend(below, above.end, [vma, above]);
  return upward ? extend(vma, above.end, [above]) : extend(below, vma.end, [vma]);
}
