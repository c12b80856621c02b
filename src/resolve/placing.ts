/** What calls that place something have in common: what they ask for, and how the kernel's answer is taken. */

import type { Diagnostics } from "../errors.ts";
import type { Call, Search } from "../trace/event.ts";
import { LOCKED_ON_FAULT, MAP_32BIT, MAP_ABOVE4G, MAP_LOCKED } from "../trace/flags.ts";
import { hasBit, type U64 } from "../units.ts";
import type { Piece } from "./live.ts";
import type { Placing } from "./op-sink.ts";
import type { Area, How, Origin, Position } from "./program.ts";
import type { State } from "./state.ts";

/** What the calls need beside the state. */
export interface Context {
  readonly state: State;
  readonly pageBytes: number;
  readonly diagnostics: Diagnostics;
  /** The recording shows searches, so a failed call without one never got that far. */
  readonly hasSearches: boolean;
  /** mremap FIXED that fails with EFAULT has unmapped its target (6.1, 6.12). */
  readonly failedRemapUnmaps: boolean;
  /** A fork leaves out the rings of io_setup. */
  readonly ringsStay: boolean;
  /** Bytes of System V segments, by id. */
  readonly segments: ReadonlyMap<number, U64>;
}

export type CallOf<N extends Call["call"]> = Extract<Call, { call: N }>;

export function placingOf(
  context: Context,
  area: Area,
  pages: number,
  flags: number,
  how: How,
  searches: readonly Search[],
  hint?: Position,
): Placing {
  const guard = context.state.guardOf(area);
  const low32 = hasBit(flags, MAP_32BIT);
  const above4g = hasBit(flags, MAP_ABOVE4G);
  const startGap = 0;
  // Two literals: a spread takes ten times as long.
  if (hint === undefined) return { how, pages, guard, area, low32, above4g, startGap, searches };
  return { how, pages, guard, area, low32, above4g, startGap, searches, hint };
}

/** The area as the kernel makes it after mlockall(MCL_FUTURE). */
export function lockedAhead({ space }: State, area: Area): Area {
  const flag = space.locksAhead === "on-fault" ? LOCKED_ON_FAULT : MAP_LOCKED;
  if (space.locksAhead === "no" || hasBit(area.flags, flag)) return area;
  return { ...area, flags: area.flags + flag };
}

/** The kernel says that the range was free; whatever the model still has there is a call that was not seen. */
export function place(context: Context, at: number, plan: Placing, from: Origin): void {
  const { state, diagnostics } = context;
  const stale = state.live.over(at, at + plan.pages);
  if (stale.length > 0) {
    diagnostics.warn("resolve/overlap", overlapMessage(context, stale, from), from.line);
    state.release(at, plan.pages, from);
  }
  state.map(at, plan, from);
}

/** Both lines, for the first overlap: it is the one that is printed. */
function overlapMessage({ diagnostics }: Context, stale: readonly Piece[], from: Origin): string {
  const [older] = stale;
  if (older === undefined || diagnostics.count("resolve/overlap") > 0) return "";
  const where = ` of line ${older.made.line}`;
  return `the result on line ${from.line} overlaps the mapping${where}, which is taken as gone`;
}

/** Take one recorded answer out of what the model is held against. */
export function exclude(context: Context, reason: string, from: Origin): void {
  context.state.exclude({ of: "placement", reason, line: from.line });
}
