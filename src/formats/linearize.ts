/** An order of overlapping calls in which every search finds what it found: threads that map at once, told by addresses. */

import type { Event } from "../trace/event.ts";
import { type Events, swapped } from "../trace/events.ts";
import { hasKind } from "../trace/log.ts";
import { Spaces } from "./bundle/spaces.ts";
import { spanOf } from "./line-span.ts";
import { itemOf, LinearSearch } from "./linear-search.ts";
import { NeutralMerge } from "./neutral.ts";

/** What decides whether the calls of a space are put in order. */
interface Crowd {
  /** Line on which the last of its calls so far returned. */
  exit: number;
  /** One of them ended on another line than it began on. */
  long: boolean;
  overlap: boolean;
  /** Its calls show the size of everything that they map. */
  known: boolean;
}

const none: Crowd = { exit: 0, long: false, overlap: false, known: true };

/** Spaces in which calls overlap and whose every range is known. */
function crowded(events: Events): ReadonlySet<number> {
  const crowds = new Map<number, Crowd>();
  const spaces = new Spaces(events);
  for (const event of events) {
    const { space } = spaces.follow(event);
    const crowd = crowds.get(space) ?? { ...none };
    crowds.set(space, crowd);
    const { entry, exit } = spanOf(event);
    crowd.long ||= entry < exit;
    crowd.overlap ||= entry < crowd.exit;
    crowd.exit = Math.max(crowd.exit, exit);
    crowd.known &&= event.kind !== "call" || (event.call !== "shmat" && event.call !== "shmdt");
  }
  const found = [...crowds].filter(([, { long, overlap, known }]) => long && overlap && known);
  return new Set(found.map(([space]) => space));
}

/** True if any call ended on another line than it began on: without one, nothing overlaps. */
function hasLong(events: Events): boolean {
  for (const event of events) {
    const { entry, exit } = spanOf(event);
    if (entry < exit) return true;
  }
  return false;
}

/**
 * The events with calls that overlapped in an order in which each search finds the first gap that fits, as far as the
 * calls themselves tell what is free. Calls that did not overlap keep their order; so does everything where the
 * recording shows the searches.
 */
export function linearize(events: Events, topDown: boolean): Events {
  if (hasKind(events, "search") || !hasLong(events)) return events;
  const crowds = crowded(events);
  if (crowds.size === 0) return events;
  const moved = new Map<number, number>();
  const orders = new Map<number, SpaceOrder>();
  const spaces = new Spaces(events);
  let index = -1;
  for (const event of events) {
    index += 1;
    const { space } = spaces.follow(event);
    if (!crowds.has(space)) continue;
    const order = orders.get(space) ?? new SpaceOrder(topDown, moved);
    orders.set(space, order);
    order.push(event, index);
  }
  for (const order of orders.values()) order.end();
  return moved.size === 0 ? events : swapped(events, moved);
}

/** Fills the places of the events of one space anew. */
class SpaceOrder {
  readonly #search: LinearSearch;
  readonly #merge: NeutralMerge;
  /** Indices among all events that are to be filled. */
  readonly #slots: number[] = [];
  #count = 0;

  /** `moved` gets, by index, which event is to stand there instead. */
  constructor(topDown: boolean, moved: Map<number, number>) {
    this.#merge = new NeutralMerge(({ index }) => {
      const slot = this.#slots.shift();
      if (slot !== undefined && slot !== index) moved.set(slot, index);
    });
    this.#search = new LinearSearch(topDown, (item) => {
      if (!item.neutral) this.#merge.send(item);
    });
  }

  push(event: Event, index: number): void {
    const item = itemOf(event, this.#count++, index);
    this.#slots.push(index);
    this.#merge.see(item);
    this.#search.push(item);
  }

  end(): void {
    this.#search.end();
    this.#merge.end();
  }
}
