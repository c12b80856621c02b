/** How each call becomes ops. */

import type { Call, Search } from "../trace/event.ts";
import {
  MAP_ABOVE4G,
  MAP_FIXED,
  MAP_FIXED_NOREPLACE,
  PROT_READ,
  PROT_WRITE,
} from "../trace/flags.ts";
import { hasBit, pageOf, pagesFor } from "../units.ts";
import { advise, keyChange } from "./advise.ts";
import { areaOf } from "./backing.ts";
import type { Placing } from "./op-sink.ts";
import { type CallOf, type Context, exclude, lockedAhead, place, placingOf } from "./placing.ts";
import type { Area, Origin } from "./program.ts";
import { failedRemap, remap } from "./remap.ts";
import { shmat, shmdt } from "./shm.ts";
import { mappedPages } from "./survey.ts";

/** Errors that come after the search, or for want of room. */
const placedFirst = new Set(
  "ENOMEM EEXIST EACCES EPERM ENODEV EAGAIN ETXTBSY EOPNOTSUPP EOVERFLOW".split(" "),
);

function mmap(
  context: Context,
  call: CallOf<"mmap">,
  searches: readonly Search[],
  from: Origin,
): void {
  const { state, pageBytes } = context;
  const area = lockedAhead(state, areaOf(call, pageBytes));
  const huge = area.huge === undefined ? undefined : area.huge * pageBytes;
  const pages = mappedPages(call.length, pageBytes, huge);
  const noReplace = hasBit(call.flags, MAP_FIXED_NOREPLACE);
  const page = pageOf(call.addr, pageBytes);
  if (hasBit(call.flags, MAP_FIXED) && !noReplace) {
    if (call.result === null) return;
    const at = pageOf(call.result, pageBytes);
    const position = state.inside(at);
    state.release(at, pages, from);
    state.fix(at, pages, area, position, from);
    return;
  }
  const how = noReplace ? "claim" : "place";
  // A hint right below an object stays absolute: below mmap_min_addr the kernel raises it.
  const hint = page > 0 ? state.near(page, noReplace ? pages : 0) : undefined;
  const plan = placingOf(context, area, pages, call.flags, how, searches, hint);
  if (call.result === null) {
    refuse(context, call, plan, from);
    return;
  }
  const at = pageOf(call.result, pageBytes);
  place(context, at, plan, from);
  const isRing = call.name === "io_setup" && context.ringsStay;
  if (isRing) state.advise(at, at + pages, { set: "dc" }, from);
}

function refuse(context: Context, call: Call, plan: Placing, from: Origin): void {
  if (call.error === null) return;
  const searched = plan.searches.length > 0;
  if (searched || (placedFirst.has(call.error) && !(context.hasSearches && plan.how === "place")))
    context.state.probe(call.error, plan, from);
}

const heapArea: Area = {
  backing: "anon",
  prot: PROT_READ + PROT_WRITE,
  shared: false,
  pgoff: 0,
  flags: 0,
  name: "[heap]",
};

function brk(context: Context, call: CallOf<"brk">, from: Origin): void {
  const { state, pageBytes } = context;
  const { space } = state;
  if (call.result === null) return;
  const end = pagesFor(call.result, pageBytes);
  if (space.brkEnd === undefined) {
    space.brkEnd = end;
    space.brkStart ??= end;
  }
  const old = space.brkEnd;
  const area = lockedAhead(state, heapArea);
  if (end > old) {
    place(context, old, placingOf(context, area, end - old, 0, "brk", [], state.near(old)), from);
  } else if (end < old) {
    state.release(end, old - end, from);
  } else if (call.addr !== call.result && pagesFor(call.addr, pageBytes) > old) {
    const pages = pagesFor(call.addr, pageBytes) - old;
    state.probe("ENOMEM", placingOf(context, area, pages, 0, "brk", [], state.near(old)), from);
  }
  space.brkEnd = end;
}

