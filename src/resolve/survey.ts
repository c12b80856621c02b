/** What a first pass over the events finds out about each address space before any call is resolved. */

import type { Shelf } from "../trace/block.ts";
import { type Event, growthSource, type Search, type Snapshot } from "../trace/event.ts";
import type { Events } from "../trace/events.ts";
import {
  hasNewAddr,
  MAP_32BIT,
  MAP_FIXED,
  MAP_FIXED_NOREPLACE,
  MAP_HUGETLB,
  PROT_WRITE,
} from "../trace/flags.ts";
import { hasKind, timeless } from "../trace/log.ts";
import { type Kinship, kinship, Tasks } from "../trace/tasks.ts";
import type { Facts } from "../trace/trace.ts";
import { alignUp, hasBit, pageOf, pagesFor, type U64 } from "../units.ts";
import { Live } from "./live.ts";
import { Surveys } from "./surveys.ts";

export interface SpaceSurvey {
  readonly space: number;
  readonly parent: number | null;
  readonly pid: number | null;
  readonly command?: string;
  /** Begun by an exec inside the recording. */
  exec: boolean;
  /** Lowest limit of a top-down search: mmap_base. Bytes. */
  topHigh?: U64;
  /** Lowest limit of a bottom-up search without MAP_32BIT. Bytes. */
  upLow?: U64;
  /** Searches before the first call: exec's own, for loader and vdso. Event indices. */
  execSearches: number[];
  /** The first recorded state. */
  snapshot?: Snapshot;
  /** Page at which the heap begins, from the first brk result. */
  brkStart?: number;
  /** Highest end of a mapping that the kernel placed without a hint; pages. */
  unhintedEnd: number;
  /** Lowest start of such a mapping without MAP_32BIT; pages. */
  unhintedStart?: number;
  /** What calls had placed before the first state, whether it is still there or not. */
  placed?: Live<null> | undefined;
  /** Ranges made read-only before the first state: RELRO, when exec made them. */
  relro?: { readonly start: number; readonly end: number }[] | undefined;
  /** False until the first call. */
  called: boolean;
}

export interface Survey {
  readonly kinship: Kinship;
  /** Those that are no copies, and copies that live to the end; who is done with one deletes it. */
  readonly spaces: Surveys;
}

/** Shared by all that have none. */
const none: number[] = [];

/** Length of a mapping in pages, hugetlb lengths rounded to the huge page as ksys_mmap_pgoff() does. */
export function mappedPages(length: U64, pageBytes: number, hugeBytes: number | undefined): number {
  const pages = pagesFor(length, pageBytes);
  return hugeBytes === undefined ? pages : alignUp(pages, hugeBytes / pageBytes);
}

/** Bytes of a huge page that the flags of mmap ask for; undefined without MAP_HUGETLB. */
export function hugeBytesOf(flags: number, defaultBytes: number): number | undefined {
  if (!hasBit(flags, MAP_HUGETLB)) return undefined;
  const shift = Math.floor(flags / 2 ** 26) % 64;
  return shift === 0 ? defaultBytes : 2 ** shift;
}

/** The PMD size of a page size: what hugetlb uses by default on every architecture modelled. */
export function defaultHugeBytes(pageBytes: number): number {
  return (pageBytes / 8) * pageBytes;
}

/** The kernel chose this place; `low`: for MAP_32BIT. */
function chosen(survey: SpaceSurvey, start: number, pages: number, low = false): void {
  survey.unhintedEnd = Math.max(survey.unhintedEnd, start + pages);
  if (!low) survey.unhintedStart = Math.min(survey.unhintedStart ?? start, start);
}

class Surveyor {
  readonly #facts: Facts;
  readonly #segments: ReadonlyMap<number, U64>;
  readonly #tasks: Tasks;
  readonly #touches: boolean;
  readonly spaces: Surveys;

  constructor(
    facts: Facts,
    evidence: Kinship,
    segments: ReadonlyMap<number, U64>,
    touches: boolean,
    shelf: Shelf | undefined,
  ) {
    this.spaces = new Surveys(shelf);
    this.#facts = facts;
    this.#touches = touches;
    this.#segments = segments;
    this.#tasks = new Tasks(evidence);
  }

