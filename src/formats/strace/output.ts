/** What leaves the reader, and in which number of the first task. */

import type { Diagnostics } from "../../errors.ts";
import type { Event, Outcome, Sink } from "../../trace/event.ts";

/** Events that wait for the number of the first task; more than this many are not worth waiting with. */
const patience = 65_536;

/** So many calls do not fail by chance. */
const few = 8;

/** The first task while its number is not known. */
export const firstTask = 0;

/** Passes events on. Holds them back until the number of the first task is known, where lines of it have none. */
export class Output {
  readonly #emit: Sink;
  readonly #diagnostics: Diagnostics;
  #held: Event[] = [];
  #calls = 0;
  /** Until there is one that did not. */
  #allFailed = true;
  /** null: events have gone out without a number, and so it stays. */
  #first: number | null | undefined;
  #unnamed = false;
  /** There may be events of the first task that have no number. */
  #isBare = false;
  /** Memory calls that were left out, and why the first was. */
  skipped = 0;
  firstSkipped: { readonly message: string; readonly line: number } | undefined;

  constructor(emit: Sink, diagnostics: Diagnostics) {
    this.#emit = emit;
    this.#diagnostics = diagnostics;
  }

  /** Memory calls so far. */
  get calls(): number {
    return this.#calls;
  }

  /** The number of the first task has been printed or concluded. */
  name(tid: number): void {
    if (this.#first !== undefined) return;
    this.#first = tid;
    this.#release();
  }

  /** There is a first task without a number. */
  bare(): void {
    this.#isBare = true;
  }

  /** A memory call is about to be emitted. */
  count(outcome: Outcome): void {
    this.#calls += 1;
    if (outcome !== "error") this.#allFailed = false;
  }

  /** Events of the first task bear `firstTask` as pid until it is named. Events have so many shapes that looking into them takes long. */
  emit(event: Event): void {
    if (this.#isBare) this.#emitNamed(event);
    else this.#emit(event);
  }

  #emitNamed(event: Event): void {
    if (this.#first === undefined && event.pid === firstTask) this.#unnamed = true;
    if (this.#unnamed) this.#held.push(event);
    else this.#emit(this.#named(event));
    if (this.#held.length > patience) this.#giveUp();
  }

  /** Count a warning and show it among the events. */
  warn(code: string, message: string, line: number, pid: number | null): void {
    this.#diagnostics.warn(code, message, line);
    this.emit({ kind: "warning", line, pid, code });
  }

  /** Count a memory call that is left out, and show the warning among the events. */
  skip(call: string, code: string, message: string, line: number, pid: number | null): void {
    this.skipped += 1;
    this.firstSkipped ??= { message, line };
    this.#diagnostics.skip(call, code, message, line);
    this.emit({ kind: "warning", line, pid, code });
  }

  /** strace -Z prints failed calls only; a few may have failed by chance. */
  #warnOfFailed(): void {
    if (this.#calls < few || !this.#allFailed) return;
    const message = `all ${this.#calls} memory calls failed, as strace -Z prints them: nothing was mapped`;
    this.#diagnostics.warn("parse/failed-only", message);
  }

  /** Nothing more comes; `tid` is what the first task says of itself, if it does. */
  end(tid: number | undefined): void {
    if (this.#unnamed) {
      if (tid !== undefined) this.name(tid);
      else this.#giveUp();
    }
    this.#warnOfFailed();
  }

  #giveUp(): void {
    this.#first = null;
    this.#release();
  }

  #release(): void {
    this.#unnamed = false;
    const held = this.#held;
    this.#held = [];
    for (const event of held) this.#emit(this.#named(event));
  }

  #named(event: Event): Event {
    return event.pid === firstTask ? { ...event, pid: this.#first ?? null } : event;
  }
}
