/** How much what calls have mapped so far resembles a maps file: ranges, permissions and offsets. */

import type { Call, MapsArea } from "../../trace/event.ts";
import {
  MAP_ANONYMOUS,
  MAP_FIXED_NOREPLACE,
  MREMAP_DONTUNMAP,
  PROT_EXEC,
  PROT_READ,
  PROT_WRITE,
  SHM_EXEC,
  SHM_RDONLY,
} from "../../trace/flags.ts";
import { alignUp, hasBit } from "../../units.ts";
import { bordersOf, MadeBorders } from "./borders.ts";
import { Measured, type Range } from "./ranges.ts";

/** Read, write and execute make eight kinds of areas. */
const kinds = 8;

function kindOf(prot: number): number {
  return prot % kinds;
}

function kindOfPerms(perms: string): number {
  const bit = (letter: string, value: number): number => (perms.includes(letter) ? value : 0);
  return bit("r", PROT_READ) + bit("w", PROT_WRITE) + bit("x", PROT_EXEC);
}

/** How a segment of System V is attached. */
function protOf(flags: number): number {
  const write = hasBit(flags, SHM_RDONLY) ? 0 : PROT_WRITE;
  return PROT_READ + write + (hasBit(flags, SHM_EXEC) ? PROT_EXEC : 0);
}

/** What the maps file shows: ranges by permissions, and the offset of each area of a file. */
export interface Picture {
  readonly ranges: readonly (readonly Range[])[];
  readonly offsets: ReadonlyMap<number, number>;
  readonly borders: readonly number[];
}

export function pictureOf(areas: readonly MapsArea[]): Picture {
  const ranges: Range[][] = Array.from({ length: kinds }, () => []);
  const offsets = new Map<number, number>();
  for (const { start, end, perms, offset, path } of areas) {
    if (typeof start !== "number" || typeof end !== "number") continue;
    ranges[kindOfPerms(perms)]?.push({ start, end });
    if (path.startsWith("/")) offsets.set(start, Number(offset));
  }
  return { ranges, offsets, borders: bordersOf(areas) };
}

/** One address space as far as its calls are recorded, held against the picture. */
export class Likeness {
  readonly #picture: Picture;
  readonly #page: number;
  #sets: readonly Measured[];
  #offsets = new Map<number, number>();
  #borders: MadeBorders;
  /** Bytes of the segments of System V that were attached, by their addresses. */
  #segments = new Map<number, number>();
  #heap: { readonly start: number; readonly end: number } | undefined;
  #matches = 0;

  constructor(picture: Picture, page: number) {
    this.#picture = picture;
    this.#page = page;
    this.#sets = picture.ranges.map((ranges) => new Measured(ranges));
    this.#borders = new MadeBorders(picture.borders);
  }

