/** What the address spaces look like once every object of a program has its place. */

import { MmreplayError } from "../errors.ts";
import type { Placements } from "../place/types.ts";
import type { Profile } from "../policies/types.ts";
import type { Op, Position, Program } from "../resolve/program.ts";
import { MAP_TYPE } from "../trace/flags.ts";
import { alignUp } from "../units.ts";
import { AddressSpace, type AnonIds } from "./address-space.ts";
import type { Applied, ApplyOptions, Drift, SnapshotComparison } from "./applied.ts";
import { NextBorders } from "./borders.ts";
import { compareMaps } from "./compare-maps.ts";
import { defaultMaxMapCount, type MapCountLimit, overLimit } from "./map-count.ts";
import { type VmaRules, vmaRules } from "./rules.ts";
import { freshVma, moved, resize, type Vma } from "./vma.ts";
import type { PageChange, Watch } from "./watch.ts";

type MapOp = Extract<Op, { kind: "map" }>;
type FixOp = Extract<Op, { kind: "fix" }>;

type ChangeOp = Extract<Op, { kind: "protect" | "advise" }>;

/** Run the ops over VMAs; an op that found no place, or lost what it stands on, changes nothing. */
export function apply(
  program: Program,
  placements: Placements,
  profile: Profile,
  options: ApplyOptions = {},
): Applied {
  const rules = vmaRules(profile, options.touch ?? "at-once", options);
  const borders = options.compare === false ? undefined : new NextBorders(program, options.torn);
  const { watches = [] } = options;
  const run = new Run(program, placements, rules, {
    watches,
    ...(borders !== undefined && { borders }),
  });
  let peak: readonly AddressSpace[] = [];
  let refused: MapCountLimit | null = null;
  const limit = options.maxMapCount ?? defaultMaxMapCount;
  const seen = new Map<number, AddressSpace>();
  let index = -1;
  for (const op of program.ops) {
    index += 1;
    if (options.lookAt?.has(index)) seen.set(index, run.current.copy());
    const { count } = run.current;
    run.step(op, index);
    if (refused === null && overLimit(op, count, run.current.count, limit, profile))
      refused = { op: index, line: op.line, count, limit };
    if (index === program.peak) peak = run.alive().map((space) => space.copy());
    for (const watch of watches) watch.stepped?.(index, run.current, run.alive());
  }
  const { vmaPeak, snapshots, clobbered, drift } = run;
  return { peak, end: run.last(), vmaPeak, snapshots, clobbered, refused, drift, seen };
}

/** The spaces while ops are applied one by one. */
/** What goes along with a run. */
interface Beside {
  readonly borders?: NextBorders;
  readonly watches?: readonly Watch[];
}

export class Run {
  readonly #program: Program;
  readonly #placements: Placements;
  readonly #rules: VmaRules;
  readonly #anonIds: AnonIds = { next: 1 };
  readonly #spaces = new Map<number, AddressSpace>();
  /** Without these, snapshots are passed over. */
  readonly #borders: NextBorders | undefined;
  current: AddressSpace;
  #lastEnded: AddressSpace | undefined;
  /** Index of the first op that no earlier change has covered. */
  #changedTo = 0;
  vmaPeak = 0;
  clobbered = 0;
  drift: Drift | null = null;
  readonly snapshots: SnapshotComparison[] = [];

  readonly #watches: readonly Watch[];

