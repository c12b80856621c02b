/** How mprotect changes VMAs: their access bits, and what is charged for them. */

import type { Area } from "../resolve/program.ts";
import type { VmaRules } from "./rules.ts";
import type { Traits, TraitsTable } from "./traits.ts";
import { changeFlags, hasFlag, isAnonymous, type Vma, writable } from "./vma.ts";

/** Whether the commit charge goes with the access to memory that nobody has written to (mprotect_fixup). */
const uncharges = (
  prot: number,
  anon: number,
  area: Area,
  { protectUncharges }: VmaRules,
): boolean => !writable(prot) && protectUncharges && anon === 0 && isAnonymous({ area });

/** The flags with other access bits. */
function flagsWith(vma: Pick<Vma, "prot" | "flags">, prot: number, uncharged: boolean): string {
  const charges =
    writable(prot) &&
    !writable(vma.prot) &&
    !["ac", "nr", "ht", "ms"].some((word) => hasFlag(vma, word));
  if (charges) return changeFlags(vma.flags, ["ac"]);
  return uncharged ? changeFlags(vma.flags, [], ["ac"]) : vma.flags;
}

/** The VMA with other access bits; itself if it has them. */
export function withAccess(vma: Vma, prot: number, rules: VmaRules): Vma {
  if (vma.prot === prot) return vma;
  const uncharged = uncharges(prot, vma.anon, vma.area, rules);
  return { ...vma, prot, flags: flagsWith(vma, prot, uncharged) };
}

/** As `withAccess`, of what VMAs have in common. */
export function traitsWithAccess(
  table: TraitsTable,
  old: Traits,
  area: Area,
  anon: number,
  prot: number,
  rules: VmaRules,
): Traits {
  if (old.prot === prot) return old;
  const uncharged = uncharges(prot, anon, area, rules);
  const key = 2 * prot + (uncharged ? 1 : 0);
  const known = old.protected.get(key);
  if (known !== undefined) return known;
  const made = table.of({ ...old, prot, flags: flagsWith(old, prot, uncharged) });
  old.protected.set(key, made);
  return made;
}
