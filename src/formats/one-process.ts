/** How a recording reads whose tasks are known to be threads of one process, though nothing in it says so. */

import type { Event } from "../trace/event.ts";

/** The events with the birth of each task of unknown origin, as a thread of the first, before its first event. */
export function asOneProcess(events: readonly Event[]): readonly Event[] {
  const known = new Set<number>();
  let first: number | undefined;
  return events.flatMap((event): Event[] => {
    const { kind, pid, line } = event;
    if (kind === "lifecycle" && event.child !== undefined) known.add(event.child);
    if (pid === null || known.has(pid) || kind === "warning" || kind === "lost") return [event];
    known.add(pid);
    first ??= pid;
    if (pid === first || (kind === "lifecycle" && event.lifecycle === "exec")) return [event];
    const time = event.time === undefined ? {} : { time: event.time };
    const born: Event = {
      kind: "lifecycle",
      lifecycle: "thread",
      line,
      pid: first,
      ...time,
      child: pid,
    };
    return [born, event];
  });
}
