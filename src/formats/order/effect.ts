/** What one call did to the mappings, in plain numbers. */

import type { Call, CallName, Event } from "../../trace/event.ts";
import {
  MAP_32BIT,
  MAP_ANONYMOUS,
  MAP_FIXED,
  MAP_FIXED_NOREPLACE,
  MAP_GROWSDOWN,
  MAP_HUGETLB,
  MAP_PRIVATE,
  MAP_TYPE,
} from "../../trace/flags.ts";
import { hasBit } from "../../units.ts";
import { footprint, type Range } from "./footprint.ts";

/** Bytes, half-open. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export interface Effect {
  readonly frees: readonly Span[];
  readonly takes: readonly Span[];
  /** What the call needs to be mapped. */
  readonly needs: readonly Span[];
  /** What it found free. */
  readonly found: Span | undefined;
  /** Had this been free, it would have been put, or have grown (vma_expandable), there. */
  readonly blocked: Span | undefined;
  readonly searched: Searched | undefined;
}

/** What a search may have looked for, as far as its result tells; bytes. */
export interface Searched {
  readonly size: number;
  /**
   * It may have looked for so much more and have rounded: the largest power of two that its result agrees with, if that is
   * a PMD or more (thp_get_unmapped_area, shmem_get_unmapped_area). 0 if it cannot.
   */
  readonly align: number;
  /** If it was rounded, then to a PMD: no device and no pages of 1 GiB. */
  readonly usual: boolean;
  /** Anonymous memory of whole PMDs without a hint: a kernel aligns all such (from 6.7 on) or none. */
  readonly blocks: boolean;
}

/** Bytes. */
export interface Machine {
  readonly topDown: boolean;
  readonly pageSize: number;
}

/** The calls that may have an effect. */
export const decisive: ReadonlySet<CallName | undefined> = new Set<CallName>([
  "mmap",
  "munmap",
  "mremap",
  "mprotect",
  "shmat",
  "shmdt",
]);

const pageUp = (bytes: number, page: number): number => Math.ceil(bytes / page) * page;

/** The smallest PMD, and the largest size that any kernel aligns to. */
export const block: number = 2 ** 21;
const largest = 2 ** 30;
/** Where MAP_32BIT ends. */
const low = 2 ** 31;

/** One list for all that have none: many are held. */
const noSpans: readonly Span[] = [];

const plainly = (frees: readonly Span[], needs: readonly Span[]): Effect => ({
  frees,
  takes: noSpans,
  needs,
  found: undefined,
  blocked: undefined,
  searched: undefined,
});

const noEffect: Effect = plainly(noSpans, noSpans);

const isSpan = (range: Range): range is Span =>
  typeof range.start === "number" && typeof range.end === "number";

const spanOf = (range: Range): Span =>
  isSpan(range) ? range : { start: Number(range.start), end: Number(range.end) };

const spansOf = (ranges: readonly Range[]): readonly Span[] =>
  ranges.every(isSpan) ? ranges : ranges.map(spanOf);

/** Other rules hold for these: a hint is not taken, or as the start of another place. */
const oddHints = [MAP_FIXED, MAP_FIXED_NOREPLACE, MAP_32BIT, MAP_GROWSDOWN, MAP_HUGETLB];

/** The hint of a mapping that the kernel has put elsewhere: it was not free (arch_get_unmapped_area_topdown). */
function missedHint(event: Call, page: number): Span | undefined {
  if (event.call !== "mmap" || event.addr === 0 || event.result === event.addr) return undefined;
  const { addr, length, flags } = event;
  const hint = Number(addr);
  const isOdd = oddHints.some((flag) => hasBit(flags, flag)) || hint % page > 0;
  if (!hasBit(flags, MAP_ANONYMOUS) || isOdd) return undefined;
  return { start: hint, end: hint + pageUp(Number(length), page) };
}

