/** How tricks go on whose next call depends on the answer: first tries, learned requests and ladders. */

import { type Outcome, type Outcomes, rewrite } from "../resolve/idioms/rewrite.ts";
import type { Idiom, IdiomMode, Ladder } from "../resolve/idioms/types.ts";
import { opNumber, ways } from "../resolve/op-table.ts";
import type { Position, Program } from "../resolve/program.ts";
import { modulo } from "../units.ts";
import type { Placements } from "./types.ts";

/** Index of the op whose answer decides; undefined where the trick has no branch. */
function decidedAt(idiom: Idiom): number | undefined {
  if (idiom.class === "trim") return idiom.firstTry?.op;
  return idiom.class === "learned" || idiom.class === "ladder" ? idiom.op : undefined;
}

/** Pages of the placements over pages of the recording. */
type Scale = number;

function outcomeOf(
  idiom: Idiom,
  { objectPage, opPage }: Placements,
  asked: Program,
  scale: Scale,
): Outcome | undefined {
  const page = (object: number) => objectPage[object] ?? -1;
  const at = (hint: Position) => page(hint.object) + hint.offset;
  const fits = (object: number, align: number) =>
    page(object) >= 0 && modulo(page(object) * scale, align) === 0;
  if (idiom.class === "trim" && idiom.firstTry !== undefined)
    return fits(idiom.firstTry.map.object, idiom.align) ? "fits" : undefined;
  if (idiom.class === "learned") return fits(idiom.map.object, idiom.align) ? undefined : "misses";
  if (idiom.class !== "ladder") return undefined;
  const pageOf = (attempt: Ladder["attempts"][number]) =>
    "probe" in attempt
      ? (opPage[asked.ops.table.event.indexOf(attempt.probe.event)] ?? -1)
      : page(attempt.map.object);
  const rung = idiom.attempts.findIndex((attempt) => {
    const { hint } = "probe" in attempt ? attempt.probe : attempt.map;
    return hint !== undefined && pageOf(attempt) === at(hint);
  });
  return rung < 0 ? undefined : { rung };
}

/** A program as its author would run it under a policy. */
export interface Intended {
  readonly program: Program;
  /** Branches that nobody looked at any more, and go as in the recording: each that differs costs a whole placement. */
  readonly unsettled: number;
}

/** Most branches that are settled otherwise than recorded. */
const mostSettled = 256;

/** Asks under one policy, `place`; `pageBytes`: of its placements, where they are not the recording's. */
export type Intend = (place: (program: Program) => Placements, pageBytes?: number) => Intended;

/**
 * The program that asks what its author would under a policy. A branch is settled before those after it, whose answers
 * it may change. Where all branches go as recorded, policies get the same program.
 */
export function intentOf(program: Program, idioms: readonly Idiom[], mode: IdiomMode): Intend {
  const branches = idioms
    .map((idiom, index) => ({ idiom, index, at: decidedAt(idiom) }))
    .filter((one) => one.at !== undefined)
    .sort((a, b) => (a.at ?? 0) - (b.at ?? 0));
  const unbranched = rewrite(program, idioms, mode);
  if (mode !== "redo") return () => ({ program: unbranched, unsettled: 0 });
  return (place, pageBytes = program.pageBytes) => {
    const scale: Scale = pageBytes / program.pageBytes;
    const outcomes = new Map<number, Outcome>();
    let asked = unbranched;
    for (let next = 0; next < branches.length; ) {
      if (outcomes.size === mostSettled)
        return { program: asked, unsettled: branches.length - next };
      const found = firstOther(branches.slice(next), place(asked), asked, scale);
      if (found === undefined) break;
      outcomes.set(found.index, found.outcome);
      next = branches.findIndex(({ index }) => index === found.index) + 1;
      asked = rewrite(program, idioms, mode, outcomes satisfies Outcomes);
    }
    return { program: asked, unsettled: 0 };
  };
}

/** The first branch that goes otherwise than in the recording. */
function firstOther(
  branches: readonly { readonly idiom: Idiom; readonly index: number }[],
  placements: Placements,
  asked: Program,
  scale: Scale,
): { readonly index: number; readonly outcome: Outcome } | undefined {
  for (const { idiom, index } of branches) {
    const outcome = outcomeOf(idiom, placements, asked, scale);
    if (outcome !== undefined) return { index, outcome };
  }
  return undefined;
}

/** Kept parts of trims that are no multiple of their alignment. */
export interface Unmet {
  readonly count: number;
  readonly bytes: number;
}

/** How many trims a replay leaves without their alignment; `keep` replays have the kept part inside the reservation. */
export function unmetOf(
  program: Program,
  idioms: readonly Idiom[],
  mode: IdiomMode,
  { objectPage }: Placements,
  pageBytes: number = program.pageBytes,
): Unmet {
  const scale: Scale = pageBytes / program.pageBytes;
  let [count, pages] = [0, 0];
  for (const idiom of idioms) {
    if (idiom.class !== "trim") continue;
    const base = objectPage[idiom.map.object] ?? -1;
    const start = base * scale + (mode === "keep" ? idiom.low : 0);
    if (base < 0 || modulo(start, idiom.align) === 0) continue;
    count += 1;
    pages += idiom.kept;
  }
  return { count, bytes: pages * program.pageBytes };
}

/** Bytes: what a program is likely to check for. */
const checked = 2 ** 20;

/**
 * Mappings of this size and more whose recorded start was a multiple of 1 MiB and is none here, tricks apart: a program
 * that over-maps only where the first answer does not fit leaves no trace of that branch where it fitted.
 */
export function misalignedOf(
  program: Program,
  idioms: readonly Idiom[],
  { objectPage }: Pick<Placements, "objectPage">,
  pageBytes: number = program.pageBytes,
): number {
  const tricks = new Set(idioms.flatMap((one) => ("map" in one ? [one.map.object] : [])));
  const { table } = program.ops;
  let count = 0;
  for (let index = 0; index < program.ops.length; index++) {
    const isMap = table.kind[index] === opNumber.map && ways[table.how[index] ?? 0] === "place";
    if (!isMap || (table.sourceObject[index] ?? -1) >= 0) continue;
    if ((table.pages[index] ?? 0) * program.pageBytes < checked) continue;
    const object = table.object[index] ?? 0;
    const page = objectPage[object] ?? -1;
    const misaligned =
      table.areas[table.area[index] ?? -1]?.backing === "anon" &&
      !tricks.has(object) &&
      modulo((table.recorded[index] ?? 0) * program.pageBytes, checked) === 0 &&
      page >= 0 &&
      modulo(page * pageBytes, checked) !== 0;
    if (misaligned) count += 1;
  }
  return count;
}
