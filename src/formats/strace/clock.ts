/** What time a line tells, in seconds that go on over midnight. */

import type { Prefix } from "./prefix.ts";

const day = 86_400;

/** Smaller steps back are strace's own: it prints what several tasks did a moment ago. */
const tolerance = 0.001;

export class LineClock {
  /** Seconds, undefined before the first line with a time. */
  now: number | undefined;
  #days = 0;

  /** Take the time of a line; false if time went back. */
  tick(prefix: Prefix): boolean {
    const before = this.now;
    switch (prefix.clock) {
      case "none":
        return true;
      case "delta":
        this.now = (before ?? 0) + prefix.seconds;
        return true;
      case "unix":
        this.now = prefix.seconds;
        break;
      case "day":
        this.now = prefix.seconds + this.#days * day;
        if (before !== undefined && this.now < before - day / 2) {
          this.#days += 1;
          this.now += day;
        }
    }
    return before === undefined || this.now >= before - tolerance;
  }
}
