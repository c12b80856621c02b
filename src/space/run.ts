/** What each op does to the address spaces once every object has its place. */

import type { Placements } from "../place/types.ts";
import { extraOf, type OpTable, opNumber, ways } from "../resolve/op-table.ts";
import type { Program } from "../resolve/program.ts";
import { bringsPages, MAP_TYPE } from "../trace/flags.ts";
import { AddressSpace, sharedState } from "./address-space.ts";
import type { Drift, SnapshotComparison } from "./applied.ts";
import type { NextBorders } from "./borders.ts";
import { compareMaps } from "./compare-maps.ts";
import { NewRanges } from "./new-ranges.ts";
import { OpPages } from "./op-pages.ts";
import { vmaOf } from "./quick.ts";
import type { VmaRules } from "./rules.ts";
import { changeFrom } from "./slices.ts";
import { moved, resize } from "./vma.ts";
import type { PageChange, Watch } from "./watch.ts";

/** What goes along with a run. */
interface Beside {
  readonly borders?: NextBorders;
  readonly watches?: readonly Watch[];
}

/** The spaces while ops are applied one by one. */
export class Run {
  readonly #program: Program;
  readonly #ops: OpTable;
  readonly #placements: Placements;
  readonly #pages: OpPages;
  readonly #rules: VmaRules;
  readonly #shared = sharedState();
  readonly #ranges: NewRanges;
  /** The spaces alive. */
  readonly spaces: Map<number, AddressSpace> = new Map();
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
    this.#ops = program.ops.table;
    this.#placements = placements;
    this.#pages = new OpPages(program.ops.table, placements);
    this.#rules = rules;
    this.#ranges = new NewRanges(this.#ops, rules, this.#shared.traits);
    this.#borders = borders;
    this.current = new AddressSpace(-1, rules, this.#shared);
  }

  /** The spaces alive, or the last one that ended. */
  last(): readonly AddressSpace[] {
    const alive = [...this.spaces.values()];
    return alive.length > 0 || this.#lastEnded === undefined ? alive : [this.#lastEnded];
  }

