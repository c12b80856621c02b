/** How large the System V segments are that programs attach, whichever line tells it. */

import type { U64 } from "../units.ts";
import type { Event, Search } from "./event.ts";
import type { Events } from "./events.ts";
import { hasCall, timeless } from "./log.ts";

/** Bytes of the System V segments that snapshots show, by where they are attached. */
function attachedSizes(events: Events): ReadonlyMap<U64, U64> {
  const sizes = new Map<U64, U64>();
  for (const event of timeless(events)) {
    if (event.kind !== "snapshot") continue;
    for (const { path, start, end } of event.areas)
      if (path.startsWith("/SYSV")) sizes.set(start, Number(end) - Number(start));
  }
  return sizes;
}

/** Bytes of System V segments by id, from whichever attach shows them: shmget, a search, or a snapshot. */
export function segmentSizes(events: Events): ReadonlyMap<number, U64> {
  const sizes = new Map<number, U64>();
  if (!hasCall(events, "shmat")) return sizes;
  const attached = attachedSizes(events);
  const lengths = new Map<number | null, Search>();
  for (const event of timeless(events)) {
    if (event.kind === "search") lengths.set(event.pid, lengths.get(event.pid) ?? event);
    if (event.kind !== "call") continue;
    const search = lengths.get(event.pid);
    lengths.delete(event.pid);
    if (event.call !== "shmat") continue;
    const inside = search !== undefined && search.line >= (event.entryLine ?? event.line);
    const shown = event.result === null ? undefined : attached.get(event.result);
    const length = event.length ?? (inside ? search.length : shown);
    if (length !== undefined && !sizes.has(event.shmid)) sizes.set(event.shmid, length);
  }
  return sizes;
}

/** An attach with the size of its segment, where another one shows it. */
export function withSegmentSize(event: Event, sizes: ReadonlyMap<number, U64>): Event {
  if (event.kind !== "call" || event.call !== "shmat" || event.length !== undefined) return event;
  const length = sizes.get(event.shmid);
  return length === undefined ? event : { ...event, length };
}
