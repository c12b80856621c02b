/** Which borders between touching areas of a maps file calls have made so far. */

import type { MapsArea } from "../../trace/event.ts";
import type { Range } from "./ranges.ts";

/** Ascending addresses at which one area ends and another begins. */
export function bordersOf(areas: readonly MapsArea[]): readonly number[] {
  const ends = new Set(areas.map(({ end }) => end));
  return areas
    .map(({ start }) => start)
    .filter((start) => typeof start === "number" && ends.has(start))
    .map(Number)
    .sort((a, b) => a - b);
}

export class MadeBorders {
  readonly #shown: readonly number[];
  #made: Set<number>;

  constructor(shown: readonly number[], made: Iterable<number> = []) {
    this.#shown = shown;
    this.#made = new Set(made);
  }

  copy(): MadeBorders {
    return new MadeBorders(this.#shown, this.#made);
  }

  /** Shown borders that no call has made yet; those of exec never are. */
  get missing(): number {
    return this.#shown.length - this.#made.size;
  }

  #from(address: number): number {
    let low = 0;
    let high = this.#shown.length;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if ((this.#shown[middle] ?? 0) < address) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** A call set this range apart; `anew`: nothing inside it is as it was. */
  set({ start, end }: Range, anew: boolean): void {
    for (let at = this.#from(start); at < this.#shown.length; at++) {
      const border = this.#shown[at] ?? end;
      if (border > end) return;
      if (border === start || border === end) this.#made.add(border);
      else if (anew) this.#made.delete(border);
    }
  }
}
