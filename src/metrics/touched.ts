/** Which entries a recording's page faults bring: the first touch maps the largest entry that fits and is free. */

import type { Level } from "../arch/types.ts";
import type { AddressSpace } from "../space/address-space.ts";
import type { FaultCount, LeafRun, Touched, TouchedPage } from "../space/observed.ts";
import { isAnonymous } from "../space/vma.ts";
import type { PageChange, Watch } from "../space/watch.ts";
import { alignDown, modulo } from "../units.ts";
import { faultAroundPages, type Machine, type Populated, populated } from "./leaves.ts";
import { unite } from "./observe.ts";
import { free, leafRuns, Present, type Run, touchedPages, untouched } from "./present.ts";

export class Toucher implements Watch {
  readonly #machine: Machine;
  readonly #peakAt: number;
  readonly #base: Level;
  readonly #spaces = new Map<number, Present>();
  readonly #faults = new Map<string, { -readonly [K in keyof FaultCount]: FaultCount[K] }>();
  #again = 0;
  #outside = 0;
  #peak: readonly (readonly [number, Present])[] = [];
  #last: readonly [number, Present] | undefined;
  /** Takes each touch in order, to simulate what a TLB does with them. */
  readonly #sink: ((touch: TouchedPage) => void) | undefined;

  constructor(machine: Machine, peakAt: number, sink?: (touch: TouchedPage) => void) {
    const [base] = machine.arch.levels;
    if (base === undefined) throw new Error("an architecture has a base page");
    this.#base = base;
    this.#machine = machine;
    this.#peakAt = peakAt;
    this.#sink = sink;
  }

  #of(id: number): Present {
    const known = this.#spaces.get(id) ?? new Present();
    this.#spaces.set(id, known);
    return known;
  }

  changing(space: AddressSpace, start: number, end: number, change: PageChange): void {
    if (change !== "changed") this.#of(space.id).clear(start, end, this.#base);
  }

  /** Page tables move with the mapping (move_page_tables); a huge entry only where both places allow one. */
  moving(space: AddressSpace, from: number, to: number, pages: number): void {
    const present = this.#of(space.id);
    const runs = present.runs.over(from, from + pages);
    const touched = present.touched.over(from, from + pages);
    const distance = to - from;
    present.clear(from, from + pages, this.#base);
    present.clear(to, to + pages, this.#base);
    for (const run of runs) {
      const start = Math.max(run.start, from) + distance;
      const end = Math.min(run.end, from + pages) + distance;
      const keeps = modulo(distance, run.level.pages) === 0;
      if (keeps || run.backing === "anon")
        present.put({ ...run, start, end, level: keeps ? run.level : this.#base });
    }
    for (const range of touched)
      unite(
        present.touched,
        Math.max(range.start, from) + distance,
        Math.min(range.end, from + pages) + distance,
      );
  }

  /** Page tables of mappings with private pages are copied; those of other files fill again by faults (vma_needs_copy). */
  forking(space: AddressSpace, child: number): void {
    const copy = this.#of(space.id).copy();
    for (const vma of space)
      if (vma.anon === 0 && !isAnonymous(vma)) copy.clear(vma.start, vma.end, this.#base);
    this.#spaces.set(child, copy);
  }

  ending({ id }: AddressSpace): void {
    const present = this.#spaces.get(id);
    if (present !== undefined) this.#last = [id, present];
    this.#spaces.delete(id);
  }

  touching(space: AddressSpace, start: number, end: number): void {
    const present = this.#of(space.id);
    for (let page = start; page < end; ) page = this.#touch(space, present, page);
    unite(present.touched, start, end);
  }

  stepped(index: number): void {
    if (index === this.#peakAt)
      this.#peak = [...this.#spaces].map(([id, present]) => [id, present.copy()]);
  }

  /** Returns the page after what is there now. */
  #touch(space: AddressSpace, present: Present, page: number): number {
    const run = present.has(page);
    if (run !== undefined) {
      this.#again += 1;
      this.#tell(space.id, page, run, false);
      return run.end;
    }
    const vma = space.at(page);
    const range = vma === undefined ? undefined : populated(vma, this.#machine);
    if (range === undefined) {
      this.#outside += 1;
      return page + 1;
    }
    const added = this.#added(range, present, page);
    present.put(added);
    const key = `${added.backing} ${added.level.name}`;
    const count = this.#faults.get(key) ?? {
      backing: added.backing,
      size: added.level.name,
      count: 0,
    };
    count.count += 1;
    this.#faults.set(key, count);
    this.#tell(space.id, page, added, true);
    return added.end;
  }

  #tell(space: number, page: number, run: Run, fresh: boolean): void {
    const { level } = run;
    let contiguous = run.contiguous;
    const whole = (pages: number): boolean =>
      alignDown(page, pages) >= run.start && alignDown(page, pages) + pages <= run.end;
    while (contiguous > 1 && !whole(contiguous)) contiguous /= 2;
    this.#sink?.({ space, page, level, contiguous, fresh });
  }

  /** The entries that a fault brings. */
  #added(range: Populated, present: Present, page: number): Run {
    const { backing, levels } = range;
    const [start, end] = this.#around(range, present, page);
    const largest = Math.max(levels[0]?.pages ?? 1, end - start);
    let { contiguous } = range;
    while (contiguous > 1 && modulo(range.start - range.position, contiguous) !== 0)
      contiguous /= 2;
    const common = { backing, largest, contiguous };
    for (const level of levels) {
      const block = alignDown(page, level.pages);
      const after = block + level.pages;
      const fits = block >= range.start && after <= range.end && level.pages > 1;
      const congruent = modulo(range.start - range.position, level.pages) === 0;
      if (fits && congruent && free(present, block, after))
        return { ...common, level, start: block, end: after };
    }
    return { ...common, level: this.#base, start, end };
  }

  /** Pages that come with the touched one: of a file those around, of device memory before 6.12 the whole mapping. */
  #around(range: Populated, present: Present, page: number): readonly [number, number] {
    if (range.backing === "vfio" && !this.#machine.profile.hugePfnmap)
      return [range.start, range.end];
    if (range.backing !== "file") return [page, page + 1];
    const from = alignDown(page, faultAroundPages);
    const below = present.runs.before(page)?.end ?? 0;
    const above = present.runs.after(page)?.start ?? Number.POSITIVE_INFINITY;
    return [
      Math.max(from, range.start, below),
      Math.min(from + faultAroundPages, range.end, above),
    ];
  }

  /** What is there in a space now. */
  runs(space: number): readonly LeafRun[] {
    const present = this.#spaces.get(space);
    return present === undefined ? [] : leafRuns(space, present);
  }

  result(): Touched {
    const last = this.#last === undefined ? [] : [this.#last];
    const end = this.#spaces.size > 0 ? [...this.#spaces] : last;
    const runsOf = (of: readonly (readonly [number, Present])[]): LeafRun[] =>
      of.flatMap(([space, present]) => leafRuns(space, present));
    return {
      faults: [...this.#faults.values()],
      again: this.#again,
      outside: this.#outside,
      untouched: this.#peak.reduce((sum, [, present]) => sum + untouched(present), 0),
      pages: this.#peak.flatMap(([, present]) => touchedPages(present)),
      peak: runsOf(this.#peak),
      end: runsOf(end),
    };
  }
}
