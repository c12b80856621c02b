/** Which file each mapping maps, from whatever beside the call tells it: descriptor tables, maps, mounts, BARs. */

import type { Call, Event, MapsArea } from "../../trace/event.ts";
import type { OpenFile } from "../../trace/file.ts";
import { MAP_ANONYMOUS, MAP_PRIVATE, MAP_TYPE } from "../../trace/flags.ts";
import type { PciDevice } from "../../trace/trace.ts";
import { hasBit, type U64 } from "../../units.ts";
import { fileOf } from "../kinds.ts";
import { type Mounts, placed } from "./mounts.ts";
import { Spaces } from "./spaces.ts";
import { assignDevices, namedDevices, type Window, windowOf } from "./vfio.ts";

type Mmap = Call & { readonly call: "mmap" };

/** What is known beside the events. */
export interface Knowledge {
  /** Paths by descriptor, of files that stay open for the whole run. */
  readonly opened: ReadonlyMap<number, string>;
  readonly mounts: Mounts;
  readonly devices: readonly PciDevice[];
  /** A text in which the devices of the run stand by address, in the order in which they were opened. */
  readonly deviceWords: string;
}

const unknownFile: OpenFile = { id: -1, kind: "unknown" };

/** True for a mapping of a file. */
function mapsFile(event: Event): event is Mmap {
  return (
    event.kind === "call" &&
    event.call === "mmap" &&
    event.fd >= 0 &&
    !hasBit(event.flags, MAP_ANONYMOUS)
  );
}

/** The area that still shows this mapping: it holds the result at the offset of the call. */
function areaOf(areas: readonly MapsArea[], call: Mmap): MapsArea | undefined {
  const result = Number(call.result);
  const area = areas.find(({ start, end }) => Number(start) <= result && result < Number(end));
  if (area === undefined || area.path === "" || area.path.startsWith("[")) return undefined;
  const shared = call.flags % (MAP_TYPE + 1) !== MAP_PRIVATE;
  if ((area.perms[3] === "s") !== shared) return undefined;
  // The kernel changes the offset of VFIO areas to the physical address, or keeps it, by version.
  const same = Number(area.offset) + result - Number(area.start) === Number(call.offset);
  return same || area.path.startsWith("anon_inode:") ? area : undefined;
}

interface Waiting {
  readonly start: number;
  readonly index: number;
  readonly call: Mmap;
}

/** Mappings of one space whose file is not known, ascending, as long as their first page is still theirs. */
class Unnamed {
  readonly #waiting: Waiting[] = [];

  #first(at: number): number {
    let low = 0;
    let high = this.#waiting.length;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if ((this.#waiting[middle]?.start ?? 0) >= at) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** The bytes from `start` on belong to nothing, or to something else. */
  drop(start: number, length: number): void {
    const from = this.#first(start);
    this.#waiting.splice(from, this.#first(start + length) - from);
  }

  add(index: number, call: Mmap): void {
    const start = Number(call.result);
    this.#waiting.splice(this.#first(start), 0, { start, index, call });
  }

  all(): readonly Waiting[] {
    return this.#waiting;
  }
}

/** What a call leaves nothing of: the range that it unmaps or maps anew. */
function replaced(call: Call): readonly [U64, U64] | undefined {
  if (call.outcome !== "ok" || call.result === null) return undefined;
  if (call.call === "mmap") return [call.result, call.length];
  if (call.call === "munmap") return [call.addr, call.length];
  return call.call === "mremap" && call.result !== call.addr ? [call.addr, call.length] : undefined;
}

/** Paths by event index. */
function recordedPaths(
  events: readonly Event[],
  opened: ReadonlyMap<number, string>,
): Map<number, string> {
  const paths = new Map<number, string>();
  const spaces = new Spaces(events);
  const bySpace = new Map<number, Unnamed>();
  events.forEach((event, index) => {
    const { space } = spaces.follow(event);
    const unnamed = bySpace.get(space) ?? new Unnamed();
    bySpace.set(space, unnamed);
    if (event.kind === "snapshot") {
      for (const { index: at, call } of unnamed.all()) {
        const path = areaOf(event.areas, call)?.path;
        if (path !== undefined && !paths.has(at)) paths.set(at, path);
      }
    }
    if (event.kind !== "call") return;
    const gone = replaced(event);
    if (gone !== undefined) unnamed.drop(Number(gone[0]), Number(gone[1]));
    if (!mapsFile(event)) return;
    const known = event.file?.path ?? opened.get(event.fd);
    if (known !== undefined) paths.set(index, known);
    else if (event.result !== null) unnamed.add(index, event);
  });
  return paths;
}

