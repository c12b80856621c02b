/** Which calls have begun in one address space and not returned, and whether a call that returns has to do with one. */

import { MAP_FIXED } from "../trace/flags.ts";
import { hasBit } from "../units.ts";
import { type Footprint, footprint } from "./footprint.ts";
import type { Request } from "./request.ts";

/** A call that has begun and not returned. */
export class Begun {
  readonly space: object;
  /** undefined for a fork. */
  readonly request: Request | undefined;
  /** Position in the recording. */
  readonly entry: number;
  /** Place among the open calls of its address space. */
  slot = 0;
  #footprint: Footprint | undefined;

  constructor(space: object, request: Request | undefined, entry: number) {
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

export class Underway {
  /** In no order. */
  readonly open: Begun[] = [];
  readonly #lows: number[] = [];
  readonly #highs: number[] = [];
  #forks = 0;
  #searching = 0;

  begin(begun: Begun): Begun {
    const { request } = begun;
    begun.slot = this.open.push(begun) - 1;
    this.#lows.push(request === undefined ? everywhere : lowOf(request));
    this.#highs.push(request === undefined ? -everywhere : highOf(request));
    if (request === undefined) this.#forks += 1;
    else if (maySearch(request)) this.#searching += 1;
    return begun;
  }

  end(begun: Begun): void {
    const { slot, request } = begun;
    const last = this.open.length - 1;
    const moved = this.open[last];
    if (moved === undefined || this.open[slot] !== begun) return;
    this.open[slot] = moved;
    this.#lows[slot] = this.#lows[last] as number;
    this.#highs[slot] = this.#highs[last] as number;
    moved.slot = slot;
    this.open.pop();
    this.#lows.pop();
    this.#highs.pop();
    if (request === undefined) this.#forks -= 1;
    else if (maySearch(request)) this.#searching -= 1;
  }

  /** True if none of the open calls can have taken effect before this one, nor touches what it touches. */
  leaves(request: Request): boolean {
    if (this.#forks > 0 || (request.call === "munmap" && this.#searching > 0)) return false;
    if (!isHarmless(request) && request.call !== "munmap") return false;
    const low = lowOf(request);
    const high = highOf(request);
    for (let index = 0; index < this.#lows.length; index++) {
      if ((this.#lows[index] as number) < high && low < (this.#highs[index] as number))
        return false;
    }
    return true;
  }
}
