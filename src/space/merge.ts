/** When the kernel merges two VMAs, and what comes of it. */

import { anonOffsetsMerge, type VmaRules } from "./rules.ts";
import { hasClose, hasFlag, isAnonymous, neverMerges, type Vma, withoutCharge } from "./vma.ts";

/** anon_vma: equal, or one side has none and the other's chain is single (is_mergeable_anon_vma). */
export function anonCompatible(a: Vma, b: Vma): boolean {
  if (a.anon === b.anon) return true;
  if (a.anon === 0) return !b.forked;
  return b.anon === 0 && !a.forked;
}

/** Adjacent, one file, contiguous in it: what find_mergeable_anon_vma() and merging both ask. */
function contiguous(lower: Vma, upper: Vma): boolean {
  return (
    lower.end === upper.start &&
    lower.file === upper.file &&
    lower.pgoff + (lower.end - lower.start) === upper.pgoff
  );
}

/**
 * anon_vma: equal, or what changes has none and the chain of the VMA next to it is single; since 6.16 (879bca0a2c4f) as
 * well the other way round (is_mergeable_anon_vma).
 */
function joinsAnon(changed: Vma, near: Vma, rules: VmaRules): boolean {
  if (changed.anon === near.anon) return true;
  if (changed.anon === 0) return !near.forked;
  return rules.mergesIntoUnwritten && near.anon === 0 && !changed.forked;
}

/**
 * True if the kernel joins these two (is_mergeable_vma and can_vma_merge_after of mm/vma.c), one of which is new or
 * `changed`. `shown`: they are known to be one later, so that neither an anon_vma nor a commit charge had come between: the
 * memory was not written.
 */
export function mergeable(
  lower: Vma,
  upper: Vma,
  changed: "lower" | "upper",
  rules: VmaRules,
  shown = false,
): boolean {
  // Unwritten anonymous memory has the page offset of its address, wherever mremap took it from.
  const anonymous = shown && isAnonymous(lower) && isAnonymous(upper);
  if (anonymous ? lower.end !== upper.start : !contiguous(lower, upper)) return false;
  if (lower.prot !== upper.prot || lower.label !== upper.label) return false;
  if (lower.flags !== upper.flags && !(shown && withoutCharge(lower) === withoutCharge(upper)))
    return false;
  const [range, near] = changed === "lower" ? [lower, upper] : [upper, lower];
  if (!shown && !joinsAnon(range, near, rules)) return false;
  if (neverMerges(lower)) return false;
  if (rules.closeNeverMerges && hasClose(lower)) return false;
  return (
    shown ||
    lower.area.shared ||
    anonOffsetsMerge(rules, lower.anonOffset + (lower.end - lower.start) === upper.anonOffset)
  );
}

/** Several VMAs as one that begins with the first. */
export function extend(first: Vma, end: number, others: readonly Vma[]): Vma {
  const all = [first, ...others];
  const written = all.find((vma) => vma.anon !== 0);
  const { flags } = all.find((vma) => !hasFlag(vma, "ac")) ?? first;
  return { ...first, end, flags, anon: written?.anon ?? 0, forked: written?.forked ?? false };
}

/** A neighbour lends its anon_vma if only access bits differ (anon_vma_compatible, reusable_anon_vma). */
export function reusable(near: Vma, vma: Vma): boolean {
  if (near.anon === 0 || near.forked) return false;
  const adjacent = near.end === vma.start ? contiguous(near, vma) : contiguous(vma, near);
  return adjacent && withoutCharge(near) === withoutCharge(vma) && near.label === vma.label;
}
