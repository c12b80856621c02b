/** How a call on plain lines makes an event. */

import type { Call } from "../../trace/event.ts";
import type { OpenFile } from "../../trace/file.ts";
import { type Draft, fill } from "../draft.ts";
import type { Request } from "../request.ts";
import type { Open } from "./logical.ts";
import type { PlainCall } from "./plain.ts";

/** The calls over a range that come in thousands. */
type Ranged = Extract<Request, { call: "mmap" | "munmap" | "mprotect" | "madvise" }>;

const isRanged = (request: Request): request is Ranged => {
  const { call } = request;
  return call === "mprotect" || call === "mmap" || call === "munmap" || call === "madvise";
};

/** Where and when a call began: on the line itself, or on that which opened it. NaN is no time. */
type Began = Pick<Open, "line" | "time">;

/** When a call ended, seconds; NaN if the recording does not tell. */
const endOf = ({ time, duration }: PlainCall, isWhole: boolean): number =>
  isWhole && duration > 0 ? time + duration : time;

/** One that has times, begun in one go: an object that grows is copied again and again. */
function ranged(request: Ranged, plain: PlainCall, pid: number, began: Began): Draft {
  const { call, addr, length } = request;
  const { line, error } = plain;
  const time = endOf(plain, began === plain);
  const outcome = error === null ? "ok" : "error";
  const result = error === null ? plain.value : null;
  const draft: Draft = {
    kind: "call",
    call,
    line,
    pid,
    outcome,
    result,
    error,
    time,
    addr,
    length,
  };
  if (began.time < time || began.time > time) draft.entryTime = began.time;
  if (began.line !== line) draft.entryLine = began.line;
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

function other(
  request: Request,
  plain: PlainCall,
  pid: number,
  began: Began,
  bare: boolean,
): Draft {
  const { call } = request;
  const { line, error } = plain;
  const time = endOf(plain, began === plain);
  const outcome = error === null ? "ok" : "error";
  const result = error === null ? plain.value : null;
  const draft: Draft = { kind: "call", call, line, pid, outcome, result, error };
  if (bare) draft.bare = true;
  if (!Number.isNaN(time)) draft.time = time;
  if (began.line !== line) draft.entryLine = began.line;
  if (!Number.isNaN(began.time) && began.time !== time) draft.entryTime = began.time;
  fill(draft, request);
  return draft;
}

/** The event of a call that ended on this line: with a number, or the symbol of an error. `open` if it began on another. */
export function plainEvent(
  request: Request,
  plain: PlainCall,
  pid: number,
  file: OpenFile | undefined,
  open?: Open,
): Call {
  const bare = plain.bare && open?.bare !== false;
  const began = open ?? plain;
  const isQuick = !bare && !Number.isNaN(plain.time) && isRanged(request);
  const draft = isQuick
    ? ranged(request, plain, pid, began)
    : other(request, plain, pid, began, bare);
  if (file !== undefined) draft.file = file;
  return draft as Call;
}
