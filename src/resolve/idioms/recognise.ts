/** Which reservations of a program exist only to be cut to size, and what alignment they were made for. */

import type { Events } from "../../trace/events.ts";
import { MAP_ANONYMOUS, MAP_NORESERVE } from "../../trace/flags.ts";
import { alignUp, hasBit } from "../../units.ts";
import { eachRequest } from "../op-table.ts";
import type { Program } from "../program.ts";
import { withAttempts } from "./attempts.ts";
import { Calls } from "./calls.ts";
import type { Evidence, FixOp, Idiom, MapOp, Trim } from "./types.ts";
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

function evidenceOf(walk: Walk): readonly Evidence[] {
  const { area } = walk.map;
  return [
    ...(walk.low > 0 ? (["head"] as const) : []),
    ...(walk.emptyCut ? (["empty cut"] as const) : []),
    ...(area.prot === 0 ? (["no access"] as const) : []),
    ...(hasBit(area.flags, MAP_NORESERVE) ? (["noreserve"] as const) : []),
  ];
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

const none: readonly number[] = [];

/** The list without the room that it has to grow: of many tricks that is a third of what is kept. */
const whole = (list: readonly number[]): readonly number[] =>
  list.length === 0 ? none : list.slice();

/** A walk that found cuts or an overlay of everything, with its arithmetic done. */
interface Candidate {
  readonly walk: Walk;
  readonly trim: Trim;
  readonly fits: boolean;
}

function candidateOf(calls: Calls, walk: Walk): Candidate | undefined {
  const { map, low, high } = walk;
  const page = map.area.huge ?? 1;
  const guard = guardOf(calls, walk, page);
  const kept = high - low - guard;
  const sole = soleOverlay(calls, walk);
  const backed = sole?.pages === kept ? sole : undefined;
  const isPlaceholder = walk.cuts.length === 0;
  if (isPlaceholder && (map.area.prot !== 0 || backed === undefined || walk.gaps.length > 0))
    return undefined;
  const last = walk.cuts.at(-1) ?? walk.overlays.at(-1)?.op ?? walk.op;
  if (calls.forked(walk.space, walk.op, last)) return undefined;
  const found = isPlaceholder ? { align: page, form: "A" as const } : alignmentOf(walk, kept, page);
  const trim: Trim = {
    class: isPlaceholder ? "placeholder" : "trim",
    space: walk.space,
    op: walk.op,
    map,
    line: map.line,
    lines: whole(walk.lines),
    ...(found ?? { align: page, form: "A" }),
    evidence: evidenceOf(walk),
    low,
    kept,
    guard,
    ...(backed !== undefined && { backed }),
    regions: walk.overlays.length > 1 && walk.gaps.length > 0,
    cuts: whole(walk.cuts),
    gaps: whole(walk.gaps),
    cutCalls: walk.cutCalls,
    overlays: whole(walk.overlays.map(({ op }) => op)),
    replaced: whole(walk.replaced),
  };
  return { walk, trim, fits: found !== null };
}

/** Sizes that a space reserves and keeps; what is done twice the same way is no accident. */
const sizesOf = ({ space, map, kept }: Trim): string => `${space} ${map.pages} ${kept}`;

function classified(candidates: readonly Candidate[]): Idiom[] {
  const times = new Map<string, number>();
  for (const { trim, fits } of candidates) {
    const sizes = sizesOf(trim);
    if (fits) times.set(sizes, (times.get(sizes) ?? 0) + 1);
  }
  return candidates.map(({ trim, fits }): Idiom => {
    const { space, op, line } = trim;
    if (!fits) return { class: "unexplained", space, op, line };
    const repeated = (times.get(sizesOf(trim)) ?? 0) > 1;
    const evidence: readonly Evidence[] = [
      ...trim.evidence,
      ...(repeated ? (["repeated"] as const) : []),
    ];
    if (trim.class === "trim" && evidence.length === 0) return { class: "shrink", space, op, line };
    return { ...trim, evidence };
  });
}

/** Find the tricks of a program; `events` are those that it was resolved from. In order of the program's ops. */
export function recognise(
  program: Program,
  events: Events,
  calls: Calls = new Calls(program, events),
): readonly Idiom[] {
  const candidates: Candidate[] = [];
  eachRequest(program.ops.table, ["place"], (index) => {
    if (!mayBeCut(calls, index)) return;
    const op = calls.op(index);
    if (op.kind !== "map" || !isReservation(op) || op.event < 0) return;
    const walk = walkFrom(calls, index, op);
    if (walk.cuts.length === 0 && walk.overlays.length === 0) return;
    const candidate = candidateOf(calls, walk);
    if (candidate !== undefined) candidates.push(candidate);
  });
  return withAttempts(calls, classified(candidates));
}
