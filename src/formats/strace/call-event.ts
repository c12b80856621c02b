/** How a request and what became of it make an event. */

import type { Call, Outcome } from "../../trace/event.ts";
import type { OpenFile } from "../../trace/file.ts";
import type { U64 } from "../../units.ts";
import { type Draft, fill } from "../draft.ts";
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

/** How it ended, and what belongs to some calls only. */
export interface End {
  readonly outcome: Outcome;
  readonly result: U64 | null;
  readonly error: string | null;
  readonly injected: boolean;
  readonly file?: OpenFile | undefined;
  readonly length?: U64 | undefined;
}

function drafted(call: Request["call"], place: Place, end: End): Draft {
  const { task, bare, entry, exit, name } = place;
  const { outcome, result, error } = end;
  const draft: Draft = {
    kind: "call",
    call,
    line: exit.line,
    pid: task.tid,
    outcome,
    result,
    error,
  };
  if (name !== call) draft.name = name;
  if (bare) draft.bare = true;
  if (end.injected) draft.injected = true;
  if (exit.time !== undefined) draft.time = exit.time;
  if (entry.line !== exit.line) draft.entryLine = entry.line;
  if (entry.time !== undefined && entry.time !== exit.time) draft.entryTime = entry.time;
  return draft;
}

/** The event. */
export function callEvent(request: Request, place: Place, end: End): Call {
  const draft = drafted(request.call, place, end);
  fill(draft, request);
  if (end.length !== undefined) draft.length = end.length;
  if (end.file !== undefined) draft.file = end.file;
  return draft as Call;
}
