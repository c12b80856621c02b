/** Which rows each op that places something runs: what the policy asks for between the limits of the current space. */

import { brkRow, claimRow, growRow, lower } from "../arch/entry.ts";
import type { Arch, Attempt, Layout, Row } from "../arch/types.ts";
import type { Policy, Request, Target } from "../policies/types.ts";
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
  readonly op: Placing;
  readonly request: Request;
  readonly attempts: readonly Attempt[];
}

/** Spaces that a policy cannot tell apart, and what it was asked for them: by kind of request and pages. */
interface Known {
  readonly target: Target;
  readonly asked: Map<number, Map<number, Asked>>;
}

export class RowLists {
  readonly #program: Program;
  readonly #policy: Policy;
  readonly #facts: Facts;
  readonly table: RowTable = new RowTable();
  /** By space id. */
  readonly limits: ReadonlyMap<number, Limits>;
  readonly #numbers = new Numbers<Limits | undefined>();
  readonly #kinds: RequestKinds;
  /** By what the policy is told of a space. */
  readonly #known = new Map<string, Known>();
  #space = 0;
  /** The number of its limits. */
  #limits = 0;

  constructor(program: Program, policy: Policy, arch: Arch, facts: Facts) {
    this.#program = program;
    this.#policy = policy;
    this.#facts = facts;
    this.limits = limitsOf(program.spaces, facts, arch);
    this.#kinds = requestKindsOf(program.ops, facts);
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
    const kind = this.#kinds.of(index, hint);
    const length = pages[index] ?? 0;
    // A MAP_32BIT search draws its low limit anew each time: such rows are the op's own.
    if (low32[index] === 1 && (extra[index] ?? 0) > 0) {
      const op = this.#placing(index);
      if (op.searches.length > 0)
        return this.table.add(this.#drawn(this.#rows(this.#asked(index, hint, kind, length)), op));
    }
    const known = this.table.known(this.#limits, kind, length);
    if (known !== undefined) return known;
    const rows = this.#rows(this.#asked(index, hint, kind, length));
    return this.table.put(this.#limits, kind, length, rows);
  }

  /**
   * Whether another policy says the same to all that was asked so far, and needs no VMAs of other rules to say it; of
   * profiles with the same entry points.
   */
  asksAlike(policy: Policy): boolean {
    const sameRules = policy.profile === this.#policy.profile;
    for (const { target, asked } of this.#known.values())
      for (const sizes of asked.values())
        for (const { op, request, attempts } of sizes.values()) {
          if (!sameRules && attempts.some(({ merge }) => merge)) return false;
          const others = isSearched(op) ? present(policy.searches(request, target)) : [];
          if (JSON.stringify(others) !== JSON.stringify(attempts)) return false;
        }
    return true;
  }

  #placing(index: number): Placing {
    const op = this.#program.ops.at(index);
    if (op?.kind !== "map" && op?.kind !== "probe") throw new Error(`op ${index} places nothing`);
    return op;
  }

  /** Ask, or remember. */
  #asked(index: number, hint: boolean, kind: number, pages: number): Asked {
    const { target, asked } = this.#knownOf(this.#current);
    const sizes = asked.get(kind) ?? new Map<number, Asked>();
    asked.set(kind, sizes);
    const known = sizes.get(pages);
    if (known !== undefined) return known;
    const op = this.#placing(index);
    const request = { ...requestOf(op, this.#facts), hint };
    const attempts = isSearched(op) ? present(this.#policy.searches(request, target)) : [];
    const answered = { op, request, attempts };
    sizes.set(pages, answered);
    return answered;
  }

  #knownOf({ arch, layout }: Limits): Known {
    const key = `${arch.id} ${layout.topDown}`;
    const known = this.#known.get(key) ?? { target: this.#target(), asked: new Map() };
    this.#known.set(key, known);
    return known;
  }

  #rows(asked: Asked): readonly Row[] {
    const { op } = asked;
    const layout = this.layout;
    switch (op.how) {
      case "claim":
        return [claimRow(op.pages, layout)];
      case "brk":
        return [brkRow(op.pages, layout)];
      case "grow-in-place":
        return [growRow(op.kept ?? 0, op.pages, layout)];
      case "grow": {
        const rows = this.#searched(asked).map((row) => ({ ...row, attempt: row.attempt + 1 }));
        return [growRow(op.kept ?? 0, op.pages, layout), ...rows];
      }
      case "place":
        return this.#searched(asked);
    }
  }

  #searched({ request, attempts }: Asked): readonly Row[] {
    const { arch, layout } = this.#current;
    return lower(attempts, request, layout, this.#policy.profile, arch);
  }

  #target(): Target {
    const { arch, layout } = this.#current;
    const { shmemSizes, thpSizes, pageSize } = this.#facts;
    return {
      arch,
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

/** Whether a policy is asked. */
const isSearched = ({ how }: Placing): boolean => how === "place" || how === "grow";

const present = (attempts: readonly (Attempt | false | undefined)[]): readonly Attempt[] =>
  attempts.filter((attempt): attempt is Attempt => attempt !== false && attempt !== undefined);

/** Settings by bytes of a size as settings by pages. */
function byPages(
  settings: Readonly<Record<string, string>>,
  pageBytes: number,
): ReadonlyMap<number, string> {
  return new Map(Object.entries(settings).map(([b, set]) => [Number(b) / pageBytes, set]));
}
