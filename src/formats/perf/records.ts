/** What perf's own records say about tasks and mappings. */

import type { MapsArea } from "../../trace/event.ts";
import { parseHex, type U64 } from "../../units.ts";
import { isTask } from "./line.ts";

/** A task as `PID:TID` or `PID/TID`. */
export interface TaskId {
  readonly pid: number;
  readonly tid: number;
}

/** The VMA that a mapping call, or exec, left behind: the whole of it, after merging. */
export interface Mapped extends TaskId {
  readonly area: MapsArea;
}

/** `(PID:TID):(PPID:PTID)` of FORK and EXIT. */
export function relationOf(body: string): { task: TaskId; parent: TaskId } | undefined {
  const ids = /\((-?\d+):(-?\d+)\):\((-?\d+):(-?\d+)\)/.exec(body)?.slice(1).map(Number);
  if (ids === undefined || !ids.every(isTask)) return undefined;
  const [pid = 0, tid = 0, parentPid = 0, parentTid = 0] = ids;
  return { task: { pid, tid }, parent: { pid: parentPid, tid: parentTid } };
}

/** Zero is printed without 0x. */
const mmap =
  /^(-?\d+)\/(-?\d+): \[(?:0x)?([0-9a-f]+)\(0x([0-9a-f]+)\) @ (?:0x)?([0-9a-f]+)(?: ([0-9a-f]+:[0-9a-f]+) (\d+) \d+)?(?: <[0-9a-f]*>)?\]: (\S+) ?(.*)$/s;

/** The end of a range; undefined if it lies above 64 bits. */
const endOf = (start: U64, length: U64): U64 | undefined =>
  parseHex((BigInt(start) + BigInt(length)).toString(16));

/** MMAP and MMAP2, undefined if they cannot be; a build id stands in place of device and inode, which are then "" and 0. */
export function mappedOf(body: string, line: number): Mapped | undefined {
  const match = mmap.exec(body);
  if (match === null || !isTask(Number(match[1])) || !isTask(Number(match[2]))) return undefined;
  const [, pid, tid, startText, lengthText, offsetText, device, inode, perms, path] = match;
  const start = parseHex(startText ?? "");
  const length = parseHex(lengthText ?? "");
  const offset = parseHex(offsetText ?? "");
  if (start === undefined || length === undefined || offset === undefined) return undefined;
  const end = endOf(start, length);
  if (end === undefined) return undefined;
  // maps prints no offset of what has no file (show_map_vma in fs/proc/task_mmu.c); perf prints its pgoff.
  const anonymous = path === "//anon" || path?.startsWith("[") === true;
  return {
    pid: Number(pid),
    tid: Number(tid),
    area: {
      line,
      start,
      end,
      perms: perms ?? "",
      offset: anonymous ? 0 : offset,
      device: device ?? "",
      inode: Number(inode ?? 0),
      path: path === "//anon" ? "" : (path ?? ""),
    },
  };
}
