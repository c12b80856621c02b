/** How ops lie in memory: a column for what most ops have, and a list for what few do. */

import type { Search } from "../trace/event.ts";
import type { Advice, Area, How, Op } from "./program.ts";

/** Kinds by their number in the table. */
export const opKinds: readonly Op["kind"][] = [
  ...(["enter", "fork", "exit", "map", "probe", "fix"] as const),
  ...(["release", "protect", "advise", "discard", "touch", "snapshot"] as const),
];

const numbers = Object.fromEntries(opKinds.map((kind, index) => [kind, index]));
export const opNumber: Readonly<Record<Op["kind"], number>> = numbers as Record<Op["kind"], number>;

/** Ways by their number in `how`. */
export const ways: readonly How[] = ["place", "claim", "grow", "grow-in-place", "brk"];

type Snapshot = Extract<Op, { kind: "snapshot" }>;

/** What few ops have. */
export interface Extra {
  readonly kept?: number;
  readonly align?: number;
  readonly alignOffset?: number;
  readonly startGap?: number;
  readonly failed?: string;
  readonly searches?: readonly Search[];
  readonly change?: Advice;
  readonly snapshot?: Pick<Snapshot, "source" | "exact" | "areas">;
}

/**
 * One entry per op and column, 76 bytes together; pages. Plain values: it crosses to another thread. Where few ops have a
 * thing, none is 0, which nobody writes: a page of memory in which all are 0 is none.
 */
export interface OpTable {
  readonly kind: Uint8Array;
  /** The way of a map or probe, in `ways`. */
  readonly how: Uint8Array;
  /** 1 is true. */
  readonly low32: Uint8Array;
  readonly above4g: Uint8Array;
  readonly event: Int32Array;
  readonly line: Uint32Array;
  /** What a map or fix makes; the space of enter, fork and exit. */
  readonly object: Int32Array;
  readonly recorded: Float64Array;
  readonly pages: Float64Array;
  /** Where it acts; the hint of a map or probe. Object -1 is none. */
  readonly atObject: Int32Array;
  readonly atOffset: Float64Array;
  /** Where pages come from; what a release leaves in peace, `sourceOffset` pages of it. Object 0 is none. */
  readonly sourceObject: Int32Array;
  readonly sourceOffset: Float64Array;
  /** Index in `areas`, or -1. */
  readonly area: Int32Array;
  /** Which open of the area's file is mapped: its id + 1, or 0. */
  readonly open: Int32Array;
  /** The guard of what is mapped; the access of protect. */
  readonly guard: Float64Array;
  /** Index in `extras` + 1, or 0. */
  readonly extra: Int32Array;
  /** Equal ones stand here once; their files are of no open. */
  readonly areas: readonly Area[];
  readonly extras: readonly Extra[];
}

/** What few ops have, of one op. Asked with -1, an array looks for a name, which is slow. */
export function extraOf(
  { extra, extras }: Pick<OpTable, "extra" | "extras">,
  index: number,
): Extra | undefined {
  const at = extra[index] ?? 0;
  return at === 0 ? undefined : extras[at - 1];
}

/** The space that an op acts in: the last one entered before it, or 0. */
export function spaceOf({ kind, object }: OpTable, index: number): number {
  const entered = index > 0 ? kind.lastIndexOf(opNumber.enter, index - 1) : -1;
  return entered < 0 ? 0 : (object[entered] ?? 0);
}

/** The columns of a table. */
export type Columns = Omit<OpTable, "areas" | "extras">;

/** Columns with room for `count` ops, which threads may share. */
export function columnsFor(count: number): Columns {
  const bytes = (each: number) => new SharedArrayBuffer(count * each);
  const whole = () => new Int32Array(bytes(4));
  const pages = () => new Float64Array(bytes(8));
  return {
    kind: new Uint8Array(bytes(1)),
    how: new Uint8Array(bytes(1)),
    low32: new Uint8Array(bytes(1)),
    above4g: new Uint8Array(bytes(1)),
    event: whole(),
    line: new Uint32Array(bytes(4)),
    object: whole(),
    recorded: pages(),
    pages: pages(),
    atObject: whole(),
    atOffset: pages(),
    sourceObject: whole(),
    sourceOffset: pages(),
    area: whole(),
    open: whole(),
    guard: pages(),
    extra: whole(),
  };
}

/** The same memory without what is behind its first rows. */
export function firstRows(of: Columns, count: number): Columns {
  return {
    kind: of.kind.subarray(0, count),
    how: of.how.subarray(0, count),
    low32: of.low32.subarray(0, count),
    above4g: of.above4g.subarray(0, count),
    event: of.event.subarray(0, count),
    line: of.line.subarray(0, count),
    object: of.object.subarray(0, count),
    recorded: of.recorded.subarray(0, count),
    pages: of.pages.subarray(0, count),
    atObject: of.atObject.subarray(0, count),
    atOffset: of.atOffset.subarray(0, count),
    sourceObject: of.sourceObject.subarray(0, count),
    sourceOffset: of.sourceOffset.subarray(0, count),
    area: of.area.subarray(0, count),
    open: of.open.subarray(0, count),
    guard: of.guard.subarray(0, count),
    extra: of.extra.subarray(0, count),
  };
}

/** Copy what is not 0 in a column of which nothing was written at `at` and behind. */
function copySome(into: Values, at: number, of: Values, from: number, to: number): void {
  for (let row = from; row < to; row++) {
    const value = of[row] ?? 0;
    if (value !== 0) into[at + row - from] = value;
  }
}

type Values = Uint8Array | Int32Array | Uint32Array | Float64Array;

/** Fewer rows are copied one by one. */
const few = 32;

function copyAll<T extends Values>(into: T, at: number, of: T, from: number, to: number): void {
  if (to - from >= few) into.set(of.subarray(from, to), at);
  else for (let row = from; row < to; row++) into[at + row - from] = of[row] ?? 0;
}

/** Copy rows [from, to) of a table to row `at` of another, of which nothing was written there and behind. */
export function copyRows(into: Columns, at: number, of: Columns, from: number, to: number): void {
  if (from >= to) return;
  copyAll(into.kind, at, of.kind, from, to);
  copyAll(into.how, at, of.how, from, to);
  copySome(into.low32, at, of.low32, from, to);
  copySome(into.above4g, at, of.above4g, from, to);
  copyAll(into.event, at, of.event, from, to);
  copyAll(into.line, at, of.line, from, to);
  copyAll(into.object, at, of.object, from, to);
  copyAll(into.recorded, at, of.recorded, from, to);
  copyAll(into.pages, at, of.pages, from, to);
  copyAll(into.atObject, at, of.atObject, from, to);
  copyAll(into.atOffset, at, of.atOffset, from, to);
  copySome(into.sourceObject, at, of.sourceObject, from, to);
  copySome(into.sourceOffset, at, of.sourceOffset, from, to);
  copyAll(into.area, at, of.area, from, to);
  copySome(into.open, at, of.open, from, to);
  copySome(into.guard, at, of.guard, from, to);
  copySome(into.extra, at, of.extra, from, to);
}

/** Visit the maps that move no pages and asked for their place in one of these ways. */
export function eachRequest(
  { kind, how, sourceObject }: OpTable,
  asked: readonly How[],
  visit: (index: number) => void,
): void {
  for (let index = 0; index < kind.length; index++) {
    if (kind[index] !== opNumber.map || (sourceObject[index] ?? 0) > 0) continue;
    if (asked.includes(ways[how[index] ?? 0] ?? "place")) visit(index);
  }
}
