/** Which reservations of a program exist only to be cut to size, and what alignment they were made for. */

import type { Events } from "../../trace/events.ts";
import { MAP_ANONYMOUS, MAP_NORESERVE } from "../../trace/flags.ts";
import { alignUp, hasBit } from "../../units.ts";
import { eachRequest } from "../op-table.ts";
import type { Program } from "../program.ts";
import { withAttempts } from "./attempts.ts";
import { Calls } from "./calls.ts";
import { type Found, IdiomRows } from "./idiom-rows.ts";
import { type IdiomColumns, rowClasses } from "./idiom-table.ts";
import type { Idioms } from "./idioms.ts";
import type { FixOp, MapOp, Trim } from "./types.ts";
import { mayBeCut, type Walk, walkFrom } from "./walk.ts";

/** A map whose reservation a program may cut: private, anonymous, anywhere. */
function isReservation({ area }: MapOp): boolean {
  return !area.shared && area.name === undefined && hasBit(area.flags, MAP_ANONYMOUS);
}

const isPowerOfTwo = (value: number): boolean =>
  value > 0 && Number.isInteger(Math.log2(value)) && 2 ** Math.log2(value) === value;

/** The overlay that starts where the kept part does, if it is the only one. */
function soleOverlay(calls: Calls, walk: Walk): FixOp | undefined {
  const [overlay, second] = walk.overlays;
  if (overlay === undefined || second !== undefined || overlay.start !== walk.low) return undefined;
  const op = calls.op(overlay.op);
  return op.kind === "fix" ? op : undefined;
}

/** Pages above the sole overlay that stay without access for good. */
function guardOf(calls: Calls, walk: Walk, page: number): number {
  const overlay = soleOverlay(calls, walk);
  if (overlay === undefined || overlay.pages !== walk.high - page - walk.low) return 0;
  const first = walk.high - page;
  const used = calls.touching(walk.map.object).some((index) => {
    const op = calls.op(index);
    if (op.kind !== "protect" && op.kind !== "fix") return false;
    return op.at.offset < walk.high && op.at.offset + op.pages > first;
  });
  return used ? 0 : page;
}

/** What tells a cut to size from a tail that a program gives back once. */
function hasEvidence({ low, emptyCut, map: { area } }: Walk): boolean {
  return low > 0 || emptyCut || area.prot === 0 || hasBit(area.flags, MAP_NORESERVE);
}

/** The power of two that reserved minus kept stands for, if the kept start is its first multiple. */
function alignmentOf(walk: Walk, kept: number, page: number): Pick<Trim, "align" | "form"> | null {
  const { recorded, pages } = walk.map;
  const spare = pages - kept;
  const starts = (align: number) => recorded + walk.low === alignUp(recorded, align);
  const unit = (pages: number) => isPowerOfTwo(pages / page);
  if (unit(spare)) return starts(spare) ? { align: spare, form: "A" } : null;
  const more = spare + page;
  return unit(more) && starts(more) ? { align: more, form: "A-P" } : null;
}

/** What a walk that found cuts, or an overlay of everything, amounts to. */
function foundBy(calls: Calls, walk: Walk): Found | undefined {
  const { map, low, high } = walk;
  const page = map.area.huge ?? 1;
  const guard = guardOf(calls, walk, page);
  const kept = high - low - guard;
  const isBacked = soleOverlay(calls, walk)?.pages === kept;
  const isPlaceholder = walk.cuts.length === 0;
  if (isPlaceholder && (map.area.prot !== 0 || !isBacked || walk.gaps.length > 0)) return undefined;
  const last = walk.cuts.at(-1) ?? walk.overlays.at(-1)?.op ?? walk.op;
  if (calls.forked(walk.space, walk.op, last)) return undefined;
  const found = { low, kept, guard, isBacked, align: page, form: "A" as const };
  if (isPlaceholder) return { ...found, class: "placeholder" };
  const alignment = alignmentOf(walk, kept, page);
  if (alignment === null) return { ...found, class: "unexplained" };
  return { ...found, ...alignment, class: hasEvidence(walk) ? "trim" : "shrink" };
}

/** What is done twice the same way is no accident: sizes that a space reserves and keeps. */
function believeRepeated({ class: of, space, pages, kept }: IdiomColumns): void {
  const sizesOf = (row: number): string => `${space[row]} ${pages[row]} ${kept[row]}`;
  const [unexplained, shrink] = [rowClasses.indexOf("unexplained"), rowClasses.indexOf("shrink")];
  if (of.indexOf(shrink) < 0) return;
  const times = new Map<string, number>();
  for (let row = 0; row < of.length; row++) {
    if (of[row] === unexplained) continue;
    const sizes = sizesOf(row);
    times.set(sizes, (times.get(sizes) ?? 0) + 1);
  }
  for (let row = 0; row < of.length; row++) {
    if (of[row] === shrink && (times.get(sizesOf(row)) ?? 0) > 1)
      of[row] = rowClasses.indexOf("trim");
  }
}

/** Find the tricks of a program; `events` are those that it was resolved from. */
export function recognise(
  program: Program,
  events: Events,
  calls: Calls = new Calls(program, events),
): Idioms {
  const requests: number[] = [];
  eachRequest(program.ops.table, ["place"], (index) => {
    if (mayBeCut(calls, index)) requests.push(index);
  });
  const rows = new IdiomRows(requests.length, program.ops.length);
  for (const index of requests) {
    const op = calls.op(index);
    if (op.kind !== "map" || !isReservation(op) || op.event < 0) continue;
    const walk = walkFrom(calls, index, op);
    if (walk.cuts.length === 0 && walk.overlays.length === 0) continue;
    const found = foundBy(calls, walk);
    if (found !== undefined) rows.push(walk, found);
  }
  const columns = rows.done();
  believeRepeated(columns);
  return withAttempts(calls, columns);
}
