/** Which entries and touched pages a space holds at a moment, and what of them stays when a part goes. */

import type { Level } from "../arch/types.ts";
import type { LeafRun, Range, Touched } from "../space/observed.ts";
import { alignDown } from "../units.ts";
import type { Backing } from "./leaves.ts";
import { SortedRanges } from "./sorted-ranges.ts";

export interface Run extends Range {
  readonly backing: Backing;
  readonly level: Level;
  /** Pages of the largest entry that the mapping could have, or of what one fault brings. */
  readonly largest: number;
  /** Pages that are contiguous wherever they are aligned; 1 is none. */
  readonly contiguous: number;
}

/** What is there in one space. */
export class Present {
  readonly runs: SortedRanges<Run>;
  readonly touched: SortedRanges<Range>;

  constructor(
    runs: SortedRanges<Run> = new SortedRanges(),
    touched: SortedRanges<Range> = new SortedRanges(),
  ) {
    this.runs = runs;
    this.touched = touched;
  }

  copy(): Present {
    return new Present(this.runs.copy(), this.touched.copy());
  }

  has(page: number): Run | undefined {
    const run = this.runs.after(page);
    return run !== undefined && run.start <= page ? run : undefined;
  }

  /** Add a run, joined with equal neighbours. */
  put(run: Run): void {
    const below = this.runs.before(run.start);
    const above = this.runs.after(run.end);
    const same = (one: Run | undefined): one is Run =>
      one !== undefined &&
      one.level === run.level &&
      one.backing === run.backing &&
      one.contiguous === run.contiguous;
    const start = same(below) && below.end === run.start ? below.start : run.start;
    const end = same(above) && above.start === run.end ? above.end : run.end;
    this.runs.replace(start, end, [{ ...run, start, end }]);
  }

  /** Take pages out; a huge entry that loses a part leaves small ones of memory, and nothing of a file. */
  clear(start: number, end: number, base: Level): void {
    const hit = this.runs.over(start, end);
    const rest = hit.flatMap((run) => [
      ...left(run, run.start, Math.min(start, run.end), base),
      ...left(run, Math.max(end, run.start), run.end, base),
    ]);
    const [first] = hit;
    const last = hit.at(-1);
    if (first !== undefined && last !== undefined) {
      this.runs.replace(first.start, last.end, rest);
    }
    const touched = this.touched.over(start, end);
    const kept = touched.flatMap((range) => [
      ...(range.start < start ? [{ start: range.start, end: start }] : []),
      ...(range.end > end ? [{ start: end, end: range.end }] : []),
    ]);
    this.touched.replace(touched[0]?.start ?? start, touched.at(-1)?.end ?? end, kept);
  }
}

/** The part of a run that stays. */
function left(run: Run, start: number, end: number, base: Level): Run[] {
  if (start >= end) return [];
  const { pages } = run.level;
  const from = run.start === start ? start : alignDown(start - 1, pages) + pages;
  const to = run.end === end ? end : alignDown(end, pages);
  const whole = from < to ? [{ ...run, start: from, end: to }] : [];
  if (run.backing !== "anon" || pages === 1) return whole;
  const small = (a: number, b: number): Run[] =>
    a < b ? [{ ...run, level: base, start: a, end: b }] : [];
  if (from >= to) return small(start, end);
  return [...small(start, from), ...whole, ...small(to, end)];
}

export const leafRuns = (space: number, { runs }: Present): LeafRun[] =>
  [...runs].map(({ backing, level, start, end }) => ({ space, backing, level, start, end }));

export const free = ({ runs }: Present, start: number, end: number): boolean =>
  (runs.after(start)?.start ?? end) >= end;

const overlap = (a: Range, b: Range): number =>
  Math.max(0, Math.min(a.end, b.end) - Math.max(a.start, b.start));

const touchedIn = ({ touched }: Present, run: Range): number =>
  touched.over(run.start, run.end).reduce((sum, range) => sum + overlap(range, run), 0);

export function untouched(present: Present): number {
  let pages = 0;
  for (const run of present.runs)
    if (run.level.pages > 1) pages += run.end - run.start - touchedIn(present, run);
  return pages;
}

export function touchedPages(present: Present): Touched["pages"] {
  const pages = new Map<number, number>();
  for (const run of present.runs)
    pages.set(run.largest, (pages.get(run.largest) ?? 0) + touchedIn(present, run));
  return [...pages].map(([largest, count]) => ({ largest, pages: count }));
}