  /** Run the op of this index, the one after the last. */
  step(index: number): void {
    const kind = this.#ops.kind[index];
    this.#checkPages(kind, index);
    switch (kind) {
      case opNumber.map:
        this.#map(index);
        break;
      case opNumber.release:
        this.#release(index);
        break;
      case opNumber.fix:
        this.#fix(index);
        break;
      case opNumber.protect:
      case opNumber.advise:
        this.#change(index);
        break;
      case opNumber.discard:
        this.#changing(this.#pages.at(index), this.#ops.pages[index] ?? 0, "discarded");
        break;
      case opNumber.touch:
        this.#touch(this.#pages.at(index), this.#ops.pages[index] ?? 0);
        break;
      case opNumber.snapshot:
        if (this.#borders !== undefined) this.#compare(index);
        break;
      default:
        this.#turn(kind, this.#ops.object[index] ?? 0);
    }
    const { count } = this.current;
    if (count > this.vmaPeak) this.vmaPeak = count;
    if (this.#borders === undefined) return;
    this.#borders.pass(index);
    this.current.borders = this.#borders.of(this.current.id);
  }

  /** Another space begins, ends, or is the one that ops are of. */
  #turn(kind: number | undefined, space: number): void {
    switch (kind) {
      case opNumber.enter:
        this.#enter(space);
        break;
      case opNumber.fork:
        for (const watch of this.#watches) watch.forking?.(this.current, space);
        this.spaces.set(space, this.current.fork(space));
        break;
      case opNumber.exit:
        this.#exit(space);
        break;
      default:
    }
  }

  #enter(id: number): void {
    let space = this.spaces.get(id);
    if (space === undefined) {
      space = new AddressSpace(id, this.#rules, this.#shared);
      this.spaces.set(id, space);
    }
    this.current = space;
  }

  #exit(id: number): void {
    const space = this.spaces.get(id);
    if (space === undefined) return;
    for (const watch of this.#watches) watch.ending?.(space);
    this.#lastEnded = space;
    this.spaces.delete(id);
  }

  #changing(start: number, pages: number, change: PageChange): void {
    if (!(start >= 0) || pages <= 0) return;
    for (const watch of this.#watches) watch.changing?.(this.current, start, start + pages, change);
  }

  #touch(start: number, pages: number): void {
    if (!(start >= 0)) return;
    for (const watch of this.#watches) watch.touching?.(this.current, start, start + pages);
  }

  #map(index: number): void {
    const page = this.#pages.ofOp(index);
    if (!(page >= 0)) return;
    const { how, sourceObject, pages } = this.#ops;
    const moves = (sourceObject[index] ?? 0) > 0;
    const way = ways[how[index] ?? 0];
    if (!moves && way === "place")
      for (const watch of this.#watches)
        watch.placing?.(this.current, index, page, pages[index] ?? 0);
    if (moves) this.#move(index, page);
    else if (way === "brk") this.current.mapHeap(this.#ranges.at(index, page));
    else this.current.map(this.#ranges.at(index, page));
    this.#populate(index, page);
  }

  /** The kernel writes at once to what it brings, which matters where nobody else does. */
  #populate(index: number, page: number): void {
    if (this.#rules.touch !== "never") return;
    const { areas, area, pages } = this.#ops;
    const { flags = 0 } = areas[area[index] ?? -1] ?? {};
    if (bringsPages(flags)) this.current.populate(page, page + (pages[index] ?? 0));
  }

  #fix(index: number): void {
    const page = this.#pages.ofFix(index);
    if (!(page >= 0)) return;
    const { sourceObject, atObject, atOffset, guard, pages } = this.#ops;
    const length = pages[index] ?? 0;
    const inside = (atObject[index] ?? 0) !== 0;
    if ((sourceObject[index] ?? 0) > 0) this.#move(index, page);
    else if (inside && (atOffset[index] ?? 0) < 0 && (guard[index] ?? 0) > 0)
      this.current.growDown(page, page + length);
    else {
      this.#changing(page, length, "gone");
      const removed = this.#put(index, page);
      this.#populate(index, page);
      // The kept part of a reservation replaces nothing but the reservation.
      if (extraOf(this.#ops, index)?.align === undefined) this.clobbered += removed;
    }
  }

  /** Map over what is there; areas of a snapshot, unlike those of a call, the kernel listed apart as they do not merge. */
  #put(index: number, page: number): number {
    const { areas, area } = this.#ops;
    const { flags = 0, name } = areas[area[index] ?? -1] ?? {};
    const listed = flags % (MAP_TYPE + 1) === 0;
    if (listed && name === "[heap]") this.current.startBrk = page;
    return this.current.map(this.#ranges.at(index, page), listed ? "none" : "both");
  }

  /** Whether a map op whose turn it is becomes one VMA with a neighbour at `page`. */
  joins(index: number, page: number): boolean {
    const op = this.#program.ops.at(index);
    if (op?.kind !== "map") return false;
    const from = op.source === undefined ? -1 : this.#pages.of(op.source.object, op.source.offset);
    const source = from < 0 ? undefined : this.current.at(from);
    if (source === undefined) return this.current.joins(vmaOf(this.#ranges.at(index, page)));
    const vma = moved(resize(source, from, from + op.pages), page - from);
    return this.current.joins(vma, this.#apart(index, from));
  }

  /** The page of a source that what is copied from it may not join; undefined where it may, or the source goes. */
  #apart(index: number, from: number): number | undefined {
    const { kind, event } = this.#ops;
    const goes = kind[index + 1] === opNumber.release && event[index + 1] === event[index];
    if (goes) return undefined;
    this.#rules.met.keptSources = true;
    return this.#rules.joinsKeptSources ? undefined : from;
  }

  /**
   * mremap: the VMAs at the source appear at `page`, the last of them as long as the new length asks; without `kept`
   * it is the one VMA there. The source itself goes with its own release.
   */
  #move(index: number, page: number): void {
    const { sourceObject, sourceOffset, pages } = this.#ops;
    const from = this.#pages.of(sourceObject[index] ?? 0, sourceOffset[index] ?? 0);
    if (from < 0) return;
    const space = this.current;
    const length = pages[index] ?? 0;
    const end = from + length;
    const kept = extraOf(this.#ops, index)?.kept;
    if (page !== from)
      for (const watch of this.#watches) watch.moving?.(space, from, page, kept ?? length);
    const old = space.over(from, Math.min(end, from + (kept ?? 1)));
    const tail = old.at(-1);
    if (tail === undefined) {
      this.clobbered += space.map(this.#ranges.at(index, page));
    } else if (page === from) {
      if (end > tail.end) space.insert(resize(tail, tail.end, end), "moved");
    } else {
      for (const vma of old) {
        const whole = vma === tail ? resize(vma, vma.start, end) : vma;
        const apart = this.#apart(index, vma.start);
        this.clobbered += space.insert(moved(whole, page - from), "moved", apart);
      }
    }
  }

  #release(index: number): void {
    const ops = this.#ops;
    let page = this.#pages.ofOp(index);
    if (Number.isNaN(page)) page = this.#pages.at(index);
    if (!(page >= 0)) return;
    const end = page + (ops.pages[index] ?? 0);
    const spare = ops.sourceObject[index] ?? 0;
    if (spare === 0) {
      this.#remove(page, end);
      return;
    }
    const kept = this.#pages.of(spare, 0);
    if (kept < 0) return;
    this.#remove(page, Math.min(end, Math.max(page, kept)));
    this.#remove(Math.max(page, Math.min(end, kept + (ops.sourceOffset[index] ?? 0))), end);
  }

  #remove(start: number, end: number): void {
    this.#changing(start, end - start, "gone");
    this.current.remove(start, end);
  }

  /** One call over adjacent slices is one change: in slices it would split a VMA that never merges again. */
  #change(index: number): void {
    if (index < this.#changedTo) return;
    const start = this.#pages.at(index);
    if (start < 0) return;
    const { kind, guard } = this.#ops;
    const { end, next } = changeFrom(this.#ops, this.#pages, index, start);
    this.#changedTo = next;
    this.#changing(start, end - start, "changed");
    if (kind[index] === opNumber.protect) this.current.protect(start, end, guard[index] ?? 0);
    else this.current.advise(start, end, extraOf(this.#ops, index)?.change ?? { name: null });
  }

  #compare(index: number): void {
    const op = this.#program.ops.at(index);
    if (op?.kind !== "snapshot") return;
    this.snapshots.push({
      ...compareMaps(this.current, op.areas, this.#program.pageBytes),
      op: index,
      line: op.line,
      space: this.current.id,
      source: op.source,
      exactMoment: op.exact,
    });
  }

  #checkPages(kind: number | undefined, index: number): void {
    const mapped = this.#placements.mapped[index];
    if (this.drift !== null || mapped === undefined || Number.isNaN(mapped)) return;
    if (kind === opNumber.enter || kind === opNumber.fork || mapped === this.current.pages) return;
    const line = this.#ops.line[index] ?? 0;
    this.drift = { op: index, line, vmas: this.current.pages, placements: mapped };
  }
}