  constructor(
    program: Program,
    placements: Placements,
    rules: VmaRules,
    { borders, watches = [] }: Beside = {},
  ) {
    this.#watches = watches;
    this.#program = program;
    this.#placements = placements;
    this.#rules = rules;
    this.#borders = borders;
    this.current = new AddressSpace(-1, rules, this.#anonIds);
  }

  alive(): readonly AddressSpace[] {
    return [...this.#spaces.values()];
  }

  /** The spaces alive, or the last one that ended. */
  last(): readonly AddressSpace[] {
    const alive = this.alive();
    return alive.length > 0 || this.#lastEnded === undefined ? alive : [this.#lastEnded];
  }

  step(op: Op, index: number): void {
    this.#checkPages(op, index);
    switch (op.kind) {
      case "enter":
        this.#enter(op.space);
        break;
      case "fork":
        for (const watch of this.#watches) watch.forking?.(this.current, op.space);
        this.#spaces.set(op.space, this.current.fork(op.space));
        break;
      case "exit":
        this.#exit(op.space);
        break;
      case "map":
        this.#map(op, this.#pageOfOp(index), index);
        break;
      case "fix":
        this.#fix(op, this.#pageOfFix(op, index));
        break;
      case "release":
        this.#release(op, this.#pageOfRange(op.at, index));
        break;
      case "protect":
      case "advise":
        this.#change(op, index);
        break;
      case "snapshot":
        if (this.#borders !== undefined) this.#compare(op, index);
        break;
      case "discard":
        this.#changing(this.#pageAt(op.at), op.pages, "discarded");
        break;
      case "touch":
        this.#touch(this.#pageAt(op.at), op.pages);
        break;
      case "probe":
        break;
    }
    this.vmaPeak = Math.max(this.vmaPeak, this.current.count);
    this.#borders?.pass(index);
    this.current.borders = this.#borders?.of(this.current.id);
  }

  #enter(id: number): void {
    let space = this.#spaces.get(id);
    if (space === undefined) {
      space = new AddressSpace(id, this.#rules, this.#anonIds);
      this.#spaces.set(id, space);
    }
    this.current = space;
  }

  #exit(id: number): void {
    const space = this.#spaces.get(id);
    if (space === undefined) return;
    for (const watch of this.#watches) watch.ending?.(space);
    this.#lastEnded = space;
    this.#spaces.delete(id);
  }

  #changing(start: number, pages: number, change: PageChange): void {
    if (!(start >= 0) || pages <= 0) return;
    for (const watch of this.#watches) watch.changing?.(this.current, start, start + pages, change);
  }

  #touch(start: number, pages: number): void {
    if (!(start >= 0)) return;
    for (const watch of this.#watches) watch.touching?.(this.current, start, start + pages);
  }

  /** Where an op took effect; negative if it did not. */
  #pageOfOp(index: number): number {
    return this.#placements.opPage[index] ?? Number.NaN;
  }

  /** The page of a position, -1 if its object was lost. */
  #pageAt(at: Position): number {
    if (at.object === 0) return at.offset;
    const page = this.#placements.objectPage[at.object];
    if (page === undefined)
      throw new MmreplayError("space/unknown-object", `no placement for object ${at.object}`);
    return page < 0 ? -1 : page + at.offset;
  }

  #pageOfRange(at: Position, index: number): number {
    const page = this.#pageOfOp(index);
    return Number.isNaN(page) ? this.#pageAt(at) : page;
  }

  #pageOfFix(op: FixOp, index: number): number {
    const page = this.#pageOfOp(index);
    if (!Number.isNaN(page)) return page;
    const at = this.#pageAt(op.at);
    const offset = op.alignOffset ?? 0;
    return at < 0 ? -1 : alignUp(at - offset, op.align ?? 1) + offset;
  }

