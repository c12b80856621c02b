/** How mremap becomes ops: in place, moved, to a fixed place, or leaving its source behind. */

import type { Call, Search } from "../trace/event.ts";
import { MREMAP_DONTUNMAP, MREMAP_FIXED, MREMAP_MAYMOVE } from "../trace/flags.ts";
import { alignUp, hasBit, pageOf, pagesFor } from "../units.ts";
import type { Piece } from "./live.ts";
import type { Placing } from "./op-sink.ts";
import type { Origin } from "./program.ts";
import { positionOf, type State } from "./state.ts";

type Mremap = Extract<Call, { call: "mremap" }>;

/** The sizes of a call in pages, hugetlb lengths rounded to the huge page before any comparison. */
interface Sizes {
  readonly start: number;
  readonly old: number;
  readonly now: number;
}

function sizesOf(call: Mremap, pageBytes: number, huge: number | undefined): Sizes {
  const round = (pages: number) => (huge === undefined ? pages : alignUp(pages, huge));
  return {
    start: pageOf(call.addr, pageBytes),
    old: round(pagesFor(call.length, pageBytes)),
    now: round(pagesFor(call.newLength, pageBytes)),
  };
}

/** What the kernel keeps of the flags of a moved area: MAP_32BIT and MAP_ABOVE4G are forgotten. */
function placing(
  state: State,
  source: Piece,
  sizes: Sizes,
  how: Placing["how"],
  searches: readonly Search[],
): Placing {
  const area = state.areaAt(source);
  return {
    how,
    pages: sizes.now,
    guard: state.guardOf(area),
    area,
    source: positionOf(source),
    low32: false,
    above4g: false,
    startGap: 0,
    searches,
  };
}

function sourceOf(state: State, start: number): Piece | undefined {
  const piece = state.live.find(start);
  return piece === undefined
    ? undefined
    : { ...piece, start, offset: piece.offset + start - piece.start };
}

const growth = (flags: number): "grow" | "grow-in-place" =>
  hasBit(flags, MREMAP_MAYMOVE) ? "grow" : "grow-in-place";

/** A call that succeeded; `at` is the page of its result. False if its source is not known. */
export function remap(
  state: State,
  call: Mremap,
  at: number,
  pageBytes: number,
  searches: readonly Search[],
  from: Origin,
): boolean {
  const source = sourceOf(state, pageOf(call.addr, pageBytes));
  if (source === undefined) return false;
  const sizes = sizesOf(call, pageBytes, source.made.area.huge);
  if (hasBit(call.flags, MREMAP_FIXED)) {
    remapFixed(state, call, sizes, at, from);
  } else if (hasBit(call.flags, MREMAP_DONTUNMAP)) {
    const hint = call.newAddr === null ? 0 : pageOf(call.newAddr, pageBytes);
    const plan = placing(state, source, sizes, "place", searches);
    state.map(at, { ...plan, ...(hint > 0 && { hint: state.near(hint) }) }, from);
  } else if (sizes.old === 0) {
    state.map(at, placing(state, source, sizes, "place", searches), from);
  } else if (sizes.now <= sizes.old) {
    state.release(sizes.start + sizes.now, sizes.old - sizes.now, from);
  } else {
    grow(state, call, source, sizes, at, searches, from);
  }
  return true;
}

function grow(
  state: State,
  call: Mremap,
  source: Piece,
  sizes: Sizes,
  at: number,
  searches: readonly Search[],
  from: Origin,
): void {
  const plan = placing(state, source, sizes, growth(call.flags), searches);
  const hint = positionOf(source);
  // The source leaves the live map first: the new object may lie over it. The op order is the kernel's.
  const pieces = state.live.cut(sizes.start, sizes.start + sizes.old);
  const object = state.map(at, { ...plan, hint, kept: sizes.old }, from);
  state.releasePieces(pieces, from, { object, pages: sizes.now });
}

/** Each VMA of the source goes to its place in the target; 6.17 and later allow several, with holes. */
function remapFixed(state: State, call: Mremap, sizes: Sizes, at: number, from: Origin): void {
  const target = state.inside(at);
  state.release(at, sizes.now, from);
  if (sizes.now < sizes.old) {
    state.release(sizes.start + sizes.now, sizes.old - sizes.now, from);
  }
  const moved = sizes.old === 0 ? 1 : Math.min(sizes.old, sizes.now);
  const pieces = state.live.over(sizes.start, sizes.start + moved);
  for (const piece of pieces) {
    const delta = piece.start - sizes.start;
    const grown = piece === pieces.at(-1) ? Math.max(sizes.now - moved, 0) : 0;
    const pages = piece.end - piece.start + grown;
    const source = positionOf(piece);
    const position = { object: target.object, offset: target.offset + delta };
    const area = state.areaAt(piece);
    const object = state.fix(at + delta, pages, area, position, from, source);
    if (hasBit(call.flags, MREMAP_DONTUNMAP) || sizes.old === 0) continue;
    state.release(piece.start, piece.end - piece.start, from, { object, pages });
  }
}

/** A call that failed: what it asked for if it got as far as searching, and what it had already unmapped. */
export function failedRemap(
  state: State,
  call: Mremap,
  pageBytes: number,
  searches: readonly Search[],
  from: Origin,
  unmapsFirst: boolean,
): void {
  const source = sourceOf(state, pageOf(call.addr, pageBytes));
  if (source === undefined) return;
  const sizes = sizesOf(call, pageBytes, source.made.area.huge);
  if (call.error === "EFAULT" && hasBit(call.flags, MREMAP_FIXED) && unmapsFirst) {
    if (call.newAddr !== null) state.release(pageOf(call.newAddr, pageBytes), sizes.now, from);
    if (sizes.now < sizes.old) state.release(sizes.start + sizes.now, sizes.old - sizes.now, from);
    return;
  }
  const plain = !hasBit(call.flags, MREMAP_FIXED) && !hasBit(call.flags, MREMAP_DONTUNMAP);
  if (call.error !== "ENOMEM" || !plain || sizes.now <= sizes.old) return;
  const hint = positionOf(source);
  const plan = placing(state, source, sizes, growth(call.flags), searches);
  state.probe("ENOMEM", { ...plan, hint, kept: sizes.old }, from);
}
