/** Which VMA flags a call changes that leaves the union of mappings as it is. */

import type { Call } from "../trace/event.ts";
import { MCL_CURRENT, MCL_FUTURE } from "../trace/flags.ts";
import { hasBit, pageOf, pagesFor } from "../units.ts";
import type { Advice, Origin } from "./program.ts";
import type { State } from "./state.ts";

type Advising = Exclude<
  Call,
  {
    call:
      | "mmap"
      | "munmap"
      | "mremap"
      | "brk"
      | "shmat"
      | "mprotect"
      | "map_shadow_stack"
      | "shmdt"
      | "remap_file_pages";
  }
>;

/** madvise values that change VM_ flags, in smaps' words; setting one of a pair clears the other (mm/madvise.c madvise_vma_behavior). */
const changes: ReadonlyMap<number, readonly Advice[]> = new Map([
  [0, [{ clear: "rr" }, { clear: "sr" }]],
  [1, [{ set: "rr" }]],
  [2, [{ set: "sr" }]],
  [10, [{ set: "dc" }]],
  [11, [{ clear: "dc" }]],
  [12, [{ set: "mg" }]],
  [13, [{ clear: "mg" }]],
  [14, [{ set: "hg" }]],
  [15, [{ set: "nh" }]],
  [16, [{ set: "dd" }]],
  [17, [{ clear: "dd" }]],
  [18, [{ set: "wf" }]],
  [19, [{ clear: "wf" }]],
  [102, [{ set: "gu" }]],
]);

/** MADV_DONTNEED, MADV_FREE, MADV_REMOVE and MADV_DONTNEED_LOCKED: the VMA stays, its pages go. */
const discards: ReadonlySet<number> = new Set([4, 8, 9, 24]);
/** MADV_POPULATE_READ and MADV_POPULATE_WRITE: pages come without a fault of user code. */
const populates: ReadonlySet<number> = new Set([22, 23]);

function changesOf(call: Advising): readonly Advice[] {
  switch (call.call) {
    case "madvise":
      return changes.get(call.advice) ?? [];
    case "mlock":
      return [{ set: "lo" }];
    case "munlock":
      return [{ clear: "lo" }];
    case "mseal":
      return [{ set: "sl" }];
    case "set_vma_name":
      return [{ name: call.label }];
    default:
      return [];
  }
}

/** What there is changes, but where only the future is meant (mm/mlock.c apply_mlockall_flags); 0 unlocks. */
function lockAll(state: State, flags: number, from: Origin): void {
  const isCurrent = hasBit(flags, MCL_CURRENT);
  state.space.locksAhead = hasBit(flags, MCL_FUTURE);
  if (state.space.locksAhead && !isCurrent) return;
  const change: Advice = isCurrent ? { set: "lo" } : { clear: "lo" };
  for (const piece of state.live.pieces) state.advise(piece.start, piece.end, change, from);
}

/**
 * Up to where a range call that failed with ENOMEM went: madvise goes on behind a hole, mlock and munlock had changed what lay
 * before it (mm/mlock.c apply_vma_lock_flags); without a hole a limit refused all.
 */
function endOfFailed(state: State, { call }: Advising, start: number, end: number): number {
  if (call === "madvise") return end;
  const hole = state.live.holeIn(start, end);
  return (call === "mlock" || call === "munlock") && hole < end ? hole : start;
}

export function advise(state: State, call: Advising, pageBytes: number, from: Origin): void {
  if (call.call === "mlockall" || call.call === "munlockall") {
    if (call.outcome === "ok") lockAll(state, call.call === "mlockall" ? call.flags : 0, from);
    return;
  }
  if (call.outcome === "error" && call.error !== "ENOMEM") return;
  const start = pageOf(call.addr, pageBytes);
  const last = start + pagesFor(call.length, pageBytes);
  const end = call.outcome === "error" ? endOfFailed(state, call, start, last) : last;
  if (end <= start) return;
  for (const change of changesOf(call)) state.advise(start, end, change, from);
  if (call.call !== "madvise") return;
  if (discards.has(call.advice)) state.discard(start, end, from);
  if (populates.has(call.advice)) state.touch(start, end, from);
}
