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

/** The calls over a range that come in thousands. */
type Ranged = Extract<Request, { call: "mmap" | "munmap" | "mprotect" | "madvise" }>;

const isRanged = (request: Request): request is Ranged => {
  const { call } = request;
  return call === "mprotect" || call === "mmap" || call === "munmap" || call === "madvise";
};

/**
 * What such an event begins with that has times, made in one go: an object that grows is copied again and again, and for
 * each shape that it may have had until then there is code to be compiled.
 */
function rangeAt(
  { call, addr, length }: Ranged,
  { pid, entry, exit, value, error }: PlainEnd,
  time: number,
): Draft {
  const kind = "call";
  const { line } = exit;
  const outcome = error === null ? "ok" : "error";
  const result = error === null ? value : null;
  const { line: entryLine, time: entryTime } = entry;
  if (entryTime === undefined || entryTime === time) {
    const draft: Draft = { kind, call, line, pid, outcome, result, error, time, addr, length };
    if (entryLine !== line) draft.entryLine = entryLine;
    return draft;
  }
  return entryLine === line
    ? { kind, call, line, pid, outcome, result, error, time, addr, length, entryTime }
    : { kind, call, line, pid, outcome, result, error, time, addr, length, entryTime, entryLine };
}

function rangedEvent(request: Ranged, end: PlainEnd, time: number): Draft {
  const draft = rangeAt(request, end, time);
  if (request.call === "mprotect") draft.prot = request.prot;
  else if (request.call === "madvise") draft.advice = request.advice;
  else if (request.call === "mmap") {
    draft.prot = request.prot;
    draft.flags = request.flags;
    draft.fd = request.fd;
    draft.offset = request.offset;
  }
  return draft;
}

function otherEvent(
  { call, pid, bare, entry, exit, value, error }: PlainEnd,
  request: Request,
): Draft {
  const { line, time } = exit;
  const outcome = error === null ? "ok" : "error";
  const result = error === null ? value : null;
  const draft: Draft = { kind: "call", call, line, pid, outcome, result, error };
  if (bare) draft.bare = true;
  if (time !== undefined) draft.time = time;
  if (entry.line !== line) draft.entryLine = entry.line;
  if (entry.time !== undefined && entry.time !== time) draft.entryTime = entry.time;
  fill(draft, request);
  return draft;
}

/** The event of a call under its own name whose result was printed: a number, or the symbol of an error. */
export function plainEvent(request: Request, end: PlainEnd): Call {
  const { bare, exit, file } = end;
  const { time } = exit;
  const isTimed = time !== undefined && !bare;
  const draft =
    isTimed && isRanged(request) ? rangedEvent(request, end, time) : otherEvent(end, request);
  if (file !== undefined) draft.file = file;
  return draft as Call;
}
