/** What only the way to a state shows: merges, pages passed over for alignment, and huge entries cut by a part of them. */

import type { Placements } from "../place/types.ts";
import type { Program } from "../resolve/program.ts";
import type { AddressSpace } from "../space/address-space.ts";
import type { Observed, Range } from "../space/observed.ts";
import { hasFlag } from "../space/vma.ts";
import type { PageChange, Watch } from "../space/watch.ts";
import { alignDown, modulo } from "../units.ts";
import { type Machine, populated } from "./leaves.ts";
import { SortedRanges } from "./sorted-ranges.ts";

const nowhere = Number.POSITIVE_INFINITY;

/** Add a range to a set of pages. */
export function unite(ranges: SortedRanges<Range>, start: number, end: number): void {
  const hit = ranges.over(start, end);
  const from = Math.min(start, hit[0]?.start ?? start);
  const to = Math.max(end, hit.at(-1)?.end ?? end);
  ranges.replace(from, to, [{ start: from, end: to }]);
}

function forget(blocks: Set<number>, start: number, end: number): void {
  for (const block of blocks) if (block >= start && block < end) blocks.delete(block);
}

export class Observer implements Watch {
  readonly #program: Program;
  readonly #placements: Placements;
  readonly #machine: Machine;
  readonly #limits: ReadonlyMap<number, { readonly topDown: boolean; readonly mmapBase?: number }>;
  readonly #passed = new Map<number, SortedRanges<Range>>();
  /** By space: blocks whose entry a discard has split already. */
  readonly #discarded = new Map<number, Set<number>>();
  /** VMAs before the op that maps something, or -1. */
  #count = -1;
  /** Inner edges of huge entries that the op in hand may cut. */
  #edges: number[] = [];
  #merges = 0;
  #splits = 0;
  #skipped: ReadonlyMap<number, readonly Range[]> = new Map();

  constructor(program: Program, placements: Placements, machine: Machine) {
    this.#program = program;
    this.#placements = placements;
    this.#machine = machine;
    this.#limits = new Map(program.spaces.map((space) => [space.space, space]));
  }

  changing(space: AddressSpace, start: number, end: number, change: PageChange): void {
    const discarded = change === "gone" ? this.#discarded.get(space.id) : undefined;
    if (discarded !== undefined) forget(discarded, start, end);
    const { pmd } = this.#machine.arch;
    const [below, above] = [alignDown(start, pmd), alignDown(end, pmd)];
    const first = below < start && this.#isHuge(space, below);
    const isOne = below === above && below < start;
    const last = above < end && (isOne ? first : this.#isHuge(space, above));
    if (!first && !last) return;
    if (change === "changed") {
      if (first) this.#edges.push(start);
      if (last) this.#edges.push(end);
      return;
    }
    const blocks = first ? (last && !isOne ? [below, above] : [below]) : [above];
    if (change === "gone") this.#splits += blocks.length;
    else this.#discard(space.id, blocks);
  }

  /** A block that a discard has split stays so. */
  #discard(space: number, blocks: readonly number[]): void {
    const known = this.#discarded.get(space) ?? new Set<number>();
    this.#discarded.set(space, known);
    for (const block of blocks) {
      if (!known.has(block)) this.#splits += 1;
      known.add(block);
    }
  }

  placing(space: AddressSpace, index: number, page: number, pages: number): void {
    this.#count = space.count;
    const searched = (this.#placements.searches[index] ?? 0) > 0;
    const low32 = this.#program.ops.table.low32[index] === 1;
    if (searched && !low32) this.#pass(space, page, page + pages);
  }

  forking({ id }: AddressSpace, child: number): void {
    const passed = this.#passed.get(id);
    if (passed !== undefined) this.#passed.set(child, passed.copy());
    const blocks = this.#discarded.get(id);
    if (blocks !== undefined) this.#discarded.set(child, new Set(blocks));
  }

  ending({ id }: AddressSpace): void {
    this.#passed.delete(id);
    this.#discarded.delete(id);
  }

  stepped(index: number, current: AddressSpace): void {
    if (this.#count >= 0) this.#merges += this.#count + 1 - current.count;
    this.#count = -1;
    if (this.#edges.length > 0) {
      const { pmd } = this.#machine.arch;
      const cut = this.#edges.filter((edge) => current.startAfter(edge) === edge);
      this.#splits += new Set(cut.map((edge) => alignDown(edge, pmd))).size;
      this.#edges = [];
    }
    if (index !== this.#program.peak) return;
    this.#skipped = new Map([...this.#passed].map(([id, ranges]) => [id, [...ranges]]));
  }

  result(): Observed {
    return { merges: this.#merges, splits: this.#splits, skipped: this.#skipped };
  }

  /** True if a PMD entry maps the block once everything is populated. */
  #isHuge(space: AddressSpace, block: number): boolean {
    const { pmd } = this.#machine.arch;
    const vma = space.around(block, block + pmd);
    const range = vma && populated(vma, this.#machine);
    if (range === undefined || modulo(range.start - range.position, pmd) !== 0) return false;
    return range.levels.some((level) => level.kind === "pmd" && level.pages === pmd);
  }

  /** A search takes the near end of a gap; what lies between is lost to alignment. */
  #pass(space: AddressSpace, start: number, end: number): void {
    const { topDown = true, mmapBase } = this.#limits.get(space.id) ?? {};
    const ranges = this.#passed.get(space.id) ?? new SortedRanges<Range>();
    this.#passed.set(space.id, ranges);
    if (topDown) {
      const top = Math.min(space.startAfter(end), mmapBase ?? nowhere);
      if (top <= end || top === nowhere) return;
      const next = space.next(end);
      if (next === undefined || !hasFlag(next, "gd")) unite(ranges, end, top);
    } else {
      const bottom = Math.max(space.previous(start)?.end ?? start, mmapBase ?? start);
      if (bottom < start) unite(ranges, bottom, start);
    }
  }
}
