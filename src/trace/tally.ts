/** How many calls a recording shows, what became of them, and of how many tasks. */

import type { Event } from "./event.ts";

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

/** Tasks that events name; a thread is not a process. */
function tasksOf(events: readonly Event[]): {
  readonly processes: number;
  readonly threads: number;
} {
  const tasks = new Set<number | null>();
  const threads = new Set<number>();
  for (const event of events) {
    if (event.kind !== "warning" && event.kind !== "lost") tasks.add(event.pid);
    if (event.kind !== "lifecycle" || event.child === undefined) continue;
    tasks.add(event.child);
    if (event.lifecycle === "thread") threads.add(event.child);
  }
  if (tasks.size > 1) tasks.delete(null);
  return { processes: tasks.size - threads.size, threads: tasks.size };
}

/** Count the events of a trace, and the calls that its reader left out. */
export function tallyOf(
  events: readonly Event[],
  skipped: ReadonlyMap<string, ReadonlyMap<string, number>>,
): Tally {
  const calls = new Calls();
  let first: number | undefined;
  let last: number | undefined;
  for (const event of events) {
    const { time } = event;
    const began = event.kind === "call" ? (event.entryTime ?? time) : time;
    if (time !== undefined && began !== undefined) {
      first = Math.min(first ?? began, began);
      last = Math.max(last ?? time, time);
    }
    if (event.kind !== "call") continue;
    if (event.injected === true) calls.skip(event.call, "injected", 1);
    else if (event.outcome === "ok") calls.of(event.call).used += 1;
    else if (event.outcome === "error") calls.of(event.call).failed += 1;
    else calls.skip(event.call, event.outcome, 1);
  }
  for (const [name, codes] of skipped) {
    for (const [code, count] of codes) calls.skip(name, code, count);
  }
  const span = first === undefined || last === undefined ? {} : { first, last };
  return { calls: calls.byName, ...tasksOf(events), ...span };
}
