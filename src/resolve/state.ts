/** How ops are written: the current space, the objects in it, and the primitive steps that calls are made of. */

import type { Shelf } from "../trace/block.ts";
import { MAP_GROWSDOWN } from "../trace/flags.ts";
import { hasBit } from "../units.ts";
import { joined, Live, type Made, type Piece } from "./live.ts";
import { Marks } from "./marks.ts";
import type { OpSink, Placing, Spare } from "./op-sink.ts";
import type { Advice, Area, Exclusion, Origin, Position } from "./program.ts";
import { RestingSpaces } from "./resting.ts";

/** One address space while it is resolved. */
export interface SpaceState {
  readonly space: number;
  readonly live: Live;
  /** What MADV_DONTFORK keeps from children. */
  ownOnly?: Live;
  /** Page where the heap begins, once known. */
  brkStart?: number;
  /** Page after the heap's last one: the break, rounded up. */
  brkEnd?: number;
  /** mlockall(MCL_FUTURE): what is mapped from here on is locked (mm->def_flags), with MCL_ONFAULT as its pages come. */
  locksAhead: "no" | "at-once" | "on-fault";
  /** Accessible pages as they count among those of all spaces. */
  counted: number;
}

export const origin: Position = { object: 0, offset: 0 };

/** Where a piece lies in its object. */
export const positionOf = ({ made, offset }: Piece): Position => ({ object: made.object, offset });

/** A page as an offset in the object of a piece, or as an absolute page without one. */
const positionIn = (piece: Piece | undefined, page: number): Position =>
  piece === undefined
    ? { object: origin.object, offset: page }
    : { object: piece.made.object, offset: piece.offset + page - piece.start };

const emptySpace = (space: number): SpaceState => ({
  space,
  live: new Live(),
  locksAhead: "no",
  counted: 0,
});

export class State {
  readonly ops: OpSink;
  readonly exclusions: Exclusion[] = [];
  readonly marks: Marks = new Marks();
  /** Objects so far; their ids are 1 to this. */
  objects = 0;
  readonly doubtfulFrom: Map<number, number> = new Map();
  peak = 0;
  #current: SpaceState | undefined;
  readonly #spaces: RestingSpaces;
  #accessible = 0;
  readonly #guardPages: number;
  readonly #keepsTouches: boolean;
  #most = -1;

