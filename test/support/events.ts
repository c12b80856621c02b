/** Short ways to write events in tests; pages of 4 KiB, addresses in pages. */

import type { Call, Event, Lifecycle, Search } from "../../src/trace/event.ts";
import type { Facts, Trace } from "../../src/trace/trace.ts";

const P = 4096;
let line = 0;

const base = { kind: "call", outcome: "ok", error: null } as const;

/** A successful anonymous private mmap (or with the flags and file given); addresses and lengths in pages. */
export function mmap(
  result: number,
  pages: number,
  more: Partial<Extract<Call, { call: "mmap" }>> = {},
): Event {
  line += 1;
  return {
    ...base,
    call: "mmap",
    line,
    pid: 1,
    addr: 0,
    length: pages * P,
    prot: 3,
    flags: 0x22,
    fd: -1,
    offset: 0,
    result: result * P,
    ...more,
  };
}

export function munmap(addr: number, pages: number, pid = 1): Event {
  line += 1;
  return {
    ...base,
    call: "munmap",
    line,
    pid,
    addr: addr * P,
    length: pages * P,
    result: 0,
  };
}

export function mremap(
  addr: number,
  pages: number,
  newPages: number,
  result: number | null,
  more: Partial<Extract<Call, { call: "mremap" }>> = {},
): Event {
  line += 1;
  return {
    ...base,
    call: "mremap",
    line,
    pid: 1,
    addr: addr * P,
    length: pages * P,
    newLength: newPages * P,
    flags: 1,
    newAddr: null,
    result: result === null ? null : result * P,
    ...more,
  };
}

export function brk(addr: number, result: number, pid = 1): Event {
  line += 1;
  return { ...base, call: "brk", line, pid, addr: addr * P, result: result * P };
}

export function lifecycle(
  name: Lifecycle["lifecycle"],
  pid: number,
  more: Partial<Lifecycle> = {},
): Event {
  line += 1;
  return { kind: "lifecycle", lifecycle: name, line, pid, ...more };
}

export function search(result: number | null, pages: number, more: Partial<Search> = {}): Event {
  line += 1;
  return {
    kind: "search",
    line,
    pid: 1,
    length: pages * P,
    low: P,
    high: 0x7ffff7fff000,
    topDown: true,
    alignMask: 0,
    alignOffset: 0,
    result: result === null ? null : result * P,
    error: result === null ? "ENOMEM" : null,
    ...more,
  };
}

export function traceOf(events: readonly Event[], facts: Partial<Facts> = {}): Trace {
  return { name: "test", facts: { pageSize: P, recorder: "test", inferred: [], ...facts }, events };
}

/** A trace whose events are an array, to be compared and searched. */
export function listed(trace: Trace): Trace & { readonly events: readonly Event[] } {
  return { ...trace, events: [...trace.events] };
}
