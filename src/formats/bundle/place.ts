/** At which point of a recording the state of an address space was as a maps file shows it. */

import type { Call, Event, MapsArea } from "../../trace/event.ts";
import { MAP_FIXED_NOREPLACE, MREMAP_DONTUNMAP } from "../../trace/flags.ts";
import { alignUp, hasBit } from "../../units.ts";
import { Measured, type Range } from "./ranges.ts";
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

/** Ranges of a maps file in bytes, without what lies outside user space. */
function rangesOf(areas: readonly MapsArea[]): readonly Range[] {
  return areas.flatMap(({ start, end }) =>
    typeof start === "number" && typeof end === "number" ? [{ start, end }] : [],
  );
}

/** How a successful call changes what is mapped. */
function applyCall(
  set: Measured,
  call: Call,
  page: number,
  heap: { start?: number; end?: number },
): void {
  const result = Number(call.result);
  const range = (start: number, length: number): Range => ({
    start,
    end: start + alignUp(length, page),
  });
  if (call.call === "mmap") {
    if (!hasBit(call.flags, MAP_FIXED_NOREPLACE) || result === Number(call.addr)) {
      set.add(range(result, Number(call.length)));
    }
  } else if (call.call === "munmap") {
    set.remove(range(Number(call.addr), Number(call.length)));
  } else if (call.call === "mremap") {
    const keeps = hasBit(call.flags, MREMAP_DONTUNMAP) || call.length === 0;
    if (!keeps) set.remove(range(Number(call.addr), Number(call.length)));
    set.add(range(result, Number(call.newLength)));
  } else if (call.call === "shmat" && call.length !== undefined) {
    set.add(range(result, Number(call.length)));
  } else if (call.call === "brk") {
    const end = alignUp(result, page);
    heap.start ??= end;
    const old = heap.end ?? heap.start;
    if (end > old) set.add({ start: old, end });
    else set.remove({ start: end, end: old });
    heap.end = end;
  }
}

interface State {
  /** The task that the recording shows first in this space. */
  readonly pid: number | null;
  readonly set: Measured;
  readonly heap: { start?: number; end?: number };
  candidate: Omit<Candidate, "rest"> | undefined;
  time: number | undefined;
}

/** Walks over the events and remembers where the wanted space came closest to the maps. */
class Seeker {
  readonly #question: Question;
  readonly #ranges: readonly Range[];
  readonly #spaces: Spaces;
  readonly #states = new Map<number, State>();
  best: Candidate | undefined;

  constructor(events: readonly Event[], question: Question) {
    this.#question = question;
    this.#spaces = new Spaces(events);
    this.#ranges = rangesOf(question.areas);
  }

  #state(space: number, pid: number | null): State {
    let state = this.#states.get(space);
    if (state === undefined) {
      const set = new Measured(this.#ranges);
      state = { pid, set, heap: {}, candidate: undefined, time: undefined };
      this.#states.set(space, state);
    }
    return state;
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
        set: from?.set.copy() ?? new Measured(this.#ranges),
        heap: { ...from?.heap },
        candidate: undefined,
        time: event.time,
      });
    }
    if (event.kind !== "call" || event.outcome !== "ok") return;
    const state = this.#state(space, event.pid);
    this.#judge(state, event.time);
    applyCall(state.set, event, this.#question.pageSize, state.heap);
    state.time = event.time;
    const wanted = this.#question.pid === null || this.#spaces.of(this.#question.pid) === space;
    state.candidate = wanted
      ? { index: index + 1, pid: this.#question.pid ?? state.pid, difference: state.set.difference }
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
