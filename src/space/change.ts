/** What mprotect, madvise and the like do to the rows of one chunk, without an object for each VMA. */

import { advised, advisedTraits, type Setting } from "./advised.ts";
import { traitsWithAccess, withAccess } from "./protect.ts";
import { isContiguous, join } from "./quick.ts";
import type { VmaRules } from "./rules.ts";
import type { Traits } from "./traits.ts";
import type { Vma } from "./vma.ts";
import type { Chunk } from "./vma-chunk.ts";
import type { VmaSet } from "./vma-set.ts";

/** Access bits, or what else is said of memory. */
export type Change = number | Setting;

/** The VMA once it has changed; itself if it does not. */
export const changed = (vma: Vma, change: Change, rules: VmaRules): Vma =>
  typeof change === "number" ? withAccess(vma, change, rules) : advised(vma, change);

/** The traits of a row once it has changed; undefined if they do not decide. */
function changedTraits(
  { traits: table }: VmaSet,
  chunk: Chunk,
  row: number,
  change: Change,
  rules: VmaRules,
): Traits | undefined {
  const old = table.get(chunk.traits(row));
  if (typeof change !== "number") return advisedTraits(table, old, change);
  return traitsWithAccess(table, old, table.area(chunk.area(row)), chunk.anon(row), change, rules);
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
  return own;
}

/** Let the row below go on to `end`, a part of a row or all of it; the row after that, or -1 if they are not joined so. */
function growBelow(
  set: VmaSet,
  chunk: Chunk,
  row: number,
  end: number,
  now: Traits,
  rules: VmaRules,
): number {
  const below = row - 1;
  const [anon, other] = [chunk.anon(row), chunk.anon(below)];
  if (anon !== other && anon !== 0) return -1;
  const lower = set.traits.get(chunk.traits(below));
  const lent = anon === other ? 0 : other;
  if (!isContiguous(chunk, below, row) || !join(lower, now, lent, rules)) return -1;
  const last = chunk.end(row);
  if (last === end && now.close) return -1;
  chunk.resize(below, chunk.start(below), end);
  if (last === end) {
    set.spliceRows(row, 1, 0);
    return row;
  }
  chunk.resize(row, end, last);
  return row + 1;
}

/** Change what of a row is in [start, end); the row after that, or -1 if it has to be done the long way. */
function changeRow(
  set: VmaSet,
  chunk: Chunk,
  row: number,
  start: number,
  end: number,
  change: Change,
  rules: VmaRules,
): number {
  const now = changedTraits(set, chunk, row, change, rules);
  if (now === undefined) return -1;
  if (now.id === chunk.traits(row)) return row + 1;
  if (!set.isInside(row)) return -1;
  const first = Math.max(start, chunk.start(row));
  const last = Math.min(end, chunk.end(row));
  const isAlike = (near: number): boolean => set.traits.get(chunk.traits(near)).alike === now.alike;
  const above = row + 1;
  if (above < chunk.count && chunk.start(above) === last && isAlike(above)) return -1;
  if (row > 0 && chunk.end(row - 1) === first && isAlike(row - 1))
    return growBelow(set, chunk, row, last, now, rules);
  const own = apart(set, chunk, row, first, last);
  if (own < 0) return -1;
  chunk.mark(own, chunk.anon(own), now.id);
  return own + 1;
}

/** Change what of a range one chunk holds; false if the rest has to be done the long way. */
export function changeQuickly(
  set: VmaSet,
  start: number,
  end: number,
  change: Change,
  rules: VmaRules,
): boolean {
  const chunk = set.seek(start);
  if (chunk === undefined || set.goesOn(end)) return false;
  const { count } = chunk;
  for (let { row } = set; row < chunk.count && chunk.start(row) < end; ) {
    row = changeRow(set, chunk, row, start, end, change, rules);
    if (row < 0) return false;
  }
  if (chunk.count < count) set.changedRows(true);
  return true;
}
