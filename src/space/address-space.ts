/** Which VMAs a process has: insert, remove, protect and advise with the kernel's own merges and splits. */

import type { Advice } from "../resolve/program.ts";
import type { Borders } from "./borders.ts";
import { type Change, changed, changeQuickly } from "./change.ts";
import { inherit } from "./inherit.ts";
import { type Joining, joined } from "./join.ts";
import { mergeable, reusable } from "./merge.ts";
import {
  type AnonIds,
  insertQuickly,
  type MergeWith,
  type NewRange,
  newAnon,
  removeQuickly,
  vmaOf,
  writeQuickly,
  writeRange,
} from "./quick.ts";
import type { VmaRules } from "./rules.ts";
import { TraitsTable } from "./traits.ts";
import { resize, type Vma, writesPrivately } from "./vma.ts";
import { VmaSet } from "./vma-set.ts";

/** What the spaces of a replay have together. */
export interface Shared {
  readonly traits: TraitsTable;
  readonly anonIds: AnonIds;
}

export class AddressSpace {
  readonly id: number;
  readonly rules: VmaRules;
  /** Where the heap begins; brk never merges with a VMA that ends there or below. */
  startBrk: number = Number.POSITIVE_INFINITY;
  /** What the next snapshot shows, where there is one. */
  borders: Borders | undefined;
  #vmas: VmaSet;
  #pages = 0;
  readonly #shared: Shared;

  constructor(id: number, rules: VmaRules, shared: Shared = sharedState()) {
    this.id = id;
    this.rules = rules;
    this.#shared = shared;
    this.#vmas = new VmaSet(shared.traits);
  }

  /** Mapped pages. */
  get pages(): number {
    return this.#pages;
  }

  /** Bytes of what it keeps of its VMAs. */
  get bytes(): number {
    return this.#vmas.bytes;
  }

  /** Number of VMAs. */
  get count(): number {
    return this.#vmas.size;
  }

  [Symbol.iterator](): Iterator<Vma> {
    return this.#vmas[Symbol.iterator]();
  }

  /** The VMA that holds the page. */
  at(page: number): Vma | undefined {
    const vma = this.#vmas.after(page);
    return vma !== undefined && vma.start <= page ? vma : undefined;
  }

  /** The VMA that holds all of [start, end). */
  around(start: number, end: number): Vma | undefined {
    return this.#vmas.around(start, end);
  }

  /** Where the first VMA starts that ends after the page; infinite where there is none. */
  startAfter(page: number): number {
    return this.#vmas.startAfter(page);
  }

  /** The first VMA that ends after the page. */
  next(page: number): Vma | undefined {
    return this.#vmas.after(page);
  }

  /** The last VMA that ends at or before the page. */
  previous(page: number): Vma | undefined {
    return this.#vmas.before(page);
  }

  /** The parts of VMAs in [start, end), for a call that acts on them. */
  over(start: number, end: number): Vma[] {
    this.#write(start, end);
    return this.#vmas
      .over(start, end)
      .map((vma) => resize(vma, Math.max(vma.start, start), Math.min(vma.end, end)));
  }

