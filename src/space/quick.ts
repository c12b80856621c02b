/** What most calls do to VMAs: changes inside one chunk, row by row, without an object for each VMA. */

import type { Area } from "../resolve/program.ts";
import { anonOffsetsMerge, type VmaRules } from "./rules.ts";
import type { Traits } from "./traits.ts";
import type { Vma } from "./vma.ts";
import type { Chunk } from "./vma-chunk.ts";
import type { VmaSet } from "./vma-set.ts";

/** With which neighbours a new range may merge: brk asks only the VMA below; `moved` is by mremap, not by mmap. */
export type MergeWith = "both" | "moved" | "lower" | "none";

/** anon_vma ids, of all spaces of a replay: a child's differ from its parent's. */
export interface AnonIds {
  next: number;
}

export function newAnon(ids: AnonIds): number {
  const id = ids.next;
  ids.next += 1;
  return id;
}

/** A range that nobody has written to yet. */
export interface NewRange {
  readonly traits: Traits;
  readonly file: number;
  readonly start: number;
  readonly end: number;
  readonly pgoff: number;
  readonly area: Area;
  /** In the table of the replay. */
  readonly areaNumber: number;
}

export function vmaOf({ traits, start, end, file, pgoff, area }: NewRange): Vma {
  const { prot, flags, label } = traits;
  const unwritten = { anonOffset: start, anon: 0, forked: false };
  return { start, end, prot, flags, file, pgoff, label, area, ...unwritten };
}

const isUnwritten = (set: VmaSet, chunk: Chunk, row: number): boolean =>
  chunk.anon(row) === 0 && set.traits.get(chunk.traits(row)).writes;

/** As `contiguous` says of two VMAs. */
export const isContiguous = (chunk: Chunk, lower: number, upper: number): boolean =>
  chunk.end(lower) === chunk.start(upper) &&
  chunk.file(lower) === chunk.file(upper) &&
  chunk.pgoff(lower) + chunk.end(lower) - chunk.start(lower) === chunk.pgoff(upper);

/** The anon_vma that a neighbour lends (reusable_anon_vma), or 0. */
function lent(set: VmaSet, chunk: Chunk, near: number, row: number): number {
  const anon = near < 0 || near >= chunk.count ? 0 : chunk.anon(near);
  if (anon === 0) return 0;
  const traits = set.traits.get(chunk.traits(near));
  if (traits.forked || traits.kin !== set.traits.get(chunk.traits(row)).kin) return 0;
  return isContiguous(chunk, Math.min(near, row), Math.max(near, row)) ? anon : 0;
}

/** Write to a row if it is private and was not; false where a neighbour is out of sight. */
function write(set: VmaSet, chunk: Chunk, row: number, ids: AnonIds): boolean {
  if (!isUnwritten(set, chunk, row)) return true;
  if (!set.isInside(row)) return false;
  const anon = lent(set, chunk, row + 1, row) || lent(set, chunk, row - 1, row) || newAnon(ids);
  chunk.mark(row, anon, chunk.traits(row));
  return true;
}

/** Write to what there is of a range; false where the rest has to be done the long way. */
export function writeRange(set: VmaSet, start: number, end: number, ids: AnonIds): boolean {
  const chunk = set.seek(start);
  if (chunk === undefined || set.goesOn(end)) return false;
  for (let { row } = set; row < chunk.count && chunk.start(row) < end; row++)
    if (!write(set, chunk, row, ids)) return false;
  return true;
}

/** Write to all that is private and was not written to; false where it has to be done the long way. */
export function writeQuickly(set: VmaSet, ids: AnonIds): boolean {
  let all = true;
  set.eachRow((chunk, row) => {
    all &&= write(set, chunk, row, ids);
  });
  return all;
}

/** What both sides of a merge are asked, as `mergeable` does where one was not written. */
export function join(lower: Traits, upper: Traits, anon: number, rules: VmaRules): boolean {
  if (lower.alike !== upper.alike || lower.special) return false;
  if (rules.closeNeverMerges && lower.close) return false;
  if (anon !== 0 && (lower.forked || upper.forked)) return false;
  return lower.shared || anonOffsetsMerge(rules, lower.anonShift === upper.anonShift);
}

