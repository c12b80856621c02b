/** Which of two events that wait in one address space came first, as far as they and what waits with them tell. */

import { type Footprint, intersect, type Range } from "./footprint.ts";
import { foundFirst, isUndecided, mustPrecede, notTaken } from "./precedence.ts";
import type { Item, Queue } from "./queue.ts";
import { openCalls } from "./underway.ts";

/** True if `other` came before `item`; `fit` is true to believe also what first fit tells. */
export function precedes(queue: Queue, other: Item, item: Item, fit: boolean): boolean {
  if (item.copies === true) {
    return other.entry < item.entry && !isLate(queue, other, item, fit);
  }
  if (other.copies === true) {
    return other.entry < item.entry || isLate(queue, item, other, fit);
  }
  if (other.exit < item.entry) return true;
  if (item.exit < other.entry) return false;
  const { footprint: a } = other;
  const { footprint: b } = item;
  if (a === undefined || b === undefined) return false;
  if (mustPrecede(a, b)) return true;
  return fit && !mustPrecede(b, a) && fits(queue, other, a, b);
}

/** First fit tells that `a` came before `b`, and no third call explains it otherwise. */
function fits(queue: Queue, { exit }: Item, a: Footprint, b: Footprint): boolean {
  const topDown = queue.down >= queue.up;
  const around = (range: Range): Range => queue.free?.around(range) ?? range;
  const { found } = a;
  if (found === undefined) return false;
  queue.work += queue.window.length;
  if (foundFirst(a, b, around(found), topDown)) {
    // What `a` found may have been freed after `b`.
    return !queue.window.some(
      ({ entry, footprint: third }) =>
        entry < exit && third?.frees.some((range) => intersect(range, found)),
    );
  }
  const range = notTaken(a, b, around, topDown);
  if (range === undefined) return false;
  // Another one may have taken it in between.
  return !queue.window.some(
    ({ exit: end, footprint: third }) =>
      end < exit && third?.found !== undefined && intersect(range, third.found),
  );
}

/** A call that began before a fork waited for it, as another that began after the fork came first. */
function isLate(queue: Queue, item: Item, fork: Item, fit: boolean): boolean {
  return queue.window.some(
    (other) =>
      other.entry > fork.entry && other.copies !== true && precedes(queue, other, item, fit),
  );
}

/** How many calls overlap with this one, over one range, of which nothing tells whether they came first. */
export function countUndecided(queue: Queue, { footprint, entry, exit }: Item): number {
  if (footprint === undefined) return 0;
  let undecided = 0;
  for (const open of openCalls(queue.underway)) {
    if (open.entry < exit && isUndecided(footprint, open.footprint)) undecided += 1;
  }
  for (const item of queue.window) {
    const together = item.entry < exit && entry < item.exit;
    if (together && isUndecided(footprint, item.footprint)) undecided += 1;
  }
  return undecided;
}
