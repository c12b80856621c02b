/** Which plain requests belong to a trick: first tries, successes that were learned, and ladders of hints. */

import { modulo } from "../../units.ts";
import { eachRequest } from "../op-table.ts";
import type { Area } from "../program.ts";
import type { Calls } from "./calls.ts";
import {
  type FailedTry,
  type Idiom,
  type Ladder,
  type Learned,
  type MapOp,
  requestArea,
  type Trim,
  type Try,
} from "./types.ts";

const isTrim = (idiom: Idiom): idiom is Trim => idiom.class === "trim";

/** The map that a call made, if it was one whose place was not fixed. */
function mapOf(calls: Calls, ops: readonly number[]): { op: number; map: MapOp } | undefined {
  for (const index of ops) {
    const op = calls.op(index);
    const asks = op.kind === "map" && (op.how === "place" || op.how === "claim");
    if (asks && op.source === undefined) return { op: index, map: op };
  }
  return undefined;
}

/** A successful request that the next call of its thread unmaps whole. */
function tryAt(calls: Calls, event: number, distance: number): Try | undefined {
  const step = calls.step(event, distance);
  if (step?.name !== "mmap") return undefined;
  const made = mapOf(calls, step.ops);
  if (made === undefined) return undefined;
  const releases = calls.releasedNext(step.event, made.map.object, made.map.pages);
  return releases === undefined ? undefined : { ...made, releases };
}

/** The request for the kept length right before a trim, whose answer did not fit. */
function firstTry(calls: Calls, trim: Trim): Try | undefined {
  const found = tryAt(calls, trim.map.event, -2);
  if (found === undefined || found.map.pages !== trim.kept) return undefined;
  if (found.map.how !== "place") return undefined;
  if (found.map.area.file?.id !== trim.map.area.file?.id) return undefined;
  return modulo(found.map.recorded, trim.align) === 0 ? undefined : found;
}

const sameRequest = (a: Area, b: Area): boolean =>
  a.prot === b.prot && a.flags === b.flags && a.file?.id === b.file?.id;

/** Trims of one space by their kept length. */
class BySize {
  readonly #sizes = new Map<number, Map<number, Trim[]>>();

  constructor(trims: readonly Trim[]) {
    for (const trim of trims) {
      const { space, kept } = trim;
      const spaces = this.#sizes.get(kept) ?? new Map<number, Trim[]>();
      const alike = spaces.get(space);
      if (alike === undefined) spaces.set(space, [trim]);
      else alike.push(trim);
      this.#sizes.set(kept, spaces);
    }
  }

  of(space: number, kept: number): readonly Trim[] | undefined {
    return this.#sizes.get(kept)?.get(space);
  }
}

function learnedAt(calls: Calls, op: number, map: MapOp, trims: readonly Trim[]): Learned | null {
  const trim = trims.find((one) => sameRequest(requestArea(one), map.area));
  if (trim === undefined || modulo(map.recorded, trim.align) !== 0) return null;
  const triesBare = trims.some((one) => one.firstTry && one.firstTry.map.hint === undefined);
  if (map.hint === undefined && !triesBare) return null;
  const next = calls.step(map.event, 1);
  const unmaps =
    next?.name === "munmap" &&
    next.ops.some((index) => {
      const one = calls.op(index);
      return one.kind === "release" && one.at.object === map.object;
    });
  if (unmaps) return null;
  const { space, line } = { space: calls.spaceOf[op] ?? 0, line: map.line };
  const { pages: reserve, area } = trim.map;
  return { class: "learned", space, op, map, line, align: trim.align, reserve, area };
}

function learned(calls: Calls, idioms: readonly Idiom[]): readonly Learned[] {
  const trims = idioms.filter(isTrim);
  if (trims.length === 0) return [];
  const sizes = new BySize(trims);
  const taken = new Set(
    idioms.flatMap((one) => (isTrim(one) && one.firstTry ? [one.op, one.firstTry.op] : [one.op])),
  );
  const found: Learned[] = [];
  const { table } = calls.program.ops;
  eachRequest(table, ["place"], (index) => {
    const known = sizes.of(calls.spaceOf[index] ?? 0, table.pages[index] ?? 0);
    if (known === undefined || taken.has(index)) return;
    const op = calls.op(index);
    if (op.kind !== "map") return;
    const success = learnedAt(calls, index, op, known);
    if (success !== null) found.push(success);
  });
  return found;
}

/** An attempt that failed for room in the call at a distance. */
function failedAt(calls: Calls, event: number, distance: number): FailedTry | undefined {
  const step = calls.step(event, distance);
  const [op, second] = step?.ops ?? [];
  if (step?.name !== "mmap" || op === undefined || second !== undefined) return undefined;
  const probe = calls.op(op);
  if (probe.kind !== "probe" || !forRoom.has(probe.failed)) return undefined;
  return { op, probe };
}

/** Errors of mmap that another address may not have. */
const forRoom = new Set(["EEXIST", "ENOMEM"]);

/** The attempts of the same length at other hints right before a map, oldest first. */
function rungs(calls: Calls, map: MapOp): readonly (Try | FailedTry)[] {
  const found: (Try | FailedTry)[] = [];
  const hints = new Set([JSON.stringify(map.hint)]);
  for (let distance = -1; ; ) {
    const failed = failedAt(calls, map.event, distance);
    const rung = failed ?? tryAt(calls, map.event, distance - 1);
    const asked = rung === undefined ? undefined : "probe" in rung ? rung.probe : rung.map;
    if (rung === undefined || asked?.hint === undefined || asked.pages !== map.pages) break;
    const hint = JSON.stringify(asked.hint);
    if (hints.has(hint)) break;
    hints.add(hint);
    found.unshift(rung);
    distance -= failed === undefined ? 2 : 1;
  }
  return found;
}

function ladders(calls: Calls, idioms: readonly Idiom[]): readonly Ladder[] {
  const taken = new Set(idioms.map(({ op }) => op));
  const found: Ladder[] = [];
  const { table } = calls.program.ops;
  eachRequest(table, ["place", "claim"], (last) => {
    if ((table.atObject[last] ?? -1) < 0 || (table.event[last] ?? -1) < 0 || taken.has(last))
      return;
    const map = calls.op(last);
    if (map.kind !== "map" || calls.releasedNext(map.event, map.object, map.pages) !== undefined)
      return;
    const attempts = rungs(calls, map);
    const [first] = attempts;
    if (first === undefined) return;
    const space = calls.spaceOf[last] ?? 0;
    const { op } = first;
    found.push({ class: "ladder", space, op, line: map.line, attempts, map, last });
  });
  return found;
}

/** The idioms with the attempts that belong to them, in order of their ops. */
export function withAttempts(calls: Calls, idioms: readonly Idiom[]): readonly Idiom[] {
  const tried = idioms.map((idiom): Idiom => {
    const found = isTrim(idiom) ? firstTry(calls, idiom) : undefined;
    return found === undefined ? idiom : ({ ...idiom, firstTry: found } as Trim);
  });
  const known = [...tried, ...learned(calls, tried)];
  return [...known, ...ladders(calls, known)].sort((a, b) => a.op - b.op);
}