/** What kept a mapping from its hint, or one that moved from growing where it was. */
function blockedOf(event: Call, page: number): Span | undefined {
  const missed = missedHint(event, page);
  if (missed !== undefined) return missed;
  if (event.call !== "mremap" || event.result === event.addr || event.newAddr !== null)
    return undefined;
  const start = Number(event.addr) + pageUp(Number(event.length), page);
  const end = Number(event.addr) + pageUp(Number(event.newLength), page);
  return Number(event.length) > 0 && end > start ? { start, end } : undefined;
}

/** The largest power of two, of PMD size and more, that divides a distance; 0 if none does. */
function alignment(distance: number): number {
  if (distance % block !== 0) return 0;
  let size = block;
  while (size < largest && distance % (2 * size) === 0) size *= 2;
  return size;
}

/** Where mremap moves a file to, its offset is not known. */
function alignOf(event: Call, { start, end }: Span, moves: boolean): number {
  if (end - start < block) return 0;
  const align = alignment(start);
  if (event.call === "mremap") return moves ? align : Math.max(align, block);
  if (event.call !== "mmap" || hasBit(event.flags, MAP_ANONYMOUS)) return align;
  return Math.max(align, alignment(start - Number(event.offset)));
}

/** Anonymous memory of whole blocks, without a hint; `moves` if it is known to be anonymous memory that mremap moves. */
function isBlocks(event: Call, { start, end }: Span, moves: boolean): boolean {
  const size = end - start;
  if (event.call === "mremap" && event.newAddr === null)
    return moves && size % block === 0 && start % block === 0;
  if (event.call !== "mmap" || event.addr !== 0 || size % block !== 0) return false;
  const { flags } = event;
  const isPrivate = flags % (MAP_TYPE + 1) === MAP_PRIVATE;
  return isPrivate && hasBit(flags, MAP_ANONYMOUS) && !oddHints.some((flag) => hasBit(flags, flag));
}

function isUsual(event: Call, size: number, moves: boolean): boolean {
  if (event.call === "mremap") return moves;
  if (event.call !== "mmap" || size % largest === 0) return false;
  if (hasBit(event.flags, MAP_ANONYMOUS)) return !hasBit(event.flags, MAP_HUGETLB);
  return event.file?.kind === "regular" || event.file?.kind === "shmem";
}

/** MAP_32BIT has limits of its own, and goes up. */
const isLow = (event: Call, { end }: Span): boolean =>
  event.call === "mmap" && hasBit(event.flags, MAP_32BIT) && end <= low;

function searchedOf(event: Call, found: Span, moves: boolean): Searched {
  const size = found.end - found.start;
  // Compat tasks are never aligned.
  const blocks = found.end > 2 * low && isBlocks(event, found, moves);
  const usual = isUsual(event, size, moves) || blocks;
  return { size, align: alignOf(event, found, moves), usual, blocks };
}

/** The page size in bytes; `moves` if the event is known to move anonymous memory. */
export function effectOf(event: Event | undefined, page: number, moves = false): Effect {
  if (event?.kind !== "call" || !decisive.has(event.call)) return noEffect;
  if (event.outcome !== "ok" || event.injected) return noEffect;
  const print = footprint(event, event.result, page);
  const named = spansOf(print.named);
  const frees = print.frees === print.named ? named : spansOf(print.frees);
  const maps = event.call === "mmap" || event.call === "shmat";
  if (!maps && event.call !== "mremap") return plainly(frees, named);
  const found = print.found === undefined ? undefined : spanOf(print.found);
  const fixed = maps ? named : named.slice(1);
  const searches = print.searches && found !== undefined && !isLow(event, found);
  return {
    frees,
    takes: found === undefined ? fixed : [found],
    needs: maps ? noSpans : named.slice(0, 1),
    found,
    blocked: blockedOf(event, page),
    searched: searches ? searchedOf(event, found, moves) : undefined,
  };
}
