/** An order of overlapping calls in which every search finds what it found: threads that map at once, told by addresses. */

import type { Event } from "../trace/event.ts";
import { type Events, eventAt, inPlace, reordered } from "../trace/events.ts";
import { hasKind } from "../trace/log.ts";
import { Spaces } from "./bundle/spaces.ts";
import { type Effect, effectOf } from "./effect.ts";
import { type Changes, Known } from "./known.ts";

/** So many events ahead of the first one left may be under way with it. */
const reach = 96;
/** Choices that may still be taken back. */
const depth = 48;
/** Steps that may be spent on one contradiction, and on a whole space. */
const patience = 4000;
const allPatience = 400_000;

interface Item {
  /** Among the events of its space. */
  readonly place: number;
  readonly entry: number;
  readonly exit: number;
  readonly effect: Effect;
  /** Its place among the others changes no answer. */
  readonly neutral: boolean;
}

/** One choice: which item, what it changed, and what else could be chosen. */
interface Choice {
  readonly item: number;
  readonly changes: Changes;
  readonly others: number[];
}

/** The lines on which it began and ended. Where a recorder prints its CPUs one after the other, a call may return above. */
function spanOf(event: Event): { readonly entry: number; readonly exit: number } {
  const { line } = event;
  const entry = "entryLine" in event ? (event.entryLine ?? line) : line;
  return { entry: Math.min(entry, line), exit: Math.max(entry, line) };
}

function itemOf(event: Event, place: number): Item {
  const effect = effectOf(event);
  const { frees, takes, needs } = effect;
  const neutral = frees.length + takes.length + needs.length === 0;
  return { place, ...spanOf(event), effect, neutral };
}

/** Items that are kept: more than can be ahead and taken back together. One that is needed again is made again. */
const kept = 512;

/** The events of one space, made into items as far as they are looked at. */
class Items {
  readonly length: number;
  readonly #events: Events;
  readonly #indices: Uint32Array;
  readonly #items: Item[] = [];
  /** Of all items that were looked at: what deciding where the neutral ones belong takes. */
  readonly entries: Float64Array;
  readonly exits: Float64Array;
  readonly neutral: Uint8Array;

  constructor(events: Events, indices: Uint32Array) {
    this.#events = events;
    this.#indices = indices;
    this.length = indices.length;
    this.entries = new Float64Array(this.length);
    this.exits = new Float64Array(this.length);
    this.neutral = new Uint8Array(this.length);
  }

  at(place: number): Item | undefined {
    const item = this.#items[place % kept];
    return item?.place === place ? item : this.#make(place);
  }

  #make(place: number): Item | undefined {
    const event = eventAt(this.#events, this.#indices[place]);
    if (event === undefined) return undefined;
    const item = itemOf(event, place);
    this.#items[place % kept] = item;
    this.entries[place] = item.entry;
    this.exits[place] = item.exit;
    this.neutral[place] = item.neutral ? 1 : 0;
    return item;
  }
}

class Search {
  readonly #items: Items;
  readonly #known: Known;
  readonly #done: Uint8Array;
  readonly #order: Uint32Array;
  #settled = 0;
  #choices: Choice[] = [];
  /** The longest choice of items that came to no contradiction before its end. */
  #farthest: readonly number[] = [];
  #first = 0;
  #total = 0;

  constructor(items: Items, topDown: boolean) {
    this.#items = items;
    this.#known = new Known(topDown);
    this.#done = new Uint8Array(items.length);
    this.#order = new Uint32Array(items.length);
  }

