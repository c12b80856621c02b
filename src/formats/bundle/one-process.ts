/** How a recording reads whose tasks are known to be threads of one process, though nothing in it says so. */

import type { Event } from "../../trace/event.ts";
import type { Events } from "../../trace/events.ts";

/** The events with the birth of each task of unknown origin, as a thread of the first, before its first event. */
export function* asOneProcess(events: Events): Generator<Event> {
  const known = new Set<number>();
  let first: number | undefined;
  for (const event of events) {
    const { kind, pid, line } = event;
    if (kind === "lifecycle" && event.child !== undefined) known.add(event.child);
    if (pid !== null && !known.has(pid) && kind !== "warning" && kind !== "lost") {
      known.add(pid);
      first ??= pid;
      const isNew = pid !== first && !(kind === "lifecycle" && event.lifecycle === "exec");
      const time = event.time === undefined ? {} : { time: event.time };
      if (isNew)
        yield { kind: "lifecycle", lifecycle: "thread", line, pid: first, ...time, child: pid };
    }
    yield event;
  }
}
