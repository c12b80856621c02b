/** What time a line tells, in seconds that go on over midnight. */

import type { Prefix } from "./prefix.ts";

const day = 86_400;

/** Smaller steps back are strace's own: it prints what several tasks did a moment ago. */
const tolerance = 0.001;

export class LineClock {
  /** NaN before the first line with a time: a number throughout, which is set without making an object. */
  #now = Number.NaN;
  #days = 0;

  /** Seconds, undefined before the first line with a time. */
  get now(): number | undefined {
    return Number.isNaN(this.#now) ? undefined : this.#now;
  }

  /** The time of a line that comes next; NaN if no line has had one. */
  timeOf({ clock, seconds }: Prefix): number {
    switch (clock) {
      case "none":
        return this.#now;
      case "delta":
        return (this.now ?? 0) + seconds;
      case "unix":
        return seconds;
      case "day":
        return seconds + (this.#isNextDay(seconds) ? this.#days + 1 : this.#days) * day;
    }
  }

  #isNextDay(seconds: number): boolean {
    return seconds + this.#days * day < this.#now - day / 2;
  }

  /** Take the time of a line; false if time went back. */
  tick(prefix: Prefix): boolean {
    const before = this.#now;
    const now = prefix.clock === "unix" ? prefix.seconds : this.timeOf(prefix);
    if (prefix.clock === "day" && this.#isNextDay(prefix.seconds)) this.#days += 1;
    this.#now = now;
    return !(now < before - tolerance);
  }
}