  /** The items by their number, in an order without contradiction as far as one was found. */
  run(): Uint32Array {
    let steps = 0;
    while (this.#settled + this.#choices.length < this.#items.length) {
      const fitting = this.#fitting(this.#ready());
      if (fitting.length > 0) this.#choose(fitting);
      else {
        if (this.#choices.length > this.#farthest.length)
          this.#farthest = this.#choices.map(({ item }) => item);
        steps += 1;
        this.#total += 1;
        const patient = steps < patience && this.#total < allPatience;
        if (!(patient && this.#back())) {
          this.#giveIn();
          steps = 0;
        }
      }
      if (this.#choices.length > depth) {
        this.#settle(this.#choices.length - depth);
        steps = 0;
      }
    }
    this.#settle(this.#choices.length);
    return this.#order;
  }

  /** Items that nothing which is left must precede. */
  #ready(): number[] {
    while (this.#done[this.#first]) this.#first += 1;
    const until = Math.min(this.#first + reach, this.#items.length);
    let earliest = Number.POSITIVE_INFINITY;
    for (let i = this.#first; i < until; i++)
      if (!this.#done[i]) earliest = Math.min(earliest, this.#items.at(i)?.exit ?? earliest);
    const ready: number[] = [];
    for (let i = this.#first; i < until; i++)
      if (!this.#done[i] && (this.#items.at(i)?.entry ?? 0) <= earliest) ready.push(i);
    return ready;
  }

  #fitting(ready: readonly number[]): number[] {
    const neutral = ready.find((i) => this.#items.at(i)?.neutral);
    if (neutral !== undefined) return [neutral];
    return ready.filter((i) => {
      const item = this.#items.at(i);
      return item !== undefined && !this.#known.contradicts(item.effect);
    });
  }

  #choose([item, ...others]: readonly number[]): void {
    const chosen = item === undefined ? undefined : this.#items.at(item);
    if (item === undefined || chosen === undefined) return;
    this.#done[item] = 1;
    this.#choices.push({ item, changes: this.#known.apply(chosen.effect), others });
  }

  /** Take choices back until there is another one; false if none is left to take back. */
  #back(): boolean {
    for (let last = this.#choices.pop(); last !== undefined; last = this.#choices.pop()) {
      this.#known.undo(last.changes);
      this.#done[last.item] = 0;
      this.#first = Math.min(this.#first, last.item);
      if (last.others.length > 0) {
        this.#choose(last.others);
        return true;
      }
    }
    return false;
  }

  /** The oldest choices stand. */
  #settle(count: number): void {
    for (const { item } of this.#choices.splice(0, count)) this.#order[this.#settled++] = item;
    this.#farthest = [];
  }

  /** No order is without contradiction: the farthest that was found stands, and what comes next goes as it is. */
  #giveIn(): void {
    const path = this.#farthest;
    for (let last = this.#choices.pop(); last !== undefined; last = this.#choices.pop()) {
      this.#known.undo(last.changes);
      this.#done[last.item] = 0;
      this.#first = Math.min(this.#first, last.item);
    }
    for (const item of path) this.#choose([item]);
    this.#choose(this.#ready().slice(0, 1));
    this.#settle(this.#choices.length);
  }
}

/**
 * Places of items in an order of those that are not neutral, with the neutral ones back where they were: behind all
 * that came before them, unless what they preceded has moved ahead.
 */
function withNeutral(items: Items, order: Uint32Array): Uint32Array {
  const { entries, exits } = items;
  const waiting: number[] = [];
  items.neutral.forEach((isNeutral, place) => {
    if (isNeutral === 1) waiting.push(place);
  });
  const sent = items.neutral.slice();
  const merged = new Uint32Array(order.length);
  let count = 0;
  let next = 0;
  let first = 0;
  for (const place of order) {
    if (items.neutral[place] === 1) continue;
    while (sent[first] === 1) first += 1;
    const entry = entries[place] ?? 0;
    let until = next;
    for (let at = next; (waiting[at] ?? place) < place; at++) {
      const one = waiting[at] ?? 0;
      if (one < first || (exits[one] ?? 0) < entry) until = at + 1;
    }
    for (; next < until; next++) merged[count++] = waiting[next] ?? 0;
    merged[count++] = place;
    sent[place] = 1;
  }
  for (; next < waiting.length; next++) merged[count++] = waiting[next] ?? 0;
  return merged;
}

/** What decides whether the calls of a space are put in order. */
interface Crowd {
  count: number;
  /** Line on which the last of its calls so far returned. */
  exit: number;
  /** One of them ended on another line than it began on. */
  long: boolean;
  overlap: boolean;
  /** Its calls show the size of everything that they map. */
  known: boolean;
}

const none: Crowd = { count: 0, exit: 0, long: false, overlap: false, known: true };

/** By space, how many events it has, of spaces in which calls overlap and whose every range is known. */
function crowded(events: Events): ReadonlyMap<number, number> {
  const crowds = new Map<number, Crowd>();
  const spaces = new Spaces(events);
  for (const event of events) {
    const { space } = spaces.follow(event);
    const crowd = crowds.get(space) ?? { ...none };
    crowds.set(space, crowd);
    crowd.count += 1;
    const { entry, exit } = spanOf(event);
    crowd.long ||= entry < exit;
    crowd.overlap ||= entry < crowd.exit;
    crowd.exit = Math.max(crowd.exit, exit);
    crowd.known &&= event.kind !== "call" || (event.call !== "shmat" && event.call !== "shmdt");
  }
  const found = [...crowds].filter(([, { long, overlap, known }]) => long && overlap && known);
  return new Map(found.map(([space, { count }]) => [space, count]));
}

/** The indices of the events of each of these spaces. */
function indicesOf(events: Events, counts: ReadonlyMap<number, number>): readonly Uint32Array[] {
  const found = new Map<number, Uint32Array>();
  for (const [space, count] of counts) found.set(space, new Uint32Array(count));
  const filled = new Map<number, number>();
  const spaces = new Spaces(events);
  let index = -1;
  for (const event of events) {
    index += 1;
    const { space } = spaces.follow(event);
    const indices = found.get(space);
    if (indices === undefined) continue;
    const place = filled.get(space) ?? 0;
    indices[place] = index;
    filled.set(space, place + 1);
  }
  return [...found.values()];
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
  const order = inPlace(events.length);
  let isMoved = false;
  for (const indices of indicesOf(events, crowds)) {
    const items = new Items(events, indices);
    withNeutral(items, new Search(items, topDown).run()).forEach((item, place) => {
      order[indices[place] ?? 0] = indices[item] ?? 0;
      isMoved ||= item !== place;
    });
  }
  return isMoved ? reordered(events, order) : events;
}
