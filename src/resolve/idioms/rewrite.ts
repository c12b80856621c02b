/** What a program asks for when its tricks are done anew for another address, or left out. */

import type { Op, Program } from "../program.ts";
import { Edits } from "./edits.ts";
import type { Idioms } from "./idioms.ts";
import {
  type FailedTry,
  type IdiomMode,
  type Ladder,
  type Learned,
  requestArea,
  type Trim,
  type Try,
} from "./types.ts";

/** What the answers of a policy made of conditional tricks, by index into the idioms. */
export type Outcomes = ReadonlyMap<number, Outcome>;

/** A first try that fits, a learned request that does not, or the rung at which a ladder ends. */
export type Outcome = { readonly rung: number } | "fits" | "misses";

/** Pages of the kept part as the mode leaves it, with its guard if there is one. */
const extent = (trim: Trim, mode: IdiomMode): number =>
  trim.kept + (mode === "drop" ? 0 : trim.guard);

function dropTry(edits: Edits, tried: Try | FailedTry): void {
  edits.remove("probe" in tried ? [tried.op] : [tried.op, ...tried.releases]);
}

/** The kept part as one request of its own, made by `at`, with its hint. */
function asOneRequest(edits: Edits, trim: Trim, mode: IdiomMode): void {
  const { map, low, kept, backed, firstTry } = trim;
  const area = mode === "drop" ? requestArea(trim) : map.area;
  const { hint: _, ...rest } = map;
  const { hint } = firstTry?.map ?? map;
  const recorded = map.recorded + low;
  const op: Op = { ...rest, area, pages: kept, recorded, ...(hint !== undefined && { hint }) };
  edits.remove(trim.cuts);
  if (firstTry === undefined) edits.replace(trim.op, () => [op]);
  else {
    edits.remove([trim.op]);
    const { event, line } = firstTry.map;
    edits.replace(firstTry.op, () => [{ ...op, event, line }]);
    edits.remove(firstTry.releases);
  }
  edits.move(map.object, low, kept);
  if (mode !== "drop" || backed === undefined) return;
  edits.remove([...trim.overlays, ...trim.replaced]);
  edits.become(backed.object, map.object, kept);
}

/** Each overlay of a reservation with gaps is a request of its own. */
function asRegions(edits: Edits, trim: Trim): void {
  edits.remove([trim.op, ...trim.cuts, ...trim.gaps, ...trim.replaced]);
  if (trim.firstTry !== undefined) dropTry(edits, trim.firstTry);
  edits.forget(trim.map.object);
  for (const index of trim.overlays) {
    const fix = edits.op(index);
    if (fix.kind !== "fix") continue;
    const { kind: _, at: __, align: ___, area, ...rest } = fix;
    const { how, low32, above4g, startGap } = trim.map;
    const flags = area.flags - (Math.floor(area.flags / 16) % 2) * 16;
    const asked = { ...area, flags };
    edits.replace(index, () => [
      { ...rest, kind: "map", how, low32, above4g, startGap, area: asked, searches: [] },
    ]);
  }
}

/** Reserve, take the aligned part, and give the rest back where the program first did. */
function asTrick(edits: Edits, trim: Trim): void {
  const { map, low, align } = trim;
  const pages = extent(trim, "redo");
  const reserve = edits.newObject();
  const { event, line, area, guard, object } = map;
  const at = { object: reserve, offset: 0 };
  edits.replace(trim.op, () => [
    { ...map, object: reserve },
    {
      kind: "fix",
      ...{ object, at, recorded: map.recorded + low, pages, guard, area, align, event, line },
    },
  ]);
  const [first, ...later] = trim.cuts;
  if (first !== undefined) {
    edits.replace(first, () => {
      const op = edits.op(first);
      const spare = { object, pages };
      return [{ kind: "release", at, pages: map.pages, spare, event: op.event, line: op.line }];
    });
  }
  edits.remove(later);
  edits.move(object, low, pages);
}

function rewriteTrim(edits: Edits, trim: Trim, mode: IdiomMode, outcome?: Outcome): void {
  if (mode === "drop" && trim.regions) asRegions(edits, trim);
  else if (mode === "drop") asOneRequest(edits, trim, mode);
  else if (trim.class === "placeholder") return;
  else if (outcome === "fits") asOneRequest(edits, trim, mode);
  else asTrick(edits, trim);
}

/** A request that was good in the recording and is not here: unmap it, reserve more, cut. */
function rewriteLearned(edits: Edits, idiom: Learned): void {
  const { map, op, reserve, align, area } = idiom;
  const tried = edits.newObject();
  const larger = edits.newObject();
  const { event, line, recorded, pages, guard, object } = map;
  const { hint: _, ...rest } = map;
  const from = { event, line };
  const at = { object: larger, offset: 0 };
  edits.replace(op, () => [
    { ...map, object: tried },
    { kind: "release", at: { object: tried, offset: 0 }, pages, ...from },
    { ...rest, object: larger, pages: reserve, area, searches: [] },
    { kind: "fix", object, at, recorded, pages, guard, area: map.area, align, ...from },
    { kind: "release", at, pages: reserve, spare: { object, pages }, ...from },
  ]);
}

function rewriteLadder(edits: Edits, ladder: Ladder, mode: IdiomMode, outcome?: Outcome): void {
  const { attempts, map } = ladder;
  if (mode === "drop") {
    for (const attempt of attempts) dropTry(edits, attempt);
  } else if (typeof outcome === "object") {
    for (const attempt of attempts.slice(outcome.rung + 1)) dropTry(edits, attempt);
    const good = attempts[outcome.rung];
    if (good === undefined) return;
    dropTry(edits, good);
    const { object, recorded } = map;
    const { kind: _, ...asked } = "probe" in good ? good.probe : good.map;
    edits.replace(good.op, () => [{ ...asked, kind: "map", object, recorded }]);
    edits.remove([ladder.last]);
  }
}

/** The program in a mode; `keep` is the program as it is. */
export function rewrite(
  program: Program,
  idioms: Idioms,
  mode: IdiomMode,
  outcomes: Outcomes = new Map(),
): Program {
  if (mode === "keep") return program;
  const edits = new Edits(program);
  let index = -1;
  for (const idiom of idioms) {
    index += 1;
    const outcome = outcomes.get(index);
    if (idiom.class === "trim" || idiom.class === "placeholder")
      rewriteTrim(edits, idiom, mode, outcome);
    else if (idiom.class === "learned" && outcome === "misses") rewriteLearned(edits, idiom);
    else if (idiom.class === "ladder") rewriteLadder(edits, idiom, mode, outcome);
  }
  return edits.done();
}
