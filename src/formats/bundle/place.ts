/** At which point of a recording the state of an address space was as a maps file shows it. */

import type { Call, Event, MapsArea, Snapshot } from "../../trace/event.ts";
import type { Events } from "../../trace/events.ts";
import { type Place, Spaces } from "../spaces.ts";
import type { Kin } from "./kin.ts";
import { Likeness, type Picture, pictureOf } from "./likeness.ts";

/** When a maps file was read, on the clock of the recording, and how far that may be off; seconds. */
export interface Moment {
  readonly time: number;
  readonly slack: number;
}

export interface Question {
  readonly areas: readonly MapsArea[];
  /** Null where the file does not say whose it is. */
  readonly pid: number | null;
  readonly moment?: Moment;
  readonly pageSize: number;
}

/** The state before the event of this index, and a task of that space. */
export interface Position {
  readonly index: number;
  readonly pid: number | null;
}

/** What a program that executes itself gives for its own. */
const ownProgram = /^\/(?:proc\/(?:self|thread-self|\d+)\/exe|dev\/fd\/\d+)$/;

/** The program goes by no name that the maps show. */
const otherName = 2;

/** Smaller is better, in this order; of what is left, the longest rest. */
interface Candidate extends Position {
  /** The maps show the program that the space is known to have executed (0), one of its name (1), or another (2). */
  readonly unnamed: number;
  readonly difference: number;
  /** Borders that the maps show and no call has made. */
  readonly missing: number;
  /** Seconds by which it lies outside the moment of the maps: two clocks may part. */
  readonly distance: number;
  /** Seconds to the next call of the same space: maps are read while a program rests. */
  readonly rest: number;
}

/** A space after its latest call. */
interface State {
  /** The task that the recording shows first in this space. */
  readonly pid: number | null;
  readonly likeness: Likeness;
  unnamed: number;
  /** An exec has made it, and nothing has changed it since. */
  isNew: boolean;
  /** The latest call, once there was one. */
  last: { readonly index: number; readonly time: number | undefined } | undefined;
}

/** Walks over the events and remembers where a space came closest to the maps. */
class Seeker {
  readonly #question: Question;
  readonly #picture: Picture;
  readonly #spaces: Spaces;
  /** The spaces that the maps may show, and those that one of them is a copy of; undefined for all. */
  readonly #kin: Kin | undefined;
  readonly #states = new Map<number, State>();
  best: Candidate | undefined;

  constructor(spaces: Spaces, question: Question, kin: Kin | undefined) {
    this.#question = question;
    this.#spaces = spaces;
    this.#picture = pictureOf(question.areas);
    this.#kin = kin;
  }

