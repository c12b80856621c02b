/** An order of overlapping calls in which every search finds what it found: threads that map at once, told by addresses. */

import type { Shelf } from "../../trace/block.ts";
import type { Event } from "../../trace/event.ts";
import { type Events, eventAt } from "../../trace/events.ts";
import { type Glance, glances } from "../../trace/glances.ts";
import { hasCall, hasKind } from "../../trace/log.ts";
import { SortedRows } from "../../trace/sorted-rows.ts";
import { Spaces } from "../spaces.ts";
import { Anonymous } from "./anonymous.ts";
import { Deque } from "./deque.ts";
import { decisive, effectOf, type Machine } from "./effect.ts";
import { itemOf } from "./item.ts";
import { LinearSearch } from "./linear-search.ts";
import { NeutralMerge } from "./neutral.ts";
import { Overview, type Told } from "./overview.ts";
import { type Moved, type SpaceOrder, SpaceOrders } from "./space-orders.ts";

/** What decides whether the calls of a space are put in order. */
interface Crowd {
  /** Line on which the last of its calls so far returned. */
  exit: number;
  /** One of them ended on another line than it began on. */
  long: boolean;
  overlap: boolean;
  /** The same of calls whose place may change an answer; without an overlap of two of them all stay where they are. */
  decisiveExit: number;
  decisiveOverlap: boolean;
  /** Its calls show the size of everything that they map. */
  known: boolean;
}

const none: Crowd = {
  exit: 0,
  long: false,
  overlap: false,
  decisiveExit: 0,
  decisiveOverlap: false,
  known: true,
};

const isInOrder = ({ long, overlap, decisiveOverlap, known }: Crowd): boolean =>
  !(long && overlap && decisiveOverlap && known);

/** One more event of a space. */
function join(crowd: Crowd, { line, began, call }: Glance): void {
  const exit = Math.max(began, line);
  const entry = Math.min(began, line);
  crowd.long ||= entry < exit;
  crowd.overlap ||= entry < crowd.exit;
  crowd.exit = Math.max(crowd.exit, exit);
  if (decisive.has(call)) {
    crowd.decisiveOverlap ||= entry <= crowd.decisiveExit;
    crowd.decisiveExit = Math.max(crowd.decisiveExit, exit);
  }
  crowd.known &&= call !== "shmat" && call !== "shmdt";
}

/** Spaces in which calls overlap and whose every range is known. */
function crowded(events: Events): ReadonlySet<number> {
  const found = new Set<number>();
  const crowds = new Map<number, Crowd>();
  const close = (space: number): void => {
    const crowd = crowds.get(space);
    if (crowd !== undefined && !isInOrder(crowd)) found.add(space);
    crowds.delete(space);
  };
  const spaces = new Spaces(events);
  let task: number | null = null;
  let last: Crowd | undefined;
  for (const glance of glances(events)) {
    if (last !== undefined && glance.pid === task && glance.kind !== "lifecycle") {
      join(last, glance);
      continue;
    }
    const { space, ended } = spaces.see(glance);
    const crowd = crowds.get(space) ?? { ...none };
    crowds.set(space, crowd);
    join(crowd, glance);
    if (ended !== undefined) close(ended);
    task = glance.pid;
    // The life of a task may change its space.
    last = glance.kind === "lifecycle" ? undefined : crowd;
  }
  for (const space of crowds.keys()) close(space);
  return found;
}

/** True if any call ended on another line than it began on: without one, nothing overlaps. */
function hasLong(events: Events): boolean {
  for (const { began, line } of glances(events)) if (began !== line) return true;
  return false;
}

/**
 * The events with calls that overlapped in an order in which each search finds the first gap that fits, as far as the
 * calls themselves tell what is free. Calls that did not overlap keep their order; so does everything where the
 * recording shows the searches.
 */
export function linearize(events: Events, machine: Machine, shelf?: Shelf): Iterable<Event> {
  if (hasKind(events, "search") || !hasLong(events)) return events;
  const crowds = crowded(events);
  if (crowds.size === 0) return events;
  const moved = new SortedRows(shelf);
  const overviews = overviewsOf(events, crowds, machine.pageSize, shelf);
  const moves = hasCall(events, "mremap");
  const orders = new SpaceOrders(
    events,
    (space, tell) => new LinearOrder(machine, tell, overviews.get(space), moves),
    (slot, index) => moved.push([slot, index]),
    shelf,
  );
  const spaces = new Spaces(events);
  for (const glance of glances(events)) {
    const { space, ended } = spaces.see(glance);
    if (crowds.has(space)) orders.push(space, glance.event(), glance.index);
    if (ended !== undefined) orders.end(ended);
  }
  orders.endAll();
  return moved.isEmpty ? events : swapped(events, moved);
}

/** What the calls of each of these spaces tell; of those that have ended it lies on the shelf. */
function overviewsOf(
  events: Events,
  of: ReadonlySet<number>,
  page: number,
  shelf: Shelf | undefined,
): ReadonlyMap<number, Told> {
  const told = new Map<number, Told>();
  const living = new Map<number, Overview>();
  const spaces = new Spaces(events);
  for (const glance of glances(events)) {
    const { space, made, ended } = spaces.see(glance);
    if (made !== undefined && made.from === undefined && of.has(made.space))
      living.set(made.space, new Overview(true, page));
    if (of.has(space) && decisive.has(glance.call)) {
      const overview = living.get(space) ?? new Overview(false, page);
      living.set(space, overview);
      overview.see(glance.event());
    }
    const overview = ended === undefined ? undefined : living.get(ended);
    if (ended === undefined || overview === undefined) continue;
    living.delete(ended);
    told.set(ended, overview.told(shelf));
  }
  for (const [space, overview] of living) told.set(space, overview.told(shelf));
  return told;
}

/** The events, but for the places that rows begin with: there stands the event that had the place of the second number. */
function* swapped(events: Events, moved: SortedRows): Generator<Event, undefined> {
  const rows = moved[Symbol.iterator]();
  let [place, from] = rows.next().value ?? [];
  let index = 0;
  for (const event of events) {
    if (index === place) {
      yield eventAt(events, from) ?? event;
      [place, from] = rows.next().value ?? [];
    } else yield event;
    index += 1;
  }
}

/** Fills the places of the events of one space anew. */
class LinearOrder implements SpaceOrder {
  readonly #search: LinearSearch;
  readonly #merge: NeutralMerge;
  readonly #page: number;
  /** undefined where no call moves memory. */
  readonly #anonymous: Anonymous | undefined;
  /** Indices among all events that are to be filled. */
  readonly #slots = new Deque<number>();
  #count = 0;

  /** `moved` gets each index at which another event is to stand, and the index of that; `moves` if any call is an mremap. */
  constructor(machine: Machine, moved: Moved, overview: Told | undefined, moves: boolean) {
    this.#page = machine.pageSize;
    this.#anonymous = moves ? new Anonymous() : undefined;
    this.#merge = new NeutralMerge(({ index }) => {
      const slot = this.#slots.shift();
      if (slot !== undefined && slot !== index) moved(slot, index);
    });
    this.#search = new LinearSearch(
      machine,
      (item) => {
        if (!item.neutral) this.#merge.send(item);
      },
      overview,
    );
  }

  push(event: Event, index: number): void {
    const effect = effectOf(event, this.#page, this.#anonymous?.moves(event));
    const item = itemOf(event, effect, this.#count++, index);
    this.#slots.push(index);
    this.#merge.see(item);
    this.#search.push(item);
  }

  end(): void {
    this.#search.end();
    this.#merge.end();
  }
}
