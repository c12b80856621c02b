/** What crosses into Rust: a program under a policy as flat tables, in blocks. */

import { brkRow, claimRow, growRow, lower } from "../arch/entry.ts";
import type { Arch, Attempt, Layout, Row } from "../arch/types.ts";
import type { Policy, Target } from "../policies/types.ts";
import { Numbers } from "../resolve/numbers.ts";
import { type Extra, extraOf, opNumber, ways } from "../resolve/op-table.ts";
import type { Op, Position, Program, SpaceFacts } from "../resolve/program.ts";
import type { Facts } from "../trace/trace.ts";
import { alignUp, pageOf } from "../units.ts";
import { layoutOf } from "./layout.ts";
import { requestOf } from "./request.ts";
import { type RequestKinds, requestKindsOf } from "./request-kinds.ts";
import { type RowRange, RowTable } from "./rows.ts";
import { op as column, opKind } from "./wire.ts";

export interface PlanOptions {
  /** Teacher-forced: each placement is asked for, then the recorded one is put there. */
  readonly forced: boolean;
  /** Ops that are put where the recording has them even so: nothing can be said of their place. */
  readonly asRecorded?: ReadonlySet<number>;
}

/** Ops as they cross, and the program op that each stands for. */
export interface Block {
  readonly ops: Float64Array;
  /** By wire op: index of the program op. */
  readonly of: Int32Array;
  /** Rows that the first op runs instead if it does not merge where its own put it; pages are known only then. */
  readonly apart?: RowRange;
}

export interface Plan {
  readonly blocks: readonly Block[];
  readonly table: RowTable;
  /** By space id. */
  readonly layouts: ReadonlyMap<number, Layout>;
  /** The rows of a map or probe op of the program, by its index. */
  rowsOf(op: number): readonly Row[];
  /** Where they stand in the table. */
  rangeOf(op: number): RowRange;
}

/** Bytes of the 64-bit space. */
const addressSpaceBytes: number = 2 ** 64;

/** Wire ops of one crossing: so many that it costs nothing, so few that a second-level cache holds all of their tables. */
const blockOps = 4096;

type Placing = Extract<Op, { kind: "map" | "probe" }>;

class Planner {
  readonly #program: Program;
  readonly #policy: Policy;
  readonly #arch: Arch;
  readonly #facts: Facts;
  readonly #forced: (op: number) => boolean;
  readonly #table = new RowTable();
  readonly #layouts = new Map<number, Layout>();
  readonly #distinct = new Numbers<string>();
  /** By space: the number of its limits. */
  readonly #limitsOf = new Map<number, number>();
  readonly #blocks: Block[] = [];
  /** By op of the program: its rows. */
  readonly #first: Int32Array;
  readonly #rowCount: Int32Array;
  #ops = new Float64Array(blockOps * column.stride);
  #of = new Int32Array(blockOps);
  #count = 0;
  #apart: RowRange | undefined;
  #space = 0;
  /** The number of its limits. */
  #limits: number;
  readonly #kinds: RequestKinds;

  constructor(program: Program, policy: Policy, arch: Arch, facts: Facts, options: PlanOptions) {
    this.#program = program;
    this.#policy = policy;
    this.#arch = arch;
    this.#facts = facts;
    const { forced, asRecorded } = options;
    this.#forced = (op) => forced || asRecorded?.has(op) === true;
    this.#first = new Int32Array(program.ops.length);
    this.#rowCount = new Int32Array(program.ops.length);
    for (const space of program.spaces) this.#layouts.set(space.space, this.#layout(space));
    this.#limits = this.#limitsNumber();
    this.#kinds = requestKindsOf(program.ops.table, facts);
  }

  #layout(space: SpaceFacts): Layout {
    return layoutOf(space, this.#facts, this.#arch);
  }

