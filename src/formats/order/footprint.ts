/** Which addresses a call frees, finds or needs: what its order among others can be told by. */

import { MAP_FIXED, MREMAP_DONTUNMAP, MREMAP_FIXED } from "../../trace/flags.ts";
import { hasBit, type U64 } from "../../units.ts";
import type { Request } from "../request.ts";

/** Half-open, bytes. */
export interface Range {
  readonly start: U64;
  readonly end: U64;
}

export interface Footprint {
  /** Mapped before, free after. */
  readonly frees: readonly Range[];
  /** Named by the program: mapped before, or mapped by this call. */
  readonly named: readonly Range[];
  /** The kernel looks for a gap. */
  readonly searches: boolean;
  /** What it found free: nobody knows before the call returns. */
  readonly found?: Range;
}

function plus(start: U64, length: U64): U64 {
  if (typeof start === "number" && typeof length === "number") {
    const sum = start + length;
    if (Number.isSafeInteger(sum)) return sum;
  }
  return BigInt(start) + BigInt(length);
}

/** Bytes: the page size where none is known, as while a recording is read. */
export const smallestPage = 4096;

/** Whole pages. */
function rangeOf(start: U64, length: U64, page: number): Range {
  const pages = typeof length === "number" ? Math.ceil(length / page) * page : length;
  return { start, end: plus(start, pages) };
}

export function intersect(a: Range, b: Range): boolean {
  return a.start < b.end && b.start < a.end;
}

const none: readonly Range[] = [];
const nothing: Footprint = { frees: none, named: none, searches: false };

function placed(result: U64 | null, length: U64, page: number): Footprint {
  if (result === null) return { frees: none, named: none, searches: true };
  return { frees: none, named: none, searches: true, found: rangeOf(result, length, page) };
}

const naming = (range: Range): Footprint => ({ frees: none, named: [range], searches: false });

type Asked<K extends Request["call"]> = Extract<Request, { call: K }>;

function ofMmap(
  { addr, length, flags }: Asked<"mmap">,
  result: U64 | null,
  page: number,
): Footprint {
  const kept = addr !== 0 && (hasBit(flags, MAP_FIXED) || result === addr);
  return kept ? naming(rangeOf(addr, length, page)) : placed(result, length, page);
}

function ofMremap(request: Asked<"mremap">, result: U64 | null, page: number): Footprint {
  const { addr, length, newLength, newAddr } = request;
  const old = rangeOf(addr, length, page);
  const left = hasBit(request.flags, MREMAP_DONTUNMAP) ? none : [old];
  if (hasBit(request.flags, MREMAP_FIXED) && newAddr !== null) {
    return { frees: left, named: [old, rangeOf(newAddr, newLength, page)], searches: false };
  }
  if (result !== addr) return { ...placed(result, newLength, page), frees: left, named: [old] };
  const now = rangeOf(addr, newLength, page);
  const frees = now.end < old.end ? [{ start: now.end, end: old.end }] : [];
  const found = { start: old.end, end: now.end };
  return { frees, named: [old], searches: false, ...(now.end > old.end && { found }) };
}

/** The footprint of a call that succeeded with `result`, or (null) that has not returned yet; the page size in bytes. */
export function footprint(request: Request, result: U64 | null, page: number): Footprint {
  switch (request.call) {
    case "mmap":
      return ofMmap(request, result, page);
    case "mremap":
      return ofMremap(request, result, page);
    case "munmap": {
      const ranges = [rangeOf(request.addr, request.length, page)];
      return { frees: ranges, named: ranges, searches: false };
    }
    case "shmdt": {
      const range = rangeOf(request.addr, 1, page);
      return { frees: [range], named: [range], searches: false };
    }
    case "shmat": {
      const { addr, length = 1 } = request;
      return addr === 0 ? placed(result, length, page) : naming(rangeOf(addr, length, page));
    }
    case "mprotect":
      return naming(rangeOf(request.addr, request.length, page));
    default:
      return nothing;
  }
}
