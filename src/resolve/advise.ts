/** Which VMA flags a call changes that leaves the union of mappings as it is. */

import type { Call } from "../trace/event.ts";
import { pageOf, pagesFor } from "../units.ts";
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

/** A range call that failed with ENOMEM met a hole, went on behind it (madvise) or had changed what lay before (mlock). */
export function advise(state: State, call: Advising, pageBytes: number, from: Origin): void {
  if (call.call === "mlockall" || call.call === "munlockall") {
    if (call.outcome !== "ok") return;
    const change: Advice = call.call === "mlockall" ? { set: "lo" } : { clear: "lo" };
    for (const piece of state.live.pieces) state.advise(piece.start, piece.end, change, from);
    return;
  }
  if (call.outcome === "error" && !(call.call === "madvise" && call.error === "ENOMEM")) return;
  const start = pageOf(call.addr, pageBytes);
  const end = start + pagesFor(call.length, pageBytes);
  for (const change of changesOf(call)) state.advise(start, end, change, from);
  if (call.call !== "madvise") return;
  if (discards.has(call.advice)) state.discard(start, end, from);
  if (populates.has(call.advice)) state.touch(start, end, from);
}
