/** How a call on plain lines makes an event. */

import type { Call } from "../../trace/event.ts";
import type { OpenFile } from "../../trace/file.ts";
import { type Draft, fill } from "../draft.ts";
import type { Request } from "../request.ts";
import type { Open } from "./logical.ts";
import type { PlainCall } from "./plain.ts";

/** Where and when a call began: on the line itself, or on that which opened it. NaN is no time. */
type Began = Pick<Open, "line" | "time">;

/** When a call ended, seconds; NaN if the recording does not tell. */
const endOf = ({ time, duration }: PlainCall, isWhole: boolean): number =>
  isWhole && duration > 0 ? time + duration : time;

/**
 * One of the calls that come in thousands, with the times of its begin and end, made in one go: an object that grows is
 * copied again and again. Undefined of other calls.
 */
function timed(
  request: Request,
  plain: PlainCall,
  pid: number,
  time: number,
  entryTime: number,
): Draft | undefined {
  const { line, error } = plain;
  const kind = "call";
  const outcome = error === null ? "ok" : "error";
  const result = error === null ? plain.value : null;
  const { call } = request;
  if (call === "brk") {
    const { addr } = request;
    return { kind, call, line, pid, outcome, result, error, time, entryTime, addr };
  }
  if (call === "mmap") {
    const { addr, length, prot, flags, fd, offset } = request;
    // biome-ignore format: one line for each
    return { kind, call, line, pid, outcome, result, error, time, entryTime, addr, length, prot, flags, fd, offset };
  }
  if (call !== "munmap" && call !== "mprotect") return undefined;
  const { addr, length } = request;
  // biome-ignore format: one line for each
  const draft: Draft = { kind, call, line, pid, outcome, result, error, time, entryTime, addr, length };
  if (request.call === "mprotect") {
    draft.prot = request.prot;
    if (request.pkey !== undefined) draft.pkey = request.pkey;
  }
  return draft;
}

/** Any call. */
function any(
  request: Request,
  plain: PlainCall,
  pid: number,
  time: number,
  entryTime: number,
): Draft {
  const { call } = request;
  const { line, error } = plain;
  const outcome = error === null ? "ok" : "error";
  const result = error === null ? plain.value : null;
  const draft: Draft = { kind: "call", call, line, pid, outcome, result, error };
  if (!Number.isNaN(time)) draft.time = time;
  if (!Number.isNaN(entryTime) && entryTime !== time) draft.entryTime = entryTime;
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
  const began: Began = open ?? plain;
  const [time, entryTime] = [endOf(plain, open === undefined), began.time];
  const isTimed = entryTime < time || entryTime > time;
  const quick = isTimed ? timed(request, plain, pid, time, entryTime) : undefined;
  const draft = quick ?? any(request, plain, pid, time, entryTime);
  if (plain.bare && open?.bare !== false) draft.bare = true;
  if (began.line !== plain.line) draft.entryLine = began.line;
  if (file !== undefined) draft.file = file;
  return draft as Call;
}
