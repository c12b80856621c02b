/** How mprotect changes VMAs: their access bits, and what is charged for them. */

import { type AnonIds, write } from "./quick.ts";
import type { VmaRules } from "./rules.ts";
import type { Traits } from "./traits.ts";
import { changeFlags, hasFlag, isAnonymous, type Vma, writable } from "./vma.ts";
import type { Chunk } from "./vma-chunk.ts";
import type { VmaSet } from "./vma-set.ts";

/** Whether the commit charge goes with the access to memory that nobody has written to (mprotect_fixup). */
const uncharges = (
  prot: number,
  anon: number,
  { area }: Pick<Vma, "area">,
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
  const uncharged = uncharges(prot, vma.anon, vma, rules);
  return { ...vma, prot, flags: flagsWith(vma, prot, uncharged) };
}

/** The traits of a row with other access bits. */
function traitsWith(set: VmaSet, chunk: Chunk, row: number, prot: number, rules: VmaRules): Traits {
  const old = set.traits.get(chunk.traits(row));
  const area = set.traits.area(chunk.area(row));
  const uncharged = uncharges(prot, chunk.anon(row), { area }, rules);
  const key = 2 * prot + (uncharged ? 1 : 0);
  const known = old.protected.get(key);
  if (known !== undefined) return known;
  const made = set.traits.of({ ...old, prot, flags: flagsWith(old, prot, uncharged) });
  old.protected.set(key, made);
  return made;
}

/** Make [start, end) of a row a row of its own; which one, or -1 if the chunk has no room. */
function apart(set: VmaSet, chunk: Chunk, row: number, start: number, end: number): number {
  const [from, to, pgoff] = [chunk.start(row), chunk.end(row), chunk.pgoff(row)];
  const [hasHead, hasTail] = [from < start, to > end];
  if (!hasHead && !hasTail) return row;
  if (!set.spliceRows(row + 1, 0, hasHead && hasTail ? 2 : 1)) return -1;
  const [file, anon] = [chunk.file(row), chunk.anon(row)];
  const [traits, area] = [chunk.traits(row), chunk.area(row)];
  const put = (at: number, first: number, last: number): void =>
    chunk.set(at, first, last, pgoff + first - from, file, anon, traits, area);
  const own = hasHead ? row + 1 : row;
  if (hasHead) put(row, from, start);
  put(own, start, end);
  if (hasTail) put(own + 1, end, to);
  set.changedRows(false);
  return own;
}

/** Change what one VMA holds and no merge follows from; false if it has to be done the long way. */
export function protectQuickly(
  set: VmaSet,
  start: number,
  end: number,
  prot: number,
  rules: VmaRules,
  ids: AnonIds,
): boolean {
  const chunk = set.seek(start);
  const { row } = set;
  if (chunk === undefined || row >= chunk.count || start >= end) return false;
  if (chunk.start(row) > start || chunk.end(row) < end || !set.isInside(row)) return false;
  const below = row > 0 && chunk.end(row - 1) === start ? row - 1 : row;
  const above = row + 1 < chunk.count && chunk.start(row + 1) === end ? row + 1 : row;
  const touches = rules.touch !== "never";
  if (touches)
    for (let at = below; at <= above; at++) if (!write(set, chunk, at, ids)) return false;
  if (set.traits.get(chunk.traits(row)).prot === prot) return true;
  const changed = traitsWith(set, chunk, row, prot, rules);
  const mayJoin = (at: number): boolean =>
    at !== row && set.traits.get(chunk.traits(at)).alike === changed.alike;
  if (mayJoin(below) || mayJoin(above)) return false;
  const own = apart(set, chunk, row, start, end);
  if (own < 0) return false;
  chunk.mark(own, chunk.anon(own), changed.id);
  return !touches || write(set, chunk, own, ids);
}
