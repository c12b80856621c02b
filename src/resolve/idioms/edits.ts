/** How the ops of a program change while every later op still finds its objects. */

import { OpWriter } from "../op-writer.ts";
import type { Op, Program } from "../program.ts";
import { Moved } from "./moved.ts";

/** Makes the ops in the place of one, which are final, when its turn comes; `by`: as `replace` was told. */
export type Make = (op: Op, by: number) => readonly Op[];

/** In `#replaced`. */
const removed = -1;

export class Edits {
  readonly #program: Program;
  readonly #make: Make;
  /** By op: `removed`, or 1 more than what replaces it, or 0. */
  readonly #replaced: Int32Array;
  readonly #moved: Moved;
  #edits = 0;
  #objects: number;

  constructor(program: Program, make: Make) {
    this.#program = program;
    this.#make = make;
    this.#replaced = new Int32Array(program.ops.length);
    this.#moved = new Moved(program.objects);
    this.#objects = program.objects;
  }

  newObject(): number {
    this.#objects += 1;
    return this.#objects;
  }

  /** Put what is made of `by`, which is no less than 0, in the place of an op. */
  replace(index: number, by: number): void {
    this.#replaced[index] = by + 1;
    this.#edits += 1;
  }

  remove(indices: readonly number[]): void {
    for (const index of indices) this.#replaced[index] = removed;
    this.#edits += indices.length;
  }

  /** The object is now what it was from offset `low` on, `pages` long. */
  move(object: number, low: number, pages: number): void {
    this.become(object, object, pages, low);
  }

  /** The object is now the first `pages` of another one. */
  become(object: number, other: number, pages: number, low = 0): void {
    this.#moved.put(object, other, low, pages);
    this.#edits += 1;
  }

  /** The object is never made: ops on it vanish. */
  forget(object: number): void {
    this.#moved.forget(object);
    this.#edits += 1;
  }

  /** A hint in an object that is never made names nothing. */
  #hinted<T extends Extract<Op, { kind: "map" | "probe" }>>(op: T): T {
    const { hint, source, ...rest } = op;
    const near = hint !== undefined && !this.#moved.isNowhere(hint.object);
    return {
      ...rest,
      ...(near && { hint: this.#moved.position(hint) }),
      ...(source !== undefined && { source: this.#moved.position(source) }),
    } as T;
  }

  #changed(op: Op): Op | undefined {
    switch (op.kind) {
      case "map":
      case "probe":
        return this.#hinted(op);
      case "fix": {
        const fix = { ...op, at: this.#moved.position(op.at) };
        return op.source === undefined ? fix : { ...fix, source: this.#moved.position(op.source) };
      }
      case "release":
      case "protect":
      case "advise":
      case "discard":
      case "touch":
        return this.#moved.range(op);
      default:
        return op;
    }
  }

  /** Ops in the place of one, their positions in the objects as they are now. */
  #opsOf(index: number): readonly Op[] {
    const replaced = this.#replaced[index] ?? 0;
    const op = replaced === removed ? undefined : this.#program.ops.at(index);
    if (op === undefined) return [];
    if (replaced === 0) return [this.#changed(op)].filter((one) => one !== undefined);
    const ops = this.#make(op, replaced - 1);
    return ops.map((one) => (one.kind === "map" ? this.#hinted(one) : one));
  }

  /** Whether an op does not stay as it is. */
  #changes(index: number): boolean {
    if (this.#replaced[index] !== 0) return true;
    const { atObject, atOffset, pages, sourceObject, sourceOffset } = this.#program.ops.table;
    const end = (atOffset[index] ?? 0) + (pages[index] ?? 0);
    return (
      this.#moved.moves(atObject[index] ?? -1, end) ||
      this.#moved.moves(sourceObject[index] ?? 0, sourceOffset[index] ?? 0)
    );
  }

  /** Returns, for each of some ops, how many there are up to it. */
  #write(ops: OpWriter, counted: readonly number[]): ReadonlyMap<number, number> {
    const old = this.#program.ops;
    const until = new Map<number, number>();
    const next = counted.filter((op) => op >= 0).sort((a, b) => b - a);
    let copied = 0;
    for (let index = 0; index < old.length; index++) {
      if (this.#changes(index)) {
        ops.copy(old, copied, index);
        for (const op of this.#opsOf(index)) ops.push(op);
        copied = index + 1;
      }
      for (; next.at(-1) === index; next.pop()) until.set(index, ops.length + index + 1 - copied);
    }
    ops.copy(old, copied, old.length);
    return until;
  }

  done(): Program {
    if (this.#edits === 0) return this.#program;
    const { ops: old, peak, doubtfulFrom } = this.#program;
    const ops = new OpWriter(old, old.length + 2 * this.#edits);
    const until = this.#write(ops, [peak, ...[...doubtfulFrom.values()].map((op) => op - 1)]);
    return {
      ...this.#program,
      ops: ops.done(),
      objects: this.#objects,
      peak: Math.max((until.get(peak) ?? ops.length) - 1, 0),
      doubtfulFrom: new Map(
        [...doubtfulFrom].map(([space, op]) => [space, until.get(op - 1) ?? 0]),
      ),
    };
  }
}
