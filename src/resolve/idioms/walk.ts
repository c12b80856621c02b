/** What a thread did with a reservation right after making it: cuts, gaps and overlays until another call came. */

import { pageOf } from "../../units.ts";
import { opNumber } from "../op-table.ts";
import type { Calls, Step } from "./calls.ts";
import type { MapOp } from "./types.ts";

interface Overlay {
  /** Offsets in the reservation. */
  readonly start: number;
  readonly end: number;
  readonly op: number;
}

/** A reservation when the walk stopped; offsets in pages. */
export interface Walk {
  readonly op: number;
  readonly map: MapOp;
  readonly space: number;
  low: number;
  high: number;
  /** Ops of cuts, of gaps, and of what overlays replaced. */
  readonly cuts: number[];
  readonly gaps: number[];
  readonly replaced: number[];
  readonly overlays: Overlay[];
  cutCalls: number;
  /** A failed munmap of no bytes: the program computed a cut of nothing. */
  emptyCut: boolean;
}

interface Slice {
  readonly start: number;
  readonly end: number;
}

/** The range of the reservation that a call's releases cover; undefined if they touch anything else. */
function sliceOf(calls: Calls, walk: Walk, ops: readonly number[]): Slice | undefined {
  let start = Number.POSITIVE_INFINITY;
  let end = 0;
  const { kind, atObject, atOffset, pages } = calls.program.ops.table;
  for (const index of ops) {
    if (kind[index] === opNumber.enter) continue;
    if (kind[index] !== opNumber.release || atObject[index] !== walk.map.object) return undefined;
    const offset = atOffset[index] ?? 0;
    start = Math.min(start, offset);
    end = Math.max(end, offset + (pages[index] ?? 0));
  }
  return start < end ? { start, end } : undefined;
}

function releases({ program }: Calls, ops: readonly number[]): number[] {
  const { kind } = program.ops.table;
  return ops.filter((index) => kind[index] === opNumber.release);
}

/** A successful munmap; false if it ends the walk. */
function cut(calls: Calls, walk: Walk, { ops }: Step): boolean {
  const slice = sliceOf(calls, walk, ops);
  if (slice === undefined) return false;
  const { start, end } = slice;
  if (start <= walk.low && end >= walk.high) return false;
  if (start === walk.low) walk.low = end;
  else if (end === walk.high) walk.high = start;
  else {
    if (walk.cuts.length === 0 && walk.overlays.length === 0) return false;
    walk.gaps.push(...releases(calls, ops));
    return true;
  }
  walk.cuts.push(...releases(calls, ops));
  return true;
}

/** A successful MAP_FIXED; false if it replaces anything but the reservation. */
function overlay(calls: Calls, walk: Walk, { ops }: Step): boolean {
  const at = ops.find((index) => calls.op(index).kind === "fix");
  const fix = at === undefined ? undefined : calls.op(at);
  if (at === undefined || fix?.kind !== "fix" || fix.at.object !== walk.map.object) return false;
  const replaced = ops.filter((index) => index !== at);
  const slice = sliceOf(calls, walk, replaced);
  const { offset } = fix.at;
  if (slice?.start !== offset || slice.end !== offset + fix.pages) return false;
  walk.replaced.push(...releases(calls, replaced));
  walk.overlays.push({ ...slice, op: at });
  return true;
}

/** A munmap that released nothing; false if it did not fail, or elsewhere. */
function failedCut(calls: Calls, walk: Walk, { event }: Step): boolean {
  const call = calls.call(event);
  if (call.call !== "munmap" || call.outcome !== "error") return false;
  const page = pageOf(call.addr, calls.program.pageBytes);
  const { recorded, pages } = walk.map;
  if (page < recorded || page > recorded + pages) return false;
  if (call.length === 0) walk.emptyCut = true;
  return true;
}

/** What has ops was successful. */
function take(calls: Calls, walk: Walk, step: Step): boolean {
  if (step.name === "munmap") {
    const took = releases(calls, step.ops).length === 0 ? failedCut : cut;
    if (!took(calls, walk, step)) return false;
    walk.cutCalls += 1;
    return true;
  }
  return step.name === "mmap" && overlay(calls, walk, step);
}

/**
 * False if a walk from this op would find neither cut nor overlay: what first touches the reservation is no call that
 * could make one, or unmaps all of it.
 */
export function mayBeCut(calls: Calls, op: number): boolean {
  const { object, event, pages } = calls.program.ops.table;
  const first = calls.firstTouching(object[op] ?? 0);
  if (first === undefined) return false;
  const name = calls.nameOf(event[first] ?? -1);
  return name === "munmap" ? pages[first] !== pages[op] : name === "mmap";
}

/** Follow the calls of the thread that made a reservation. */
export function walkFrom(calls: Calls, op: number, map: MapOp): Walk {
  const walk: Walk = {
    op,
    map,
    space: calls.spaceOf[op] ?? 0,
    low: 0,
    high: map.pages,
    cuts: [],
    gaps: [],
    replaced: [],
    overlays: [],
    cutCalls: 0,
    emptyCut: false,
  };
  const touching = calls.touching(map.object);
  const mine = new Set<number>();
  /** Those before this place are the thread's own. */
  let known = 0;
  for (let distance = 1; ; distance += 1) {
    const step = calls.step(map.event, distance);
    if (step === undefined) break;
    while (mine.has(touching[known] ?? -1)) known += 1;
    const [first = 0] = step.ops;
    if ((touching[known] ?? Number.POSITIVE_INFINITY) < first) break;
    if (!take(calls, walk, step)) break;
    for (const one of step.ops) mine.add(one);
  }
  return walk;
}
