/** The events of a trace: a list that is walked, of which single ones can be asked for, and that need not be held as objects. */

import type { Event } from "./event.ts";

/** An array of events is one. Each walk and each `at` may make events anew: compare places, not objects. */
export interface Events extends Iterable<Event> {
  readonly length: number;
  /** Undefined outside of 0 to `length` - 1. */
  at(index: number): Event | undefined;
}

/** Where the last number of an ascending list stands that is not above `value`; 0 if all are. */
export function lastUpTo(list: readonly number[], value: number): number {
  let low = 0;
  let high = list.length;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if ((list[middle] ?? 0) <= value) low = middle;
    else high = middle;
  }
  return low;
}

/** The event at an index that may be none: undefined or below 0. */
export function eventAt(events: Events, index: number | undefined): Event | undefined {
  return index === undefined || index < 0 ? undefined : events.at(index);
}
