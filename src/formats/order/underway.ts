/** Which calls have begun in one address space and not returned, and whether a call that returns has to do with one. */

import type { Request } from "../request.ts";
import { type Footprint, footprint, smallestPage } from "./footprint.ts";
import type { Ordered } from "./queue.ts";
import { extend, type Reach } from "./reach.ts";

/** A call that has begun and not returned. There is one for each call: fields that are declared are set once. */
export class Begun implements Reach {
  declare readonly space: Ordered;
  /** undefined for a fork. */
  declare readonly request: Request | undefined;
  declare low: number;
  declare high: number;
  declare does: Reach["does"];
  /** Position in the recording. */
  declare readonly entry: number;
  /** Place among the open calls of its address space. */
  declare slot: number;
  declare private print: Footprint | undefined;

  constructor(space: Ordered, request: Request | undefined, entry: number) {
    this.space = space;
    this.request = request;
    this.low = Number.POSITIVE_INFINITY;
    this.high = Number.NEGATIVE_INFINITY;
    this.does = request === undefined ? "forks" : "harmless";
    this.entry = entry;
    this.slot = 0;
    this.print = undefined;
    if (request !== undefined) extend(this, request);
  }

  /** undefined for a fork. */
  get footprint(): Footprint | undefined {
    if (this.request === undefined) return undefined;
    this.print ??= footprint(this.request, null, smallestPage);
    return this.print;
  }
}

/** As far as forks and searches under way go: the order of this call among them changes nothing, as it maps nothing. */
const mayPass = ({ does }: Reach, forks: number, searching: number): boolean =>
  forks === 0 && (does === "harmless" || (does === "frees" && searching === 0));

/** Calls that have overlapped in one address space. */
class Several {
  /** In no order. */
  readonly open: Begun[] = [];
  /** Low and high of each of them. */
  #bounds = new Float64Array(16);
  #forks = 0;
  #searching = 0;

  begin(begun: Begun): void {
    const slot = this.open.length;
    begun.slot = slot;
    this.open[slot] = begun;
    if (2 * slot === this.#bounds.length) this.#grow();
    this.#bounds[2 * slot] = begun.low;
    this.#bounds[2 * slot + 1] = begun.high;
    this.#count(begun, 1);
  }

  #grow(): void {
    const larger = new Float64Array(2 * this.#bounds.length);
    larger.set(this.#bounds);
    this.#bounds = larger;
  }

  #count({ does }: Reach, by: number): void {
    if (does === "forks") this.#forks += by;
    else if (does === "searches") this.#searching += by;
  }

  end(begun: Begun): void {
    const { slot } = begun;
    const last = this.open.length - 1;
    const moved = this.open[last];
    if (moved === undefined || this.open[slot] !== begun) return;
    this.open[slot] = moved;
    const bounds = this.#bounds;
    bounds[2 * slot] = bounds[2 * last] as number;
    bounds[2 * slot + 1] = bounds[2 * last + 1] as number;
    moved.slot = slot;
    this.open.pop();
    this.#count(begun, -1);
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
  const { low, high, does } = underway;
  if (!mayPass(reach, does === "forks" ? 1 : 0, does === "searches" ? 1 : 0)) return false;
  return low >= reach.high || reach.low >= high;
}