  run(): Plan {
    for (let index = 0; index < this.#program.ops.length; index++) this.#op(index);
    this.#flush();
    const { rows } = this.#table;
    const rangeOf = (op: number): RowRange => ({
      first: this.#first[op] ?? 0,
      count: this.#rowCount[op] ?? 0,
    });
    return {
      blocks: this.#blocks,
      table: this.#table,
      layouts: this.#layouts,
      rowsOf: (op) => {
        const { first, count } = rangeOf(op);
        return rows.slice(first, first + count);
      },
      rangeOf,
    };
  }

  #flush(): void {
    if (this.#count === 0) return;
    this.#blocks.push({
      ops: this.#ops.slice(0, this.#count * column.stride),
      of: this.#of.slice(0, this.#count),
      ...(this.#apart !== undefined && { apart: this.#apart }),
    });
    this.#count = 0;
    this.#apart = undefined;
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
    const ops = this.#ops;
    ops[base + column.kind] = kind;
    ops[base + column.object] = object;
    ops[base + column.anchor] = anchor;
    ops[base + column.offset] = offset;
    ops[base + column.pages] = pages;
    ops[base + column.guard] = guard;
    ops[base + column.x] = x;
    ops[base + column.y] = y;
    this.#of[this.#count] = index;
    this.#count += 1;
  }

