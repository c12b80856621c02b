/** How tricks go on whose next call depends on the answer: first tries, learned requests and ladders. */

import { type Outcome, type Outcomes, rewrite } from "../resolve/idioms/rewrite.ts";
import type { Idiom, IdiomMode } from "../resolve/idioms/types.ts";
import { opNumber, ways } from "../resolve/op-table.ts";
import type { Program } from "../resolve/program.ts";
import { modulo } from "../units.ts";
import { type Branch, copiesOf, decidedAt, firstOthers } from "./branches.ts";
import type { Placements } from "./types.ts";

/** A program as its author would run it under a policy. */
export interface Intended {
  readonly program: Program;
  /** Branches that nobody looked at any more, and go as in the recording: each round that settles some costs a placement. */
  readonly unsettled: number;
}

/** Most rounds in which branches are settled otherwise than recorded. */
const mostRounds = 256;

/** Asks under one policy, `place`; `pageBytes`: of its placements, where they are not the recording's. */
export type Intend = (place: (program: Program) => Placements, pageBytes?: number) => Intended;

/**
 * The program that asks what its author would under a policy. A branch is settled before those after it whose answers it
 * may change, which are those of its own space. Where all branches go as recorded, policies get the same program.
 */
export function intentOf(program: Program, idioms: readonly Idiom[], mode: IdiomMode): Intend {
  const unbranched = rewrite(program, idioms, mode);
  if (mode !== "redo") return () => ({ program: unbranched, unsettled: 0 });
  const branches = idioms
    .flatMap((idiom, index): Branch[] => {
      const at = decidedAt(idiom);
      return at === undefined ? [] : [{ idiom, index, at }];
    })
    .sort((a, b) => a.at - b.at);
  const copies = copiesOf(program);
  return (place, pageBytes = program.pageBytes) => {
    const scale = pageBytes / program.pageBytes;
    const outcomes = new Map<number, Outcome>();
    let asked = unbranched;
    let left: readonly Branch[] = branches;
    for (let round = 0; left.length > 0 && round < mostRounds; round++) {
      const found = firstOthers(left, copies, { asked, placements: place(asked), scale });
      left = found.left;
      if (found.others.size === 0) break;
      for (const [index, outcome] of found.others) outcomes.set(index, outcome);
      asked = rewrite(program, idioms, mode, outcomes satisfies Outcomes);
    }
    return { program: asked, unsettled: left.length };
  };
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
  const scale = pageBytes / program.pageBytes;
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
    if (!isMap || (table.sourceObject[index] ?? 0) > 0) continue;
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