  /** What a child starts with. */
  copy(): Likeness {
    const twin = new Likeness(this.#picture, this.#page);
    twin.#sets = this.#sets.map((set) => set.copy());
    twin.#offsets = new Map(this.#offsets);
    twin.#borders = this.#borders.copy();
    twin.#segments = new Map(this.#segments);
    twin.#heap = this.#heap;
    twin.#matches = this.#matches;
    return twin;
  }

  /** Bytes that differ, up to a constant; an offset that fits counts as a page. */
  get difference(): number {
    const bytes = this.#sets.reduce((sum, set) => sum + set.difference, 0);
    return bytes - this.#matches * this.#page;
  }

  /** Borders between areas that no call has made. */
  get missing(): number {
    return this.#borders.missing;
  }

  #range(start: number, length: number): Range {
    return { start, end: start + alignUp(length, this.#page) };
  }

  #remove(range: Range): void {
    this.#borders.set(range, true);
    for (const set of this.#sets) set.remove(range);
    const { start, end } = range;
    // A process with thousands of mappings unmaps few pages at a time.
    if ((end - start) / this.#page < this.#offsets.size)
      for (let at = start; at < end; at += this.#page) this.#forget(at);
    else for (const at of this.#offsets.keys()) if (at >= start && at < end) this.#forget(at);
  }

  #forget(start: number): void {
    const offset = this.#offsets.get(start);
    if (offset === undefined) return;
    this.#offsets.delete(start);
    if (this.#picture.offsets.get(start) === offset) this.#matches -= 1;
  }

  #add(range: Range, prot: number): void {
    this.#remove(range);
    this.#sets[kindOf(prot)]?.add(range);
  }

  #protect(range: Range, prot: number): void {
    this.#borders.set(range, false);
    const parts = this.#sets.flatMap((set) => set.remove(range));
    for (const part of parts) this.#sets[kindOf(prot)]?.add(part);
  }

  #move(from: Range, to: Range, keeps: boolean): void {
    const moved = this.#sets.flatMap((set, kind) =>
      set.remove(from).map((part) => ({ part, kind })),
    );
    this.#remove(to);
    if (moved.length === 0) this.#sets[PROT_READ + PROT_WRITE]?.add(to);
    // What was there stays what it was, only elsewhere: several areas, since 6.17. The last may grow.
    for (const { part, kind } of moved) {
      if (keeps) this.#sets[kind]?.add(part);
      const start = to.start + part.start - from.start;
      const end = part.end === from.end ? to.end : to.start + part.end - from.start;
      if (start < to.end) this.#sets[kind]?.add({ start, end: Math.min(end, to.end) });
    }
  }

  #brk(result: number): void {
    const end = alignUp(result, this.#page);
    const { start = end, end: old = end } = this.#heap ?? {};
    if (end > old) this.#add({ start: old, end }, PROT_READ + PROT_WRITE);
    else this.#remove({ start: end, end: old });
    this.#heap = { start, end };
  }

  /** What was there before the first call. */
  begin(areas: readonly MapsArea[]): void {
    for (const { start, end, perms, offset, path } of areas) {
      if (typeof start !== "number" || typeof end !== "number") continue;
      this.#add({ start, end }, kindOfPerms(perms));
      if (path === "[heap]") this.#heap = { start, end };
      if (path.startsWith("/")) this.#offset(start, Number(offset));
    }
  }

  #offset(start: number, offset: number): void {
    this.#offsets.set(start, offset);
    if (this.#picture.offsets.get(start) === offset) this.#matches += 1;
  }

  /** A call that succeeded. */
  apply(call: Call): void {
    const result = Number(call.result);
    switch (call.call) {
      case "mmap": {
        const claims = hasBit(call.flags, MAP_FIXED_NOREPLACE);
        if (claims && result !== Number(call.addr)) return;
        this.#add(this.#range(result, Number(call.length)), call.prot);
        if (hasBit(call.flags, MAP_ANONYMOUS)) return;
        this.#offset(result, Number(call.offset));
        return;
      }
      case "munmap":
        this.#remove(this.#range(Number(call.addr), Number(call.length)));
        return;
      case "mprotect":
        this.#protect(this.#range(Number(call.addr), Number(call.length)), call.prot);
        return;
      case "mremap": {
        const from = this.#range(Number(call.addr), Number(call.length));
        const keeps = hasBit(call.flags, MREMAP_DONTUNMAP);
        this.#move(from, this.#range(result, Number(call.newLength)), keeps);
        return;
      }
      case "shmat":
        if (call.length === undefined) return;
        this.#add(this.#range(result, Number(call.length)), protOf(call.flags));
        this.#segments.set(result, Number(call.length));
        return;
      case "shmdt": {
        const length = this.#segments.get(Number(call.addr));
        if (length !== undefined) this.#remove(this.#range(Number(call.addr), length));
        return;
      }
      case "brk":
        this.#brk(result);
        return;
      case "madvise":
      case "mlock":
      case "munlock":
      case "mseal":
      case "set_vma_name":
      case "mbind":
      case "userfaultfd":
        this.#borders.set(this.#range(Number(call.addr), Number(call.length)), false);
        return;
      default:
        return;
    }
  }
}
