/** At which line each call took effect, where several of one address space were under way at once. */

import type { Call, Search } from "../../trace/event.ts";
import { MAP_FIXED } from "../../trace/flags.ts";
import { hasBit, type U64 } from "../../units.ts";
import type { Settled } from "./window.ts";

/** A call that has ended. */
export interface Unit {
  readonly call: Call;
  readonly searches: readonly Search[];
  /** Lines of entry and exit. */
  readonly entry: number;
  readonly exit: number;
  /** The line at which a search or a mapping record saw it change the space; then nothing is to be found out. */
  readonly seen: number | undefined;
}

/** Pages mapped, as far as the last search told, and the changes since; and the end of the heap. */
export interface Pages {
  total: number | undefined;
  brk: U64 | undefined;
}

/** A search that printed how many pages were mapped. */
interface Mark {
  readonly at: number;
  readonly total: number;
  readonly unit: Unit;
}

/** A unit that may belong before or after some marks: `slot` marks come before it. */
interface Loose {
  readonly unit: Unit;
  readonly pages: number;
  readonly low: number;
  readonly high: number;
  /** The slot if nothing tells. */
  readonly usual: number;
}

/** More ways than this are not tried. */
const mostWays = 4096;

/** Unmapping takes effect early and then frees pages; what maps is done when it returns. */
function usualLine({ call, entry, exit, seen }: Unit): number {
  if (seen !== undefined) return seen;
  const early = call.call === "munmap" || call.call === "shmdt";
  return early && call.outcome !== "error" ? entry : exit;
}

const pagesOf = (length: U64, page: number): number => Math.ceil(Number(length) / page);

/** Pages that a call adds; NaN if that is not known. */
function pagesAdded(unit: Unit, page: number, brk: U64 | undefined): number {
  const { call } = unit;
  if (call.outcome === "error") return 0;
  if (call.outcome !== "ok") return Number.NaN;
  switch (call.call) {
    case "mmap":
      // What MAP_FIXED replaces is mostly a reservation of the same size.
      return hasBit(call.flags, MAP_FIXED) ? 0 : pagesOf(call.length, page);
    case "munmap":
      return -pagesOf(call.length, page);
    case "mremap":
      return pagesOf(call.newLength, page) - pagesOf(call.length, page);
    case "brk":
      return brk === undefined || call.result === null
        ? Number.NaN
        : pagesOf(call.result, page) - pagesOf(brk, page);
    case "shmat":
    case "shmdt":
    case "remap_file_pages":
    case "map_shadow_stack":
      return Number.NaN;
    default:
      return 0;
  }
}

function markOf(unit: Unit): Mark | undefined {
  const last = unit.searches.at(-1);
  if (last?.totalVm === undefined) return undefined;
  return { at: last.line, total: last.totalVm, unit };
}

/** True if the mapping that the mark's call made lies where the other call unmaps: then it came later. */
function takesFreed({ unit: { call } }: Mark, freed: Call): boolean {
  if (freed.call !== "munmap" || call.result === null) return false;
  const length = call.call === "mmap" ? call.length : call.call === "mremap" ? call.newLength : 0;
  const start = Number(call.result);
  const freedStart = Number(freed.addr);
  return start < freedStart + Number(freed.length) && freedStart < start + Number(length);
}

function looseOf(unit: Unit, marks: readonly Mark[], pages: number): Loose | undefined {
  if (unit.seen !== undefined || pages === 0 || Number.isNaN(pages)) return undefined;
  const low = marks.filter(({ at }) => at < unit.entry).length;
  const last = marks.filter(({ at }) => at < unit.exit).length;
  const taken = marks.findIndex((mark, index) => index >= low && takesFreed(mark, unit.call));
  const high = taken < 0 ? last : Math.min(last, taken);
  if (low === last) return undefined;
  return { unit, pages, low, high, usual: usualLine(unit) === unit.entry ? low : high };
}

/** How many marks show the pages that this choice of slots makes them show. */
function agreement(changes: readonly number[], expected: readonly number[]): number {
  return expected.filter((pages, index) => pages === changes[index]).length;
}

