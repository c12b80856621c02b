/** How many calls a recording shows, what became of them, and of how many tasks. */

import { TaskSet } from "./by-task.ts";
import type { Event } from "./event.ts";
import type { Events } from "./events.ts";

/** Memory calls of one name: every one that was seen is in one of the three. */
export interface Counts {
  used: number;
  failed: number;
  /** Calls of which nothing follows, by the reason: a warning's code, or the outcome. */
  readonly skipped: Map<string, number>;
}

export interface Tally {
  /** By the name of the call. */
  readonly calls: ReadonlyMap<string, Counts>;
  readonly processes: number;
  /** Tasks, the first one of each process included. */
  readonly threads: number;
  /** Seconds on the recorder's clock, where it prints times. */
  readonly first?: number;
  readonly last?: number;
}

/** Names that a recorder prints for another call. */
const canonical: ReadonlyMap<string, string> = new Map([
  ["mmap2", "mmap"],
  ["old_mmap", "mmap"],
  ["pkey_mprotect", "mprotect"],
  ["mlock2", "mlock"],
  ["prctl", "set_vma_name"],
]);

class Calls {
  readonly byName = new Map<string, Counts>();

  of(written: string): Counts {
    const name = canonical.get(written) ?? written;
    const counts = this.byName.get(name) ?? { used: 0, failed: 0, skipped: new Map() };
    this.byName.set(name, counts);
    return counts;
  }

  skip(name: string, reason: string, count: number): void {
    const { skipped } = this.of(name);
    skipped.set(reason, (skipped.get(reason) ?? 0) + count);
  }
}

/** Counts events one by one. */
class Tallying {
  readonly #calls = new Calls();
  readonly #tasks = new TaskSet();
  readonly #threads = new TaskSet();
  #first: number | undefined;
  #last: number | undefined;

  take(event: Event): void {
    this.#time(event);
    this.#task(event);
    if (event.kind !== "call") return;
    const { call, outcome } = event;
    if (event.injected === true) this.#calls.skip(call, "injected", 1);
    else if (outcome === "ok") this.#calls.of(call).used += 1;
    else if (outcome === "error") this.#calls.of(call).failed += 1;
    else this.#calls.skip(call, outcome, 1);
  }

  #time(event: Event): void {
    const { time } = event;
    if (time === undefined) return;
    const began = event.kind === "call" ? (event.entryTime ?? time) : time;
    this.#first = Math.min(this.#first ?? began, began);
    this.#last = Math.max(this.#last ?? time, time);
  }

  /** A thread is not a process. */
  #task(event: Event): void {
    if (event.kind !== "warning" && event.kind !== "lost") this.#tasks.add(event.pid);
    if (event.kind !== "lifecycle" || event.child === undefined) return;
    this.#tasks.add(event.child);
    if (event.lifecycle === "thread") this.#threads.add(event.child);
  }

  /** All that was counted, with the calls that the reader left out. */
  tally(skipped: ReadonlyMap<string, ReadonlyMap<string, number>>): Tally {
    for (const [name, codes] of skipped) {
      for (const [code, count] of codes) this.#calls.skip(name, code, count);
    }
    if (this.#tasks.size > 1) this.#tasks.withoutNameless();
    const [first, last] = [this.#first, this.#last];
    return {
      calls: this.#calls.byName,
      processes: this.#tasks.size - this.#threads.size,
      threads: this.#tasks.size,
      ...(first === undefined || last === undefined ? {} : { first, last }),
    };
  }
}

/** Count the events of a trace, and the calls that its reader left out. */
export function tallyOf(
  events: Events,
  skipped: ReadonlyMap<string, ReadonlyMap<string, number>>,
): Tally {
  const tallying = new Tallying();
  for (const event of events) tallying.take(event);
  return tallying.tally(skipped);
}
