/** Which rows each op that places something runs: what the policy asks for between the limits of the current space. */

import { brkRow, claimRow, growRow, lower } from "../arch/entry.ts";
import type { Arch, Attempt, Layout, Row } from "../arch/types.ts";
import type { Policy, Target } from "../policies/types.ts";
import { Numbers } from "../resolve/numbers.ts";
import { ways } from "../resolve/op-table.ts";
import type { Op, Program } from "../resolve/program.ts";
import type { Facts } from "../trace/trace.ts";
import { pageOf } from "../units.ts";
import { type Limits, limitsOf } from "./layout.ts";
import { requestOf } from "./request.ts";
import { type RequestKinds, requestKindsOf } from "./request-kinds.ts";
import { type RowRange, RowTable } from "./rows.ts";

type Placing = Extract<Op, { kind: "map" | "probe" }>;

/** A request that stands for all that are like it, and the policy's answer. */
interface Asked {
  readonly space: number;
  readonly op: number;
  readonly hint: boolean;
  readonly rows: readonly Row[];
}

export class RowLists {
  readonly #program: Program;
  readonly #policy: Policy;
  readonly #machine: Arch;
  readonly #facts: Facts;
  readonly table: RowTable = new RowTable();
  /** By space id. */
  readonly limits: ReadonlyMap<number, Limits>;
  readonly #numbers = new Numbers<Limits | undefined>();
  readonly #kinds: RequestKinds;
  readonly #asked: Asked[] = [];
  #space = 0;
  /** The number of its limits. */
  #limits = 0;

  constructor(program: Program, policy: Policy, arch: Arch, facts: Facts) {
    this.#program = program;
    this.#policy = policy;
    this.#machine = arch;
    this.#facts = facts;
    this.limits = limitsOf(program.spaces, facts, arch);
    this.#kinds = requestKindsOf(program.ops.table, facts);
    this.enter(0);
  }

  /** What follows is asked in this space. */
  enter(space: number): void {
    this.#space = space;
    this.#limits = this.#numbers.of(this.limits.get(space));
  }

  get #current(): Limits {
    const limits = this.limits.get(this.#space);
    if (limits === undefined) throw new Error(`space ${this.#space} has no limits`);
    return limits;
  }

  get layout(): Layout {
    return this.#current.layout;
  }

  /** Of a map or probe op, by its index; `hinted` if it has a hint. */
  of(index: number, hinted: boolean): RowRange {
    const { pages, how, low32, extra } = this.#program.ops.table;
    const hint = hinted && ways[how[index] ?? 0] === "place";
    const make = (): readonly Row[] => {
      const rows = this.#rows(index, hint);
      this.#asked.push({ space: this.#space, op: index, hint, rows });
      return rows;
    };
    // A MAP_32BIT search draws its low limit anew each time: such rows are the op's own.
    if (low32[index] === 1 && (extra[index] ?? -1) >= 0) {
      const op = this.#placing(index);
      if (op.searches.length > 0) return this.table.add(this.#drawn(make(), op));
    }
    return this.table.get(this.#limits, this.#kinds.of(index, hint), pages[index] ?? 0, make);
  }

  /** Whether another policy with this profile says the same to all that was asked so far. */
  asksAlike(policy: Policy): boolean {
    const other = new RowLists(this.#program, policy, this.#machine, this.#facts);
    return this.#asked.every(({ space, op, hint, rows }) => {
      other.enter(space);
      return JSON.stringify(other.#rows(op, hint)) === JSON.stringify(rows);
    });
  }

  #rows(index: number, hint: boolean): readonly Row[] {
    const op = this.#placing(index);
    return this.#make(op, { ...requestOf(op, this.#facts), hint });
  }

  #placing(index: number): Placing {
    const op = this.#program.ops.at(index);
    if (op?.kind !== "map" && op?.kind !== "probe") throw new Error(`op ${index} places nothing`);
    return op;
  }

  #make(op: Placing, request: ReturnType<typeof requestOf>): readonly Row[] {
    const layout = this.layout;
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
    const layout = this.layout;
    const attempts = this.#policy
      .searches(request, this.#target(layout))
      .filter((attempt): attempt is Attempt => attempt !== false && attempt !== undefined);
    const rows = lower(attempts, request, layout, this.#policy.profile, this.#current.arch);
    return shift === 0 ? rows : rows.map((row) => ({ ...row, attempt: row.attempt + shift }));
  }

  #target(layout: Layout): Target {
    const { shmemSizes, thpSizes, pageSize } = this.#facts;
    return {
      arch: this.#current.arch,
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
