/** What crosses into Rust: a program under a policy as flat tables, in blocks. */

import type { Arch, Row } from "../arch/types.ts";
import type { Policy, Profile } from "../policies/types.ts";
import { type Extra, extraOf, opNumber, spaceOf, ways } from "../resolve/op-table.ts";
import type { Position, Program } from "../resolve/program.ts";
import type { Facts } from "../trace/trace.ts";
import { alignUp } from "../units.ts";
import { RowLists } from "./row-lists.ts";
import type { RowRange, RowTable } from "./rows.ts";
import { op as column, opKind } from "./wire.ts";

export interface PlanOptions {
  /** Teacher-forced: each placement is asked for, then the recorded one is put there. */
  readonly forced: boolean;
  /** Ops that are put where the recording has them even so: nothing can be said of their place. */
  readonly asRecorded?: ReadonlySet<number>;
}

/** Ops as they cross, and the program op that each stands for; the next one is written over it. */
export interface Block {
  readonly ops: Float64Array;
  /** By wire op: index of the program op. */
  readonly of: Int32Array;
  /** Two ranges of rows for the first op, of which it runs one; which of them is known only then. */
  readonly either?: Either;
}

/** The rows that an op runs, and those that it runs instead if it does not merge where the others put it. */
export interface Either {
  readonly own: RowRange;
  readonly apart: RowRange;
}

/** What is asked of a row is known once the block of its op has come. */
export interface Plan {
  readonly blocks: Iterable<Block>;
  /** What the policy said to each kind of request, once its op has come. */
  readonly lists: RowLists;
  readonly table: RowTable;
  /** The rows of a map or probe op of the program, by its index; not while the blocks are walked. */
  rowsOf(op: number): readonly Row[];
}

/** Bytes of the 64-bit space. */
const addressSpaceBytes: number = 2 ** 64;

/** Wire ops of one crossing: so many that it costs nothing, so few that a second-level cache holds all of their tables. */
export const blockOps = 4096;

const newBlock = (): Filled => ({
  ops: new Float64Array(blockOps * column.stride),
  of: new Int32Array(blockOps),
});

/** Arrays of a block, as long as any can be. */
type Filled = Pick<Block, "ops" | "of">;

type Full = Block & { readonly whole: Filled };

class Planner {
  readonly #program: Program;
  readonly #policy: Policy;
  readonly #arch: Arch;
  readonly #facts: Facts;
  readonly #forced: (op: number) => boolean;
  readonly #lists: RowLists;
  /** Blocks that are full. */
  #ready: Full[] = [];
  readonly #free: Filled[] = [];
  #filling = newBlock();
  #count = 0;
  #either: Either | undefined;

  constructor(program: Program, policy: Policy, arch: Arch, facts: Facts, options: PlanOptions) {
    this.#program = program;
    this.#policy = policy;
    this.#arch = arch;
    this.#facts = facts;
    const { forced, asRecorded } = options;
    this.#forced = (op) => forced || asRecorded?.has(op) === true;
    this.#lists = new RowLists(program, policy, arch, facts);
  }

  plan(): Plan {
    return {
      blocks: { [Symbol.iterator]: () => this.#blocks() },
      lists: this.#lists,
      table: this.#lists.table,
      rowsOf: (op) => this.#rowsOf(op),
    };
  }

  *#blocks(): Generator<Block, void, undefined> {
    this.#lists.enter(0);
    [this.#ready, this.#count, this.#either] = [[], 0, undefined];
    const { length } = this.#program.ops;
    for (let index = 0; index < length; index++) {
      this.#op(index);
      if (this.#ready.length > 0) yield* this.#take();
    }
    this.#flush();
    yield* this.#take();
  }

  #rowsOf(op: number): readonly Row[] {
    this.#lists.enter(spaceOf(this.#program.ops.table, op));
    const { first, count } = this.#lists.of(op, this.#hint(op) !== undefined);
    return this.#lists.table.rows.slice(first, first + count);
  }

  *#take(): Generator<Block, void, undefined> {
    const blocks = this.#ready;
    this.#ready = [];
    yield* blocks;
    for (const { whole } of blocks) this.#free.push(whole);
  }

