/** An order of overlapping calls in which every search finds what it found: threads that map at once, told by addresses. */

import type { Event } from "../trace/event.ts";
import { type Tracks, tracksOf } from "./bundle/spaces.ts";
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
  readonly index: number;
  readonly entry: number;
  readonly exit: number;
  readonly effect: Effect;
  /** Its place among the others changes no answer. */
  readonly neutral: boolean;
}

/**
 * Numbers of items in an order of those that are not neutral, with the neutral ones back where they were: behind all
 * that came before them, unless what they preceded has moved ahead.
 */
function withNeutral(items: readonly Item[], order: readonly number[]): readonly number[] {
  const neutral = items.flatMap((item, number) => (item.neutral ? [number] : []));
  const others = order.filter((number) => items[number]?.neutral === false);
  const sent = items.map((item) => item.neutral);
  const merged: number[] = [];
  let next = 0;
  let first = 0;
  for (const number of others) {
    while (sent[first] === true) first += 1;
    const entry = items[number]?.entry ?? 0;
    let until = next;
    for (let at = next; (neutral[at] ?? number) < number; at++) {
      const waiting = neutral[at] ?? 0;
      if (waiting < first || (items[waiting]?.exit ?? 0) < entry) until = at + 1;
    }
    merged.push(...neutral.slice(next, until), number);
    next = until;
    sent[number] = true;
  }
  return [...merged, ...neutral.slice(next)];
}

/** One choice: which item, what it changed, and what else could be chosen. */
interface Choice {
  readonly item: number;
  readonly changes: Changes;
  readonly others: number[];
}

function itemOf(event: Event, index: number): Item {
  const effect = effectOf(event);
  const { frees, takes, needs } = effect;
  const { line } = event;
  const entry = "entryLine" in event ? (event.entryLine ?? line) : line;
  const neutral = frees.length + takes.length + needs.length === 0;
  // Where a recorder prints its CPUs one after the other, a call may return on a line above.
  return { index, entry: Math.min(entry, line), exit: Math.max(entry, line), effect, neutral };
}

class Search {
  readonly #items: readonly Item[];
  readonly #known: Known;
  readonly #done: boolean[];
  readonly #order: number[] = [];
  #choices: Choice[] = [];
  /** The longest choice of items that came to no contradiction before its end. */
  #farthest: readonly number[] = [];
  #first = 0;
  #total = 0;

  constructor(items: readonly Item[], topDown: boolean) {
    this.#items = items;
    this.#known = new Known(topDown);
    this.#done = items.map(() => false);
  }

  /** The items by their number, in an order without contradiction as far as one was found. */
  run(): readonly number[] {
    let steps = 0;
    while (this.#order.length + this.#choices.length < this.#items.length) {
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
      if (!this.#done[i]) earliest = Math.min(earliest, this.#items[i]?.exit ?? earliest);
    const ready: number[] = [];
    for (let i = this.#first; i < until; i++)
      if (!this.#done[i] && (this.#items[i]?.entry ?? 0) <= earliest) ready.push(i);
    return ready;
  }

  #fitting(ready: readonly number[]): number[] {
    const neutral = ready.find((i) => this.#items[i]?.neutral);
    if (neutral !== undefined) return [neutral];
    return ready.filter((i) => {
      const item = this.#items[i];
      return item !== undefined && !this.#known.contradicts(item.effect);
    });
  }

  #choose([item, ...others]: readonly number[]): void {
    const chosen = item === undefined ? undefined : this.#items[item];
    if (item === undefined || chosen === undefined) return;
    this.#done[item] = true;
    this.#choices.push({ item, changes: this.#known.apply(chosen.effect), others });
  }

  /** Take choices back until there is another one; false if none is left to take back. */
  #back(): boolean {
    for (let last = this.#choices.pop(); last !== undefined; last = this.#choices.pop()) {
      this.#known.undo(last.changes);
      this.#done[last.item] = false;
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
    for (const { item } of this.#choices.splice(0, count)) this.#order.push(item);
    this.#farthest = [];
  }

  /** No order is without contradiction: the farthest that was found stands, and what comes next goes as it is. */
  #giveIn(): void {
    const path = this.#farthest;
    for (let last = this.#choices.pop(); last !== undefined; last = this.#choices.pop()) {
      this.#known.undo(last.changes);
      this.#done[last.item] = false;
      this.#first = Math.min(this.#first, last.item);
    }
    for (const item of path) this.#choose([item]);
    this.#choose(this.#ready().slice(0, 1));
    this.#settle(this.#choices.length);
  }
}

/** The spaces in which calls overlap and whose every range is known, with their events. */
function crowded(events: readonly Event[], { places }: Tracks): readonly (readonly Item[])[] {
  const spaces = new Map<number, Item[]>();
  events.forEach((event, index) => {
    const space = places[index]?.space ?? -1;
    const items = spaces.get(space) ?? [];
    items.push(itemOf(event, index));
    spaces.set(space, items);
  });
  return [...spaces.values()].filter(
    (items) =>
      items.some(({ entry, exit }) => entry !== exit) &&
      !items.some(({ index }) => {
        const event = events[index];
        return event?.kind === "call" && (event.call === "shmat" || event.call === "shmdt");
      }),
  );
}

/**
 * The events with calls that overlapped in an order in which each search finds the first gap that fits, as far as the
 * calls themselves tell what is free. Calls that did not overlap keep their order; so does everything where the
 * recording shows the searches.
 */
export function linearize(events: readonly Event[], topDown: boolean): readonly Event[] {
  if (events.some(({ kind }) => kind === "search")) return events;
  const overlap = events.some((event) => "entryLine" in event && event.entryLine !== undefined);
  if (!overlap) return events;
  const ordered = [...events];
  for (const items of crowded(events, tracksOf(events))) {
    withNeutral(items, new Search(items, topDown).run()).forEach((item, place) => {
      const from = items[item];
      const to = items[place];
      const event = from === undefined ? undefined : events[from.index];
      if (to !== undefined && event !== undefined) ordered[to.index] = event;
    });
  }
  return ordered;
}
