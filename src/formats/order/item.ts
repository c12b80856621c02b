/** One event of a space whose calls are put in order: what it did, and where it stands. */

import type { Event } from "../../trace/event.ts";
import type { Effect } from "./effect.ts";
import { spanOf } from "./line-span.ts";

export interface Item {
  /** Among the events of its space. */
  readonly place: number;
  /** Among all events. */
  readonly index: number;
  readonly entry: number;
  readonly exit: number;
  readonly effect: Effect;
  /** Its place among the others changes no answer. */
  readonly neutral: boolean;
  readonly task: number | null;
  /** The task that it makes. */
  readonly born: number | undefined;
}

/** What one event did, and where it stands among those of its space and among all. */
export function itemOf(event: Event, effect: Effect, place: number, index: number): Item {
  const { frees, takes, needs } = effect;
  const neutral = frees.length + takes.length + needs.length === 0;
  const born = event.kind === "lifecycle" ? event.child : undefined;
  const { entry, exit } = spanOf(event);
  return { place, index, entry, exit, effect, neutral, task: event.pid, born };
}
