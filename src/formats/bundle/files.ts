/** Which file each mapping maps, from whatever beside the call tells it: descriptor tables, maps, mounts, BARs. */

import type { Call, Event, MapsArea } from "../../trace/event.ts";
import type { Events } from "../../trace/events.ts";
import type { OpenFile } from "../../trace/file.ts";
import { MAP_ANONYMOUS, MAP_PRIVATE, MAP_TYPE } from "../../trace/flags.ts";
import { hasKind } from "../../trace/log.ts";
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

/** Mappings without a known file, by space; only snapshots can name them. */
class Nameless {
  readonly #spaces: Spaces;
  readonly #bySpace = new Map<number, Unnamed>();

  constructor(events: Events) {
    this.#spaces = new Spaces(events);
  }

  /** Those of the space in which the event takes place, without what the event leaves nothing of. */
  at(event: Event): Unnamed {
    const { space } = this.#spaces.follow(event);
    const unnamed = this.#bySpace.get(space) ?? new Unnamed();
    this.#bySpace.set(space, unnamed);
    const gone = event.kind === "call" ? replaced(event) : undefined;
    if (gone !== undefined) unnamed.drop(Number(gone[0]), Number(gone[1]));
    return unnamed;
  }
}

/** By event index, the paths of mappings whose own call does not name them. */
function recordedPaths(events: Events, opened: ReadonlyMap<number, string>): Map<number, string> {
  const paths = new Map<number, string>();
  const nameless = hasKind(events, "snapshot") ? new Nameless(events) : undefined;
  let index = -1;
  for (const event of events) {
    index += 1;
    const unnamed = nameless?.at(event);
    if (event.kind === "snapshot") {
      for (const { index: at, call } of unnamed?.all() ?? []) {
        const path = areaOf(event.areas, call)?.path;
        if (path !== undefined && !paths.has(at)) paths.set(at, path);
      }
    }
    if (!mapsFile(event) || event.file?.path !== undefined) continue;
    const known = opened.get(event.fd);
    if (known !== undefined) paths.set(index, known);
    else if (event.result !== null) unnamed?.add(index, event);
  }
  return paths;
}

/** Mappings of files, and where they stand. */
function* fileMaps(events: Events): Generator<readonly [index: number, call: Mmap]> {
  let index = -1;
  for (const event of events) {
    index += 1;
    if (mapsFile(event)) yield [index, event];
  }
}

/** A descriptor that always names the same file where it is known names it where it is not. */
function inherit(events: Events, paths: Map<number, string>): void {
  const byFd = new Map<number, string | null>();
  let isKnown = true;
  for (const [index, { fd, file }] of fileMaps(events)) {
    const path = file?.path ?? paths.get(index);
    isKnown &&= path !== undefined;
    if (path === undefined) continue;
    const before = byFd.get(fd);
    byFd.set(fd, before === undefined || before === path ? path : null);
  }
  if (isKnown) return;
  for (const [index, { fd, file }] of fileMaps(events)) {
    if (file?.path !== undefined || paths.has(index)) continue;
    const path = byFd.get(fd);
    if (typeof path === "string") paths.set(index, path);
  }
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
  events: Events,
  filer: Filer,
  { devices, deviceWords }: Knowledge,
): ReadonlyMap<number, string> {
  const byOpen = new Map<number, Window[]>();
  for (const [index, event] of fileMaps(events)) {
    const file = filer.of(index, event);
    if (file.kind !== "vfio") continue;
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

/** Tells the file of each mapping of one; feed it all of them in order. */
class Filer {
  readonly #paths: ReadonlyMap<number, string>;
  readonly #knowledge: Knowledge;
  readonly #opens: Opens;
  /** One open is mapped several times: it is kept once. */
  #last: OpenFile | undefined;

  constructor(paths: ReadonlyMap<number, string>, knowledge: Knowledge, highest: number) {
    this.#paths = paths;
    this.#knowledge = knowledge;
    this.#opens = new Opens(highest + 1);
  }

  of(index: number, call: Mmap): OpenFile {
    const path = this.#paths.get(index);
    const known = call.file ?? (path === undefined ? unknownFile : fileOf(path, -1));
    if (known.path === undefined) this.#last = known;
    else {
      const id = opened(this.#knowledge, call, known) ?? this.#opens.id(call.fd, known.path);
      const found = placed({ ...known, id }, this.#knowledge.mounts);
      if (this.#last === undefined || !isSame(this.#last, found)) this.#last = found;
    }
    return this.#last;
  }
}

const isSame = (a: OpenFile, b: OpenFile): boolean =>
  a.id === b.id &&
  a.kind === b.kind &&
  a.path === b.path &&
  a.filesystem === b.filesystem &&
  a.huge === b.huge &&
  a.hugePage === b.hugePage &&
  a.device === b.device;

/** What a first look at the mappings of files tells. */
interface Look {
  readonly mapped: boolean;
  /** Every call names its file, and which open of it. */
  readonly named: boolean;
  readonly vfio: boolean;
  /** The highest id of a file. */
  readonly highest: number;
}

function lookAt(events: Events): Look {
  let [mapped, named, vfio, highest] = [false, true, false, 0];
  for (const [, { file }] of fileMaps(events)) {
    mapped = true;
    named &&= file?.path !== undefined && file.id >= 0;
    vfio ||= file?.kind === "vfio";
    highest = Math.max(highest, file?.id ?? 0);
  }
  return { mapped, named, vfio, highest };
}

/** The events with the file of each mapping filled in; `unknown` where nothing tells it. */
export function withFiles(events: Events, knowledge: Knowledge): Iterable<Event> {
  const { opened, mounts } = knowledge;
  const { mapped, named, vfio, highest } = lookAt(events);
  const isTold = named && !vfio && mounts.length === 0;
  if (!mapped || isTold) return events;
  const paths = recordedPaths(events, opened);
  inherit(events, paths);
  let last = highest;
  for (const fd of opened.keys()) last = Math.max(last, fd);
  const filer = (): Filer => new Filer(paths, knowledge, last);
  return withEach(events, filer(), vfioDevices(events, filer(), knowledge));
}

function* withEach(
  events: Events,
  filer: Filer,
  devices: ReadonlyMap<number, string>,
): Generator<Event> {
  let index = -1;
  for (const event of events) {
    index += 1;
    if (!mapsFile(event)) {
      yield event;
      continue;
    }
    const file = filer.of(index, event);
    const device = file.device ?? devices.get(file.id);
    const isDevice = device !== undefined && file.kind === "vfio";
    yield { ...event, file: isDevice ? { ...file, device } : file };
  }
}

/** The number of an open that the recording, or the program's own table, tells apart. */
function opened(knowledge: Knowledge, call: Mmap, file: OpenFile): number | undefined {
  if (file.id >= 0) return file.id;
  return knowledge.opened.has(call.fd) ? call.fd : undefined;
}
