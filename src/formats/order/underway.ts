/** Which calls have begun in one address space and not returned, and whether a call that returns has to do with one. */

import type { Request } from "../request.ts";
import { type Footprint, footprint, smallestPage } from "./footprint.ts";
import type { Ordered } from "./queue.ts";
import { type Reach, reachOf } from "./reach.ts";

/** A call that has begun and not returned. There is one for each call: fields that are declared are set once. */
export class Begun {
  declare readonly space: Ordered;
  /** undefined for a fork. */
  declare readonly request: Request | undefined;
  declare readonly reach: Reach | undefined;
  /** Position in the recording. */
  declare readonly entry: number;
  /** Place among the open calls of its address space. */
  declare slot: number;
  declare private print: Footprint | undefined;

  constructor(space: Ordered, request: Request | undefined, entry: number) {
    this.space = space;
    this.request = request;
    this.reach = request === undefined ? undefined : reachOf(request);
    this.entry = entry;
    this.slot = 0;
    this.print = undefined;
  }

  /** undefined for a fork. */
  get footprint(): Footprint | undefined {
    if (this.request === undefined) return undefined;
    this.print ??= footprint(this.request, null, smallestPage);
    return this.print;
  }
}

/** As far as forks and searches under way go: the order of this call among them changes nothing. */
const mayPass = ({ passes, frees }: Reach, forks: number, searching: number): boolean =>
  passes && forks === 0 && !(frees && searching > 0);

/** Calls that have overlapped in one address space. */
class Several {
  /** In no order. */
  readonly open: Begun[] = [];
  /** Low and high of each of them. */
  #bounds = new Float64Array(16);
  #forks = 0;
  #searching = 0;

  begin(begun: Begun): void {
    const { reach } = begun;
    const slot = this.open.length;
    begun.slot = slot;
    this.open[slot] = begun;
    if (2 * slot === this.#bounds.length) this.#grow();
    this.#bounds[2 * slot] = reach?.low ?? 0;
    this.#bounds[2 * slot + 1] = reach?.high ?? 0;
    this.#count(reach, 1);
  }

  #grow(): void {
    const larger = new Float64Array(2 * this.#bounds.length);
    larger.set(this.#bounds);
    this.#bounds = larger;
  }

  #count(reach: Reach | undefined, by: number): void {
    if (reach === undefined) this.#forks += by;
    else if (reach.searches) this.#searching += by;
  }

  end(begun: Begun): void {
    const { slot, reach } = begun;
    const last = this.open.length - 1;
    const moved = this.open[last];
    if (moved === undefined || this.open[slot] !== begun) return;
    this.open[slot] = moved;
    const bounds = this.#bounds;
    bounds[2 * slot] = bounds[2 * last] as number;
    bounds[2 * slot + 1] = bounds[2 * last + 1] as number;
    moved.slot = slot;
    this.open.pop();
    this.#count(reach, -1);
  }

  leaves(reach: Reach): boolean {
    if (!mayPass(reach, this.#forks, this.#searching)) return false;
    const { low, high } = reach;
    const bounds = this.#bounds;
    const end = 2 * this.open.length;
    for (let index = 0; index < end; index += 2) {
      if ((bounds[index] as number) < high && low < (bounds[index + 1] as number)) return false;
    }
    return true;
  }
}

/** What is under way in one address space: for most of a recording with many of them no more than one call. */
export type Underway = Begun | Several | undefined;

/** A call begins. */
export function withBegun(underway: Underway, begun: Begun): Underway {
  if (underway === undefined) return begun;
  const several = underway instanceof Begun ? new Several() : underway;
  if (underway instanceof Begun) several.begin(underway);
  several.begin(begun);
  return several;
}

/** A call returned. */
export function withoutBegun(underway: Underway, begun: Begun): Underway {
  if (underway === begun) return undefined;
  if (underway instanceof Several) underway.end(begun);
  return underway;
}

const none: readonly Begun[] = [];

/** How many calls are open. */
export function countOpen(underway: Underway): number {
  if (underway instanceof Several) return underway.open.length;
  return underway === undefined ? 0 : 1;
}

/** The open calls, in no order. */
export function openCalls(underway: Underway): readonly Begun[] {
  if (underway instanceof Several) return underway.open;
  return underway === undefined ? none : [underway];
}

/** True if none of the open calls can have taken effect before one that reaches so far, nor touches what it touches. */
export function leaves(underway: Underway, reach: Reach): boolean {
  if (underway instanceof Several) return underway.leaves(reach);
  if (underway === undefined) return true;
  const { reach: open } = underway;
  if (open === undefined || !mayPass(reach, 0, open.searches ? 1 : 0)) return false;
  return open.low >= reach.high || reach.low >= open.high;
}
