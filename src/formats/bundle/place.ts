/** At which point of a recording the state of an address space was as a maps file shows it. */

import type { Event, MapsArea } from "../../trace/event.ts";
import { Likeness, type Picture, pictureOf } from "./likeness.ts";
import { Spaces } from "./spaces.ts";

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

/** Smaller is better, in this order. */
interface Candidate extends Position {
  readonly difference: number;
  /** Seconds to the next call of the same space: maps are read while a program rests. */
  readonly rest: number;
}

interface State {
  /** The task that the recording shows first in this space. */
  readonly pid: number | null;
  readonly likeness: Likeness;
  candidate: Omit<Candidate, "rest"> | undefined;
  time: number | undefined;
}

/** Walks over the events and remembers where the wanted space came closest to the maps. */
class Seeker {
  readonly #question: Question;
  readonly #picture: Picture;
  readonly #spaces: Spaces;
  readonly #states = new Map<number, State>();
  best: Candidate | undefined;

  constructor(events: readonly Event[], question: Question) {
    this.#question = question;
    this.#spaces = new Spaces(events);
    this.#picture = pictureOf(question.areas);
  }

  #state(space: number, pid: number | null): State {
    let state = this.#states.get(space);
    if (state === undefined) {
      state = { pid, likeness: this.#fresh(), candidate: undefined, time: undefined };
      this.#states.set(space, state);
    }
    return state;
  }

  #fresh(): Likeness {
    return new Likeness(this.#picture, this.#question.pageSize);
  }

  #inTime(time: number | undefined): boolean {
    const { moment } = this.#question;
    return (
      moment === undefined || time === undefined || Math.abs(time - moment.time) <= moment.slack
    );
  }

  /** The space goes on at `time`: its last candidate rested until then. */
  #judge(state: State, time: number | undefined): void {
    const { candidate } = state;
    if (candidate === undefined) return;
    const { moment } = this.#question;
    const from = state.time ?? 0;
    const until = time ?? Number.POSITIVE_INFINITY;
    const fits =
      moment === undefined ||
      (from - moment.slack <= moment.time && moment.time <= until + moment.slack);
    if (!fits && !this.#inTime(state.time)) return;
    const rest = until - from;
    const better =
      this.best === undefined ||
      candidate.difference < this.best.difference ||
      (candidate.difference === this.best.difference && rest >= this.best.rest);
    if (better) this.best = { ...candidate, rest };
  }

  event(event: Event, index: number): void {
    const { space, made } = this.#spaces.follow(event);
    if (made !== undefined) {
      const from = made.from === undefined ? undefined : this.#state(made.from, event.pid);
      this.#states.set(made.space, {
        pid: event.kind === "lifecycle" ? (event.child ?? event.pid) : event.pid,
        likeness: from?.likeness.copy() ?? this.#fresh(),
        candidate: undefined,
        time: event.time,
      });
    }
    if (event.kind !== "call" || event.outcome !== "ok") return;
    const state = this.#state(space, event.pid);
    this.#judge(state, event.time);
    state.likeness.apply(event);
    state.time = event.time;
    const wanted = this.#question.pid === null || this.#spaces.of(this.#question.pid) === space;
    state.candidate = wanted
      ? {
          index: index + 1,
          pid: this.#question.pid ?? state.pid,
          difference: state.likeness.difference,
        }
      : undefined;
  }

  end(): void {
    for (const state of this.#states.values()) this.#judge(state, undefined);
  }
}

/** Where the maps fit best; undefined where no call of that space is recorded. */
export function positionOf(events: readonly Event[], question: Question): Position | undefined {
  const seeker = new Seeker(events, question);
  events.forEach((event, index) => {
    seeker.event(event, index);
  });
  seeker.end();
  return seeker.best;
}
