/** What the events themselves prove of a machine whose facts were not recorded. */

import { hasBit, pagesFor, type U64 } from "../units.ts";
import { AddressBits, mayTellWidth } from "./address-bits.ts";
import type { Block, Shelf } from "./block.ts";
import type { Call, Event, LifecycleName, Search } from "./event.ts";
import type { Events } from "./events.ts";
import { fileKey, type OpenFile } from "./file.ts";
import { MAP_ANONYMOUS, MAP_POPULATE, MAP_SHARED } from "./flags.ts";
import { EventLog, hasKind } from "./log.ts";
import { logOf } from "./log-writer.ts";
import { Moves } from "./moves.ts";
import { includes, type Packed, reaches, unpack } from "./packed.ts";
import { columnsOf } from "./shapes.ts";
import { SortedRows } from "./sorted-rows.ts";
import type { Facts, Trace } from "./trace.ts";

type Mmap = Extract<Call, { call: "mmap" }>;

/** How liburing maps its rings. */
const ringFlags = MAP_SHARED + MAP_POPULATE;

/** Offsets at which io_uring_setup(2) says that its rings are mapped: completion queue and submission entries. */
const ringOffsets: ReadonlySet<U64> = new Set([0x800_0000, 0x1000_0000]);

/** Releases that pad a PMD multiple without a hint for every file without a hook (ed48e87c7df3 to 34d7cf637c43). */
const padsUnhooked = /^6\.1[0-2]\./;

/** What the searches and the arguments of a call prove of its file, where the recording does not name it well. */
function provenFile(
  call: Mmap,
  searches: readonly Search[],
  { pageSize: page, kernel = "" }: Facts,
): OpenFile | undefined {
  const { file } = call;
  if (file?.filesystem !== undefined) return undefined;
  const kind = file?.kind ?? "unknown";
  const pages = pagesFor(call.length, page);
  // A table of page-table entries, of eight bytes each, maps a PMD.
  const pmd = page / 8;
  const sought = searches[0] === undefined ? undefined : pagesFor(searches[0].length, page);
  const isArena = sought === 2 * pages;
  if (kind === "bpf-map" && isArena) return { id: -1, ...file, kind: "bpf-arena" };
  if (kind !== "unknown" && kind !== "regular") return undefined;
  const mask = searches.find(({ alignMask }) => alignMask !== 0)?.alignMask;
  if (mask !== undefined)
    return { id: -1, ...file, kind: "hugetlb", hugePage: Number(mask) + page };
  if (kind !== "unknown") return undefined;
  if (call.flags === ringFlags && ringOffsets.has(call.offset))
    return { id: -1, ...file, kind: "io-uring" };
  if (sought === undefined) return undefined;
  if (sought === pages + pmd) return { id: -1, ...file, kind: "regular" };
  if (isArena) return { id: -1, ...file, kind: "bpf-arena" };
  const hooked = padsUnhooked.test(kernel) && pages % pmd === 0 && call.addr === 0;
  return { id: -1, ...file, kind: hooked ? "bpf-map" : "device" };
}

/** Files of single events, each kind of them once. */
class Proven {
  readonly #files: OpenFile[] = [];
  readonly #places = new Map<string, number>();
  /** Index of the event, and the place of its file. */
  readonly #rows: SortedRows;

  constructor(shelf: Shelf | undefined) {
    this.#rows = new SortedRows(shelf);
  }

  get isEmpty(): boolean {
    return this.#rows.isEmpty;
  }

  put(index: number, file: OpenFile): void {
    const key = fileKey(file);
    const place = this.#places.get(key) ?? this.#files.push(file) - 1;
    this.#places.set(key, place);
    this.#rows.push([index, place]);
  }