  #add(space: number, pid: number | null, parent: number | null, command?: string): SpaceSurvey {
    const survey: SpaceSurvey = {
      space,
      parent,
      pid,
      ...(command !== undefined && { command }),
      exec: false,
      execSearches: none,
      unhintedEnd: 0,
      called: false,
    };
    this.spaces.put(survey);
    return survey;
  }

  #of(pid: number | null): SpaceSurvey {
    const space = this.#tasks.known(pid) ?? this.#tasks.spaceOf(pid).space;
    return this.spaces.get(space) ?? this.#add(space, pid, null);
  }

  event(event: Event, index: number): void {
    switch (event.kind) {
      case "lifecycle": {
        if (event.child !== undefined) this.#of(event.pid);
        const change = this.#tasks.change(event);
        if (change.kind === "exec")
          this.#add(change.space, event.pid, null, event.path).exec = true;
        else if (change.kind === "fork")
          this.#add(change.space, event.child ?? null, change.parent).called = true;
        if ("ended" in change && change.ended !== undefined) this.#ended(change.ended);
        return;
      }
      case "search":
        this.#search(this.#of(event.pid), event, index);
        return;
      case "snapshot": {
        const survey = this.#of(event.pid);
        if (event.source !== growthSource) survey.snapshot ??= event;
        return;
      }
      case "call":
        if (event.outcome === "ok") this.#call(this.#of(event.pid), event);
        else this.#of(event.pid).called = true;
        return;
      case "fault":
        // Spaces are numbered here as they will be: a fault makes one where faults are looked at.
        if (this.#touches) this.#of(event.pid);
        return;
      default:
        return;
    }
  }

  /** Nothing is asked any more of a copy, nor what was mapped before a state that never came. */
  #ended(space: number): void {
    const survey = this.spaces.get(space);
    if (survey?.parent !== null) this.spaces.delete(space);
    else {
      if (survey.snapshot === undefined) {
        survey.placed = undefined;
        survey.relro = undefined;
      }
      this.spaces.ended(survey);
    }
  }

  #search(survey: SpaceSurvey, event: Search, index: number): void {
    if (event.topDown) {
      if (survey.topHigh === undefined || event.high < survey.topHigh) survey.topHigh = event.high;
    } else if (event.high !== 0x8000_0000) {
      if (survey.upLow === undefined || event.low < survey.upLow) survey.upLow = event.low;
    }
    if (survey.called) return;
    if (survey.execSearches === none) survey.execSearches = [index];
    else survey.execSearches.push(index);
  }

  #call(survey: SpaceSurvey, event: Event & { kind: "call" }): void {
    // A search inside the first call was seen before it: it is not exec's.
    if (!survey.called) {
      survey.called = true;
      const began = event.entryLine ?? event.line;
      while ((survey.execSearches.at(-1) ?? -1) >= 0 && this.#lineOf(survey) >= began)
        survey.execSearches.pop();
    }
    const page = this.#facts.pageSize;
    if (event.result === null) return;
    const at = pageOf(event.result, page);
    switch (event.call) {
      case "mmap": {
        const huge =
          event.file?.kind === "hugetlb"
            ? event.file.hugePage
            : hugeBytesOf(event.flags, defaultHugeBytes(page));
        const pages = mappedPages(event.length, page, huge);
        this.#place(survey, at, pages);
        const fixed = hasBit(event.flags, MAP_FIXED) || hasBit(event.flags, MAP_FIXED_NOREPLACE);
        if (!fixed && event.addr === 0) chosen(survey, at, pages, hasBit(event.flags, MAP_32BIT));
        return;
      }
      case "mremap": {
        const pages = pagesFor(event.newLength, page);
        this.#place(survey, at, pages);
        if (event.result !== event.addr && !hasNewAddr(event.flags)) chosen(survey, at, pages);
        return;
      }
      case "shmat": {
        const length = event.length ?? this.#segments.get(event.shmid);
        if (length === undefined) return;
        const pages = mappedPages(length, page, event.file?.hugePage);
        this.#place(survey, at, pages);
        if (event.addr === 0) chosen(survey, at, pages);
        return;
      }
      case "brk": {
        const end = pagesFor(event.result, page);
        survey.brkStart ??= end;
        if (end > survey.brkStart) this.#place(survey, survey.brkStart, end - survey.brkStart);
        return;
      }
      case "mprotect":
        if (this.#awaitsState(survey) && !hasBit(event.prot, PROT_WRITE)) {
          const start = pageOf(event.addr, page);
          survey.relro ??= [];
          survey.relro.push({ start, end: start + pagesFor(event.length, page) });
        }
        return;
      default:
        return;
    }
  }

  /** Note what a call has placed where that may matter. */
  #place(survey: SpaceSurvey, start: number, pages: number): void {
    if (!this.#awaitsState(survey)) return;
    survey.placed ??= new Live();
    survey.placed.put({ start, end: start + pages, made: null, offset: 0, prot: 0 });
  }

  /** A state may still come, from which what calls did before is to be taken away. */
  #awaitsState({ snapshot }: SpaceSurvey): boolean {
    return this.#hasStates && snapshot === undefined;
  }

  #lines: Events = [];
  #hasStates = false;
  #lineOf(survey: SpaceSurvey): number {
    return this.#lines.at(survey.execSearches.at(-1) ?? 0)?.line ?? 0;
  }

  run(events: Events): void {
    this.#lines = events;
    this.#hasStates = hasKind(events, "snapshot");
    let index = 0;
    for (const event of timeless(events)) this.event(event, index++);
  }
}

/** Walk once over the events, over faults too where touches are kept; what has ended goes on the shelf. */
export function survey(
  events: Events,
  facts: Facts,
  segments: ReadonlyMap<number, U64>,
  touches: boolean,
  shelf: Shelf | undefined,
): Survey {
  const evidence = kinship(events);
  const surveyor = new Surveyor(facts, evidence, segments, touches, shelf);
  surveyor.run(events);
  return { kinship: evidence, spaces: surveyor.spaces };
}
