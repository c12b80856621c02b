/** How ops are written: the current space, the objects in it, and the primitive steps that calls are made of. */

import { MAP_GROWSDOWN } from "../trace/flags.ts";
import { hasBit } from "../units.ts";
import { joined, Live, type Piece } from "./live.ts";
import type { OpSink } from "./op-sink.ts";
import type { Advice, Area, Exclusion, Op, Origin, Position } from "./program.ts";

/** One address space while it is resolved. */
export interface SpaceState {
  readonly space: number;
  readonly live: Live;
  /** What MADV_DONTFORK keeps from children. */
  readonly ownOnly: Live;
  /** Page where the heap begins, once known. */
  brkStart?: number;
  /** Page after the heap's last one: the break, rounded up. */
  brkEnd?: number;
}

/** A `map` or `probe` op without what the state fills in. */
export type Placing = Omit<
  Extract<Op, { kind: "map" }>,
  "kind" | "object" | "recorded" | keyof Origin
>;

export const origin: Position = { object: 0, offset: 0 };

/** Areas below which forgetting some does not pay. */
const leastSweep = 4096;

export class State {
  readonly ops: OpSink;
  readonly exclusions: Exclusion[] = [];
  /** What an object was mapped with, as long as a page of it is mapped. */
  readonly #areas = new Map<number, { readonly area: Area; readonly line: number }>();
  /** Objects so far; their ids are 1 to this. */
  objects = 0;
  readonly doubtfulFrom: Map<number, number> = new Map();
  peak = 0;
  #current: SpaceState | undefined;
  readonly #spaces = new Map<number, SpaceState>();
  readonly #counted = new Map<number, number>();
  #accessible = 0;
  readonly #guardPages: number;
  readonly #keepsTouches: boolean;
  #most = -1;
  #sweepAt = leastSweep;

  constructor(ops: OpSink, guardPages: number, keepsTouches: boolean) {
    this.ops = ops;
    this.#guardPages = guardPages;
    this.#keepsTouches = keepsTouches;
  }

