/** How tricks go on whose next call depends on the answer: first tries, learned requests and ladders. */

import type { Rest } from "../resolve/idioms/edits.ts";
import type { Idioms } from "../resolve/idioms/idioms.ts";
import type { Outcome } from "../resolve/idioms/replacements.ts";
import { rewrite } from "../resolve/idioms/rewrite.ts";
import type { IdiomMode } from "../resolve/idioms/types.ts";
import { eachRequest } from "../resolve/op-table.ts";
import type { Program } from "../resolve/program.ts";
import { modulo } from "../units.ts";
import { type Branch, type Copies, copiesOf, decidedAt, firstOthers } from "./branches.ts";
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
export function intentOf(
  program: Program,
  idioms: Idioms,
  mode: IdiomMode,
  rest: Rest = () => undefined,
): Intend {
  const branches = mode === "redo" ? branchesOf(idioms) : [];
  const copies: Copies = branches.length > 0 ? copiesOf(program) : new Map();
  const unbranched = rewrite(program, idioms, mode, { rest });
  if (unbranched !== program) rest(program);
  return (place, pageBytes = program.pageBytes) => {
    const scale = pageBytes / program.pageBytes;
    const outcomes = new Map<number, Outcome>();
    // A function of its own, which holds no placements when it has ended.
    const othersOf = (among: readonly Branch[], asked: Program) =>
      firstOthers(among, copies, { asked, placements: place(asked), scale });
    let asked = unbranched;
    let left = branches;
    for (let round = 0; left.length > 0 && round < mostRounds; round++) {
      const found = othersOf(left, asked);
      left = found.left;
      if (found.others.size === 0) break;
      for (const [index, outcome] of found.others) outcomes.set(index, outcome);
      rest(asked);
      asked = rewrite(program, idioms, mode, { outcomes, rest });
      rest(program);
    }
    return { program: asked, unsettled: left.length };
  };
}

/** In the order of the ops that decide. */
function branchesOf(idioms: Idioms): readonly Branch[] {
  const branches: Branch[] = [];
  let index = -1;
  for (const idiom of idioms) {
    index += 1;
    const at = decidedAt(idiom);
    if (at !== undefined) branches.push({ idiom, index, at });
  }
  return branches.sort((a, b) => a.at - b.at);
}

/** Kept parts of trims that are no multiple of their alignment. */
export interface Unmet {
  readonly count: number;
  readonly bytes: number;
}

/** How many trims a replay leaves without their alignment; `keep` replays have the kept part inside the reservation. */
export function unmetOf(
  program: Program,
  idioms: Idioms,
  mode: IdiomMode,
  { objectPage }: Placements,
  pageBytes: number = program.pageBytes,
): Unmet {
  const scale = pageBytes / program.pageBytes;
  let [count, pages] = [0, 0];
  for (const idiom of idioms.trims()) {
    if (idiom.class !== "trim") continue;
    const base = objectPage[idiom.object] ?? -1;
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
 * Objects of this size and more whose recorded start was a multiple of 1 MiB, tricks apart: a program that over-maps only
 * where the first answer does not fit leaves no trace of that branch where it fitted.
 */
export function alignedOf(program: Program, idioms: Idioms): readonly number[] {
  const tricks = new Uint8Array(program.objects + 1);
  for (const { object } of idioms.trims()) tricks[object] = 1;
  for (const { map } of idioms.table.others) tricks[map.object] = 1;
  const { table } = program.ops;
  const aligned: number[] = [];
  eachRequest(table, ["place"], (index) => {
    const object = table.object[index] ?? 0;
    const isChecked =
      (table.pages[index] ?? 0) * program.pageBytes >= checked &&
      table.areas[table.area[index] ?? -1]?.backing === "anon" &&
      modulo((table.recorded[index] ?? 0) * program.pageBytes, checked) === 0;
    if (isChecked && tricks[object] !== 1) aligned.push(object);
  });
  return aligned;
}

/** How many of those begin at no multiple here; the page size in bytes. */
export const misalignedOf = (
  aligned: readonly number[],
  { objectPage }: Pick<Placements, "objectPage">,
  pageBytes: number,
): number =>
  aligned.filter((object) => {
    const page = objectPage[object] ?? -1;
    return page >= 0 && modulo(page * pageBytes, checked) !== 0;
  }).length;
