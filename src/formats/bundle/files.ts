/** Which file each mapping maps, from whatever beside the call tells it: descriptor tables, maps, mounts, BARs. */

import type { Event } from "../../trace/event.ts";
import type { Events } from "../../trace/events.ts";
import type { OpenFile } from "../../trace/file.ts";
import { eachMmap } from "../../trace/mmaps.ts";
import type { PciDevice } from "../../trace/trace.ts";
import { fileOf } from "../kinds.ts";
import { type Mounts, placed } from "./mounts.ts";
import { fileMaps, isFileMap, type Mmap, mapsFile, Paths } from "./paths.ts";
import { assignDevices, namedDevices, type Window, windowOf } from "./vfio.ts";

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
  const byOpen = new Map<number, Map<string, Window>>();
  for (const [index, event] of fileMaps(events)) {
    const file = filer.of(index, event);
    if (file.kind !== "vfio") continue;
    const windows = byOpen.get(file.id) ?? new Map<string, Window>();
    const [offset, length] = [Number(event.offset), Number(event.length)];
    byOpen.set(file.id, windows.set(`${offset} ${length}`, windowOf(offset, length)));
  }
  const windows = [...byOpen.values()].map((byText) => [...byText.values()]);
  const found = assignDevices(windows, namedDevices(deviceWords, devices));
  const result = new Map<number, string>();
  [...byOpen.keys()].forEach((id, index) => {
    const device = found[index];
    if (device !== undefined) result.set(id, device.address);
  });
  return result;
}

/** Tells the file of each mapping of one; feed it all of them in order. */
class Filer {
  readonly #paths: Paths;
  readonly #knowledge: Knowledge;
  readonly #opens: Opens;
  /** One open is mapped several times: it is kept once. */
  #last: OpenFile | undefined;

  constructor(paths: Paths, knowledge: Knowledge, highest: number) {
    this.#paths = paths;
    this.#knowledge = knowledge;
    this.#opens = new Opens(highest + 1);
  }

  of(index: number, call: Mmap): OpenFile {
    const path = this.#paths.of(index, call);
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
  eachMmap(events, (fd, flags, file) => {
    if (!isFileMap(fd, flags)) return;
    mapped = true;
    named &&= file?.path !== undefined && file.id >= 0;
    vfio ||= file?.kind === "vfio";
    highest = Math.max(highest, file?.id ?? 0);
  });
  return { mapped, named, vfio, highest };
}

/** The events with the file of each mapping filled in; `unknown` where nothing tells it. */
export function withFiles(events: Events, knowledge: Knowledge): Iterable<Event> {
  const { opened, mounts } = knowledge;
  const { mapped, named, vfio, highest } = lookAt(events);
  const isTold = named && !vfio && mounts.length === 0;
  if (!mapped || isTold) return events;
  const paths = new Paths(events, opened);
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
