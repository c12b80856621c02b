/** How the fields of a request get into an event that is being made. */

import type { Outcome } from "../trace/event.ts";
import type { OpenFile } from "../trace/file.ts";
import type { U64 } from "../units.ts";
import type { Request } from "./request.ts";

/** What an event may have, beside the fields of its call. */
export interface Draft {
  readonly kind: "call";
  readonly call: Request["call"];
  readonly line: number;
  readonly pid: number;
  readonly outcome: Outcome;
  readonly result: U64 | null;
  readonly error: string | null;
  name?: string;
  bare?: true;
  injected?: true;
  time?: number;
  entryLine?: number;
  entryTime?: number;
  addr?: U64;
  length?: U64;
  prot?: number;
  flags?: number;
  fd?: number;
  offset?: U64;
  advice?: number;
  newLength?: U64;
  newAddr?: U64 | null;
  pkey?: number;
  file?: OpenFile;
}

/** Set the fields of the request one by one: copying objects of many shapes takes most of the time of a reading. */
export function fill(draft: Draft, request: Request): void {
  switch (request.call) {
    case "mmap":
      draft.addr = request.addr;
      draft.length = request.length;
      draft.prot = request.prot;
      draft.flags = request.flags;
      draft.fd = request.fd;
      draft.offset = request.offset;
      break;
    case "munmap":
      draft.addr = request.addr;
      draft.length = request.length;
      break;
    case "brk":
      draft.addr = request.addr;
      break;
    case "mprotect":
      draft.addr = request.addr;
      draft.length = request.length;
      draft.prot = request.prot;
      if (request.pkey !== undefined) draft.pkey = request.pkey;
      break;
    case "madvise":
      draft.addr = request.addr;
      draft.length = request.length;
      draft.advice = request.advice;
      break;
    case "mremap":
      draft.addr = request.addr;
      draft.length = request.length;
      draft.newLength = request.newLength;
      draft.flags = request.flags;
      draft.newAddr = request.newAddr;
      break;
    default:
      Object.assign(draft, request);
  }
}
