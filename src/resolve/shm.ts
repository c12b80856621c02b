/** How the calls of System V shared memory become ops. */

import type { Search } from "../trace/event.ts";
import { PROT_READ, PROT_WRITE, SHM_EXEC, SHM_RDONLY, SHM_REMAP } from "../trace/flags.ts";
import { alignUp, hasBit, pageOf, pagesFor } from "../units.ts";
import { attachedArea } from "./backing.ts";
import { type CallOf, type Context, exclude, lockedAhead, place, placingOf } from "./placing.ts";
import type { Origin } from "./program.ts";

export function shmat(
  context: Context,
  call: CallOf<"shmat">,
  searches: readonly Search[],
  from: Origin,
): void {
  if (call.result === null) return;
  const { state, pageBytes, diagnostics } = context;
  const length = call.length ?? context.segments.get(call.shmid);
  if (length === undefined) {
    diagnostics.warn("resolve/unknown-length", "shmat of a segment of unknown size", from.line);
    exclude(context, "shmat of a segment whose size was not recorded", from);
    return;
  }
  const prot =
    PROT_READ +
    (hasBit(call.flags, SHM_RDONLY) ? 0 : PROT_WRITE) +
    (hasBit(call.flags, SHM_EXEC) ? 4 : 0);
  const file = call.file ?? { id: -1, kind: "shmem", huge: "internal" };
  const area = lockedAhead(state, attachedArea(file, prot, pageBytes));
  const pages = alignUp(pagesFor(length, pageBytes), area.huge ?? 1);
  const addressed = call.addr !== 0;
  const at = pageOf(call.result, pageBytes);
  if (addressed && hasBit(call.flags, SHM_REMAP)) {
    const position = state.inside(at);
    state.release(at, pages, from);
    state.fix(at, pages, area, position, from);
    return;
  }
  const hint = addressed ? state.near(at, pages) : undefined;
  const how = addressed ? "claim" : "place";
  place(context, at, placingOf(context, area, pages, 0, how, searches, hint), from);
}

/** Every piece of the attach goes, wherever it was split. */
export function shmdt(context: Context, call: CallOf<"shmdt">, from: Origin): void {
  const { state, pageBytes } = context;
  const made = state.live.find(pageOf(call.addr, pageBytes))?.made;
  for (const piece of state.live.pieces.filter((other) => other.made === made)) {
    state.release(piece.start, piece.end - piece.start, from);
  }
}
