/** The events of a trace: a list that is walked, of which single ones can be asked for, and that need not be held as objects. */

import type { Event } from "./event.ts";

/** An array of events is one. Each walk and each `at` may make events anew: compare places, not objects. */
export interface Events extends Iterable<Event> {
  readonly length: number;
  /** Undefined outside of 0 to `length` - 1. */
  at(index: number): Event | undefined;
}
