/** What waits in one address space for calls that are under way, and when too much does to be compared. */

import type { Event } from "../../trace/event.ts";
import type { Request } from "../request.ts";
import type { Footprint, Range } from "./footprint.ts";
import { KnownFree } from "./known-free.ts";
import { type Reach, reachOf } from "./reach.ts";
import { type Begun, countOpen, leaves, type Underway, withBegun } from "./underway.ts";

/** So many calls under way are compared with, and so many comparisons made before nothing waits any more. */
const crowd = 1024;
const effort = 262_144;

/** An event that waits until it is certain that nothing comes before it. */
export interface Item {
  readonly event: Event;
  readonly footprint: Footprint | undefined;
  readonly entry: number;
  readonly exit: number;
  /** The address space that this event makes. */
  readonly made?: Ordered;
  /** The space is copied when the call begins: dup_mmap() holds the lock from then on. */
  readonly copies?: boolean;
}

/** What is going on in one address space. */
export interface Queue {
  underway: Underway;
  readonly window: Item[];
  /** undefined until something is freed or found. */
  free: KnownFree | undefined;
  /** Comparisons since nothing waited. */
  work: number;
  /** False until the event that makes the space is out. */
  born: boolean;
  /** Placements right below, and right above, the one before. */
  down: number;
  up: number;
  last: Range | undefined;
}

/** The identity of an address space, which keeps what is going on in it. */
export interface Ordered {
  queue?: Queue | undefined;
  /** The call that began first, as long as nothing else has happened: of many spaces that is all. */
  first?: Begun | undefined;
}

const newQueue = (underway: Underway): Queue => ({
  underway,
  window: [],
  free: undefined,
  work: 0,
  born: true,
  down: 0,
  up: 0,
  last: undefined,
});

/** What is going on in a space. */
export function queueOf(space: Ordered): Queue {
  if (space.queue === undefined) {
    space.queue = newQueue(space.first);
    space.first = undefined;
  }
  return space.queue;
}

/** True if nothing has gone on in a space. */
export const isQuiet = ({ queue, first }: Ordered): boolean =>
  queue === undefined && first === undefined;

/** A call begins. */
export function beginIn(space: Ordered, begun: Begun): void {
  if (isQuiet(space)) space.first = begun;
  else {
    const queue = queueOf(space);
    queue.underway = withBegun(queue.underway, begun);
  }
}

/** Too much is going on for any order but that in which calls return. */
export const isCrowded = (queue: Queue): boolean =>
  queue.work > effort || countOpen(queue.underway) > crowd;

/** True if no open call has to do with one that has asked for this; `known` is its reach, if that is known already. */
export function isAlone(
  { underway }: Queue,
  request: Request | undefined,
  known: Reach | undefined,
): boolean {
  const open = countOpen(underway);
  if (open === 0) return true;
  if (open > crowd || request === undefined) return false;
  return leaves(underway, known ?? reachOf(request));
}

/** A call with this footprint took effect: what is free now, and whether searches go down or up. */
export function learn(queue: Queue, { found, searches, frees, named }: Footprint): void {
  queue.free ??= new KnownFree();
  for (const range of named) queue.free.take(range);
  for (const range of frees) queue.free.add(range);
  if (found !== undefined) queue.free.take(found);
  if (found === undefined || !searches) return;
  if (queue.last?.start === found.end) queue.down += 1;
  else if (queue.last?.end === found.start) queue.up += 1;
  queue.last = found;
}
