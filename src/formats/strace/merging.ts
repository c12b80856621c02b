/** Whether lines were sorted by the times at which calls began, as strace-log-merge does with the files of -ff. */

import type { Prefix } from "./prefix.ts";

/** Times and durations are rounded; coarser ones prove nothing. */
const rounding = 0.000_005;
const finest = 0.000_002;

/** In the log of one strace a line without marks ends before the next one begins. */
export class Merging {
  readonly #certain: boolean;
  #merged: boolean;
  #marked = false;
  /** The line before: whose it is, and when its call ended. */
  #pid = -1;
  #end = 0;

  /** `certain`: it is known, whatever the lines say. */
  constructor(certain: boolean) {
    this.#certain = certain;
    this.#merged = certain;
  }

  /** True if no line tells more: those with marks are of the log of one strace. */
  get isSettled(): boolean {
    return this.#marked && !this.#certain;
  }

  /** Look at a line; true if it belongs to a merged recording. */
  see(prefix: Prefix, time: number | undefined, text: string, resumes: boolean): boolean {
    if (this.#certain || this.#marked) return this.#certain;
    if (resumes || text.endsWith(" ...>")) {
      this.#marked = true;
      return false;
    }
    if (prefix.pid < 0 || time === undefined || prefix.step > finest) return false;
    return this.#follows(prefix.pid, time, durationOf(text));
  }

  /** True if nothing tells that lines were sorted, nor would a line without a mark that begins like this; `time` is NaN if there is none. */
  isPlain({ pid, step }: Prefix, time: number): boolean {
    if (this.#marked || pid < 0 || Number.isNaN(time) || step > finest) return !this.#certain;
    return !this.#merged && !this.#isEarly(pid, time);
  }

  /** Look at a plain line; `duration` is 0 if it is not printed. */
  seePlain({ pid, step }: Prefix, time: number, marked: boolean, duration: number): void {
    if (marked) this.#marked = true;
    else if (!this.#marked && pid >= 0 && !Number.isNaN(time) && step <= finest) {
      this.#follows(pid, time, duration);
    }
  }

  #isEarly(pid: number, time: number): boolean {
    return this.#pid !== pid && this.#pid >= 0 && time < this.#end - rounding;
  }

  #follows(pid: number, time: number, duration: number): boolean {
    if (this.#isEarly(pid, time)) this.#merged = true;
    this.#pid = pid;
    this.#end = Number.isNaN(duration) ? 0 : time + duration;
    return this.#merged;
  }
}

/** The duration at the end of a line, 0 if it has none; NaN if what stands there is something else. */
function durationOf(text: string): number {
  const at = text.lastIndexOf(" <");
  return at < 0 ? 0 : Number(text.slice(at + 2, -1));
}
