/** Where ops go while a trace is resolved: into a table, or nowhere if only what is doubtful is asked for. */

import type { Op, Origin, Position } from "./program.ts";

export type MapOp = Extract<Op, { kind: "map" }>;
export type FixOp = Extract<Op, { kind: "fix" }>;
export type RangeOp = Extract<Op, { kind: "release" | "protect" | "advise" | "discard" | "touch" }>;

/** A `map` or `probe` op without its kind, its origin, and what only one of them has. */
export type Placing = Omit<MapOp, "kind" | "object" | "recorded" | keyof Origin>;

/** Ops that there are most of come as their parts: no object is made of them. */
export interface OpSink {
  /** Ops so far. */
  readonly length: number;
  /** False if nothing is done with them. */
  readonly keeps: boolean;
  push(op: Op): void;
  map(object: number, recorded: number, placing: Placing, from: Origin): void;
  fix(fixing: Omit<FixOp, "kind" | keyof Origin>, from: Origin): void;
  release(at: Position, pages: number, spare: Spare | undefined, from: Origin): void;
}

/** An object, and its pages, that release leaves in peace. */
export type Spare = NonNullable<Extract<Op, { kind: "release" }>["spare"]>;

/** Keeps no op. */
export class OpCounter implements OpSink {
  readonly keeps = false;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(): void {
    this.#length += 1;
  }

  map(): void {
    this.#length += 1;
  }

  fix(): void {
    this.#length += 1;
  }

  release(): void {
    this.#length += 1;
  }
}
