/** How a space begins: what exec put at places of its own, and the loader and vdso that it placed by a search. */

import { type Event, execSource, type Search } from "../trace/event.ts";
import { type Events, eventAt } from "../trace/events.ts";
import { pageOf, pagesFor } from "../units.ts";
import { isLoader, isVdso, type PlacedArea } from "./initial.ts";
import type { Placing } from "./op-sink.ts";
import type { Area, Origin } from "./program.ts";
import { origin, type State } from "./state.ts";
import type { SpaceSurvey } from "./survey.ts";

/** A search of exec and the areas of the image that it placed. */
interface Image {
  readonly search: Search;
  readonly index: number;
  readonly areas: readonly PlacedArea[];
}

/** A run of areas that touch, begun by one that `starts` accepts. */
function run(
  areas: readonly PlacedArea[],
  starts: (area: Area) => boolean,
  goesOn: (area: Area) => boolean,
): readonly PlacedArea[] {
  const first = areas.findIndex(({ area }) => starts(area));
  if (first < 0) return [];
  const found: PlacedArea[] = [];
  for (const placed of areas.slice(first)) {
    const last = found.at(-1);
    if (last !== undefined && (placed.start !== last.end || !goesOn(placed.area))) break;
    found.push(placed);
  }
  return found;
}

const unnamed = (area: Area): boolean => area.backing === "anon" && area.name === undefined;

/** Bytes: what segments of a program are aligned to at most, as huge pages. */
const mostAlignment = 2 ** 21;

/** Pair exec's searches with what they placed: the loader's image first, then vdso and vvar. */
function images(
  searches: readonly { readonly search: Search; readonly index: number }[],
  areas: readonly PlacedArea[],
  pageBytes: number,
): readonly Image[] {
  const vdso = run(
    areas,
    (area) => isVdso(area.name),
    (area) => isVdso(area.name),
  );
  const loader = run(areas, isLoader, (area) => isLoader(area) || unnamed(area));
  const others = areas.filter((one) => !vdso.includes(one) && !loader.includes(one));
  return searches.map(({ search, index }) => {
    const start = search.result === null ? -1 : pageOf(search.result, pageBytes);
    const end = start + pagesFor(search.length, pageBytes);
    const holds = (group: readonly PlacedArea[], from = start) =>
      group.filter((placed) => from <= placed.start && placed.end <= end);
    // A static PIE is placed whole by a search, as the loader is, then moved down to the alignment of its segments.
    const lowest = start - mostAlignment / pageBytes + 1;
    const groups = [holds(vdso), holds(loader), holds(others, lowest)];
    const found =
      groups.find(([first]) => first?.start === start) ?? groups.findLast(([first]) => first);
    return { search, index, areas: found ?? [] };
  });
}

const pagesOf = (areas: readonly PlacedArea[]): number =>
  areas.reduce((sum, { start, end }) => sum + end - start, 0);

/**
 * perf records the first piece of an image with the length of the whole, so it seems to reach up to the next area: `mapped` pages,
 * where total_vm tells them, are all that there are.
 */
function withTrueEnd(
  areas: readonly PlacedArea[],
  mapped: number | undefined,
): readonly PlacedArea[] {
  const excess = pagesOf(areas) - (mapped ?? Number.POSITIVE_INFINITY);
  if (!(excess > 0)) return areas;
  const at = areas.findIndex(({ area }) => area.backing === "file");
  const first = areas[at];
  if (first === undefined || first.end - first.start <= excess) return areas;
  return areas.with(at, { ...first, end: first.end - excess });
}

const vdsoArea: Area = {
  backing: "anon",
  prot: 5,
  shared: false,
  pgoff: 0,
  flags: 0,
  name: "[vdso]",
};

const loaderArea: Area = {
  backing: "file",
  file: { id: -1, kind: "regular" },
  prot: 1,
  shared: false,
  pgoff: 0,
  flags: 0,
};

function placeImage(
  state: State,
  image: Image,
  last: boolean,
  pageBytes: number,
  event: Event | undefined,
): void {
  const { search, areas } = image;
  if (search.result === null) return;
  const from: Origin = { event: image.index, line: event?.line ?? search.line };
  const first = areas[0];
  const start = pageOf(search.result, pageBytes);
  const pages = pagesFor(search.length, pageBytes);
  const area = first?.area ?? (last ? vdsoArea : loaderArea);
  const plan: Placing = {
    how: "place",
    pages,
    guard: 0,
    area,
    low32: false,
    above4g: false,
    startGap: 0,
    searches: [search],
  };
  const object = state.map(start, plan, from);
  if (first === undefined) return;
  state.release(start, pages, from);
  for (const placed of areas) {
    const at = { object, offset: placed.start - start };
    state.fix(placed.start, placed.end - placed.start, placed.area, at, from);
  }
}

/** Write the ops that begin a space; returns the pages that exec must have made and nobody recorded. */
export function beginSpace(
  state: State,
  survey: SpaceSurvey,
  areas: readonly PlacedArea[],
  events: Events,
  pageBytes: number,
  from: Origin,
): number {
  const searches = survey.execSearches.flatMap((index) => {
    const search = eventAt(events, index);
    return search?.kind === "search" ? [{ search, index }] : [];
  });
  const placed = images(searches, areas, pageBytes);
  const imaged = new Set(placed.flatMap((image) => image.areas));
  const own = areas.filter((one) => !imaged.has(one));
  // The vdso, which up to 6.1 lies near the stack without a search, and the page at 0 (MMAP_PAGE_ZERO) come last.
  const isLate = ({ start, area }: PlacedArea): boolean => start === 0 || isVdso(area.name);
  const recorded = own.filter((one) => !isLate(one));
  const after = own.filter(isLate);
  const fix = ({ start, end, area }: PlacedArea) =>
    state.fix(start, end - start, area, { ...origin, offset: start }, from);
  const totals = searches.map(({ search }) => search.totalVm);
  const [total] = totals;
  const isPerfs = survey.snapshot?.source === execSource;
  const before = isPerfs ? withTrueEnd(recorded, total) : recorded;
  before.forEach(fix);
  placed.forEach((image, i) => {
    const next = totals[i + 1];
    const mapped = next === undefined ? undefined : next - (totals[i] ?? next);
    const areas = isPerfs ? withTrueEnd(image.areas, mapped) : image.areas;
    const event = eventAt(events, image.index);
    placeImage(state, { ...image, areas }, i === placed.length - 1, pageBytes, event);
  });
  after.forEach(fix);
  return total === undefined ? 0 : total - pagesOf(before);
}
