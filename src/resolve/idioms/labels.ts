/** What else programs do with addresses, replayed as it is in every mode but named: intent without a trick. */

import { MAP_ANONYMOUS, MAP_STACK, PROT_WRITE } from "../../trace/flags.ts";
import { hasBit } from "../../units.ts";
import { type OpTable, opNumber, ways } from "../op-table.ts";
import type { Area } from "../program.ts";
import type { Calls } from "./calls.ts";
import type { Idioms } from "./idioms.ts";
import type { Mutable } from "./types.ts";

/** How often each was met in a recording. */
export interface Labels {
  /** Reservations of private anonymous memory with MAP_FIXED pieces in them, and the pieces. */
  readonly carves: number;
  readonly pieces: number;
  /** File maps with pieces of the same file or anonymous ones in them: loaded images. */
  readonly images: number;
  /** MAP_STACK, or a reservation made accessible but for its first pages. */
  readonly stacks: number;
  /** mprotect PROT_NONE of a few pages at an edge. */
  readonly guards: number;
  /** mremap to more: in place, and moved. */
  readonly grownInPlace: number;
  readonly grownMoved: number;
  /** Unmapped whole, and mapped larger by the next call. */
  readonly regrown: number;
  /** Hints of mmap that the recorded kernel took, and those that it did not. */
  readonly hintsTaken: number;
  readonly hintsMissed: number;
}

/** Most pages of a guard at an edge, and of the part of a stack that stays without access. */
const mostGuard = 16;
const mostStackGuard = 64;

/** Ops by the object that they made. */
class ByObject {
  /** Index of the op + 1. */
  readonly #ops: Int32Array;

  constructor(objects: number) {
    this.#ops = new Int32Array(objects + 1);
  }

  set(object: number, op: number): void {
    this.#ops[object] = op + 1;
  }

  get(object: number): number | undefined {
    const op = this.#ops[object] ?? 0;
    return op === 0 ? undefined : op - 1;
  }
}

class Labeller {
  readonly labels: Mutable<Labels> = {
    ...{ carves: 0, pieces: 0, images: 0, stacks: 0, guards: 0 },
    ...{ grownInPlace: 0, grownMoved: 0, regrown: 0, hintsTaken: 0, hintsMissed: 0 },
  };
  readonly #calls: Calls;
  readonly #ops: OpTable;
  /** What a call mapped where nothing of the program was, at any place or at a fixed one. */
  readonly #made: ByObject;
  /** Of pieces: the map that they are in. */
  readonly #inside: ByObject;
  /** Of every object, the op that made it. */
  readonly #makers: ByObject;
  /** By op: 1 is an overlay that belongs to a trick. */
  readonly #tricks: Uint8Array;
  readonly #carved = new Set<number>();
  readonly #images = new Set<number>();

  constructor(calls: Calls, idioms: Idioms) {
    const { program } = calls;
    this.#calls = calls;
    this.#ops = program.ops.table;
    this.#made = new ByObject(program.objects);
    this.#inside = new ByObject(program.objects);
    this.#makers = new ByObject(program.objects);
    this.#tricks = new Uint8Array(program.ops.length);
    for (const { isBacked, overlays } of idioms.trims())
      for (const op of isBacked ? overlays : []) this.#tricks[op] = 1;
  }

  add(op: number): void {
    const kind = this.#ops.kind[op];
    if (kind === opNumber.map) this.#map(op);
    else if (kind === opNumber.fix) this.#fix(op);
    else if (kind === opNumber.protect) this.#protect(op);
  }

  #map(op: number): void {
    const { object, event, how, atObject, sourceObject } = this.#ops;
    this.#makers.set(object[op] ?? 0, op);
    const name = this.#calls.nameOf(event[op] ?? -1);
    if (name === undefined) return;
    this.#made.set(object[op] ?? 0, op);
    const way = ways[how[op] ?? 0];
    const moves = (sourceObject[op] ?? 0) > 0;
    if (name === "mremap" && moves && way !== "place") this.#grow(op);
    if (name !== "mmap") return;
    if ((atObject[op] ?? -1) >= 0 && (way === "place" || way === "claim")) this.#hint(op);
    if (hasBit(this.#area(op).flags, MAP_STACK) || this.#opensAsStack(op)) this.labels.stacks += 1;
    if (this.#regrows(op)) this.labels.regrown += 1;
  }

  /** Of what is mapped. Which open of a file it is stands beside. */
  #area(op: number): Area {
    const area = this.#ops.areas[this.#ops.area[op] ?? 0];
    if (area === undefined) throw new Error(`op ${op} has no area`);
    return area;
  }

  #mapsSameFile(one: number, other: number): boolean {
    const [is, was] = [this.#area(one).file !== undefined, this.#area(other).file !== undefined];
    return is === was && this.#ops.open[one] === this.#ops.open[other];
  }

  /** The page and the pages of what an op made; of no op, nothing at page 0. */
  #range(op: number | undefined): { readonly recorded: number; readonly pages: number } {
    if (op === undefined) return { recorded: 0, pages: 0 };
    return { recorded: this.#ops.recorded[op] ?? 0, pages: this.#ops.pages[op] ?? 0 };
  }

  /** The page at which a place in an object was recorded. */
  #recorded(object: number, offset: number): number {
    return this.#range(this.#makers.get(object)).recorded + offset;
  }