  /** A copy for looking at later; `id` where it becomes a space of its own. */
  copy(id: number = this.id, vmas: VmaSet = this.#vmas.copy()): AddressSpace {
    const copy = new AddressSpace(id, this.rules, this.#shared);
    copy.#vmas = vmas;
    copy.#pages = this.#pages;
    copy.startBrk = this.startBrk;
    copy.borders = this.borders;
    return copy;
  }

  /** What a child gets (dup_mmap). */
  fork(id: number): AddressSpace {
    const { anonIds } = this.#shared;
    if (this.rules.touch !== "never" && !writeQuickly(this.#vmas, anonIds))
      this.#write(0, Number.POSITIVE_INFINITY);
    const child = this.copy(id, this.#vmas.clone());
    for (const { start, end } of inherit(child.#vmas, anonIds)) child.remove(start, end);
    return child;
  }

  /** As `insert`, of memory that nobody has written to yet. */
  map(range: NewRange, merge: MergeWith = "both"): number {
    if (this.#mapQuickly(range, merge)) return 0;
    const removed = this.#clear(range.start, range.end);
    if (removed === 0 || !this.#mapQuickly(range, merge)) this.#add(vmaOf(range), merge);
    return removed;
  }

  #mapQuickly(range: NewRange, merge: MergeWith): boolean {
    const meets = this.borders === undefined ? merge : "none";
    if (!insertQuickly(this.#vmas, range, this.rules, this.#shared.anonIds, meets)) return false;
    this.#pages += range.end - range.start;
    return true;
  }

  /** Map a range over whatever is there, apart from the VMA of that page; returns the pages that had to go. */
  insert(vma: Vma, merge: MergeWith = "both", apart?: number): number {
    const removed = this.#clear(vma.start, vma.end);
    this.#add(vma, merge, apart);
    return removed;
  }

  /** Make room for a mapping; returns the pages that went. */
  #clear(start: number, end: number): number {
    this.#write(start - 1, end + 1);
    return this.remove(start, end);
  }

  /** Map a range where nothing is. */
  #add(vma: Vma, merge: MergeWith, apart?: number): void {
    this.#pages += vma.end - vma.start;
    const { lower, upper } = this.#neighbours(vma, apart);
    const below = merge === "none" ? undefined : lower;
    const above = merge === "both" || merge === "moved" ? upper : undefined;
    this.#join(vma, below, above, merge === "both" ? "new" : "part");
  }

  /** Whether a range that nobody has written to yet would merge with what is next to it; changes nothing. */
  joins(vma: Vma, apart?: number): boolean {
    const { lower, upper } = this.#neighbours(vma, apart);
    return (
      (lower !== undefined && mergeable(lower, vma, "upper", this.rules)) ||
      (upper !== undefined && mergeable(vma, upper, "lower", this.rules))
    );
  }

  /** brk(): merges with the heap below, never with the bss that it follows (vm_brk_flags). */
  mapHeap(range: NewRange): number {
    this.startBrk = Math.min(this.startBrk, range.start);
    return this.map(range, range.start > this.startBrk ? "lower" : "none");
  }

  /** A stack grows down by pages just below it (expand_downwards): no merge rule is asked. */
  growDown(start: number, end: number): void {
    const vma = this.at(end);
    if (vma === undefined || vma.start !== end) return;
    this.#vmas.replace(start, vma.end, [resize(vma, start, vma.end)]);
    this.#pages += end - start;
  }

  /** Unmap a range, splitting at its edges; returns the pages that went. */
  remove(start: number, end: number): number {
    const { anonIds } = this.#shared;
    const quickly = removeQuickly(this.#vmas, start, end, this.rules, anonIds);
    if (quickly !== undefined) {
      this.#pages -= quickly;
      return quickly;
    }
    this.#write(start, end);
    const hit = this.#vmas.over(start, end);
    const [first] = hit;
    const last = hit.at(-1);
    if (first === undefined || last === undefined) return 0;
    let removed = 0;
    for (const vma of hit) removed += Math.min(vma.end, end) - Math.max(vma.start, start);
    const rest: Vma[] = [];
    if (first.start < start) rest.push(resize(first, first.start, start));
    if (last.end > end) rest.push(resize(last, end, last.end));
    this.#vmas.replace(first.start, last.end, rest);
    this.#pages -= removed;
    return removed;
  }

  /** Private writable VMAs of the range are written, as the kernel itself does (populate_vma_page_range): they have an anon_vma. */
  populate(start: number, end: number): void {
    if (writeRange(this.#vmas, start, end, this.#shared.anonIds)) return;
    for (const vma of this.#vmas.over(start, end)) {
      if (vma.anon !== 0 || !writesPrivately(vma)) continue;
      const { lower, upper } = this.#neighbours(vma);
      const shared = [upper, lower].find((near) => near !== undefined && reusable(near, vma));
      const anon = shared?.anon ?? newAnon(this.#shared.anonIds);
      this.#vmas.replace(vma.start, vma.end, [{ ...vma, anon }]);
    }
  }

  /** mprotect: access bits of what is mapped in the range. */
  protect(start: number, end: number, prot: number): void {
    this.#write(start - 1, end + 1);
    this.#change(start, end, prot);
    // An allocator that makes memory writable writes its headers there before it goes on.
    this.#write(start, end);
  }

  /** madvise, mlock and the like: one flag or the name of what is mapped in the range. */
  advise(start: number, end: number, change: Advice): void {
    // Guard pages mark page tables; the flag of 7.2 is sticky, for the whole VMA, and merging ignores it.
    if ("set" in change && change.set === "gu") return;
    if ("populate" in change) {
      this.populate(start, end);
      return;
    }
    // What madvise says of new memory comes before its first write.
    this.#write(start - 1, start);
    this.#write(end, end + 1);
    this.#change(start, end, change);
  }

  /** The VMAs next to one, but not that which holds the page `apart`. */
  #neighbours(vma: Vma, apart = -1): { lower: Vma | undefined; upper: Vma | undefined } {
    const lower = this.#vmas.endingAt(vma.start);
    const upper = this.#vmas.startingAt(vma.end);
    const keeps = (near: Vma | undefined): boolean =>
      near === undefined || apart < near.start || apart >= near.end;
    return { lower: keeps(lower) ? lower : undefined, upper: keeps(upper) ? upper : undefined };
  }

  /** Put a range between its neighbours. */
  #join(vma: Vma, lower: Vma | undefined, upper: Vma | undefined, is: Joining): void {
    const whole = joined(vma, lower, upper, is, this.rules, this.borders);
    this.#vmas.replace(whole.start, whole.end, [whole]);
  }

  #change(start: number, end: number, change: Change): void {
    const quickly = this.borders === undefined;
    if (quickly && changeQuickly(this.#vmas, start, end, change, this.rules)) return;
    for (let page = start; page < end; ) {
      const vma = this.#vmas.after(page);
      if (vma === undefined || vma.start >= end) return;
      const part = resize(vma, Math.max(vma.start, page), Math.min(vma.end, end));
      const now = changed(part, change, this.rules);
      page = part.end;
      if (now === part) continue;
      const { lower, upper } = this.#neighbours(part);
      const pieces = [part];
      if (part.start > vma.start) pieces.unshift(resize(vma, vma.start, part.start));
      if (part.end < vma.end) pieces.push(resize(vma, part.end, vma.end));
      if (pieces.length > 1) this.#vmas.replace(vma.start, vma.end, pieces);
      this.#join(now, lower, upper, pieces.length === 1 ? "whole" : "part");
    }
  }

  /** A call acts on [start, end), which was written by now if memory counts as written at once. */
  #write(start: number, end: number): void {
    if (this.rules.touch !== "never") this.populate(start, end);
  }
}

export const sharedState = (): Shared => ({ traits: new TraitsTable(), anonIds: { next: 1 } });
