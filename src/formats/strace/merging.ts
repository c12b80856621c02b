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
  /** The line before: whose, when, and its text. */
  #pid = -1;
  #time = 0;
  #text = "";

  /** `certain`: it is known, whatever the lines say. */
  constructor(certain: boolean) {
    this.#certain = certain;
    this.#merged = certain;
  }

  /** Look at a line; true if it belongs to a merged recording. */
  see(prefix: Prefix, time: number | undefined, text: string, resumes: boolean): boolean {
    if (this.#certain || this.#marked) return this.#certain;
    if (resumes || text.endsWith(" ...>")) {
      this.#marked = true;
      return false;
    }
    if (prefix.pid < 0 || time === undefined || prefix.step > finest) return false;
    if (this.#pid !== prefix.pid && this.#pid >= 0 && time < this.#end() - rounding) {
      this.#merged = true;
    }
    this.#pid = prefix.pid;
    this.#time = time;
    this.#text = text;
    return this.#merged;
  }

  /** When the call of the line before ended. */
  #end(): number {
    const at = this.#text.lastIndexOf(" <");
    const duration = at < 0 ? 0 : Number(this.#text.slice(at + 2, -1));
    return Number.isNaN(duration) ? 0 : this.#time + duration;
  }
}
