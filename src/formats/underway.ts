/** Which calls have begun in one address space and not returned, and whether a call that returns has to do with one. */

import { MAP_FIXED } from "../trace/flags.ts";
import { hasBit } from "../units.ts";
import { type Footprint, footprint } from "./footprint.ts";
import type { Ordered } from "./order-queue.ts";
import type { Request } from "./request.ts";

/** A call that has begun and not returned. */
export class Begun {
  readonly space: Ordered;
  /** undefined for a fork. */
  readonly request: Request | undefined;
  /** Position in the recording. */
  readonly entry: number;
  /** Place among the open calls of its address space. */
  slot = 0;
  #footprint: Footprint | undefined;

  constructor(space: Ordered, request: Request | undefined, entry: number) {
    this.space = space;
    this.request = request;
    this.entry = entry;
  }

  /** undefined for a fork. */
  get footprint(): Footprint | undefined {
    if (this.request === undefined) return undefined;
    this.#footprint ??= footprint(this.request, null);
    return this.#footprint;
  }
}

const page = 4096;
const everywhere = Number.POSITIVE_INFINITY;

const isFixed = (request: Request): boolean =>
  request.call === "mmap" && request.addr !== 0 && hasBit(request.flags, MAP_FIXED);

/** Calls that neither map nor unmap; only the rights that mprotect changes are those of a range. */
const isHarmless = ({ call }: Request): boolean =>
  call === "mprotect" || call === "madvise" || call === "brk";

/** The calls with a range that is known before they return. */
const hasRange = (request: Request): boolean =>
  request.call === "mprotect" || request.call === "munmap" || isFixed(request);

/** Where what a call names begins: nowhere is above all, what is not looked at begins below all. */
function lowOf(request: Request): number {
  if (request.call === "mprotect" || request.call === "munmap" || request.call === "mmap") {
    if (!hasRange(request)) return everywhere;
    return typeof request.addr === "number" ? request.addr : -everywhere;
  }
  return isHarmless(request) ? everywhere : -everywhere;
}

/** Where it ends. */
function highOf(request: Request): number {
  if (request.call === "mprotect" || request.call === "munmap" || request.call === "mmap") {
    if (!hasRange(request)) return -everywhere;
    const { addr, length } = request;
    if (typeof addr !== "number" || typeof length !== "number") return everywhere;
    return addr + Math.ceil(length / page) * page;
  }
  return isHarmless(request) ? -everywhere : everywhere;
}

const maySearch = (request: Request): boolean =>
  (request.call === "mmap" && !isFixed(request)) ||
  request.call === "mremap" ||
  request.call === "shmat";

/** As far as forks and searches under way go: the order of this call among them changes nothing. */
function mayPass(request: Request, forks: number, searching: number): boolean {
  if (forks > 0 || (request.call === "munmap" && searching > 0)) return false;
  return isHarmless(request) || request.call === "munmap";
}

/** Calls that have overlapped in one address space. */
class Several {
  /** In no order. */
  readonly open: Begun[] = [];
  /** Low and high of each of them. */
  readonly #bounds: number[] = [];
  #forks = 0;
  #searching = 0;

  begin(begun: Begun): void {
    const { request } = begun;
    begun.slot = this.open.push(begun) - 1;
    this.#bounds.push(
      request === undefined ? everywhere : lowOf(request),
      request === undefined ? -everywhere : highOf(request),
    );
    this.#count(request, 1);
  }

  #count(request: Request | undefined, by: number): void {
    if (request === undefined) this.#forks += by;
    else if (maySearch(request)) this.#searching += by;
  }

  end(begun: Begun): void {
    const { slot, request } = begun;
    const last = this.open.length - 1;
    const moved = this.open[last];
    if (moved === undefined || this.open[slot] !== begun) return;
    this.open[slot] = moved;
    const bounds = this.#bounds;
    bounds[2 * slot] = bounds[2 * last] as number;
    bounds[2 * slot + 1] = bounds[2 * last + 1] as number;
    moved.slot = slot;
    this.open.pop();
    bounds.pop();
    bounds.pop();
    this.#count(request, -1);
  }

  leaves(request: Request): boolean {
    if (!mayPass(request, this.#forks, this.#searching)) return false;
    const low = lowOf(request);
    const high = highOf(request);
    const bounds = this.#bounds;
    for (let index = 0; index < bounds.length; index += 2) {
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

/** True if there are none. */
export function isIdle(underway: Underway): boolean {
  return underway === undefined || (underway instanceof Several && underway.open.length === 0);
}

/** The open calls, in no order. */
export function openCalls(underway: Underway): readonly Begun[] {
  if (underway instanceof Several) return underway.open;
  return underway === undefined ? none : [underway];
}

/** True if none of the open calls can have taken effect before this one, nor touches what it touches. */
export function leaves(underway: Underway, request: Request): boolean {
  if (underway instanceof Several) return underway.leaves(request);
  if (underway === undefined) return true;
  const { request: open } = underway;
  if (open === undefined || !mayPass(request, 0, maySearch(open) ? 1 : 0)) return false;
  return lowOf(open) >= highOf(request) || lowOf(request) >= highOf(open);
}