/** Map a range where nothing is; false if it has to be done the long way, as where it meets what it may not merge with. */
export function insertQuickly(
  set: VmaSet,
  range: NewRange,
  rules: VmaRules,
  ids: AnonIds,
  merge: MergeWith,
): boolean {
  const { traits, start, end, pgoff, file, areaNumber } = range;
  const chunk = set.seek(start);
  if (chunk === undefined) return false;
  const above = set.row;
  const below = above - 1;
  if (above < chunk.count && chunk.start(above) < end) return false;
  const meetsBelow = below >= 0 && chunk.end(below) === start;
  const meetsAbove = above < chunk.count && chunk.start(above) === end;
  if (meetsBelow || meetsAbove) {
    if (merge === "none" || (meetsAbove && merge === "lower")) return false;
    const touches = rules.touch !== "never";
    if (touches && meetsBelow && !write(set, chunk, below, ids)) return false;
    if (touches && meetsAbove && !write(set, chunk, above, ids)) return false;
    const joined = joinQuickly(set, chunk, range, rules, meetsBelow, meetsAbove);
    if (joined !== undefined) return joined;
  }
  if (!set.spliceRows(above, 0, 1)) return false;
  chunk.set(above, start, end, pgoff, file, 0, traits.id, areaNumber);
  set.changedRows(false);
  return true;
}

/** Join a new range with one neighbour; undefined if it joins none, false if it may join both. */
function joinQuickly(
  set: VmaSet,
  chunk: Chunk,
  { traits, start, end, pgoff, file, areaNumber }: NewRange,
  rules: VmaRules,
  meetsBelow: boolean,
  meetsAbove: boolean,
): boolean | undefined {
  const above = set.row;
  const below = above - 1;
  const joinsBelow =
    meetsBelow &&
    chunk.file(below) === file &&
    chunk.pgoff(below) + start - chunk.start(below) === pgoff &&
    join(set.traits.get(chunk.traits(below)), traits, chunk.anon(below), rules);
  const joinsAbove =
    meetsAbove &&
    chunk.file(above) === file &&
    pgoff + end - start === chunk.pgoff(above) &&
    join(traits, set.traits.get(chunk.traits(above)), chunk.anon(above), rules);
  if (!joinsBelow && !joinsAbove) return undefined;
  if (joinsBelow && joinsAbove) return false;
  if (joinsBelow) chunk.resize(below, chunk.start(below), end);
  else
    chunk.set(
      above,
      start,
      chunk.end(above),
      pgoff,
      file,
      chunk.anon(above),
      traits.id,
      areaNumber,
    );
  set.changedRows(false);
  return true;
}

/** Unmap a range; the pages that went, or undefined if it has to be done the long way. */
export function removeQuickly(
  set: VmaSet,
  start: number,
  end: number,
  rules: VmaRules,
  ids: AnonIds,
): number | undefined {
  if (start >= end) return 0;
  const chunk = set.seek(start);
  if (chunk === undefined) return undefined;
  const first = set.row;
  const after = chunk.firstFrom(end, first);
  if (first === after) return 0;
  if (set.goesOn(end)) return undefined;
  const cutsHead = chunk.start(first) < start;
  const cutsTail = chunk.end(after - 1) > end;
  if (rules.touch !== "never" && (cutsHead || cutsTail)) {
    // What is taken away whole may have lent its anon_vma to what stays.
    if (after - first > 1) return undefined;
    if (!write(set, chunk, first, ids)) return undefined;
  }
  let removed = 0;
  for (let row = first; row < after; row++)
    removed += Math.min(chunk.end(row), end) - Math.max(chunk.start(row), start);
  if (!cutsHead && !cutsTail) {
    set.spliceRows(first, after - first, 0);
    set.changedRows(true);
    return removed;
  }
  return cut(set, chunk, { first, after, start, end, cutsHead, cutsTail }) ? removed : undefined;
}

interface Cut {
  readonly first: number;
  readonly after: number;
  readonly start: number;
  readonly end: number;
  readonly cutsHead: boolean;
  readonly cutsTail: boolean;
}

function cut(set: VmaSet, chunk: Chunk, at: Cut): boolean {
  const { first, after, start, end, cutsHead, cutsTail } = at;
  if (cutsHead && cutsTail && after - first === 1) {
    const last = chunk.end(first);
    const pgoff = chunk.pgoff(first) + end - chunk.start(first);
    if (!set.spliceRows(first + 1, 0, 1)) return false;
    const [file, anon, traits] = [chunk.file(first), chunk.anon(first), chunk.traits(first)];
    chunk.set(first + 1, end, last, pgoff, file, anon, traits, chunk.area(first));
    chunk.resize(first, chunk.start(first), start);
    set.changedRows(false);
    return true;
  }
  if (cutsHead) chunk.resize(first, chunk.start(first), start);
  if (cutsTail) chunk.resize(after - 1, end, chunk.end(after - 1));
  const from = cutsHead ? first + 1 : first;
  set.spliceRows(from, (cutsTail ? after - 1 : after) - from, 0);
  set.changedRows(true);
  return true;
}
