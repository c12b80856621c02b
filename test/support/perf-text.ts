/** What tests of perf script text share: readers, short forms of events, and lines. */

import { perfScript } from "../../src/formats/perf-script.ts";
import type { Call, Event } from "../../src/trace/event.ts";
import { readWith, sample } from "./samples.ts";

export const read = (text: string | Uint8Array): ReturnType<typeof readWith> =>
  readWith(perfScript, text);
export const readSample = (name: string): ReturnType<typeof readWith> => read(sample(name));

/** Lines of one task in the default columns; each call takes two lines. */
export function text(...events: readonly string[]): string {
  return events.map((event, at) => `  zoo  7 [000]  1.${100 + at}: ${event}\n`).join("");
}

/** `2 mmap 0x1000`: line, what, result or error. */
function brief(event: Event): string {
  switch (event.kind) {
    case "call": {
      const result = event.result === null ? event.error : `0x${event.result.toString(16)}`;
      return `${event.line} ${event.call} ${result ?? event.outcome}`;
    }
    case "search":
      return `${event.line} search ${event.result === null ? event.error : `0x${event.result.toString(16)}`}`;
    case "lifecycle":
      return `${event.line} ${event.lifecycle} ${event.child ?? event.path ?? ""}`.trimEnd();
    default:
      return `${event.line} ${event.kind}`;
  }
}

export const briefly = (events: readonly Event[]): readonly string[] => events.map(brief);

/** Without what depends on columns and on lines around the events. */
export function bare(events: readonly Event[]): readonly object[] {
  return events
    .filter((event) => event.kind !== "snapshot")
    .map((event) => {
      const { line: _, time: __, entryLine: ___, entryTime: ____, ...rest } = event as Call;
      return rest;
    });
}

export const mmap =
  "addr: 0x00000000, len: 0x00002000, prot: 0x00000003, flags: 0x00000022, fd: 0xffffffff, off: 0x00000000";
export const search =
  "mmap:vm_unmapped_area: addr=0x7f000 err=0 total_vm=0x102 flags=0x1 len=0x2000 lo=0x1000 hi=0x81000 mask=0x0 ofs=0x0";
