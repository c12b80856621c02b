/** What one call did to the mappings, in plain numbers. */

import type { Call, Event } from "../../trace/event.ts";
import {
  MAP_32BIT,
  MAP_ANONYMOUS,
  MAP_FIXED,
  MAP_FIXED_NOREPLACE,
  MAP_GROWSDOWN,
  MAP_HUGETLB,
} from "../../trace/flags.ts";
import { hasBit } from "../../units.ts";
import { footprint } from "./footprint.ts";

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
  readonly found?: Span;
  /** Had this been free, it would have been put, or have grown (vma_expandable), there. */
  readonly blocked?: Span;
  /** It looked for the first gap of this size. */
  readonly searched?: { readonly need: number; readonly aligned: boolean };
}

const page = 4096;
const pageUp = (bytes: number): number => Math.ceil(bytes / page) * page;

/** A PMD, by which large mappings may be padded. */
const block = 2 ** 21;
/** Where MAP_32BIT ends; such searches go up. */
const low = 2 ** 31;

/** One list for all that have none: many are held. */
const noSpans: readonly Span[] = [];
const noEffect: Effect = { frees: noSpans, takes: noSpans, needs: noSpans };

const spanOf = ({ start, end }: { start: Call["result"]; end: Call["result"] }): Span => ({
  start: Number(start),
  end: Number(end),
});

/** Other rules hold for these: a hint is not taken, or as the start of another place. */
const oddHints = [MAP_FIXED, MAP_FIXED_NOREPLACE, MAP_32BIT, MAP_GROWSDOWN, MAP_HUGETLB];

/** The hint of a mapping that the kernel has put elsewhere: it was not free (arch_get_unmapped_area_topdown). */
function missedHint(event: Call): Span | undefined {
  if (event.call !== "mmap" || event.addr === 0 || event.result === event.addr) return undefined;
  const { addr, length, flags } = event;
  const hint = Number(addr);
  const isOdd = oddHints.some((flag) => hasBit(flags, flag)) || hint % page > 0;
  if (!hasBit(flags, MAP_ANONYMOUS) || isOdd) return undefined;
  return { start: hint, end: hint + pageUp(Number(length)) };
}

/** What kept a mapping from its hint, or one that moved from growing where it was. */
function blockedOf(event: Call): Span | undefined {
  const missed = missedHint(event);
  if (missed !== undefined) return missed;
  if (event.call !== "mremap" || event.result === event.addr || event.newAddr !== null)
    return undefined;
  const start = Number(event.addr) + pageUp(Number(event.length));
  const end = Number(event.addr) + pageUp(Number(event.newLength));
  return Number(event.length) > 0 && end > start ? { start, end } : undefined;
}

export function effectOf(event: Event | undefined): Effect {
  if (event?.kind !== "call" || event.outcome !== "ok" || event.injected) return noEffect;
  const print = footprint(event, event.result);
  const named = print.named.map(spanOf);
  const maps = event.call === "mmap" || event.call === "shmat";
  const found = print.found === undefined ? undefined : spanOf(print.found);
  const size = found === undefined ? 0 : found.end - found.start;
  const aligned = size >= block;
  const fixed = event.call === "mremap" && found === undefined ? named.slice(1, 2) : noSpans;
  const blocked = blockedOf(event);
  const searched = { need: aligned ? size + block : size, aligned };
  return {
    frees: print.frees.length === 0 ? noSpans : print.frees.map(spanOf),
    takes: found !== undefined ? [found] : maps ? named.slice(0, 1) : fixed,
    needs: maps ? noSpans : named.slice(0, 1),
    ...(found !== undefined && { found }),
    ...(blocked !== undefined && { blocked }),
    ...(print.searches && found !== undefined && found.end > low && { searched }),
  };
}
