/** Which plain requests belong to a trick: first tries, successes that were learned, and ladders of hints. */

import { modulo } from "../../units.ts";
import { eachRequest } from "../op-table.ts";
import type { Area } from "../program.ts";
import type { Calls } from "./calls.ts";
import { type IdiomColumns, orderOf, rowClasses } from "./idiom-table.ts";
import { Idioms } from "./idioms.ts";
import {
  type FailedTry,
  type Ladder,
  type Learned,
  type MapOp,
  requestArea,
  type Trim,
  type Try,
} from "./types.ts";

const trimClass = rowClasses.indexOf("trim");

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
function firstTry(calls: Calls, columns: IdiomColumns, row: number): Try | undefined {
  const op = columns.op[row] ?? 0;
  const found = tryAt(calls, calls.program.ops.table.event[op] ?? -1, -2);
  if (found === undefined || found.map.pages !== columns.kept[row]) return undefined;
  if (found.map.how !== "place") return undefined;
  const map = calls.op(op);
  if (map.kind !== "map" || found.map.area.file?.id !== map.area.file?.id) return undefined;
  return modulo(found.map.recorded, columns.align[row] ?? 1) === 0 ? undefined : found;
}

function firstTries(calls: Calls, columns: IdiomColumns): ReadonlyMap<number, Try> {
  const found = new Map<number, Try>();
  columns.class.forEach((of, row) => {
    const tried = of === trimClass ? firstTry(calls, columns, row) : undefined;
    if (tried !== undefined) found.set(row, tried);
  });
  return found;
}

const sameRequest = (a: Area, b: Area): boolean =>
  a.prot === b.prot && a.flags === b.flags && a.file?.id === b.file?.id;

/** Rows of the trims of one space by their kept length. */
class BySize {
  readonly #sizes = new Map<number, Map<number, number[]>>();

  constructor({ class: of, space, kept }: IdiomColumns) {
    for (let row = 0; row < of.length; row++)
      if (of[row] === trimClass) this.#add(row, space[row] ?? 0, kept[row] ?? 0);
  }

  #add(row: number, space: number, kept: number): void {
    const spaces = this.#sizes.get(kept) ?? new Map<number, number[]>();
    const alike = spaces.get(space);
    if (alike === undefined) spaces.set(space, [row]);
    else alike.push(row);
    this.#sizes.set(kept, spaces);
  }

  of(space: number, kept: number): readonly number[] | undefined {
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

/** `taken`: 1 by op that belongs to a trick. */
function learned(calls: Calls, trims: Idioms, taken: Uint8Array): readonly Learned[] {
  const sizes = new BySize(trims.table);
  const found: Learned[] = [];
  const { table } = calls.program.ops;
  eachRequest(table, ["place"], (index) => {
    const known = sizes.of(calls.spaceOf[index] ?? 0, table.pages[index] ?? 0);
    if (known === undefined || taken[index] === 1) return;
    const op = calls.op(index);
    if (op.kind !== "map") return;
    const alike = known.map((row) => trims.trim(row));
    const success = learnedAt(calls, index, op, alike);
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

function ladders(calls: Calls, taken: Uint8Array): readonly Ladder[] {
  const found: Ladder[] = [];
  const { table } = calls.program.ops;
  eachRequest(table, ["place", "claim"], (last) => {
    if ((table.atObject[last] ?? -1) < 0 || (table.event[last] ?? -1) < 0 || taken[last] === 1)
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

/** What was found, with the attempts that belong to it. */
export function withAttempts(calls: Calls, columns: IdiomColumns): Idioms {
  const tried = { ...columns, firstTries: firstTries(calls, columns) };
  const idioms = (others: readonly (Learned | Ladder)[]): Idioms =>
    new Idioms({ ...tried, others, order: orderOf(columns.op, others) }, calls.program.ops);
  const taken = new Uint8Array(calls.program.ops.length);
  const take = (op: number): void => {
    taken[op] = 1;
  };
  columns.op.forEach(take);
  for (const { op } of tried.firstTries.values()) take(op);
  const successes = learned(calls, idioms([]), taken);
  for (const { op } of successes) take(op);
  const others = [...successes, ...ladders(calls, taken)];
  return idioms(others.sort((a, b) => a.op - b.op));
}
