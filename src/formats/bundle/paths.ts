/** Which file a mapping maps that its own call does not name, as far as its descriptor and later snapshots tell. */

import type { Call, Event, MapsArea } from "../../trace/event.ts";
import type { Events } from "../../trace/events.ts";
import { MAP_ANONYMOUS, MAP_PRIVATE, MAP_TYPE } from "../../trace/flags.ts";
import { glances } from "../../trace/glances.ts";
import { hasKind } from "../../trace/log.ts";
import { hasBit, type U64 } from "../../units.ts";
import { Spaces } from "../spaces.ts";

export type Mmap = Call & { readonly call: "mmap" };

/** Whether an mmap with this descriptor and these flags maps a file. */
export const isFileMap = (fd: number, flags: number): boolean =>
  fd >= 0 && !hasBit(flags, MAP_ANONYMOUS);

/** True for a mapping of a file. */
export function mapsFile(event: Event): event is Mmap {
  return event.kind === "call" && event.call === "mmap" && isFileMap(event.fd, event.flags);
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
    const { space, ended } = this.#spaces.follow(event);
    const unnamed = this.#bySpace.get(space) ?? new Unnamed();
    this.#bySpace.set(space, unnamed);
    if (ended !== undefined) this.#bySpace.delete(ended);
    const gone = event.kind === "call" ? replaced(event) : undefined;
    if (gone !== undefined) unnamed.drop(Number(gone[0]), Number(gone[1]));
    return unnamed;
  }
}

/** By event index, the paths of mappings that only a snapshot names. */
function shownPaths(events: Events, opened: ReadonlyMap<number, string>): Map<number, string> {
  const paths = new Map<number, string>();
  if (!hasKind(events, "snapshot")) return paths;
  const nameless = new Nameless(events);
  let index = -1;
  for (const event of events) {
    index += 1;
    const unnamed = nameless.at(event);
    if (event.kind === "snapshot") {
      for (const { index: at, call } of unnamed.all()) {
        const path = areaOf(event.areas, call)?.path;
        if (path !== undefined && !paths.has(at)) paths.set(at, path);
      }
    }
    if (!mapsFile(event) || event.file?.path !== undefined || event.result === null) continue;
    if (!opened.has(event.fd)) unnamed.add(index, event);
  }
  return paths;
}

/** Mappings of files, and where they stand. */
export function* fileMaps(events: Events): Generator<readonly [index: number, call: Mmap]> {
  for (const glance of glances(events)) {
    const event = glance.call === "mmap" ? glance.event() : undefined;
    if (event !== undefined && mapsFile(event)) yield [glance.index, event];
  }
}

/** The paths of mappings whose own call does not name them. */
export class Paths {
  readonly #opened: ReadonlyMap<number, string>;
  readonly #shown: ReadonlyMap<number, string>;
  /** By descriptor the only path that it ever had; null where it had several. */
  readonly #byFd = new Map<number, string | null>();

  constructor(events: Events, opened: ReadonlyMap<number, string>) {
    this.#opened = opened;
    this.#shown = shownPaths(events, opened);
    for (const [index, call] of fileMaps(events)) {
      const path = call.file?.path ?? this.#own(index, call);
      if (path === undefined) continue;
      const before = this.#byFd.get(call.fd);
      this.#byFd.set(call.fd, before === undefined || before === path ? path : null);
    }
  }

  #own(index: number, { fd }: Mmap): string | undefined {
    return this.#opened.get(fd) ?? this.#shown.get(index);
  }

  /** A descriptor that always names the same file where it is known names it where it is not. */
  of(index: number, call: Mmap): string | undefined {
    return this.#own(index, call) ?? this.#byFd.get(call.fd) ?? undefined;
  }
}
