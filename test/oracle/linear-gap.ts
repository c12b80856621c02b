/** What should the native core answer? The definitions of the contract, read aloud over a plain list of areas. */

import { finishKind, found, op, opKind, out, rowKind, search } from "../../src/place/wire.ts";
import { alignDown, alignUp, modulo } from "../../src/units.ts";

/** One mapping; pages. Lists are ascending and never overlap, but areas may touch. */
interface Area {
  readonly start: number;
  readonly end: number;
  readonly guard: number;
}

/** A maximal free interval and the guard of the area above it. */
interface Gap {
  readonly start: number;
  readonly end: number;
  readonly guard: number;
}

interface Choice {
  readonly page: number;
  readonly row: number;
}

type Cells = Float64Array;

const pagesEnd = 2 ** 53;
const noFit = -1;
const orphan = -2;

const cell = (cells: Cells, column: number): number => cells[column] ?? Number.NaN;

function gapsOf(areas: readonly Area[]): Gap[] {
  const gaps: Gap[] = [];
  let free = 0;
  for (const { start, end, guard } of areas) {
    if (start > free) gaps.push({ start: free, end: start, guard });
    free = end;
  }
  gaps.push({ start: free, end: pagesEnd, guard: 0 });
  return gaps;
}

function without(areas: readonly Area[], start: number, end: number): Area[] {
  if (start >= end) return [...areas];
  return areas.flatMap((area) =>
    [
      { ...area, end: Math.min(area.end, start) },
      { ...area, start: Math.max(area.start, end) },
    ].filter((piece) => piece.start < piece.end),
  );
}

function withArea(areas: readonly Area[], area: Area): Area[] {
  if (area.start === area.end) return [...areas];
  return [...without(areas, area.start, area.end), area].sort((a, b) => a.start - b.start);
}

/** kernel-placement.md 1.2, in pages. */
function unmappedArea(areas: readonly Area[], row: Cells): number {
  const pages = cell(row, search.pages);
  const mask = cell(row, search.alignMask);
  const offset = cell(row, search.alignOffset);
  const gap = cell(row, search.startGap);
  const need = pages + mask + gap;
  const down = row[search.kind] === rowKind.down;
  const gaps = gapsOf(areas);
  if (down) gaps.reverse();
  let low = Math.max(cell(row, search.lowLimit), 0);
  let high = cell(row, search.highLimit);
  for (;;) {
    const fit = gaps.find((g) => Math.min(g.end, high) - Math.max(g.start, low) >= need);
    if (high - low < need || fit === undefined) return noFit;
    const guardStart = Math.max(0, fit.end - fit.guard);
    if (down) {
      const end = Math.min(fit.end, high);
      const page = end - pages;
      if (fit.guard === 0 || guardStart >= end) return page - modulo(page - offset, mask + 1);
      high = guardStart;
    } else {
      const page = Math.max(fit.start, low) + gap;
      const aligned = page + modulo(offset - page, mask + 1);
      if (fit.guard === 0 || guardStart >= aligned + need) return aligned;
      const above = areas.find((area) => area.start === fit.end);
      low = above?.end ?? pagesEnd;
    }
  }
}

/** The aligned page nearest to the row's end of the window whose range is free, inside it and clear of guards. */
function exactArea(areas: readonly Area[], row: Cells): number {
  const pages = cell(row, search.pages);
  const block = cell(row, search.alignMask) + 1;
  const offset = cell(row, search.alignOffset);
  const down = row[search.kind] === rowKind.exactDown;
  const fits = roomsOf(areas, row)
    .map(({ start, end }) =>
      down
        ? { start, end, page: alignDown(end - pages - offset, block) + offset }
        : { start, end, page: alignUp(start - offset, block) + offset },
    )
    .filter(({ start, end, page }) => start <= page && page + pages <= end);
  return (down ? fits.at(-1) : fits[0])?.page ?? noFit;
}

