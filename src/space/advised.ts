/** What a VMA becomes by madvise, mlock and the like. */

import type { Advice } from "../resolve/program.ts";
import { MAP_DROPPABLE, MAP_TYPE } from "../trace/flags.ts";
import { changeFlags, neverMerges, type Vma, withoutMarks } from "./vma.ts";

/** Words of which setting one clears the other. */
const opposites: Readonly<Record<string, readonly string[]>> = {
  hg: ["nh"],
  nh: ["hg"],
  rr: ["sr"],
  sr: ["rr"],
  lo: ["lf"],
  lf: ["lo"],
};
/** Words that go with another. */
const alsoCleared: Readonly<Record<string, readonly string[]>> = { lo: ["lf"] };
/** Both are mm/mlock.c VM_LOCKED_MASK. */
const locks: ReadonlySet<string> = new Set(["lo", "lf"]);

/** mlock leaves some memory as it is (mlock_fixup): VM_SPECIAL, huge pages, device memory and, since 6.11, what may be dropped. */
const isLockable = (vma: Vma): boolean =>
  !neverMerges(vma) &&
  vma.area.file?.kind !== "devdax" &&
  vma.area.flags % (MAP_TYPE + 1) !== MAP_DROPPABLE;

/** The VMA with these marks of a kind and no other. */
function remarked(vma: Vma, kind: string, words: readonly string[]): Vma {
  const flags = changeFlags(withoutMarks(vma.flags, kind), words);
  return flags === vma.flags ? vma : { ...vma, flags };
}

/** The same VMA where nothing changes. */
export function advised(vma: Vma, change: Exclude<Advice, { populate: true }>): Vma {
  if ("mark" in change) return remarked(vma, change.mark.slice(0, 1), [change.mark]);
  if ("unmark" in change) return remarked(vma, change.unmark, []);
  if ("name" in change) return vma.label === change.name ? vma : { ...vma, label: change.name };
  const word = "set" in change ? change.set : change.clear;
  if (locks.has(word) && !isLockable(vma)) return vma;
  const flags =
    "set" in change
      ? changeFlags(vma.flags, [word], opposites[word])
      : changeFlags(vma.flags, [], [word, ...(alsoCleared[word] ?? [])]);
  return flags === vma.flags ? vma : { ...vma, flags };
}
