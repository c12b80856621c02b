/** What else programs do with addresses, replayed as it is in every mode but named: intent without a trick. */

import { type Events, eventAt } from "../../trace/events.ts";
import { MAP_ANONYMOUS, MAP_STACK, PROT_WRITE } from "../../trace/flags.ts";
import { hasBit } from "../../units.ts";
import type { Op, Program } from "../program.ts";
import { type Calls, callsOf, type Step } from "./calls.ts";
import type { FixOp, Idiom, MapOp } from "./types.ts";

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

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Ops that made objects, by object. */
class Makers {
  readonly #program: Program;
  /** Index of the op + 1. */
  readonly #ops: Int32Array;

  constructor(program: Program) {
    this.#program = program;
    this.#ops = new Int32Array(program.objects + 1);
  }

  set(object: number, op: number): void {
    this.#ops[object] = op + 1;
  }

  index(object: number): number | undefined {
    const op = this.#ops[object] ?? 0;
    return op === 0 ? undefined : op - 1;
  }

  get(object: number): MapOp | FixOp | undefined {
    const index = this.index(object);
    const op = index === undefined ? undefined : this.#program.ops.at(index);
    return op?.kind === "map" || op?.kind === "fix" ? op : undefined;
  }
}

class Labeller {
  readonly labels: Mutable<Labels> = {
    ...{ carves: 0, pieces: 0, images: 0, stacks: 0, guards: 0 },
    ...{ grownInPlace: 0, grownMoved: 0, regrown: 0, hintsTaken: 0, hintsMissed: 0 },
  };
  readonly #calls: Calls;
  readonly #events: Events;
  /** By object: what a call mapped where nothing of the program was, at any place or at a fixed one. */
  readonly #made: Makers;
  /** Pieces by their object: the map that they are in. */
  readonly #inside: Makers;
  /** Of every object, the op that made it. */
  readonly #makers: Makers;
  /** Overlays that belong to a trick. */
  readonly #tricks: ReadonlySet<number>;
  readonly #carved = new Set<number>();
  readonly #images = new Set<number>();

  constructor(program: Program, events: Events, idioms: readonly Idiom[]) {
    this.#calls = callsOf(program, events);
    this.#events = events;
    this.#made = new Makers(program);
    this.#inside = new Makers(program);
    this.#makers = new Makers(program);
    this.#tricks = new Set(
      idioms.flatMap((one) =>
        (one.class === "trim" || one.class === "placeholder") && one.backed !== undefined
          ? one.overlays
          : [],
      ),
    );
  }

  add(op: Op, index: number): void {
    if (op.kind === "map") this.#map(op, index);
    else if (op.kind === "fix") this.#fix(op, index);
    else if (op.kind === "protect") this.#protect(op);
  }

  #map(op: MapOp, index: number): void {
    this.#makers.set(op.object, index);
    const event = eventAt(this.#events, op.event);
    if (event?.kind !== "call") return;
    this.#made.set(op.object, index);
    if (event.call === "mremap" && op.source !== undefined && op.how !== "place") this.#grow(op);
    if (event.call !== "mmap") return;
    if (op.hint !== undefined && (op.how === "place" || op.how === "claim"))
      this.#hint(op, op.hint);
    if (hasBit(op.area.flags, MAP_STACK) || this.#opensAsStack(op)) this.labels.stacks += 1;
    if (this.#regrows(op)) this.labels.regrown += 1;
  }

  /** The page at which an object was recorded. */
  #recorded(object: number): number {
    return this.#makers.get(object)?.recorded ?? 0;
  }

  #hint(op: MapOp, hint: NonNullable<MapOp["hint"]>): void {
    const taken = this.#recorded(hint.object) + hint.offset === op.recorded;
    if (taken) this.labels.hintsTaken += 1;
    else this.labels.hintsMissed += 1;
  }

  #grow({ source, recorded }: MapOp): void {
    const from = this.#recorded(source?.object ?? 0) + (source?.offset ?? 0);
    if (from === recorded) this.labels.grownInPlace += 1;
    else this.labels.grownMoved += 1;
  }

  /** The next call of its thread makes all but the first pages of a reservation accessible. */
  #opensAsStack({ area, event, object, pages }: MapOp): boolean {
    if (area.prot !== 0 || area.backing !== "anon") return false;
    return this.#protectsOf(this.#calls.step(event, 1)).some(
      ({ at, pages: opened, prot }) =>
        at.object === object &&
        hasBit(prot, PROT_WRITE) &&
        at.offset >= 1 &&
        at.offset <= mostStackGuard &&
        at.offset + opened === pages,
    );
  }

  #protectsOf(step: Step | undefined): readonly Extract<Op, { kind: "protect" }>[] {
    return (step?.ops ?? [])
      .map((index) => this.#calls.op(index))
      .filter((op) => op.kind === "protect");
  }

  /** The call before unmapped something of the same file whole, and this is more of it. */
  #regrows({ event, area, pages }: MapOp): boolean {
    const before = this.#calls.step(event, -1);
    const [only, second] = before?.ops ?? [];
    if (before?.call.call !== "munmap" || only === undefined || second !== undefined) return false;
    const op = this.#calls.op(only);
    if (op.kind !== "release" || op.at.offset !== 0) return false;
    const old = this.#made.get(op.at.object);
    return old?.pages === op.pages && old.pages < pages && old.area.file?.id === area.file?.id;
  }

  #fix(op: FixOp, index: number): void {
    this.#makers.set(op.object, index);
    const event = eventAt(this.#events, op.event);
    if (event?.kind !== "call" || event.call !== "mmap") return;
    const outer = this.#made.index(op.at.object) ?? this.#inside.index(op.at.object);
    const inside = this.#made.get(op.at.object) ?? this.#inside.get(op.at.object);
    if (inside === undefined) this.#made.set(op.object, index);
    if (inside === undefined || op.recorded + op.pages > inside.recorded + inside.pages) return;
    if (outer !== undefined) this.#inside.set(op.object, outer);
    if (this.#tricks.has(index)) return;
    const { area, object } = inside;
    if (area.backing === "anon" && hasBit(area.flags, MAP_ANONYMOUS)) {
      this.#carved.add(object);
      this.labels.pieces += 1;
    } else if (area.backing === "file") {
      const own = op.area.backing === "anon" || op.area.file?.id === area.file?.id;
      if (own) this.#images.add(object);
    }
  }

  /** Of its object, or, where all of a piece is protected, of the map that the piece is in. */
  #protect({ at, pages, prot }: Extract<Op, { kind: "protect" }>): void {
    if (prot !== 0 || pages > mostGuard) return;
    const own = this.#makers.get(at.object) ?? { recorded: 0, pages: 0 };
    const map = pages < own.pages ? own : (this.#inside.get(at.object) ?? own);
    const start = own.recorded + at.offset;
    const edge = start === map.recorded || start + pages === map.recorded + map.pages;
    if (edge && pages < map.pages) this.labels.guards += 1;
  }

  done(): Labels {
    return { ...this.labels, carves: this.#carved.size, images: this.#images.size };
  }
}

/** Count the labels of a program in which `idioms` were found. */
export function labelsOf(program: Program, events: Events, idioms: readonly Idiom[]): Labels {
  const labeller = new Labeller(program, events, idioms);
  program.ops.eachOf(["map", "fix", "protect"], (op, index) => {
    labeller.add(op, index);
  });
  return labeller.done();
}
