/** Which VMA flags a call changes that leaves the union of mappings as it is. */

import type { Call } from "../trace/event.ts";
import { MCL_CURRENT, MCL_FUTURE, MCL_ONFAULT, MLOCK_ONFAULT, PROT_EXEC } from "../trace/flags.ts";
import { hasBit, inPage, pageOf, pagesFor, type U64 } from "../units.ts";
import { marks } from "./marks.ts";
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
const populateWrite = 23;
const populates: ReadonlySet<number> = new Set([22, populateWrite]);

/** mm/mlock.c clears both locks before it sets any. */
const lockOf = (onFault: boolean): Advice => ({ set: onFault ? "lf" : "lo" });

/** The mark of this text, or none. */
const markOf = (state: State, kind: "@" | "%" | "#", text: string | null): Advice =>
  text === null ? { unmark: kind } : { mark: state.marks.word(kind, text) };

/** pkey_mprotect gives a key; mprotect keeps it, but where memory can only be executed (arch_override_mprotect_pkey of x86). */
export function keyChange(state: State, prot: number, pkey = -1): Advice | undefined {
  if (pkey >= 0) return markOf(state, marks.key, pkey === 0 ? null : String(pkey));
  return prot === PROT_EXEC && state.marks.has(marks.key) ? { unmark: marks.key } : undefined;
}

function changesOf(state: State, call: Advising): readonly Advice[] {
  switch (call.call) {
    case "madvise":
      return changes.get(call.advice) ?? [];
    case "mlock":
      return [lockOf(hasBit(call.flags ?? 0, MLOCK_ONFAULT))];
    case "munlock":
      return [{ clear: "lo" }];
    case "mseal":
      return [{ set: "sl" }];
    case "set_vma_name":
      return [{ name: call.label }];
    case "mbind":
      return [markOf(state, marks.policy, call.policy)];
    case "userfaultfd":
      return [markOf(state, marks.watch, call.watch)];
    default:
      return [];
  }
}

/** What there is changes, but where only the future is meant (mm/mlock.c apply_mlockall_flags); 0 unlocks. */
function lockAll(state: State, flags: number, from: Origin): void {
  const isCurrent = hasBit(flags, MCL_CURRENT);
  const onFault = hasBit(flags, MCL_ONFAULT);
  const isFuture = hasBit(flags, MCL_FUTURE);
  state.space.locksAhead = isFuture ? (onFault ? "on-fault" : "at-once") : "no";
  if (isFuture && !isCurrent) return;
  const change: Advice = isCurrent ? lockOf(onFault) : { clear: "lo" };
  for (const { start, end } of state.live.pieces) state.advise(start, end, change, from);
  if (!isCurrent || onFault) return;
  // Whatever cannot be populated is passed over.
  for (const { start, end } of state.live.pieces)
    state.advise(start, end, { populate: true }, from);
}

interface Asked {
  readonly addr: U64;
  readonly length: U64;
}

/** What a call did: its flags change in [start, end), and the kernel brings pages up to another page. */
interface Reached {
  readonly end: number;
  readonly populated: number;
}

/**
 * How far a range call came that failed with ENOMEM. madvise goes on behind a hole; mlock and munlock had changed what lay before
 * it, and nothing was populated (apply_vma_lock_flags in do_mlock). Without a hole mlock had changed all, and came in populating
 * to what cannot be accessed (__mm_populate); if there is none, a limit refused all.
 */
function reachOfFailed(state: State, { call }: Advising, start: number, end: number): Reached {
  if (call === "madvise") return { end, populated: start };
  if (call !== "mlock" && call !== "munlock") return { end: start, populated: start };
  const hole = state.live.holeIn(start, end);
  if (hole < end) return { end: hole, populated: start };
  const barred = state.live.over(start, end).find(({ prot }) => prot === 0);
  return barred === undefined ? { end: start, populated: start } : { end, populated: barred.start };
}

/** True of calls after which the kernel has written what is private: not where pages are locked as they come. */
const writes = (call: Advising): boolean =>
  call.call === "mlock"
    ? !hasBit(call.flags ?? 0, MLOCK_ONFAULT)
    : call.call === "madvise" && call.advice === populateWrite;

/** Pages that a range touches: only locks take addresses inside a page. */
function pagesOf({ addr, length }: Asked, pageBytes: number): number {
  const pages = pagesFor(length, pageBytes);
  const tail = inPage(length, pageBytes) || pageBytes;
  return pages > 0 && inPage(addr, pageBytes) + tail > pageBytes ? pages + 1 : pages;
}

export function advise(state: State, call: Advising, pageBytes: number, from: Origin): void {
  if (call.call === "mlockall" || call.call === "munlockall") {
    if (call.outcome === "ok") lockAll(state, call.call === "mlockall" ? call.flags : 0, from);
    return;
  }
  // mbind has set the policy when it tells of pages that lie elsewhere (do_mbind).
  const failed = call.outcome === "error" && !(call.call === "mbind" && call.error === "EIO");
  if (failed && call.error !== "ENOMEM") return;
  const start = pageOf(call.addr, pageBytes);
  const last = start + pagesOf(call, pageBytes);
  const all = { end: last, populated: last };
  const { end, populated } = failed ? reachOfFailed(state, call, start, last) : all;
  if (end <= start) return;
  for (const change of changesOf(state, call)) state.advise(start, end, change, from);
  if (writes(call) && populated > start) state.advise(start, populated, { populate: true }, from);
  if (call.call !== "madvise") return;
  if (discards.has(call.advice)) state.discard(start, end, from);
  if (populates.has(call.advice)) state.touch(start, end, from);
}
