/** Which recorded call is which call of the program's own log. */

import type { Diagnostics } from "../../errors.ts";
import type { Call } from "../../trace/event.ts";
import { type Events, eventAt } from "../../trace/events.ts";
import type { CallLog, LoggedCall } from "./probe-calls.ts";

export interface Matched {
  readonly pid: number | null;
  /** For each logged call the index of the first event that belongs to it: a search, or the call. */
  readonly starts: readonly (number | undefined)[];
  /** Index after the last matched call. */
  readonly end: number;
  /** Logged calls without a recorded one. */
  readonly missing: readonly LoggedCall[];
}

/** Recorded calls that may lie between two logged ones: the program's own memory, or a repeated attempt. */
const lookAhead = 16;

function same(logged: LoggedCall, call: Call): boolean {
  if (logged.error !== call.error || logged.result !== call.result) return false;
  const recorded = new Map(Object.entries(call));
  return Object.entries(logged.request).every(([name, value]) => recorded.get(name) === value);
}

/** The first search inside the call, or the call itself. */
function startOf(events: Events, index: number): number {
  const call = eventAt(events, index);
  let start = index;
  while (call !== undefined && start > 0) {
    const before = eventAt(events, start - 1);
    if (before?.kind !== "search" || before.pid !== call.pid) break;
    if (call.kind === "call" && before.line < (call.entryLine ?? call.line)) break;
    start -= 1;
  }
  return start;
}

function indexOf(events: Events, logged: LoggedCall, from: number, most: number): number {
  let seen = 0;
  for (let index = from; index < events.length && seen < most; index++) {
    const event = eventAt(events, index);
    if (event?.kind !== "call") continue;
    if (same(logged, event)) return index;
    seen += 1;
  }
  return -1;
}

/** Walk along both: the log is the truth, what the recording misses is not filled in. */
export function matchCalls(events: Events, { calls }: CallLog, diagnostics?: Diagnostics): Matched {
  const starts: (number | undefined)[] = [];
  const missing: LoggedCall[] = [];
  let next = 0;
  let pid: number | null = null;
  for (const [order, logged] of calls.entries()) {
    const most = order === 0 ? Number.POSITIVE_INFINITY : lookAhead;
    const index = indexOf(events, logged, next, most);
    starts.push(index < 0 ? undefined : startOf(events, index));
    if (index >= 0) {
      next = index + 1;
      pid = eventAt(events, index)?.pid ?? null;
      continue;
    }
    missing.push(logged);
    const message = "calls of the program's own log are not in the recording";
    diagnostics?.warn("import/calls-differ", message, logged.line);
  }
  return { pid, starts, end: next, missing };
}
