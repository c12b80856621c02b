/** Which branches of tricks go otherwise than recorded, asked of all address spaces at once: what one does changes no other. */

import type { Outcome } from "../resolve/idioms/replacements.ts";
import type { Idiom, Ladder } from "../resolve/idioms/types.ts";
import { opNumber } from "../resolve/op-table.ts";
import type { Position, Program } from "../resolve/program.ts";
import { modulo } from "../units.ts";
import type { Placements } from "./types.ts";

/** A trick whose next call depends on an answer. */
export interface Branch {
  readonly idiom: Idiom;
  /** Among the idioms. */
  readonly index: number;
  /** Index of the op whose answer decides. */
  readonly at: number;
}

/** Index of the op whose answer decides; undefined where the trick has no branch. */
export function decidedAt(idiom: Idiom): number | undefined {
  if (idiom.class === "trim") return idiom.firstTry?.op;
  return idiom.class === "learned" || idiom.class === "ladder" ? idiom.op : undefined;
}

/** What a policy made of a program. */
export interface Answers {
  readonly asked: Program;
  readonly placements: Placements;
  /** Pages of the placements over pages of the recording. */
  readonly scale: number;
}

/** What answers say of branches: undefined where one goes as recorded. */
class Reading {
  readonly #answers: Answers;
  /** By event, the probe that it is. */
  #probes: ReadonlyMap<number, number> | undefined;

  constructor(answers: Answers) {
    this.#answers = answers;
  }

  #page(object: number): number {
    return this.#answers.placements.objectPage[object] ?? -1;
  }

  #fits(object: number, align: number): boolean {
    const page = this.#page(object);
    return page >= 0 && modulo(page * this.#answers.scale, align) === 0;
  }

  outcomeOf(idiom: Idiom): Outcome | undefined {
    if (idiom.class === "trim" && idiom.firstTry !== undefined)
      return this.#fits(idiom.firstTry.map.object, idiom.align) ? "fits" : undefined;
    if (idiom.class === "learned")
      return this.#fits(idiom.map.object, idiom.align) ? undefined : "misses";
    if (idiom.class !== "ladder") return undefined;
    const at = (hint: Position): number => this.#page(hint.object) + hint.offset;
    const rung = idiom.attempts.findIndex((attempt) => {
      const { hint } = "probe" in attempt ? attempt.probe : attempt.map;
      return hint !== undefined && this.#pageOf(attempt) === at(hint);
    });
    return rung < 0 ? undefined : { rung };
  }

  #pageOf(attempt: Ladder["attempts"][number]): number {
    if (!("probe" in attempt)) return this.#page(attempt.map.object);
    this.#probes ??= probesOf(this.#answers.asked);
    return this.#answers.placements.opPage[this.#probes.get(attempt.probe.event) ?? -1] ?? -1;
  }
}

function probesOf({ ops: { table } }: Program): ReadonlyMap<number, number> {
  const probes = new Map<number, number>();
  for (let op = table.kind.indexOf(opNumber.probe); op >= 0; ) {
    const event = table.event[op] ?? -1;
    if (!probes.has(event)) probes.set(event, op);
    op = table.kind.indexOf(opNumber.probe, op + 1);
  }
  return probes;
}

/** By space: the space that it began as a copy of, and the op that copied. */
export type Copies = ReadonlyMap<number, { readonly from: number; readonly op: number }>;

export function copiesOf({ ops: { table } }: Program): Copies {
  const copies = new Map<number, { from: number; op: number }>();
  const { kind, object } = table;
  let current = 0;
  for (let op = 0; op < kind.length; op++) {
    if (kind[op] === opNumber.enter) current = object[op] ?? 0;
    else if (kind[op] === opNumber.fork) copies.set(object[op] ?? 0, { from: current, op });
  }
  return copies;
}

/**
 * The branches, in the order of their ops, that go otherwise, of each space the first; and those that nothing can be said
 * of before these are settled: they come later in the same space, or in one that was copied from it later.
 */
export function firstOthers(
  branches: readonly Branch[],
  copies: Copies,
  answers: Answers,
): { readonly others: ReadonlyMap<number, Outcome>; readonly left: readonly Branch[] } {
  const reading = new Reading(answers);
  const others = new Map<number, Outcome>();
  const left: Branch[] = [];
  /** By space: the op from which on its answers may change. */
  const changed = new Map<number, number>();
  const isBefore = (space: number, op: number): boolean => {
    if ((changed.get(space) ?? Number.POSITIVE_INFINITY) < op) return true;
    const copy = copies.get(space);
    return copy !== undefined && copy.from !== space && isBefore(copy.from, copy.op);
  };
  for (const branch of branches) {
    const { idiom, index, at } = branch;
    if (isBefore(idiom.space, at)) {
      left.push(branch);
      continue;
    }
    const outcome = reading.outcomeOf(idiom);
    if (outcome === undefined) continue;
    others.set(index, outcome);
    changed.set(idiom.space, at);
  }
  return { others, left };
}
