/** What of a trace can go out: the same trace under pseudonyms, its times from 0 on. */

import type { Shelf } from "./block.ts";
import { type Event, execSource, growthSource, type MapsArea } from "./event.ts";
import type { OpenFile } from "./file.ts";
import { logOf } from "./log-writer.ts";
import { Pseudonyms } from "./pseudonyms.ts";
import type { Facts, Trace } from "./trace.ts";

/** Names of snapshots that say how they were taken, and not of what. */
const plainSource =
  /^(?:attach|(?:(?:strace|perf|attach)-)?s?maps(?:\.start|\.middle|\.end|\.txt)?)$/;

const warningCode = /^[a-z]+\/[a-z-]+$/;
const pciAddress = /^[0-9a-f]{4}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]$/;

/** Parts of a second that a recorder prints; nanoseconds where a double holds them. */
const unitsOf = (latest: number): number => (latest < 2 ** 22 ? 1e9 : 1e6);

/** Times less the first one, to the part of a second that was printed. */
class Clock {
  #first = Number.POSITIVE_INFINITY;
  #last = 0;

  see(event: Event): void {
    const { time } = event;
    if (time === undefined) return;
    const began = event.kind === "call" ? (event.entryTime ?? time) : time;
    this.#first = Math.min(this.#first, began, time);
    this.#last = Math.max(this.#last, time);
  }

  get isRunning(): boolean {
    return this.#first !== Number.POSITIVE_INFINITY;
  }

  /** Where a double does not hold the parts of a second, as it is. */
  since(time: number): number {
    const units = unitsOf(this.#last);
    const [at, from] = [Math.round(time * units), Math.round(this.#first * units)];
    const isWhole = Number.isSafeInteger(at) && Number.isSafeInteger(from);
    return isWhole ? (at - from) / units : time - this.#first;
  }
}

/** Pseudonyms for everything that an event holds. */
class Anonymizer {
  readonly names = new Pseudonyms();
  readonly clock = new Clock();
  readonly #inodes = new Map<number, number>([[0, 0]]);
  readonly #files = new WeakMap<OpenFile, OpenFile>();
  readonly filesystems = new Set<string>();

  get inodes(): number {
    return this.#inodes.size - 1;
  }

  facts({ command, inferred, ...facts }: Facts): Facts {
    const program = command?.split(" ")[0];
    return {
      ...facts,
      ...(program !== undefined && { command: `${this.names.path(program)} ...` }),
      inferred: inferred.map((line) =>
        line.replace(/(?<![^\s"'(])\/[^\s"']+/g, (path) => this.names.path(path)),
      ),
    };
  }

  event(event: Event): Event {
    const timed = this.#timed(event);
    switch (timed.kind) {
      case "call":
        if (timed.call === "set_vma_name")
          return timed.label === null ? timed : { ...timed, label: this.names.path(timed.label) };
        if ((timed.call === "mmap" || timed.call === "shmat") && timed.file !== undefined)
          return { ...timed, file: this.#file(timed.file) };
        return timed;
      case "lifecycle":
        return timed.path === undefined ? timed : { ...timed, path: this.names.path(timed.path) };
      case "snapshot":
        return {
          ...timed,
          source: this.#source(timed.source),
          areas: timed.areas.map((area) => this.#area(area)),
        };
      case "warning":
        return warningCode.test(timed.code)
          ? timed
          : { ...timed, code: this.names.word(timed.code) };
      default:
        return timed;
    }
  }

  #timed(event: Event): Event {
    if (event.time === undefined) return event;
    const time = this.clock.since(event.time);
    if (event.kind !== "call" || event.entryTime === undefined) return { ...event, time };
    return { ...event, time, entryTime: this.clock.since(event.entryTime) };
  }

  #file(file: OpenFile): OpenFile {
    const known = this.#files.get(file);
    if (known !== undefined) return known;
    const { path, device, filesystem } = file;
    if (filesystem !== undefined) this.filesystems.add(filesystem);
    const made = {
      ...file,
      ...(path !== undefined && { path: this.names.path(path) }),
      ...(device !== undefined && !pciAddress.test(device) && { device: this.names.word(device) }),
    };
    this.#files.set(file, made);
    return made;
  }

  #area(area: MapsArea): MapsArea {
    const inode = this.#inodes.get(area.inode) ?? this.#inodes.size;
    this.#inodes.set(area.inode, inode);
    return { ...area, inode, path: this.names.path(area.path) };
  }

  #source(source: string): string {
    const isPlain = source === growthSource || source === execSource || plainSource.test(source);
    return isPlain ? source : this.names.word(source);
  }
}

/** What was replaced, and what stays, so that the sender can judge. */
export interface Anonymized {
  readonly trace: Trace;
  /** Names in paths, of programs, of ranges and of shared memory. */
  readonly names: number;
  readonly inodes: number;
  readonly timed: boolean;
  /** Names that the kernel gives, and classes of names. */
  readonly kept: readonly string[];
  readonly filesystems: readonly string[];
}

/**
 * The trace with pseudonyms for the names of files, programs, ranges and segments, numbers for inodes, and no arguments of the
 * command. Equal names stay equal, and so does all that a replay, a report or the model depends on. `name` becomes its name.
 */
export function anonymize(trace: Trace, name: string, shelf?: Shelf): Anonymized {
  const anonymizer = new Anonymizer();
  for (const event of trace.events) anonymizer.clock.see(event);
  const facts = anonymizer.facts(trace.facts);
  const events = logOf(anonymous(trace.events, anonymizer), shelf);
  return {
    trace: { name, facts, events },
    names: anonymizer.names.size,
    inodes: anonymizer.inodes,
    timed: anonymizer.clock.isRunning,
    kept: anonymizer.names.kept,
    filesystems: [...anonymizer.filesystems].sort(),
  };
}

function* anonymous(events: Iterable<Event>, anonymizer: Anonymizer): Generator<Event, undefined> {
  for (const event of events) yield anonymizer.event(event);
}