  #hint(op: number): void {
    const { atObject, atOffset, recorded } = this.#ops;
    const asked = this.#recorded(atObject[op] ?? 0, atOffset[op] ?? 0);
    if (asked === recorded[op]) this.labels.hintsTaken += 1;
    else this.labels.hintsMissed += 1;
  }

  #grow(op: number): void {
    const { sourceObject, sourceOffset, recorded } = this.#ops;
    const from = this.#recorded(sourceObject[op] ?? 0, sourceOffset[op] ?? 0);
    if (from === recorded[op]) this.labels.grownInPlace += 1;
    else this.labels.grownMoved += 1;
  }

  /** The next call of its thread makes all but the first pages of a reservation accessible. */
  #opensAsStack(op: number): boolean {
    const { prot, backing } = this.#area(op);
    if (prot !== 0 || backing !== "anon") return false;
    const { event, object, pages, kind, atObject, atOffset, guard } = this.#ops;
    const next = this.#calls.step(event[op] ?? -1, 1);
    return (next?.ops ?? []).some((one) => {
      const offset = atOffset[one] ?? 0;
      return (
        kind[one] === opNumber.protect &&
        atObject[one] === object[op] &&
        hasBit(guard[one] ?? 0, PROT_WRITE) &&
        offset >= 1 &&
        offset <= mostStackGuard &&
        offset + (pages[one] ?? 0) === pages[op]
      );
    });
  }

  /** The call before unmapped something of the same file whole, and this is more of it. */
  #regrows(op: number): boolean {
    const { event, kind, atObject, atOffset, pages } = this.#ops;
    const before = this.#calls.step(event[op] ?? -1, -1);
    const [only, second] = before?.ops ?? [];
    if (before?.name !== "munmap" || only === undefined || second !== undefined) return false;
    if (kind[only] !== opNumber.release || atOffset[only] !== 0) return false;
    const old = this.#made.get(atObject[only] ?? 0);
    if (old === undefined || pages[old] !== pages[only]) return false;
    return (pages[old] ?? 0) < (pages[op] ?? 0) && this.#mapsSameFile(old, op);
  }

  #fix(op: number): void {
    const { object, event, atObject } = this.#ops;
    this.#makers.set(object[op] ?? 0, op);
    if (this.#calls.nameOf(event[op] ?? -1) !== "mmap") return;
    const at = atObject[op] ?? 0;
    const outer = this.#made.get(at) ?? this.#inside.get(at);
    if (outer === undefined) {
      this.#made.set(object[op] ?? 0, op);
      return;
    }
    const [piece, whole] = [this.#range(op), this.#range(outer)];
    if (piece.recorded + piece.pages > whole.recorded + whole.pages) return;
    this.#inside.set(object[op] ?? 0, outer);
    if (this.#tricks[op] !== 1) this.#carve(op, outer);
  }

  /** A piece that a program put into what it had mapped. */
  #carve(op: number, outer: number): void {
    const { backing, flags } = this.#area(outer);
    const object = this.#ops.object[outer] ?? 0;
    if (backing === "anon" && hasBit(flags, MAP_ANONYMOUS)) {
      this.#carved.add(object);
      this.labels.pieces += 1;
    } else if (backing === "file") {
      const own = this.#area(op).backing === "anon" || this.#mapsSameFile(op, outer);
      if (own) this.#images.add(object);
    }
  }

  /** Of its object, or, where all of a piece is protected, of the map that the piece is in. */
  #protect(op: number): void {
    const { atObject, atOffset, guard: prot } = this.#ops;
    const pages = this.#ops.pages[op] ?? 0;
    if (prot[op] !== 0 || pages > mostGuard) return;
    const at = atObject[op] ?? 0;
    const own = this.#range(this.#makers.get(at));
    const inside = this.#inside.get(at);
    const map = pages < own.pages || inside === undefined ? own : this.#range(inside);
    const start = own.recorded + (atOffset[op] ?? 0);
    const edge = start === map.recorded || start + pages === map.recorded + map.pages;
    if (edge && pages < map.pages) this.labels.guards += 1;
  }

  done(): Labels {
    return { ...this.labels, carves: this.#carved.size, images: this.#images.size };
  }
}

/** Count the labels of a program in which `idioms` were found. */
export function labelsOf(calls: Calls, idioms: Idioms): Labels {
  const labeller = new Labeller(calls, idioms);
  for (let op = 0; op < calls.program.ops.length; op++) labeller.add(op);
  return labeller.done();
}