/** A descriptor that always names the same file where it is known names it where it is not. */
function inherit(events: readonly Event[], paths: Map<number, string>): void {
  const byFd = new Map<number, string | null>();
  events.forEach((event, index) => {
    const path = paths.get(index);
    if (!mapsFile(event) || path === undefined) return;
    const before = byFd.get(event.fd);
    byFd.set(event.fd, before === undefined || before === path ? path : null);
  });
  events.forEach((event, index) => {
    if (!mapsFile(event) || paths.has(index)) return;
    const path = byFd.get(event.fd);
    if (typeof path === "string") paths.set(index, path);
  });
}

/** Numbers for opens that nothing else numbers: the same descriptor and path, one after the other. */
class Opens {
  readonly #last = new Map<number, { readonly path: string; readonly id: number }>();
  #next: number;

  constructor(next: number) {
    this.#next = next;
  }

  id(fd: number, path: string): number {
    const last = this.#last.get(fd);
    if (last?.path === path) return last.id;
    const id = this.#next++;
    this.#last.set(fd, { path, id });
    return id;
  }
}

/** VFIO descriptors with the windows that they map, and the device of each. */
function vfioDevices(
  events: readonly Event[],
  files: ReadonlyMap<number, OpenFile>,
  { devices, deviceWords }: Knowledge,
): ReadonlyMap<number, string> {
  const byOpen = new Map<number, Window[]>();
  for (const [index, file] of files) {
    const event = events[index];
    if (event === undefined || !mapsFile(event) || file.kind !== "vfio") continue;
    const windows = byOpen.get(file.id) ?? [];
    windows.push(windowOf(Number(event.offset), Number(event.length)));
    byOpen.set(file.id, windows);
  }
  const found = assignDevices([...byOpen.values()], namedDevices(deviceWords, devices));
  const result = new Map<number, string>();
  [...byOpen.keys()].forEach((id, index) => {
    const device = found[index];
    if (device !== undefined) result.set(id, device.address);
  });
  return result;
}

/** The events with the file of each mapping filled in; `unknown` where nothing tells it. */
export function withFiles(events: readonly Event[], knowledge: Knowledge): readonly Event[] {
  const paths = recordedPaths(events, knowledge.opened);
  inherit(events, paths);
  const files = new Map<number, OpenFile>();
  const highest = events.reduce(
    (most, event) => (mapsFile(event) ? Math.max(most, event.file?.id ?? 0) : most),
    Math.max(0, ...knowledge.opened.keys()),
  );
  const opens = new Opens(highest + 1);
  events.forEach((event, index) => {
    if (!mapsFile(event)) return;
    const path = paths.get(index);
    const known = event.file ?? (path === undefined ? unknownFile : fileOf(path, -1));
    if (known.path === undefined) {
      files.set(index, known);
      return;
    }
    const id = opened(knowledge, event, known) ?? opens.id(event.fd, known.path);
    files.set(index, placed({ ...known, id }, knowledge.mounts));
  });
  const devices = vfioDevices(events, files, knowledge);
  return events.map((event, index) => {
    const file = files.get(index);
    if (file === undefined || !mapsFile(event)) return event;
    const device = file.device ?? devices.get(file.id);
    return {
      ...event,
      file: device === undefined || file.kind !== "vfio" ? file : { ...file, device },
    };
  });
}

/** The number of an open that the recording, or the program's own table, tells apart. */
function opened(knowledge: Knowledge, call: Mmap, file: OpenFile): number | undefined {
  if (file.id >= 0) return file.id;
  return knowledge.opened.has(call.fd) ? call.fd : undefined;
}
