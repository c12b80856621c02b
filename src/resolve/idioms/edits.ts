/** How the ops of a program change while every later op still finds its objects. */

import { opNumber } from "../op-table.ts";
import { OpWriter } from "../op-writer.ts";
import type { Ops, Stretch } from "../ops.ts";
import type { Op, Program } from "../program.ts";
import { Moved } from "./moved.ts";

/** Makes the ops in the place of one, which are final, when its turn comes; `by`: as `replace` was told. */
export type Make = (op: Op, by: number) => readonly Op[];

/** Told of a program that nobody looks at for a while, which may be large. */
export type Rest = (program: Program) => void;

/** How many ops there are up to each of some. */
class Counted {
  readonly #until = new Map<number, number>();
  /** The last is the next. */
  readonly #left: number[];

  constructor(ops: readonly number[]) {
    this.#left = ops.filter((op) => op >= 0).sort((a, b) => b - a);
  }

  /** Comes in the order of the ops. */
  note(op: number, count: number): void {
    for (; this.#left.at(-1) === op; this.#left.pop()) this.#until.set(op, count);
  }

  until(op: number): number | undefined {
    return this.#until.get(op);
  }
}

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

  /** Whether the op of a row does not stay as it is. */
  #changes({ from, table }: Stretch, row: number): boolean {
    if (this.#replaced[from + row] !== 0) return true;
    const { kind, atObject, atOffset, pages, sourceObject, sourceOffset } = table;
    const isHint = kind[row] === opNumber.map || kind[row] === opNumber.probe;
    const end = (atOffset[row] ?? 0) + (isHint ? 0 : (pages[row] ?? 0));
    return (
      this.#moved.moves(atObject[row] ?? -1, end) ||
      this.#moved.moves(sourceObject[row] ?? 0, sourceOffset[row] ?? 0)
    );
  }

  /** The ops as they become; notes of some how many there are up to it. */
  #write(counted: Counted): Ops {
    let ops: OpWriter | undefined;
    for (const stretch of this.#program.ops.stretches()) {
      const { from, table } = stretch;
      ops ??= new OpWriter(table, this.#program.ops.length + 2 * this.#edits);
      let copied = 0;
      for (let row = 0; row < table.kind.length; row++) {
        if (this.#changes(stretch, row)) {
          ops.copy(table, copied, row);
          for (const op of this.#opsOf(from + row)) ops.push(op);
          copied = row + 1;
        }
        counted.note(from + row, ops.length + row + 1 - copied);
      }
      ops.copy(table, copied, table.kind.length);
    }
    return (ops ?? new OpWriter()).done();
  }

  /** `rest` is told of the program as it was before that of now is made, unless that is the same. */
  done(rest: Rest = () => undefined): Program {
    if (this.#edits === 0) return this.#program;
    rest(this.#program);
    const { peak, doubtfulFrom } = this.#program;
    const counted = new Counted([peak, ...[...doubtfulFrom.values()].map((op) => op - 1)]);
    const ops = this.#write(counted);
    return {
      ...this.#program,
      ops,
      objects: this.#objects,
      peak: Math.max((counted.until(peak) ?? ops.length) - 1, 0),
      doubtfulFrom: new Map(
        [...doubtfulFrom].map(([space, op]) => [space, counted.until(op - 1) ?? 0]),
      ),
    };
  }
}