  get space(): SpaceState {
    if (this.#current === undefined) throw new Error("no space was entered");
    return this.#current;
  }

  get live(): Live {
    return this.space.live;
  }

  known(space: number): SpaceState | undefined {
    return this.#spaces.get(space);
  }

  get spaces(): IterableIterator<SpaceState> {
    return this.#spaces.values();
  }

  /** Make a space current; a new one is empty. */
  enter(space: number, from: Origin): void {
    if (this.#current?.space === space) return;
    const state = this.#spaces.get(space) ?? { space, live: new Live(), ownOnly: new Live() };
    this.#spaces.set(space, state);
    this.#current = state;
    this.ops.push({ kind: "enter", space, ...from });
  }

  /** `space` becomes a copy of the current one. */
  fork(space: number, from: Origin): void {
    const { ownOnly } = this.space;
    const child = { ...this.space, space, live: this.live.copy(), ownOnly: new Live() };
    this.#spaces.set(space, child);
    this.ops.push({ kind: "fork", space, ...from });
    this.#count(space, this.live.accessible);
    if (ownOnly.pieces.length === 0) return;
    this.enter(space, from);
    for (const { start, end } of ownOnly.pieces) this.release(start, end - start, from);
  }

  exit(space: number, from: Origin): void {
    this.ops.push({ kind: "exit", space, ...from });
    this.#spaces.delete(space);
    this.#count(space, 0);
    if (this.#current?.space === space) this.#current = undefined;
  }

  /** What the pages were mapped with. */
  areaOf({ object }: Piece): Area {
    return this.#made(object).area;
  }

  /** Line of the recording that mapped the pages. */
  lineOf({ object }: Piece): number {
    return this.#made(object).line;
  }

  #made(object: number): { readonly area: Area; readonly line: number } {
    const made = this.#areas.get(object);
    if (made === undefined) throw new Error(`object ${object} was never defined`);
    return made;
  }

  /** The area that a page belongs to, with its pgoff there. */
  areaAt(piece: Piece): Area {
    const area = this.areaOf(piece);
    return { ...area, prot: piece.prot, pgoff: area.pgoff + piece.offset };
  }

  /** A page as (object, offset) if an object holds it, else absolute. */
  inside(page: number): Position {
    const piece = this.live.find(page);
    return piece === undefined
      ? { ...origin, offset: page }
      : { object: piece.object, offset: piece.offset + page - piece.start };
  }

  /**
   * As `inside`, but a page right above an object counts as the object's end, and `pages` that end where an object
   * starts lie just below it.
   */
  near(page: number, pages = 0): Position {
    if (this.live.find(page) !== undefined) return this.inside(page);
    const above = this.live.find(page + pages);
    const piece = this.live.endingAt(page) ?? (above?.start === page + pages ? above : undefined);
    return piece === undefined
      ? this.inside(page)
      : { object: piece.object, offset: piece.offset + page - piece.start };
  }

  guardOf(area: Area): number {
    return hasBit(area.flags, MAP_GROWSDOWN) ? this.#guardPages : 0;
  }

  /** Release whatever is in the range, slice by slice. */
  release(
    start: number,
    pages: number,
    from: Origin,
    spare?: { object: number; pages: number },
  ): void {
    this.releasePieces(this.live.cut(start, start + pages), from, spare);
  }

  /** Release pieces that were cut out before, for the sake of an object that may lie over them. */
  releasePieces(
    pieces: readonly Piece[],
    from: Origin,
    spare?: { object: number; pages: number },
  ): void {
    for (const piece of joined(pieces)) {
      if (spare === undefined) this.space.ownOnly.cut(piece.start, piece.end);
      this.ops.push({
        kind: "release",
        at: { object: piece.object, offset: piece.offset },
        pages: piece.end - piece.start,
        ...(spare !== undefined && { spare }),
        ...from,
      });
    }
    this.#measure();
  }

  /** The kernel put `placing` at page `recorded`. */
  map(recorded: number, placing: Placing, from: Origin): number {
    const object = this.#define(placing.area, from);
    this.ops.push({ kind: "map", object, recorded, ...placing, ...from });
    this.#put(recorded, placing.pages, object, placing.area.prot);
    return object;
  }

  probe(failed: string, placing: Placing, from: Origin): void {
    this.ops.push({ kind: "probe", failed, ...placing, ...from });
  }

  /** Put an area at a place of its own; what was there must have been released. */
  fix(
    recorded: number,
    pages: number,
    area: Area,
    at: Position,
    from: Origin,
    source?: Position,
  ): number {
    const object = this.#define(area, from);
    this.ops.push({
      kind: "fix",
      object,
      at,
      recorded,
      pages,
      guard: this.guardOf(area),
      area,
      ...(source !== undefined && { source }),
      ...from,
    });
    this.#put(recorded, pages, object, area.prot);
    return object;
  }

  protect(start: number, end: number, prot: number, from: Origin): void {
    for (const piece of joined(this.live.over(start, end))) {
      const at = { object: piece.object, offset: piece.offset };
      this.ops.push({ kind: "protect", at, pages: piece.end - piece.start, prot, ...from });
    }
    this.live.protect(start, end, prot);
    this.#measure();
  }

  advise(start: number, end: number, change: Advice, from: Origin): void {
    if ("clear" in change && change.clear === "dc") this.space.ownOnly.cut(start, end);
    for (const piece of joined(this.live.over(start, end))) {
      if ("set" in change && change.set === "dc") this.space.ownOnly.put(piece);
      const at = { object: piece.object, offset: piece.offset };
      this.ops.push({ kind: "advise", at, pages: piece.end - piece.start, change, ...from });
    }
  }

  /** Pages of the range go, their VMAs stay. */
  discard(start: number, end: number, from: Origin): void {
    for (const piece of joined(this.live.over(start, end))) {
      const at = { object: piece.object, offset: piece.offset };
      this.ops.push({ kind: "discard", at, pages: piece.end - piece.start, ...from });
    }
  }

  /** Pages of the range come, where touches are kept; false if nothing is mapped there. */
  touch(start: number, end: number, from: Origin): boolean {
    if (!this.#keepsTouches) return true;
    const pieces = joined(this.live.over(start, end));
    for (const piece of pieces) {
      const at = { object: piece.object, offset: piece.offset };
      this.ops.push({ kind: "touch", at, pages: piece.end - piece.start, ...from });
    }
    return pieces.length > 0;
  }

  #define(area: Area, { line }: Origin): number {
    this.objects += 1;
    this.#areas.set(this.objects, { area, line });
    return this.objects;
  }

  /** Forget the areas of objects that are gone from all spaces, once they may be the most. */
  sweep(): void {
    if (this.#areas.size < this.#sweepAt) return;
    const used = new Set<number>();
    for (const { live, ownOnly } of this.#spaces.values()) {
      for (const { object } of live.pieces) used.add(object);
      for (const { object } of ownOnly.pieces) used.add(object);
    }
    for (const object of this.#areas.keys()) if (!used.has(object)) this.#areas.delete(object);
    this.#sweepAt = Math.max(leastSweep, 2 * this.#areas.size);
  }

  #put(start: number, pages: number, object: number, prot: number): void {
    this.space.ownOnly.cut(start, start + pages);
    this.live.put({ start, end: start + pages, object, offset: 0, prot });
    this.#measure();
  }

  /** Keep the op at which most pages were accessible. */
  #measure(): void {
    this.#count(this.space.space, this.live.accessible);
    if (this.#accessible > this.#most) {
      this.#most = this.#accessible;
      this.peak = this.ops.length - 1;
    }
  }

  #count(space: number, pages: number): void {
    this.#accessible += pages - (this.#counted.get(space) ?? 0);
    this.#counted.set(space, pages);
  }
}