  /** The events with these files. */
  *filled(events: Events): Generator<Event, undefined> {
    const rows = this.#rows[Symbol.iterator]();
    let [next, place = 0] = rows.next().value ?? [];
    let index = 0;
    for (const event of events) {
      if (index !== next) yield event;
      else {
        yield { ...event, file: this.#files[place] } as Event;
        [next, place = 0] = rows.next().value ?? [];
      }
      index += 1;
    }
  }
}

/** Searches of one call that are looked at: the kernel makes at most a few. */
const mostSearches = 64;

/** What ends a task: its searches are those of no call that comes. */
const endings: ReadonlySet<LifecycleName> = new Set(["exit", "killed", "superseded"]);

/** What one walk over the events proves. */
interface Proofs {
  readonly files: Proven;
  readonly bits: AddressBits;
  /** A file is mapped whose filesystem is not known. */
  readonly unplaced: boolean;
}

/**
 * Files that their own searches prove: only hugetlb passes an alignment mask to vm_unmapped_area() where the CPU has no
 * cache colouring; only io_uring is mapped at its magic offsets; and a file of which nothing at all is recorded has a
 * placement hook if its first search asks for a PMD more than the call, and is an arena if it asks for twice as much.
 */
function proofsIn(events: Events, facts: Facts, shelf: Shelf | undefined): Proofs {
  const files = new Proven(shelf);
  const searches = new Map<number | null, Search[]>();
  const bits = new AddressBits(facts);
  let unplaced = false;
  let index = -1;
  for (const event of events) {
    index += 1;
    bits.see(event);
    unplaced ||= isUnplaced(event);
    if (event.kind === "search") {
      const waiting = searches.get(event.pid) ?? [];
      if (waiting.push(event) > mostSearches) waiting.shift();
      searches.set(event.pid, waiting);
    }
    if (event.kind === "lifecycle" && endings.has(event.lifecycle)) searches.delete(event.pid);
    if (event.kind !== "call") continue;
    const began = event.entryLine ?? event.line;
    const seen = (searches.get(event.pid) ?? []).filter(({ line }) => line >= began);
    searches.delete(event.pid);
    if (event.call !== "mmap" || event.fd < 0 || hasBit(event.flags, MAP_ANONYMOUS)) continue;
    const file = provenFile(event, seen, facts);
    if (file !== undefined) files.put(index, file);
  }
  return { files, bits, unplaced };
}

/**
 * The events with each exec before its own searches: sched_process_exec is printed when the new image is complete
 * (fs/exec.c exec_binprm), after the loader and the vdso were placed.
 */
function execsFirst(events: Events, shelf: Shelf | undefined): Events {
  if (!hasKind(events, "search") || !hasKind(events, "lifecycle")) return events;
  const moves = new Moves(shelf);
  const own = new Map<number | null, number[]>();
  let index = -1;
  for (const event of events) {
    index += 1;
    if (event.kind === "search") {
      const waiting = own.get(event.pid) ?? [];
      if (waiting.push(index) > mostSearches) waiting.shift();
      own.set(event.pid, waiting);
      continue;
    }
    const waiting = own.get(event.pid) ?? [];
    own.delete(event.pid);
    if (event.kind !== "lifecycle" || event.lifecycle !== "exec") continue;
    for (const [at, search] of waiting.entries())
      moves.put(search, index + (at + 1) / (waiting.length + 1), index);
  }
  const moved = moves.applied(events);
  return moved === events ? events : logOf(moved, shelf);
}

/** True for a file on a filesystem that was not recorded. */
const isSomewhere = ({ kind, filesystem }: OpenFile): boolean =>
  kind === "regular" && filesystem === undefined;

const isUnplaced = (event: Event): boolean =>
  event.kind === "call" &&
  event.call === "mmap" &&
  event.file !== undefined &&
  isSomewhere(event.file);

function hasUnplaced(events: Events): boolean {
  for (const event of events) if (isUnplaced(event)) return true;
  return false;
}

const anywhere =
  "files whose filesystem was not recorded are taken to be on one with a placement hook";

/** What is taken for granted where neither the recording nor its searches say it. */
function withAssumptions(facts: Facts, unplaced: boolean): Facts {
  if (facts.inferred.includes(anywhere) || !unplaced) return facts;
  return { ...facts, inferred: [...facts.inferred, anywhere] };
}

/** Columns of results, which may be stored as the address, and of how files are mapped. */
const resultColumns: readonly number[] = [
  ...columnsOf(["mmap", "mremap"], "result"),
  ...columnsOf(["mmap", "mremap"], "addr"),
];
const flagColumns = columnsOf(["mmap"], "flags");
const fileColumns = columnsOf(["mmap"], "file");

const someOf = (
  { columns }: Block,
  ids: readonly number[],
  is: (column: Packed) => boolean,
): boolean =>
  ids.some((id) => {
    const column = columns.get(id);
    return column !== undefined && is(column);
  });

/** True if the columns of a block without searches show that its events may prove something. */
const mayProve = (block: Block, facts: Facts): boolean =>
  mayTellWidth(facts, (least) =>
    someOf(block, resultColumns, (column) => reaches(column, least)),
  ) || someOf(block, flagColumns, (column) => includes(column, ringFlags));

/** True if the columns show that a file is mapped whose filesystem is not known. */
function mapsUnplaced(block: Block): boolean {
  const { files, firstFile } = block.tables;
  const isOdd = files.map(isSomewhere);
  if (!isOdd.includes(true)) return false;
  return someOf(block, fileColumns, (column) =>
    unpack(column).some((file) => isOdd[file - firstFile] === true),
  );
}

/**
 * What can be told of events that prove nothing, without making them: whether a file is mapped whose filesystem is not
 * known. Undefined if some may prove something.
 */
function toldByColumns({ events, facts }: Trace): { readonly unplaced: boolean } | undefined {
  if (!(events instanceof EventLog) || hasKind(events, "search")) return undefined;
  let unplaced = facts.inferred.includes(anywhere);
  for (const slot of events.slots) {
    const block = slot.block();
    if (mayProve(block, facts)) return undefined;
    unplaced ||= mapsUnplaced(block);
  }
  return { unplaced };
}

/** A trace with everything that its own events prove. */
export function proven(trace: Trace, shelf?: Shelf): Trace {
  const told = toldByColumns(trace);
  if (told !== undefined) return { ...trace, facts: withAssumptions(trace.facts, told.unplaced) };
  const ordered = execsFirst(trace.events, shelf);
  const { files, bits, ...seen } = proofsIn(ordered, trace.facts, shelf);
  const isOrdered = ordered === trace.events;
  const changed = !isOrdered || !files.isEmpty;
  const events = files.isEmpty ? ordered : logOf(files.filled(ordered), shelf);
  const unplaced = changed ? hasUnplaced(events) : seen.unplaced;
  return { ...trace, facts: withAssumptions(bits.added(trace.facts), unplaced), events };
}
