/** What was seen on the way to a state: the results of watching ops, for metrics. */

import type { Level } from "../arch/types.ts";

export interface Range {
  /** Pages, half-open. */
  readonly start: number;
  readonly end: number;
}

/** Equal leaf entries side by side; pages. */
export interface LeafRun {
  readonly space: number;
  /** The word of a report. */
  readonly backing: string;
  readonly level: Level;
  readonly start: number;
  readonly end: number;
}

/** One touch of a page that is there now; pages. */
export interface TouchedPage {
  readonly space: number;
  readonly page: number;
  /** Of the entry that maps it. */
  readonly level: Level;
  /** Pages around it that are contiguous and aligned, virtually and physically. */
  readonly contiguous: number;
  /** It was not there before. */
  readonly fresh: boolean;
}

/** Values at moments, in order. */
export interface OverTime {
  /** 1-based lines of the recording. */
  readonly lines: readonly number[];
  /** By metric. */
  readonly values: Readonly<Record<string, readonly number[]>>;
}

/** What a simulated TLB did with the touches. */
export interface Misses {
  readonly accesses: number;
  /** Of the first level. */
  readonly first: number;
  /** Of both levels: walks through the page tables. */
  readonly walks: number;
}

export interface Observed {
  /** Neighbours that new mappings were joined with. */
  readonly merges: number;
  /** PMD entries of which a part was unmapped, protected or given back while the rest stayed. */
  readonly splits: number;
  /** At the peak, by space: ranges that a search passed over for alignment, in order. */
  readonly skipped: ReadonlyMap<number, readonly Range[]>;
}

/** Faults of one kind. */
export interface FaultCount {
  readonly backing: string;
  /** Name of the level that was mapped. */
  readonly size: string;
  readonly count: number;
}

/** What page faults brought, first touch after first touch. */
export interface Touched {
  readonly faults: readonly FaultCount[];
  /** Touches of pages that were there: a write after a read, or a larger entry than the recording kernel's. */
  readonly again: number;
  /** Touches of pages where nothing accessible is mapped. */
  readonly outside: number;
  /** Pages under entries larger than the base page, at the peak, that nobody touched. */
  readonly untouched: number;
  /** Distinct touched pages that are mapped at the peak, by backing and the pages of the largest entry they could have. */
  readonly pages: readonly { readonly largest: number; readonly pages: number }[];
  readonly peak: readonly LeafRun[];
  readonly end: readonly LeafRun[];
}