/** What a row may use of each gap: in its window, above the room below, below the guard. */
function roomsOf(areas: readonly Area[], row: Cells): readonly { start: number; end: number }[] {
  const low = Math.max(cell(row, search.lowLimit), 0);
  const high = Math.min(cell(row, search.highLimit), pagesEnd);
  const gap = cell(row, search.startGap);
  return gapsOf(areas).map(({ start, end, guard }) => ({
    start: Math.max(start, low) + gap,
    end: Math.min(Math.max(0, end - guard), high),
  }));
}

/** The congruent page further into the room around a found page, or that page. */
function shifted(areas: readonly Area[], page: number, row: Cells): number {
  const pages = cell(row, search.pages);
  const offset = cell(row, search.finishOffset);
  const block = cell(row, search.finishMask) + 1;
  const up = row[search.kind] === rowKind.up || row[search.kind] === rowKind.exactUp;
  const to = up ? alignUp(page - offset, block) + offset : alignDown(page - offset, block) + offset;
  const inside = roomsOf(areas, row).some(
    ({ start, end }) =>
      start <= page && page < end && start <= to && (up ? to + pages <= end : true),
  );
  return inside ? to : page;
}

/** The lowest page at or above `page` that is congruent to the row's finish offset. */
function congruent(page: number, row: Cells): number {
  const offset = cell(row, search.finishOffset);
  return alignUp(page - offset, cell(row, search.finishMask) + 1) + offset;
}

/** The finished page, or undefined if `test` rejects it. */
function finished(page: number, pages: number, row: Cells): number | undefined {
  const up = congruent(page, row);
  const block = cell(row, search.finishMask) + 1;
  const base = cell(row, search.finishOffset);
  switch (row[search.finish]) {
    case finishKind.up:
      return up;
    case finishKind.above:
      return congruent(page + 1, row);
    case finishKind.cross:
      return pages > 0 &&
        alignDown(page - base, block) !== alignDown(page + pages - 1 - base, block)
        ? up
        : page;
    case finishKind.test:
      return up === page ? page : undefined;
    default:
      return page;
  }
}

function insideWindow(start: number, end: number, row: Cells): boolean {
  const low = Math.max(cell(row, search.lowLimit), 0);
  return low <= start && end <= cell(row, search.highLimit);
}

function hintFits(areas: readonly Area[], hint: number, row: Cells): number | undefined {
  const finish = row[search.finish];
  const block = cell(row, search.finishMask) + 1;
  let start = hint;
  if (finish === finishKind.up) start = congruent(hint, row);
  if (finish === finishKind.down) start = congruent(hint - block + 1, row);
  const end = start + cell(row, search.pages);
  const first = areas.find((area) => area.end > start);
  const free = first === undefined || end <= Math.max(0, first.start - first.guard);
  return free && insideWindow(start, end, row) ? start : undefined;
}

function claimFits(areas: readonly Area[], hint: number, pages: number, row: Cells): boolean {
  const end = hint + pages;
  const tail = end - cell(row, search.pages);
  const free = areas.every((area) => area.end <= tail || area.start >= end);
  let mapped = hint;
  for (const area of areas) if (area.start <= mapped) mapped = Math.max(mapped, area.end);
  return free && mapped >= tail && insideWindow(tail, end, row);
}

function wallHolds(wall: number, hint: number | undefined): boolean {
  if (wall === 0) return true;
  if (hint === undefined) return wall < 0;
  return wall > 0 ? hint >= wall : hint < -wall;
}

/** The same surface as the native class; `steps` stays 0. */
export class LinearSpaces {
  readonly #spaces: Map<number, readonly Area[]> = new Map([[0, []]]);
  /** Undefined for a lost object. */
  readonly #objects: Map<number, number | undefined> = new Map([[0, 0]]);
  #current = 0;

