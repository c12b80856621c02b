/** How the ops of a program change while every later op still finds its objects. */

import { OpWriter } from "../op-writer.ts";
import type { Op, Position, Program } from "../program.ts";

/** Where an object's recorded offsets are now. */
interface Moved {
  readonly object: number;
  /** Recorded offset of what is now the first page. */
  readonly low: number;
  /** Pages that are left. */
  readonly pages: number;
}

const nothing = (): readonly Op[] => [];

export class Edits {
  readonly #program: Program;
  readonly #replaced = new Map<number, () => readonly Op[]>();
  readonly #moved = new Map<number, Moved>();
  readonly #forgotten = new Set<number>();
  #objects: number;

  constructor(program: Program) {
    this.#program = program;
    this.#objects = program.objects;
  }

  op(index: number): Op {
    const op = this.#program.ops.at(index);
    if (op === undefined) throw new Error(`the program has no op ${index}`);
    return op;
  }

  newObject(): number {
    this.#objects += 1;
    return this.#objects;
  }

  /** Put ops in the place of one; they are final, and made when their turn comes: those of all tricks are many. */
  replace(index: number, ops: () => readonly Op[]): void {
    this.#replaced.set(index, ops);
  }

  remove(indices: readonly number[]): void {
    for (const index of indices) this.#replaced.set(index, nothing);
  }

  /** The object is now what it was from offset `low` on, `pages` long. */
  move(object: number, low: number, pages: number): void {
    this.#moved.set(object, { object, low, pages });
  }

  /** The object is now the first `pages` of another one. */
  become(object: number, other: number, pages: number): void {
    this.#moved.set(object, { object: other, low: 0, pages });
  }

  /** The object is never made: ops on it vanish. */
  forget(object: number): void {
    this.#forgotten.add(object);
  }

  #position(at: Position): Position {
    const moved = this.#moved.get(at.object);
    return moved === undefined
      ? at
      : { object: moved.object, offset: Math.min(at.offset - moved.low, moved.pages) };
  }

  /** A range cut to what is left of its object; undefined if nothing is. */
  #range<T extends { readonly at: Position; readonly pages: number }>(op: T): T | undefined {
    if (this.#forgotten.has(op.at.object)) return undefined;
    const moved = this.#moved.get(op.at.object);
    if (moved === undefined) return op;
    const offset = op.at.offset - moved.low;
    const start = Math.max(offset, 0);
    const pages = Math.min(offset + op.pages, moved.pages) - start;
    return pages > 0 ? { ...op, at: { object: moved.object, offset: start }, pages } : undefined;
  }

  /** A hint in an object that is never made names nothing. */
  #hinted<T extends { readonly hint?: Position; readonly source?: Position }>(op: T): T {
    const { hint, source, ...rest } = op;
    const near = hint !== undefined && !this.#forgotten.has(hint.object);
    return {
      ...rest,
      ...(near && { hint: this.#position(hint) }),
      ...(source !== undefined && { source: this.#position(source) }),
    } as T;
  }

  #changed(op: Op): Op | undefined {
    switch (op.kind) {
      case "map":
      case "probe":
        return this.#hinted(op);
      case "fix": {
        const fix = { ...op, at: this.#position(op.at) };
        return op.source === undefined ? fix : { ...fix, source: this.#position(op.source) };
      }
      case "release":
      case "protect":
      case "advise":
      case "discard":
      case "touch":
        return this.#range(op);
      default:
        return op;
    }
  }

  /** Ops in the place of one, their positions in the objects as they are now. */
  #opsOf(op: Op, index: number): readonly Op[] {
    const replaced = this.#replaced.get(index);
    if (replaced !== undefined)
      return replaced().map((one) => (one.kind === "map" ? this.#hinted(one) : one));
    const changed = this.#changed(op);
    return changed === undefined ? [] : [changed];
  }

  /** Whether an op does not stay as it is. */
  #changes(index: number): boolean {
    const { atObject, sourceObject } = this.#program.ops.table;
    const [at, source] = [atObject[index] ?? -1, sourceObject[index] ?? 0];
    return (
      this.#replaced.has(index) ||
      [at, source].some((object) => this.#moved.has(object) || this.#forgotten.has(object))
    );
  }

  done(): Program {
    const old = this.#program.ops;
    if (this.#replaced.size + this.#moved.size + this.#forgotten.size === 0) return this.#program;
    const ops = new OpWriter(old, old.length + 2 * this.#replaced.size);
    /** By op: how many ops there are up to it. */
    const until = new Int32Array(old.length);
    let copied = 0;
    for (let index = 0; index < old.length; index++) {
      if (this.#changes(index)) {
        ops.copy(old, copied, index);
        for (const op of this.#opsOf(this.op(index), index)) ops.push(op);
        copied = index + 1;
      }
      until[index] = ops.length + index + 1 - copied;
    }
    ops.copy(old, copied, old.length);
    const first = (index: number) => until[index - 1] ?? 0;
    return {
      ...this.#program,
      ops: ops.done(),
      objects: this.#objects,
      peak: Math.max((until[this.#program.peak] ?? ops.length) - 1, 0),
      doubtfulFrom: new Map(
        [...this.#program.doubtfulFrom].map(([space, op]) => [space, first(op)]),
      ),
    };
  }
}
