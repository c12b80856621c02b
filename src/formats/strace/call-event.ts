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

/** How a call ended on a plain line. */
export interface PlainEnd {
  /** That of the request, whose shape is not known. */
  readonly call: Request["call"];
  readonly pid: number;
  readonly bare: boolean;
  readonly entry: At;
  readonly exit: At;
  /** Unless there is an error. */
  readonly value: number;
  readonly error: string | null;
  readonly file: OpenFile | undefined;
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

/** What an event begins with that has times, made in one go: an object that grows is copied again and again. */
function timed({ call, pid, entry, exit, value, error }: PlainEnd, time: number): Draft {
  const { line } = exit;
  const outcome = error === null ? "ok" : "error";
  const result = error === null ? value : null;
  const { line: entryLine, time: entryTime } = entry;
  if (entryTime === undefined || entryTime === time)
    return entryLine === line
      ? { kind: "call", call, line, pid, outcome, result, error, time }
      : { kind: "call", call, line, pid, outcome, result, error, time, entryLine };
  return entryLine === line
    ? { kind: "call", call, line, pid, outcome, result, error, time, entryTime }
    : { kind: "call", call, line, pid, outcome, result, error, time, entryLine, entryTime };
}

function untimed({ call, pid, bare, entry, exit, value, error }: PlainEnd): Draft {
  const { line, time } = exit;
  const outcome = error === null ? "ok" : "error";
  const result = error === null ? value : null;
  const draft: Draft = { kind: "call", call, line, pid, outcome, result, error };
  if (bare) draft.bare = true;
  if (time !== undefined) draft.time = time;
  if (entry.line !== line) draft.entryLine = entry.line;
  if (entry.time !== undefined && entry.time !== time) draft.entryTime = entry.time;
  return draft;
}

/** The event of a call under its own name whose result was printed: a number, or the symbol of an error. */
export function plainEvent(request: Request, end: PlainEnd): Call {
  const { bare, exit, file } = end;
  const { time } = exit;
  const draft = time === undefined || bare ? untimed(end) : timed(end, time);
  fill(draft, request);
  if (file !== undefined) draft.file = file;
  return draft as Call;
}
