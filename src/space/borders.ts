/** What the next snapshot of a space shows of written memory: whether two areas that touch at a page are one by then. */

import { opNumber } from "../resolve/op-table.ts";
import type { Ops } from "../resolve/ops.ts";
import type { Program } from "../resolve/program.ts";
import type { MapsArea } from "../trace/event.ts";
import { pageOf } from "../units.ts";

interface Shown {
  readonly start: number;
  readonly end: number;
  readonly area: MapsArea;
}

/** The areas of one snapshot. */
export class Borders {
  readonly #shown: readonly Shown[];
  readonly #pageBytes: number;

  constructor(areas: readonly MapsArea[], pageBytes: number) {
    this.#pageBytes = pageBytes;
    this.#shown = areas
      .map((area) => ({
        start: pageOf(area.start, pageBytes),
        end: pageOf(area.end, pageBytes),
        area,
      }))
      .sort((a, b) => a.start - b.start);
  }

  /** True if the page is inside an area, false if like areas meet at it; else the snapshot does not tell. */
  joined(page: number): boolean | undefined {
    let low = 0;
    let high = this.#shown.length;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if ((this.#shown[middle]?.end ?? 0) > page) high = middle;
      else low = middle + 1;
    }
    const upper = this.#shown[low];
    if (upper === undefined || upper.start > page) return undefined;
    if (upper.start < page) return true;
    const lower = this.#shown[low - 1];
    return lower?.end === page && this.#continues(lower, upper) ? false : undefined;
  }

  /** Nothing that maps prints stands against their being one. */
  #continues(lower: Shown, upper: Shown): boolean {
    const [one, other] = [lower.area, upper.area];
    if (one.perms !== other.perms || one.path !== other.path || one.inode !== other.inode)
      return false;
    const next = pageOf(one.offset, this.#pageBytes) + lower.end - lower.start;
    return one.inode === 0 || next === pageOf(other.offset, this.#pageBytes);
  }
}

/** Which snapshot comes next, by space, as the ops go on. */
export class NextBorders {
  /** What holds once the op of this index is over. */
  readonly #after = new Map<number, readonly [space: number, next: Borders | undefined]>();
  readonly #next = new Map<number, Borders | undefined>();

  /** `torn`: snapshots that show nothing for sure from another op on, by the op of the snapshot. */
  constructor(program: Program, torn: ReadonlyMap<number, number> = new Map()) {
    const entered = spacesOf(program.ops);
    const { kind } = program.ops.table;
    for (let index = program.ops.length - 1; index >= 0; index--) {
      if (kind[index] !== opNumber.snapshot && kind[index] !== opNumber.fork) continue;
      const op = program.ops.at(index);
      const space = entered[index] ?? 0;
      if (op?.kind === "snapshot") {
        this.#after.set(torn.get(index) ?? index, [space, this.#next.get(space)]);
        this.#next.set(space, new Borders(op.areas, program.pageBytes));
      } else if (op?.kind === "fork" && !this.#next.has(space)) {
        // What a parent had before the fork shows in its child.
        this.#after.set(index, [space, undefined]);
        this.#next.set(space, this.#next.get(op.space));
      }
    }
  }

  of(space: number): Borders | undefined {
    return this.#next.get(space);
  }

  /** The op is over. */
  pass(index: number): void {
    const change = this.#after.get(index);
    if (change !== undefined) this.#next.set(...change);
  }
}

/** The space in which each op takes place. */
export function spacesOf({ table: { kind, object } }: Ops): Int32Array {
  let space = -1;
  return object.map((entered, index) => {
    if (kind[index] === opNumber.enter) space = entered;
    return space;
  });
}
