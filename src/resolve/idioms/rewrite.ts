/** What a program asks for when its tricks are done anew for another address, or left out. */

import type { Program } from "../program.ts";
import { Edits, type Rest } from "./edits.ts";
import type { Idioms } from "./idioms.ts";
import { extent, fateOf, type Outcome, type Outcomes, Replacements } from "./replacements.ts";
import {
  type FailedTry,
  type IdiomMode,
  isTrim,
  type Ladder,
  type Trim,
  type Try,
} from "./types.ts";

function dropTry(edits: Edits, tried: Try | FailedTry): void {
  edits.remove("probe" in tried ? [tried.op] : [tried.op, ...tried.releases]);
}

/** The kept part as one request of its own, with its hint. */
function asOneRequest(edits: Edits, trim: Trim, by: number, mode: IdiomMode): void {
  const { object, low, kept, firstTry } = trim;
  edits.remove(trim.cuts);
  if (firstTry === undefined) edits.replace(trim.op, by);
  else {
    edits.remove([trim.op]);
    edits.replace(firstTry.op, by);
    edits.remove(firstTry.releases);
  }
  edits.move(object, low, kept);
  const backed = mode === "drop" ? trim.backed : undefined;
  if (backed === undefined) return;
  edits.remove([...trim.overlays, ...trim.replaced]);
  edits.become(backed.object, object, kept);
}

/** Each overlay of a reservation with gaps is a request of its own. */
function asRegions(edits: Edits, trim: Trim, by: number): void {
  edits.remove([trim.op, ...trim.cuts, ...trim.gaps, ...trim.replaced]);
  if (trim.firstTry !== undefined) dropTry(edits, trim.firstTry);
  edits.forget(trim.object);
  for (const index of trim.overlays) edits.replace(index, by);
}

function asTrick(edits: Edits, trim: Trim, by: number): void {
  edits.replace(trim.op, by);
  const [first, ...later] = trim.cuts;
  if (first !== undefined) edits.replace(first, by);
  edits.remove(later);
  edits.move(trim.object, trim.low, extent(trim));
}

function rewriteLadder(
  edits: Edits,
  { attempts, last }: Ladder,
  by: number,
  mode: IdiomMode,
  outcome: Outcome | undefined,
): void {
  if (mode === "drop") {
    for (const attempt of attempts) dropTry(edits, attempt);
  } else if (typeof outcome === "object") {
    for (const attempt of attempts.slice(outcome.rung)) dropTry(edits, attempt);
    const good = attempts[outcome.rung];
    if (good === undefined) return;
    edits.replace(good.op, by);
    edits.remove([last]);
  }
}

/** How a program is rewritten beside its mode. */
export interface Rewriting {
  /** None: every branch goes as recorded. */
  readonly outcomes?: Outcomes;
  readonly rest?: Rest;
}

/** The program in a mode; `keep` is the program as it is. */
export function rewrite(
  program: Program,
  idioms: Idioms,
  mode: IdiomMode,
  { outcomes = new Map(), rest }: Rewriting = {},
): Program {
  if (mode === "keep") return program;
  const made = new Replacements(idioms, mode, outcomes, () => edits.newObject());
  const edits = new Edits(program, (op, by) => made.of(op, by));
  let index = -1;
  for (const idiom of idioms) {
    index += 1;
    const outcome = outcomes.get(index);
    if (isTrim(idiom)) {
      const fate = fateOf(idiom, mode, outcome);
      if (fate === "regions") asRegions(edits, idiom, index);
      else if (fate === "request") asOneRequest(edits, idiom, index, mode);
      else if (fate === "trick") asTrick(edits, idiom, index);
    } else if (idiom.class === "learned" && outcome === "misses") edits.replace(idiom.op, index);
    else if (idiom.class === "ladder") rewriteLadder(edits, idiom, index, mode, outcome);
  }
  return edits.done(rest);
}
