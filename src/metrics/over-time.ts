/** What the address spaces cost at each of many moments: the values between the start and the end. */

import type { Program } from "../resolve/program.ts";
import type { AddressSpace } from "../space/address-space.ts";
import type { LeafRun, OverTime } from "../space/observed.ts";
import type { Watch } from "../space/watch.ts";
import { gapsOf, sizeOf } from "./gaps.ts";
import type { Machine } from "./leaves.ts";
import { pageTableBytes } from "./page-tables.ts";
import { entriesOf, rangesOf, runsOf } from "./runs.ts";
import { add } from "./sum.ts";

/** Most moments that are kept. */
export const mostPoints = 2000;

interface Cost {
  readonly entries: number;
  readonly tables: number;
  readonly vmas: number;
  readonly holes: number;
  readonly mapped: number;
}

/** Values of one moment: sums over the spaces, but the VMAs of the largest. */
const values = {
  "tlb-entries": (costs: readonly Cost[]) => add(costs.map(({ entries }) => entries)),
  "page-tables": (costs: readonly Cost[]) => add(costs.map(({ tables }) => tables)),
  vmas: (costs: readonly Cost[]) => Math.max(0, ...costs.map(({ vmas }) => vmas)),
  fragmentation: (costs: readonly Cost[]) => add(costs.map(({ holes }) => holes)),
  mapped: (costs: readonly Cost[]) => add(costs.map(({ mapped }) => mapped)),
} as const;

export class Sampler implements Watch {
  readonly #program: Program;
  readonly #machine: Machine;
  readonly #step: number;
  /** What is there by page faults, where they are the population. */
  readonly #touched: ((space: number) => readonly LeafRun[]) | undefined;
  readonly #costs = new Map<number, Cost>();
  readonly #changed = new Set<number>();
  readonly #lines: number[] = [];
  readonly #values: Record<keyof typeof values, number[]>;

  constructor(
    program: Program,
    machine: Machine,
    points: number,
    touched?: (space: number) => readonly LeafRun[],
  ) {
    this.#program = program;
    this.#machine = machine;
    this.#step = Math.max(1, Math.ceil(program.ops.length / Math.min(points, mostPoints)));
    this.#touched = touched;
    this.#values = {
      "tlb-entries": [],
      "page-tables": [],
      vmas: [],
      fragmentation: [],
      mapped: [],
    };
  }

  forking(_: AddressSpace, child: number): void {
    this.#changed.add(child);
  }

  stepped(index: number, current: AddressSpace, alive: ReadonlyMap<number, AddressSpace>): void {
    this.#changed.add(current.id);
    const last = this.#program.ops.length - 1;
    if (index !== last && (index + 1) % this.#step !== 0) return;
    const costs = [...alive.values()].map((space) => this.#costOf(space));
    this.#changed.clear();
    this.#lines.push(this.#program.ops.table.line[index] ?? 0);
    for (const [name, value] of Object.entries(values))
      this.#values[name as keyof typeof values].push(value(costs));
  }

  #costOf(space: AddressSpace): Cost {
    const known = this.#costs.get(space.id);
    if (known !== undefined && !this.#changed.has(space.id)) return known;
    const runs = this.#touched?.(space.id) ?? runsOf(rangesOf([space], this.#machine));
    const { pageBytes } = this.#machine.arch;
    const { holes } = gapsOf(space, { ...this.#machine, program: this.#program });
    const cost = {
      entries: add(runs.map(entriesOf)),
      tables: pageTableBytes(runs, this.#machine),
      vmas: space.count,
      holes: add(holes.map(sizeOf)) * pageBytes,
      mapped: space.pages * pageBytes,
    };
    this.#costs.set(space.id, cost);
    return cost;
  }

  result(): OverTime {
    return { lines: this.#lines, values: this.#values };
  }
}
