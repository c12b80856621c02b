/** How an event is printed for scripts: the objects of the `events` command. */

import { hex, type U64 } from "../units.ts";
import type { Call, Event, MapsArea, Search } from "./event.ts";
import {
  adviceValues,
  type FlagTable,
  flagNames,
  mlockallFlags,
  mlockFlags,
  mmapFlags,
  mremapFlags,
  protFlags,
  sealFlags,
  shadowStackFlags,
  shmFlags,
  valueName,
} from "./flag-names.ts";

type JsonValue = string | number | bigint | boolean | null | readonly string[];
export type EventObject = Readonly<Record<string, JsonValue | Readonly<Record<string, string>>>>;

const range = ({ addr, length }: { readonly addr: U64; readonly length: U64 }): EventObject => ({
  addr: hex(addr),
  length,
});

const lockFlags = (call: "mlock" | "munlock" | "mseal"): FlagTable =>
  call === "mseal" ? sealFlags : mlockFlags;

/** True if the kernel could not read the arguments, which old mmap has in memory: length 0 is EINVAL, not EFAULT. */
const isUnread = ({
  error,
  length,
}: {
  readonly error: string | null;
  readonly length: U64;
}): boolean => error === "EFAULT" && length === 0;

const unread: EventObject = {
  addr: null,
  length: null,
  prot: null,
  flags: null,
  fd: null,
  offset: null,
};

/** The arguments of a call under their published names. */
function argumentsOf(call: Call): EventObject {
  switch (call.call) {
    case "mmap":
      if (isUnread(call)) return unread;
      return {
        ...range(call),
        prot: flagNames(protFlags, call.prot),
        flags: flagNames(mmapFlags, call.flags),
        fd: call.fd,
        offset: hex(call.offset),
      };
    case "munmap":
      return range(call);
    case "mremap":
      return {
        ...range(call),
        new_length: call.newLength,
        flags: flagNames(mremapFlags, call.flags),
        new_addr: call.newAddr === null ? null : hex(call.newAddr),
      };
    case "brk":
    case "shmdt":
      return { addr: hex(call.addr) };
    case "mprotect":
      return { ...range(call), prot: flagNames(protFlags, call.prot) };
    case "madvise":
      return { ...range(call), advice: valueName(adviceValues, call.advice) };
    case "shmat":
      return { shmid: call.shmid, addr: hex(call.addr), flags: flagNames(shmFlags, call.flags) };
    case "remap_file_pages":
      return {
        ...range(call),
        prot: flagNames(protFlags, call.prot),
        pgoff: call.pgoff,
        flags: flagNames(mmapFlags, call.flags),
      };
    case "mlock":
    case "munlock":
    case "mseal":
      return call.flags === undefined
        ? range(call)
        : { ...range(call), flags: flagNames(lockFlags(call.call), call.flags) };
    case "mlockall":
      return { flags: flagNames(mlockallFlags, call.flags) };
    case "munlockall":
      return {};
    case "map_shadow_stack":
      return { ...range(call), flags: flagNames(shadowStackFlags, call.flags) };
    case "set_vma_name":
      return { ...range(call), label: call.label };
    case "mbind":
      return { ...range(call), policy: call.policy };
    case "userfaultfd":
      return { ...range(call), watch: call.watch };
  }
}

/** The id that the recorder prints; what was concluded from other lines is not printed again. */
const printedPid = ({ bare, pid }: Event): number | null => (bare === true ? null : pid);

function callObject(call: Call): EventObject {
  return {
    line: call.line,
    ...(call.entryLine === undefined ? {} : { entry_line: call.entryLine }),
    pid: printedPid(call),
    call: call.call,
    ...(call.name === undefined ? {} : { name: call.name }),
    ...argumentsOf(call),
    result: call.result === null ? null : hex(call.result),
    error: call.error,
    outcome: call.outcome,
  };
}

function searchObject(search: Search): EventObject {
  return {
    line: search.line,
    pid: search.pid,
    call: "vm_unmapped_area",
    length: search.length,
    low: hex(search.low),
    high: hex(search.high),
    topdown: search.topDown,
    align_mask: hex(search.alignMask),
    align_offset: hex(search.alignOffset),
    result: search.result === null ? null : hex(search.result),
    error: search.error,
    outcome: search.error === null ? "ok" : "error",
  };
}

function areaObject({ line, start, end, perms, offset, path }: MapsArea): EventObject {
  const vma = { start: hex(start), end: hex(end), perms, offset: hex(offset), path };
  return { line, vma };
}

/** The lines of one event: one, or one for each area of a snapshot; page faults have none. */
export function eventJson(event: Event): readonly EventObject[] {
  const { line } = event;
  const pid = printedPid(event);
  switch (event.kind) {
    case "call":
      return [callObject(event)];
    case "search":
      return [searchObject(event)];
    case "lifecycle":
      return [{ line, lifecycle: event.lifecycle, pid }];
    case "warning":
      return [{ line, warning: event.code, pid }];
    case "lost":
      return [{ line, warning: "parse/lost-events", pid }];
    case "snapshot":
      return event.areas.map(areaObject);
    case "fault":
      return [];
  }
}

/** One line of JSON. Lengths are whole numbers with all their digits, also above 2^53. */
export function jsonLine(object: EventObject): string {
  const fields = Object.entries(object);
  if (!fields.some(([, value]) => typeof value === "bigint")) return JSON.stringify(object);
  const printed = fields.map(([name, value]) => {
    const text = typeof value === "bigint" ? value.toString() : JSON.stringify(value);
    return `"${name}":${text}`;
  });
  return `{${printed.join(",")}}`;
}