  #op(index: number): void {
    const { kind, object, atObject, atOffset, pages } = this.#program.ops.table;
    switch (kind[index]) {
      case opNumber.enter:
        this.#space = object[index] ?? 0;
        this.#limits = this.#limitsNumber();
        this.#push(index, opKind.enter, this.#space, 0, 0);
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
      case opNumber.release: {
        const spare = this.#extra(index)?.spare ?? { object: 0, pages: 0 };
        const [anchor, offset] = [atObject[index] ?? 0, atOffset[index] ?? 0];
        const length = pages[index] ?? 0;
        this.#push(index, opKind.release, 0, anchor, offset, length, 0, spare.object, spare.pages);
        return;
      }
      default:
    }
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
    const [made, length, room] = [object[index] ?? 0, pages[index] ?? 0, guard[index] ?? 0];
    const mask = forced ? 0 : align - 1;
    this.#push(index, opKind.fix, made, anchor, offset, length, room, mask, alignOffset);
  }

  #place(index: number): void {
    const { kind, object, pages, guard, recorded } = this.#program.ops.table;
    const hint = this.#hint(index);
    const rows = this.#rows(index, hint !== undefined);
    this.#first[index] = rows.first;
    this.#rowCount[index] = rows.count;
    const forced = this.#forced(index);
    const maps = kind[index] === opNumber.map;
    const [length, room] = [pages[index] ?? 0, guard[index] ?? 0];
    const made = maps && !forced ? (object[index] ?? 0) : 0;
    const wire = maps && !forced ? opKind.map : opKind.probe;
    const apart = wire === opKind.map ? this.#table.apart(rows) : undefined;
    if (apart !== undefined) {
      this.#flush();
      this.#apart = apart;
    }
    const [anchor, offset] = [hint?.object ?? 0, hint?.offset ?? 0];
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
    const page = Math.max(offset, this.#current().minPage);
    const huge = areas[area[index] ?? -1]?.huge;
    if (huge === undefined || alignUp(page, huge) < addressSpaceBytes / this.#facts.pageSize)
      return { object: 0, offset: page };
    return this.#wrapped(page);
  }

  /** A hugetlb hint that rounds up past 2^64 becomes 0: none, or in the generic code of 6.1 the address 0. */
  #wrapped(page: number): Position | undefined {
    const { series, hugetlbHintWraps } = this.#policy.profile;
    const generic = this.#arch.entry === "generic";
    if (generic && hugetlbHintWraps) return { object: 0, offset: 0 };
    const roundsDown = !generic && (series === "6.1" || series === "6.12");
    return roundsDown ? { object: 0, offset: page } : undefined;
  }

  #current(): Layout {
    const layout = this.#layouts.get(this.#space);
    if (layout === undefined) throw new Error(`space ${this.#space} has no layout`);
    return layout;
  }

  #rows(index: number, hinted: boolean): RowRange {
    const { pages, how, low32, extra } = this.#program.ops.table;
    const hint = hinted && ways[how[index] ?? 0] === "place";
    const make = (): readonly Row[] => {
      const op = this.#placing(index);
      return this.#make(op, { ...requestOf(op, this.#facts), hint });
    };
    // A MAP_32BIT search draws its low limit anew each time: such rows are the op's own.
    if (low32[index] === 1 && (extra[index] ?? -1) >= 0) {
      const op = this.#placing(index);
      if (op.searches.length > 0) return this.#table.add(this.#drawn(make(), op));
    }
    return this.#table.get(this.#limits, this.#kinds.of(index, hint), pages[index] ?? 0, make);
  }

  #placing(index: number): Placing {
    const op = this.#program.ops.at(index);
    if (op?.kind !== "map" && op?.kind !== "probe") throw new Error(`op ${index} places nothing`);
    return op;
  }

  /** Spaces with the same limits share their rows: a forked process has those of its parent. */
  #limitsNumber(): number {
    const layout = this.#layouts.get(this.#space);
    if (layout === undefined) return -1;
    const known = this.#limitsOf.get(this.#space);
    if (known !== undefined) return known;
    const text = JSON.stringify(layout);
    const limits = this.#distinct.of(text);
    this.#limitsOf.set(this.#space, limits);
    return limits;
  }

  #make(op: Placing, request: ReturnType<typeof requestOf>): readonly Row[] {
    const layout = this.#current();
    switch (op.how) {
      case "claim":
        return [claimRow(op.pages, layout)];
      case "brk":
        return [brkRow(op.pages, layout)];
      case "grow-in-place":
        return [growRow(op.kept ?? 0, op.pages, layout)];
      case "grow":
        return [growRow(op.kept ?? 0, op.pages, layout), ...this.#searched(request, 1)];
      case "place":
        return this.#searched(request, 0);
    }
  }

  #searched(request: ReturnType<typeof requestOf>, shift: number): readonly Row[] {
    const layout = this.#current();
    const attempts = this.#policy
      .searches(request, this.#target(layout))
      .filter((attempt): attempt is Attempt => attempt !== false && attempt !== undefined);
    const rows = lower(attempts, request, layout, this.#policy.profile, this.#arch);
    return shift === 0 ? rows : rows.map((row) => ({ ...row, attempt: row.attempt + shift }));
  }

  #target(layout: Layout): Target {
    const { shmemSizes, thpSizes, pageSize } = this.#facts;
    return {
      arch: this.#arch,
      topDown: layout.topDown,
      shmemEnabled: this.#facts.shmemEnabled ?? "never",
      shmemSizes: byPages(shmemSizes ?? {}, pageSize),
      ...(thpSizes !== undefined && { thpSizes: byPages(thpSizes, pageSize) }),
    };
  }

  #drawn(rows: readonly Row[], op: Placing): readonly Row[] {
    let next = 0;
    return rows.map((row) => {
      if (row.kind !== "up" && row.kind !== "exactUp") return row;
      const seen = op.searches[Math.min(next, op.searches.length - 1)];
      next += 1;
      if (seen === undefined) return row;
      const low = pageOf(seen.low, this.#facts.pageSize);
      return { ...row, lowLimit: low, printedLow: low };
    });
  }
}

/** Settings by bytes of a size as settings by pages. */
function byPages(
  settings: Readonly<Record<string, string>>,
  pageBytes: number,
): ReadonlyMap<number, string> {
  return new Map(Object.entries(settings).map(([b, set]) => [Number(b) / pageBytes, set]));
}

/** Compile a program: pure, and without a look at any address space. */
export function plan(
  program: Program,
  policy: Policy,
  arch: Arch,
  facts: Facts,
  options: PlanOptions,
): Plan {
  return new Planner(program, policy, arch, facts, options).run();
}