  constructor(ops: OpSink, guardPages: number, keepsTouches: boolean, shelf?: Shelf) {
    this.ops = ops;
    this.#spaces = new RestingSpaces(shelf);
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

  isKnown(space: number): boolean {
    return this.#spaces.has(space);
  }

  /** The numbers of all that are known, in the order in which they came. */
  get spaces(): IterableIterator<number> {
    return this.#spaces.numbers;
  }

  /** Keep what a replay leaves out, where ops are kept. */
  exclude(exclusion: Exclusion): void {
    if (this.ops.keeps) this.exclusions.push(exclusion);
  }

  /** Make a space current; a new one is empty. */
  enter(space: number, from: Origin): void {
    if (this.#current?.space === space) return;
    // What was current until now has rested since now.
    if (this.#current !== undefined) this.#spaces.get(this.#current.space, from.event);
    this.#current = this.#spaces.get(space, from.event) ?? this.#add(emptySpace(space), from);
    this.#spaces.putAway(from.event);
    this.ops.push({ kind: "enter", space, ...from });
  }

  #add(state: SpaceState, { event }: Origin): SpaceState {
    this.#spaces.put(state, event);
    return state;
  }

  /** `space` becomes a copy of the current one. */
  fork(space: number, from: Origin): void {
    const { ownOnly, ...same } = this.space;
    const child = { ...same, ...emptySpace(space), live: this.live.copy() };
    this.#add(child, from);
    this.ops.push({ kind: "fork", space, ...from });
    this.#count(child);
    if (ownOnly === undefined || ownOnly.pieces.length === 0) return;
    this.enter(space, from);
    for (const { start, end } of ownOnly.pieces) this.release(start, end - start, from);
  }

  exit(space: number, from: Origin): void {
    this.ops.push({ kind: "exit", space, ...from });
    this.#accessible -= this.#spaces.get(space, from.event)?.counted ?? 0;
    this.#spaces.delete(space);
    if (this.#current?.space === space) this.#current = undefined;
  }

  /** The area that a page belongs to, with its pgoff there. */
  areaAt(piece: Piece): Area {
    const { area } = piece.made;
    return { ...area, prot: piece.prot, pgoff: area.pgoff + piece.offset };
  }

  /** A page as (object, offset) if an object holds it, else absolute. */
  inside(page: number): Position {
    return positionIn(this.live.find(page), page);
  }

  /**
   * As `inside`, but a page right above an object counts as the object's end, and `pages` that end where an object
   * starts lie just below it.
   */
  near(page: number, pages = 0): Position {
    const { live } = this;
    const piece = live.find(page) ?? live.endingAt(page) ?? live.startingAt(page + pages);
    return positionIn(piece, page);
  }

  guardOf(area: Area): number {
    return hasBit(area.flags, MAP_GROWSDOWN) ? this.#guardPages : 0;
  }

  /** Release whatever is in the range, slice by slice. */
  release(start: number, pages: number, from: Origin, spare?: Spare): void {
    this.releasePieces(this.live.cut(start, start + pages), from, spare);
  }

  /** Release pieces that were cut out before, for the sake of an object that may lie over them. */
  releasePieces(pieces: readonly Piece[], from: Origin, spare?: Spare): void {
    for (const piece of joined(pieces)) {
      if (spare === undefined) this.space.ownOnly?.cut(piece.start, piece.end);
      this.ops.release(positionOf(piece), piece.end - piece.start, spare, from);
    }
    this.#measure();
  }

  /** The kernel put `placing` at page `recorded`. */
  map(recorded: number, placing: Placing, from: Origin): number {
    const { area, pages } = placing;
    const made = this.#define(area, from);
    this.ops.map(made.object, recorded, placing, from);
    this.#put(recorded, pages, made);
    return made.object;
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
    const made = this.#define(area, from);
    const { object } = made;
    const fixing = { object, at, recorded, pages, guard: this.guardOf(area), area };
    this.ops.fix(source === undefined ? fixing : { ...fixing, source }, from);
    this.#put(recorded, pages, made);
    return object;
  }

  protect(start: number, end: number, prot: number, from: Origin): void {
    const { event, line } = from;
    for (const piece of joined(this.live.protect(start, end, prot))) {
      const at = positionOf(piece);
      this.ops.push({ kind: "protect", at, pages: piece.end - piece.start, prot, event, line });
    }
    this.#measure();
  }

  advise(start: number, end: number, change: Advice, from: Origin): void {
    if ("clear" in change && change.clear === "dc") this.space.ownOnly?.cut(start, end);
    const staysHere = "set" in change && change.set === "dc";
    const { event, line } = from;
    for (const piece of joined(this.live.over(start, end))) {
      if (staysHere) {
        this.space.ownOnly ??= new Live();
        this.space.ownOnly.put(piece);
      }
      const at = positionOf(piece);
      this.ops.push({ kind: "advise", at, pages: piece.end - piece.start, change, event, line });
    }
  }

  /** Pages of the range go, their VMAs stay. */
  discard(start: number, end: number, from: Origin): void {
    for (const piece of joined(this.live.over(start, end))) {
      const at = positionOf(piece);
      this.ops.push({ kind: "discard", at, pages: piece.end - piece.start, ...from });
    }
  }

  /** Pages of the range come, where touches are kept; false if nothing is mapped there. */
  touch(start: number, end: number, from: Origin): boolean {
    if (!this.#keepsTouches) return true;
    const pieces = joined(this.live.over(start, end));
    for (const piece of pieces) {
      const at = positionOf(piece);
      this.ops.push({ kind: "touch", at, pages: piece.end - piece.start, ...from });
      if (this.#accessible === this.#most) this.peak = this.ops.length - 1;
    }
    return pieces.length > 0;
  }

  #define(area: Area, { line }: Origin): Made {
    this.objects += 1;
    return { object: this.objects, area, line };
  }

  #put(start: number, pages: number, made: Made): void {
    const { live, ownOnly } = this.space;
    const end = start + pages;
    ownOnly?.cut(start, end);
    live.put({ start, end, made, offset: 0, prot: made.area.prot });
    this.#measure();
  }

  /** Keep the op at which most pages were accessible; what is touched while they are comes before the peak. */
  #measure(): void {
    this.#count(this.space);
    if (this.#accessible > this.#most) {
      this.#most = this.#accessible;
      this.peak = this.ops.length - 1;
    }
  }

  #count(space: SpaceState): void {
    const { accessible } = space.live;
    this.#accessible += accessible - space.counted;
    space.counted = accessible;
  }
}