  #map(op: MapOp, page: number, index: number): void {
    if (!(page >= 0)) return;
    if (op.source === undefined && op.how === "place")
      for (const watch of this.#watches) watch.placing?.(this.current, op, index, page);
    if (op.source !== undefined) this.#move(op.source, page, op);
    else if (op.how === "brk") this.current.insertHeap(this.#fresh(op, page));
    else this.current.insert(this.#fresh(op, page));
  }

  #fix(op: FixOp, page: number): void {
    if (!(page >= 0)) return;
    const space = this.current;
    if (op.source !== undefined) this.#move(op.source, page, op);
    else if (op.at.object !== 0 && op.at.offset < 0 && op.guard > 0)
      space.growDown(page, page + op.pages);
    else {
      const listed = op.area.flags % (MAP_TYPE + 1) === 0;
      if (listed && op.area.name === "[heap]") space.startBrk = page;
      this.#changing(page, op.pages, "gone");
      // Areas of a snapshot, unlike those of a call: the kernel listed them apart because they do not merge.
      const removed = space.insert(this.#fresh(op, page), listed ? "none" : "both");
      // The kept part of a reservation replaces nothing but the reservation.
      if (op.align === undefined) this.clobbered += removed;
    }
  }

  /** Whether a map op whose turn it is becomes one VMA with a neighbour at `page`. */
  joins(op: MapOp, page: number): boolean {
    const from = op.source === undefined ? -1 : this.#pageAt(op.source);
    const source = from < 0 ? undefined : this.current.at(from);
    if (source === undefined) return this.current.joins(this.#fresh(op, page));
    return this.current.joins(moved(resize(source, from, from + op.pages), page - from));
  }

  #fresh(op: MapOp | FixOp, page: number): Vma {
    return freshVma(op.area, { object: op.object, page, pages: op.pages }, this.#rules);
  }

  /**
   * mremap: the VMAs at the source appear at `page`, the last of them as long as the new length asks; without `kept`
   * it is the one VMA there. The source itself goes with its own release.
   */
  #move(source: Position, page: number, op: MapOp | FixOp): void {
    const from = this.#pageAt(source);
    if (from < 0) return;
    const space = this.current;
    const end = from + op.pages;
    if (page !== from)
      for (const watch of this.#watches) watch.moving?.(space, from, page, op.kept ?? op.pages);
    const old = space.over(from, Math.min(end, from + (op.kept ?? 1)));
    const tail = old.at(-1);
    if (tail === undefined) {
      this.clobbered += space.insert(this.#fresh(op, page));
    } else if (page === from) {
      if (end > tail.end) space.insert(resize(tail, tail.end, end), "moved");
    } else {
      for (const vma of old) {
        const whole = vma === tail ? resize(vma, vma.start, end) : vma;
        this.clobbered += space.insert(moved(whole, page - from), "moved");
      }
    }
  }

  #release(op: Extract<Op, { kind: "release" }>, page: number): void {
    if (!(page >= 0)) return;
    const end = page + op.pages;
    if (op.spare === undefined) {
      this.#remove(page, end);
      return;
    }
    const kept = this.#pageAt({ object: op.spare.object, offset: 0 });
    if (kept < 0) return;
    this.#remove(page, Math.min(end, Math.max(page, kept)));
    this.#remove(Math.max(page, Math.min(end, kept + op.spare.pages)), end);
  }

  #remove(start: number, end: number): void {
    this.#changing(start, end - start, "gone");
    this.current.remove(start, end);
  }

  /**
   * One call over adjacent slices is one change: in slices it would split a VMA that never merges again. Slices that
   * another policy has parted are changes of their own.
   */
  #change(op: ChangeOp, index: number): void {
    if (index < this.#changedTo) return;
    const start = this.#pageAt(op.at);
    if (start < 0) return;
    let end = start + op.pages;
    let next = index + 1;
    for (; next < this.#program.ops.length; next += 1) {
      const slice = this.#program.ops.at(next);
      if (slice === undefined || !sameChange(op, slice) || this.#pageAt(slice.at) !== end) break;
      end += slice.pages;
    }
    this.#changedTo = next;
    this.#changing(start, end - start, "changed");
    if (op.kind === "protect") this.current.protect(start, end, op.prot);
    else this.current.advise(start, end, op.change);
  }

  #compare(op: Extract<Op, { kind: "snapshot" }>, index: number): void {
    this.snapshots.push({
      ...compareMaps(this.current, op.areas, this.#program.pageBytes),
      op: index,
      line: op.line,
      space: this.current.id,
      source: op.source,
      exactMoment: op.exact,
    });
  }

  #checkPages(op: Op, index: number): void {
    const mapped = this.#placements.mapped[index];
    if (this.drift !== null || mapped === undefined || Number.isNaN(mapped)) return;
    if (op.kind === "enter" || op.kind === "fork" || mapped === this.current.pages) return;
    this.drift = { op: index, line: op.line, vmas: this.current.pages, placements: mapped };
  }
}

/** True if both are slices of one call. */
function sameChange(first: ChangeOp, op: Op): op is ChangeOp {
  if (op.event !== first.event) return false;
  if (op.kind === "protect") return first.kind === "protect" && op.prot === first.prot;
  return op.kind === "advise" && first.kind === "advise" && op.change === first.change;
}