  #flush(): void {
    if (this.#count === 0) return;
    const { ops, of } = this.#filling;
    this.#ready.push({
      whole: this.#filling,
      ops: ops.subarray(0, this.#count * column.stride),
      of: of.subarray(0, this.#count),
      ...(this.#either !== undefined && { either: this.#either }),
    });
    this.#filling = this.#free.pop() ?? newBlock();
    this.#count = 0;
    this.#either = undefined;
  }

  #push(
    index: number,
    kind: number,
    object: number,
    anchor: number,
    offset: number,
    pages = 0,
    guard = 0,
    x = 0,
    y = 0,
  ): void {
    if (this.#count === blockOps) this.#flush();
    const base = this.#count * column.stride;
    const { ops, of } = this.#filling;
    ops[base + column.kind] = kind;
    ops[base + column.object] = object;
    ops[base + column.anchor] = anchor;
    ops[base + column.offset] = offset;
    ops[base + column.pages] = pages;
    ops[base + column.guard] = guard;
    ops[base + column.x] = x;
    ops[base + column.y] = y;
    of[this.#count] = index;
    this.#count += 1;
  }

  #op(index: number): void {
    const { kind, object } = this.#program.ops.table;
    switch (kind[index]) {
      case opNumber.enter:
        this.#lists.enter(object[index] ?? 0);
        this.#push(index, opKind.enter, object[index] ?? 0, 0, 0);
        return;
      case opNumber.fork:
        this.#push(index, opKind.fork, object[index] ?? 0, 0, 0);
        return;
      case opNumber.map:
      case opNumber.probe:
        this.#place(index);
        return;
      case opNumber.fix:
        this.#fix(index);
        return;
      case opNumber.release:
        this.#release(index);
        return;
      default:
    }
  }

  #release(index: number): void {
    const { atObject, atOffset, pages, sourceObject, sourceOffset } = this.#program.ops.table;
    const anchor = atObject[index] ?? 0;
    const offset = atOffset[index] ?? 0;
    const length = pages[index] ?? 0;
    const spare = sourceObject[index] ?? 0;
    const spared = sourceOffset[index] ?? 0;
    this.#push(index, opKind.release, 0, anchor, offset, length, 0, spare, spared);
  }

  #extra(index: number): Extra | undefined {
    return extraOf(this.#program.ops.table, index);
  }

  #fix(index: number): void {
    const { object, atObject, atOffset, pages, guard, recorded } = this.#program.ops.table;
    const { align = 1, alignOffset = 0 } = this.#extra(index) ?? {};
    const forced = this.#forced(index);
    const anchor = forced ? 0 : (atObject[index] ?? 0);
    const offset = (forced ? recorded[index] : atOffset[index]) ?? 0;
    const made = object[index] ?? 0;
    const length = pages[index] ?? 0;
    const room = guard[index] ?? 0;
    const mask = forced ? 0 : align - 1;
    this.#push(index, opKind.fix, made, anchor, offset, length, room, mask, alignOffset);
  }

  #place(index: number): void {
    const { kind, object, pages, guard, recorded } = this.#program.ops.table;
    const hint = this.#hint(index);
    const rows = this.#lists.of(index, hint !== undefined);
    const forced = this.#forced(index);
    const maps = kind[index] === opNumber.map;
    const length = pages[index] ?? 0;
    const room = guard[index] ?? 0;
    const made = maps && !forced ? (object[index] ?? 0) : 0;
    const wire = maps && !forced ? opKind.map : opKind.probe;
    const apart = wire === opKind.map ? this.#lists.table.apart(rows) : undefined;
    if (apart !== undefined) {
      this.#flush();
      this.#either = { own: rows, apart };
    }
    const anchor = hint?.object ?? 0;
    const offset = hint?.offset ?? 0;
    this.#push(index, wire, made, anchor, offset, length, room, rows.first, rows.count);
    if (maps && forced)
      this.#push(index, opKind.fix, object[index] ?? 0, 0, recorded[index] ?? 0, length, room);
  }

  /** An absolute hint below mmap_min_addr is raised to it (mm/mmap.c round_hint_to_min). */
  #hint(index: number): Position | undefined {
    const { atObject, atOffset, area, areas, how } = this.#program.ops.table;
    const object = atObject[index] ?? -1;
    if (object < 0) return undefined;
    const offset = atOffset[index] ?? 0;
    if (object !== 0 || ways[how[index] ?? 0] !== "place") return { object, offset };
    const page = Math.max(offset, this.#lists.layout.minPage);
    const huge = areas[area[index] ?? -1]?.huge;
    if (huge === undefined || alignUp(page, huge) < addressSpaceBytes / this.#facts.pageSize)
      return { object: 0, offset: page };
    return this.#wrapped(page);
  }

  /** A hugetlb hint that rounds up past 2^64 becomes 0: none, or in the generic code of 6.1 the address 0. */
  #wrapped(page: number): Position | undefined {
    const { profile } = this.#policy;
    const generic = this.#arch.entry === "generic";
    if (generic && profile.hugetlbHintWraps) return { object: 0, offset: 0 };
    return !generic && roundsDown(profile) ? { object: 0, offset: page } : undefined;
  }
}

const roundsDown = ({ series }: Profile): boolean => series === "6.1" || series === "6.12";

/** True if both releases search alike for the same attempts, whatever the hint. */
export const entriesAgree = (one: Profile, other: Profile): boolean =>
  one.clampsMin === other.clampsMin &&
  one.above4g === other.above4g &&
  one.hugetlbHintWraps === other.hugetlbHintWraps &&
  roundsDown(one) === roundsDown(other);

/** Compile a program, without a look at any address space; blocks are made anew on each walk, of which one goes at a time. */
export function plan(
  program: Program,
  policy: Policy,
  arch: Arch,
  facts: Facts,
  options: PlanOptions,
): Plan {
  return new Planner(program, policy, arch, facts, options).plan();
}