function remapFilePages(context: Context, call: CallOf<"remap_file_pages">, from: Origin): void {
  const { state, pageBytes } = context;
  const at = pageOf(call.addr, pageBytes);
  const pages = pagesFor(call.length, pageBytes);
  const piece = state.live.find(at);
  if (piece === undefined) return;
  const area = { ...state.areaAt(piece), pgoff: Number(call.pgoff) };
  const position = state.inside(at);
  state.release(at, pages, from);
  state.fix(at, pages, area, position, from);
}

function mprotect(context: Context, call: CallOf<"mprotect">, from: Origin): void {
  const { state, pageBytes } = context;
  const start = pageOf(call.addr, pageBytes);
  const end = start + pagesFor(call.length, pageBytes);
  if (call.outcome === "ok") {
    state.protect(start, end, call.prot, from);
    const key = keyChange(state, call.prot, call.pkey);
    if (key !== undefined) state.advise(start, end, key, from);
    return;
  }
  // ENOMEM at a hole: what lies before the hole is already changed (mm/mprotect.c do_mprotect_pkey).
  if (call.error !== "ENOMEM") return;
  const hole = state.live.holeIn(start, end);
  if (hole > start && hole < end) state.protect(start, hole, call.prot, from);
}

function shadowStack(
  context: Context,
  call: CallOf<"map_shadow_stack">,
  searches: readonly Search[],
  from: Origin,
): void {
  if (call.result === null) return;
  const area: Area = {
    backing: "anon",
    prot: PROT_READ + PROT_WRITE,
    shared: false,
    pgoff: 0,
    flags: 0,
    vmFlags: ["ss"],
  };
  const pages = pagesFor(call.length, context.pageBytes);
  const plan = placingOf(context, area, pages, MAP_ABOVE4G, "place", searches);
  place(context, pageOf(call.result, context.pageBytes), { ...plan, guard: 1, startGap: 1 }, from);
}

/** Resolve one call; calls of unknown outcome are counted and left out. */
export function resolveCall(
  context: Context,
  call: Call,
  searches: readonly Search[],
  from: Origin,
): void {
  const { state, pageBytes, diagnostics } = context;
  if (call.injected) {
    diagnostics.warn("resolve/injected", "an injected result changed nothing", call.line);
    return;
  }
  if (call.outcome !== "ok" && call.outcome !== "error") {
    diagnostics.warn("resolve/unknown-outcome", `${call.call} without a result`, call.line);
    if (call.call === "mmap" || call.call === "mremap" || call.call === "shmat")
      exclude(context, `a call whose result was not recorded (${call.outcome})`, from);
    return;
  }
  const failed = call.outcome === "error";
  switch (call.call) {
    case "mmap":
      mmap(context, call, searches, from);
      return;
    case "munmap":
      if (!failed)
        state.release(pageOf(call.addr, pageBytes), pagesFor(call.length, pageBytes), from);
      return;
    case "mremap":
      if (failed || call.result === null)
        failedRemap(state, call, pageBytes, searches, from, context.failedRemapUnmaps);
      else if (!remap(state, call, pageOf(call.result, pageBytes), pageBytes, searches, from)) {
        diagnostics.warn("resolve/unknown-range", "mremap of a range never seen", call.line);
        exclude(context, "mremap of a mapping that the recording does not show", from);
      }
      return;
    case "brk":
      brk(context, call, from);
      return;
    case "shmat":
      shmat(context, call, searches, from);
      return;
    case "mprotect":
      mprotect(context, call, from);
      return;
    case "map_shadow_stack":
      shadowStack(context, call, searches, from);
      return;
    case "shmdt":
      if (!failed) shmdt(context, call, from);
      return;
    case "remap_file_pages":
      if (!failed) remapFilePages(context, call, from);
      return;
    default:
      advise(state, call, pageBytes, from);
  }
}
