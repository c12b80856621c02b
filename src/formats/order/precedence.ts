/** Which of two calls that were under way together came first, as far as addresses prove it. */

import type { U64 } from "../../units.ts";
import { type Footprint, intersect, type Range } from "./footprint.ts";

const size = ({ start, end }: Range): U64 => BigInt(end) - BigInt(start);

function intersectAny(ranges: readonly Range[], range: Range): boolean {
  for (const other of ranges) if (intersect(other, range)) return true;
  return false;
}

/**
 * True if `first` must have come first: it names an address that `second` found free. Nobody can name an address that
 * the kernel is about to choose, so the name is of what was there before.
 */
export function mustPrecede(first: Footprint, second: Footprint): boolean {
  const { found } = second;
  return found !== undefined && intersectAny(first.named, found);
}

/** `b` is right behind `a`, in the direction in which a search goes. */
const isAdjacent = (a: Range, b: Range, topDown: boolean): boolean =>
  topDown ? b.end === a.start : b.start === a.end;

/** A search takes the first gap that fits; `a` is met before `b`. */
const isMetFirst = (a: Range, b: Range, topDown: boolean): boolean =>
  topDown ? a.start >= b.end : a.end <= b.start;

/**
 * True if the search `first` came before the search `second`, which would otherwise have taken its place: a search
 * takes the first gap that fits, seen from the top (or, in the old layout, from the bottom). `gap` is what was free
 * around the place that `first` found.
 */
export function foundFirst(
  first: Footprint,
  second: Footprint,
  gap: Range,
  topDown: boolean,
): boolean {
  const a = first.found;
  const b = second.found;
  if (a === undefined || b === undefined || !first.searches || !second.searches) return false;
  if (!isMetFirst(a, b, topDown)) return false;
  return intersect(gap, b) || isAdjacent(a, b, topDown) || size(b) <= size(gap);
}

/**
 * What `second` freed and `first` would have taken or reached into, had it been free: so `first` came first. `around`
 * gives what is free together with a range.
 */
export function notTaken(
  first: Footprint,
  second: Footprint,
  around: (range: Range) => Range,
  topDown: boolean,
): Range | undefined {
  const { found } = first;
  if (found === undefined || !first.searches) return undefined;
  const gap = around(found);
  // Where there was room before its place, another call had taken that: this proves nothing.
  if (topDown ? gap.end !== found.end : gap.start !== found.start) return undefined;
  return second.frees.find((range) => {
    if (!isMetFirst(range, found, topDown)) return false;
    return isAdjacent(range, found, topDown) || size(around(range)) >= size(found);
  });
}

/** True if a call that has begun may turn out to precede one that has returned. */
export function mayPrecede(begun: Footprint, returned: Footprint): boolean {
  if (begun.searches) return returned.found !== undefined || returned.frees.length > 0;
  return mustPrecede(begun, returned);
}

/** True if both change one range and nothing tells which did so first. */
export function isUndecided(a: Footprint, b: Footprint | undefined): boolean {
  if (b === undefined) return false;
  for (const range of a.named) if (intersectAny(b.named, range)) return true;
  return false;
}