/** The slots that fit the most marks; of equal ones those that need the fewest exceptions. */
function chooseSlots(loose: readonly Loose[], expected: readonly number[]): readonly number[] {
  const usual = loose.map(({ usual: slot }) => slot);
  const ways = loose.reduce((product, { low, high }) => product * (high - low + 1), 1);
  if (ways > mostWays) return usual;
  let best = usual;
  let bestScore = Number.NEGATIVE_INFINITY;
  const slots = loose.map(({ low }) => low);
  for (let way = 0; way < ways; way++) {
    const changes = expected.map(() => 0);
    loose.forEach(({ pages }, index) => {
      const slot = slots[index] ?? 0;
      if (slot < changes.length) changes[slot] = (changes[slot] ?? 0) + pages;
    });
    const exceptions = slots.filter((slot, index) => slot !== usual[index]).length;
    const score = agreement(changes, expected) * (loose.length + 1) - exceptions;
    if (score > bestScore) {
      bestScore = score;
      best = [...slots];
    }
    // The next combination, counted like a number with a digit for each.
    for (const [index, { low, high }] of loose.entries()) {
      const next = (slots[index] ?? low) + 1;
      slots[index] = next > high ? low : next;
      if (next <= high) break;
    }
  }
  return best;
}

/** Pages that loose calls must have added right before each mark; NaN where something unknown lies between. */
function missingPages(
  units: readonly Unit[],
  marks: readonly Mark[],
  fixed: (unit: Unit) => number,
  before: number | undefined,
): readonly number[] {
  let total = before ?? Number.NaN;
  const missing: number[] = [];
  const ordered = units.toSorted((a, b) => usualLine(a) - usualLine(b));
  for (const unit of ordered) {
    const mark = marks.find((known) => known.unit === unit);
    if (mark !== undefined) {
      missing.push(mark.total - total);
      total = mark.total;
    }
    total += fixed(unit);
  }
  return missing;
}

/** Where a unit belongs, and the pages that it adds. */
interface Placed {
  readonly unit: Unit;
  readonly pages: number;
  line: number;
}

/** Put the calls that have no search where the searches of others want them. */
function moveLoose(placed: readonly Placed[], total: number | undefined): void {
  const units = placed.map(({ unit }) => unit);
  const marks = units.flatMap((unit) => markOf(unit) ?? []).toSorted((a, b) => a.at - b.at);
  const loose = placed.flatMap(({ unit, pages }) => looseOf(unit, marks, pages) ?? []);
  if (loose.length === 0) return;
  const isLoose = new Set(loose.map(({ unit }) => unit));
  const byUnit = new Map(placed.map((one) => [one.unit, one]));
  const fixed = (unit: Unit): number => (isLoose.has(unit) ? 0 : (byUnit.get(unit)?.pages ?? 0));
  const slots = chooseSlots(loose, missingPages(units, marks, fixed, total));
  loose.forEach(({ unit, usual }, index) => {
    const slot = slots[index] ?? usual;
    const next = marks[slot]?.at ?? Number.POSITIVE_INFINITY;
    const moved = byUnit.get(unit);
    // Right before the mark that it must precede, but not after its end.
    if (slot !== usual && moved !== undefined) moved.line = Math.min(next - 0.5, unit.exit);
  });
}

/** Pages that a unit adds; from here on its break is known. */
function added(unit: Unit, page: number, pages: Pages): number {
  const count = pagesAdded(unit, page, pages.brk);
  if (unit.call.call === "brk" && unit.call.result !== null) pages.brk = unit.call.result;
  return count;
}

/** What is mapped after a unit that adds so many pages. */
function advance(unit: Unit, count: number, pages: Pages): void {
  const total = unit.searches.length === 0 ? pages.total : (markOf(unit)?.total ?? pages.total);
  const sum = total === undefined ? Number.NaN : total + count;
  pages.total = Number.isNaN(sum) ? undefined : sum;
}

/** The line at which a call took effect that nothing overlapped. */
export function settleAlone(unit: Unit, page: number, pages: Pages): number {
  advance(unit, added(unit, page, pages), pages);
  return usualLine(unit);
}

/**
 * Where the calls of one group belong, all of which overlapped in time. A search runs under the lock that the change is
 * made under, and prints how many pages are mapped: a call that has no search is put where those numbers want it.
 */
export function settle(units: readonly Unit[], page: number, pages: Pages): readonly Settled[] {
  const placed: Placed[] = units.map((unit) => ({
    unit,
    pages: added(unit, page, pages),
    line: usualLine(unit),
  }));
  if (placed.length > 1) {
    if (units.some(({ searches }) => searches.length > 0)) moveLoose(placed, pages.total);
    placed.sort((a, b) => a.line - b.line);
  }
  return placed.map(({ unit, pages: count, line }) => {
    advance(unit, count, pages);
    return { at: line, events: [...unit.searches, unit.call] };
  });
}
