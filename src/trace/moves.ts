/** Events that belong elsewhere among the others: which, and between which. */

import type { Shelf } from "./block.ts";
import type { Event } from "./event.ts";
import { type Events, eventAt } from "./events.ts";
import { SortedRows } from "./sorted-rows.ts";

/** Each index once, with the key of the last cause. */
function* distinct(rows: SortedRows): Generator<readonly [index: number, key: number], undefined> {
  let last: readonly [number, number] | undefined;
  for (const [index = 0, , key = 0] of rows) {
    if (last !== undefined && last[0] !== index) yield last;
    last = [index, key];
  }
  if (last !== undefined) yield last;
}

export class Moves {
  readonly #shelf: Shelf | undefined;
  /** Index, cause, key. */
  readonly #rows: SortedRows;

  constructor(shelf?: Shelf) {
    this.#shelf = shelf;
    this.#rows = new SortedRows(shelf);
  }

  /** The event of this index comes behind the event `floor(key)`, among others there by its key; of several causes the last counts. */
  put(index: number, key: number, cause: number): void {
    this.#rows.push([index, cause, key]);
  }

  /** The events in their new order. */
  applied(events: Events): Iterable<Event> {
    return this.#rows.isEmpty ? events : this.#inOrder(events);
  }

  *#inOrder(events: Events): Generator<Event, undefined> {
    const keys = new SortedRows(this.#shelf);
    for (const [index, key] of distinct(this.#rows)) keys.push([key, index]);
    const gone = distinct(this.#rows);
    const moved = keys[Symbol.iterator]();
    let [out] = gone.next().value ?? [];
    let [key = Number.POSITIVE_INFINITY, from] = moved.next().value ?? [];
    let index = 0;
    for (const event of events) {
      if (index === out) [out] = gone.next().value ?? [];
      else {
        for (; key < index; [key = Number.POSITIVE_INFINITY, from] = moved.next().value ?? []) {
          const other = eventAt(events, from);
          if (other !== undefined) yield other;
        }
        yield event;
      }
      index += 1;
    }
    for (; from !== undefined; [, from] = moved.next().value ?? []) {
      const other = eventAt(events, from);
      if (other !== undefined) yield other;
    }
  }
}