  #follows(space: number): boolean {
    return this.#kin?.lineage.has(space) ?? true;
  }

  #isWanted(space: number): boolean {
    return this.#kin?.own.has(space) ?? true;
  }

  #state(space: number, pid: number | null): State {
    let state = this.#states.get(space);
    if (state === undefined) {
      const likeness = new Likeness(this.#picture, this.#question.pageSize);
      state = { pid, likeness, unnamed: otherName, isNew: false, last: undefined };
      this.#states.set(space, state);
    }
    return state;
  }

  /** A path may lead through links (/bin), or be one: then the maps name another file, and tell no image from another. */
  #unnamed(event: Event, before: number): number {
    const path = event.kind === "lifecycle" ? event.path : undefined;
    if (path === undefined) return otherName;
    if (ownProgram.test(path)) return this.#states.get(before)?.unnamed ?? otherName;
    const name = path.slice(path.lastIndexOf("/"));
    const paths = this.#question.areas.map((area) => area.path);
    if (paths.includes(path)) return 0;
    // A relative path says as much as it has parts.
    const tail = path.startsWith("/") ? undefined : path.replace(/^(?:\.\.?\/)*/, "/");
    if (tail !== undefined && paths.some((one) => one.endsWith(tail))) return 0;
    return name.length > 1 && paths.some((one) => one.endsWith(name)) ? 1 : otherName;
  }

  /** Seconds between the moment of the maps and the time from one call to the next. */
  #distance(from: number | undefined, until: number | undefined): number {
    const { moment } = this.#question;
    if (moment === undefined || from === undefined) return 0;
    const { time, slack } = moment;
    const early = from - slack - time;
    const late = time - (until ?? Number.POSITIVE_INFINITY) - slack;
    return Math.max(0, early, late);
  }

  /** The space rested from its latest call to `time`: was that the moment? */
  #judge(state: State, time: number | undefined): void {
    const { last, likeness, pid, unnamed } = state;
    if (last === undefined) return;
    const rest = (time ?? Number.POSITIVE_INFINITY) - (last.time ?? 0);
    const { difference, missing } = likeness;
    const distance = this.#distance(last.time, time);
    const { best } = this;
    const step =
      best === undefined
        ? -1
        : unnamed - best.unnamed ||
          difference - best.difference ||
          missing - best.missing ||
          distance - best.distance ||
          best.rest - rest;
    if (step > 0) return;
    const position = { index: last.index + 1, pid: this.#question.pid ?? pid };
    this.best = { ...position, unnamed, difference, missing, distance, rest };
  }

  event(event: Event, index: number): void {
    const { space, made, ended } = this.#spaces.follow(event);
    if (made !== undefined) {
      if (made.from === undefined) this.#close(space, event.time);
      this.#make(made, space, event, index);
    }
    if (this.#follows(space)) {
      if (event.kind === "call" && event.outcome === "ok") this.#call(event, index, space);
      if (event.kind === "snapshot") this.#snapshot(event, index, space);
    }
    if (ended === undefined) return;
    this.#close(ended, undefined);
    this.#states.delete(ended);
  }

  /** `before`: the space that the event took place in. */
  #make(made: NonNullable<Place["made"]>, before: number, event: Event, index: number): void {
    if (!this.#follows(made.space)) return;
    const from = made.from === undefined ? undefined : this.#states.get(made.from);
    const pid = event.kind === "lifecycle" ? (event.child ?? event.pid) : event.pid;
    const fresh = new Likeness(this.#picture, this.#question.pageSize);
    this.#states.set(made.space, {
      pid,
      likeness: from?.likeness.copy() ?? fresh,
      unnamed: from?.unnamed ?? this.#unnamed(event, before),
      isNew: from === undefined,
      last: { index, time: event.time },
    });
  }

  /** Of an attach, or what an exec has mapped: nothing was known of the space before. */
  #snapshot({ pid, areas, time }: Snapshot, index: number, space: number): void {
    const state = this.#state(space, pid);
    if (state.last !== undefined && !state.isNew) return;
    // What an exec has mapped names its program, however that was called (/dev/fd/3).
    const program = areas.find(({ path }) => path.startsWith("/"))?.path;
    if (state.isNew && this.#question.areas.some(({ path }) => path === program)) state.unnamed = 0;
    state.isNew = false;
    state.likeness.begin(areas);
    state.last = { index, time };
  }

  #call(call: Call, index: number, space: number): void {
    const state = this.#state(space, call.pid);
    if (this.#isWanted(space)) this.#judge(state, call.time);
    state.isNew = false;
    state.likeness.apply(call);
    state.last = { index, time: call.time };
  }

  /** An exec ends a space, or its last task does. */
  #close(space: number, time: number | undefined): void {
    const state = this.#states.get(space);
    if (state === undefined) return;
    if (this.#isWanted(space)) this.#judge(state, time);
    state.last = undefined;
  }

  end(): void {
    for (const space of this.#states.keys()) this.#close(space, undefined);
  }
}

/** Where the maps fit best; undefined where no call of that space is recorded. `kin` is of the task that the question names. */
export function positionOf(
  events: Events,
  question: Question,
  kin: Kin | undefined,
): Position | undefined {
  const seeker = new Seeker(new Spaces(events), question, kin);
  let index = 0;
  for (const event of events) seeker.event(event, index++);
  seeker.end();
  return seeker.best;
}
