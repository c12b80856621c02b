/** How a request and what became of it make an event. */

import type { Call, Outcome } from "../../trace/event.ts";
import type { OpenFile } from "../../trace/file.ts";
import type { U64 } from "../../units.ts";
import type { Request } from "../request.ts";
import type { At, Task } from "./lives.ts";

/** Where a call stands, and what it is called there. */
export interface Place {
  readonly task: Task;
  readonly bare: boolean;
  readonly entry: At;
  readonly exit: At;
  /** As written. */
  readonly name: string;
}

/** What a recorder may or may not tell. */
interface Optional {
  name?: string;
  bare?: true;
  injected?: true;
  time?: number;
  entryLine?: number;
  entryTime?: number;
  file?: OpenFile;
  length?: U64;
}

/** Written out for the calls that come in thousands: copying objects of many shapes is slow. */
function plain(
  request: Request,
  line: number,
  pid: number,
  outcome: Outcome,
  result: U64 | null,
  error: string | null,
): Call {
  const kind = "call";
  const { call } = request;
  switch (call) {
    case "mmap": {
      const { addr, length, prot, flags, fd, offset } = request;
      const end = { kind, call, line, pid, outcome, result, error } as const;
      return { ...end, addr, length, prot, flags, fd, offset };
    }
    case "munmap": {
      const { addr, length } = request;
      return { kind, call, line, pid, outcome, result, error, addr, length };
    }
    case "brk":
      return { kind, call, line, pid, outcome, result, error, addr: request.addr };
    case "madvise": {
      const { addr, length, advice } = request;
      return { kind, call, line, pid, outcome, result, error, addr, length, advice };
    }
    case "mprotect": {
      const { addr, length, prot, pkey } = request;
      const event = { kind, call, line, pid, outcome, result, error, addr, length, prot } as const;
      return pkey === undefined ? event : { ...event, pkey };
    }
    default:
      return { kind, line, pid, outcome, result, error, ...request };
  }
}

/** The event; `more` is what belongs to some calls only. */
export function callEvent(
  request: Request,
  place: Place,
  outcome: Outcome,
  result: U64 | null,
  error: string | null,
  more: { readonly injected: boolean; readonly file?: OpenFile; readonly length?: U64 },
): Call {
  const { task, bare, entry, exit, name } = place;
  const event: Call & Optional = plain(request, exit.line, task.tid, outcome, result, error);
  if (name !== event.call) event.name = name;
  if (bare) event.bare = true;
  if (more.injected) event.injected = true;
  if (exit.time !== undefined) event.time = exit.time;
  if (entry.line !== exit.line) event.entryLine = entry.line;
  if (entry.time !== undefined && entry.time !== exit.time) event.entryTime = entry.time;
  if (more.file !== undefined) event.file = more.file;
  if (more.length !== undefined) event.length = more.length;
  return event;
}