  run(ops: Cells, searches: Cells, outcomes: Cells, events: Cells): number {
    let ran = 0;
    for (let index = 0; index * op.stride < ops.length; index += 1) {
      const cells = ops.subarray(index * op.stride, (index + 1) * op.stride);
      const mapped = this.#areas.reduce((sum, area) => sum + area.end - area.start, 0);
      const before = ran;
      const choice = this.#step(cells, searches, (row, page) => {
        events.set([row, page], ran * found.stride);
        ran += 1;
      });
      outcomes.set([choice.page, choice.row, mapped, ran - before, 0], index * out.stride);
    }
    return ran;
  }

  get #areas(): readonly Area[] {
    return this.#spaces.get(this.#current) ?? [];
  }

  set #areas(areas: readonly Area[]) {
    this.#spaces.set(this.#current, areas);
  }

  #step(cells: Cells, searches: Cells, event: (row: number, page: number) => void): Choice {
    const [kind, object = 0, anchor = 0, offset = 0, pages = 0, guard = 0, x = 0, y = 0] = cells;
    const base = this.#objects.get(anchor);
    const hint = base === undefined ? undefined : base + offset;
    if (kind === opKind.fork) this.#spaces.set(object, this.#areas);
    if (kind === opKind.enter) this.#current = object;
    if (kind === opKind.fork || kind === opKind.enter) return { page: 0, row: -1 };
    if (kind === opKind.release) return { page: this.#release(hint, pages, x, y), row: -1 };
    const choice =
      kind === opKind.fix
        ? { page: fixed(hint, pages, x, y), row: -1 }
        : this.#choose(hint, pages, searches.subarray(x * search.stride), x, y, event);
    if (kind === opKind.probe) return choice;
    if (object !== 0) this.#objects.set(object, choice.page < 0 ? undefined : choice.page);
    if (choice.page >= 0) {
      const area = { start: choice.page, end: choice.page + pages, guard };
      this.#areas = withArea(this.#areas, area);
    }
    return choice;
  }

  #choose(
    hint: number | undefined,
    pages: number,
    list: Cells,
    first: number,
    count: number,
    event: (row: number, page: number) => void,
  ): Choice {
    const areas = this.#areas;
    const rejected = new Set<number>();
    let held: Choice | undefined;
    for (let index = 0; index < count; index += 1) {
      const row = list.subarray(index * search.stride, (index + 1) * search.stride);
      const attempt = cell(row, search.attempt);
      if (rejected.has(attempt) || !wallHolds(cell(row, search.hintWall), hint)) continue;
      const kind = row[search.kind];
      let page: number | undefined;
      if (kind === rowKind.at && hint !== undefined) page = hintFits(areas, hint, row);
      if (kind === rowKind.claim && hint !== undefined && claimFits(areas, hint, pages, row))
        page = hint;
      const exact = kind === rowKind.exactDown || kind === rowKind.exactUp;
      if (kind === rowKind.down || kind === rowKind.up || exact) {
        const raw = exact ? exactArea(areas, row) : unmappedArea(areas, row);
        event(first + index, raw);
        if (raw === noFit) continue;
        page =
          row[search.finish] === finishKind.shift
            ? shifted(areas, raw, row)
            : finished(raw, pages, row);
        if (page === undefined && raw + pages <= pagesEnd) {
          held ??= { page: raw, row: first + index };
          rejected.add(attempt);
        }
      }
      if (page !== undefined && page + pages <= pagesEnd) return { page, row: first + index };
    }
    return held ?? { page: noFit, row: -1 };
  }

  #release(start: number | undefined, pages: number, spare: number, sparePages: number): number {
    if (start === undefined) return orphan;
    const spared = spare === 0 ? 0 : this.#objects.get(spare);
    if (start < 0 || start + pages > pagesEnd || spared === undefined) return noFit;
    const end = start + pages;
    const [keepStart, keepEnd] =
      spare === 0 || sparePages === 0 ? [end, end] : [spared, spared + sparePages];
    const below = without(this.#areas, start, Math.min(end, keepStart));
    this.#areas = without(below, Math.max(start, keepEnd), end);
    return start;
  }
}

/** MAP_FIXED at the next congruent page; pages. */
function fixed(at: number | undefined, pages: number, mask: number, offset: number): number {
  if (at === undefined) return orphan;
  const page = alignUp(at - offset, mask + 1) + offset;
  return page < 0 || page + pages > pagesEnd ? noFit : page;
}
