/** What a VMA becomes by madvise, mlock and the like. */

import type { Advice } from "../resolve/program.ts";
import { MAP_DROPPABLE, MAP_TYPE } from "../trace/flags.ts";
import type { Traits, TraitsTable } from "./traits.ts";
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

/** What a VMA may be told to be from now on. */
export type Setting = Exclude<Advice, { populate: true }>;

type Told = Pick<Vma, "flags" | "label">;

/** Flags with these marks of a kind and no other. */
const remarked = (flags: string, kind: string, words: readonly string[]): string =>
  changeFlags(withoutMarks(flags, kind), words);

/** Flags once a word is set or cleared. */
function flagsAfter(flags: string, change: Setting): string {
  if ("mark" in change) return remarked(flags, change.mark.slice(0, 1), [change.mark]);
  if ("unmark" in change) return remarked(flags, change.unmark, []);
  if ("set" in change) return changeFlags(flags, [change.set], opposites[change.set]);
  if ("clear" in change)
    return changeFlags(flags, [], [change.clear, ...(alsoCleared[change.clear] ?? [])]);
  return flags;
}

function told<T extends Told>(one: T, change: Setting): T {
  if ("name" in change) return one.label === change.name ? one : { ...one, label: change.name };
  const flags = flagsAfter(one.flags, change);
  return flags === one.flags ? one : { ...one, flags };
}

const isLock = (change: Setting): boolean =>
  ("set" in change && locks.has(change.set)) || ("clear" in change && locks.has(change.clear));

/** The same VMA where nothing changes. */
export const advised = (vma: Vma, change: Setting): Vma =>
  isLock(change) && !isLockable(vma) ? vma : told(vma, change);

/** As `advised`, of what VMAs have in common; undefined if that does not decide. */
export function advisedTraits(
  table: TraitsTable,
  old: Traits,
  change: Setting,
): Traits | undefined {
  const known = old.advised.get(change);
  if (known !== undefined || isLock(change)) return known;
  const changed = told(old, change);
  const made = changed === old ? old : table.of(changed);
  old.advised.set(change, made);
  return made;
}
