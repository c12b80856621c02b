/** Where calls belong whose place changes no answer: where they were, among others that may have moved. */

import type { Item } from "./linear-search.ts";

/**
 * Takes all items of a space as they come and, in their new order, those that are not neutral; gives all of them, the
 * neutral ones behind all that came before them, unless what they preceded has moved ahead.
 */
export class NeutralMerge {
  readonly #give: (item: Item) => void;
  /** Neutral ones that were not given. */
  #waiting: Item[] = [];
  /** Places of the others that have not come in their new order, ascending, but for those that have. */
  #left: number[] = [];
  readonly #come = new Set<number>();

  constructor(give: (item: Item) => void) {
    this.#give = give;
  }

  /** An item comes for the first time. */
  see(item: Item): void {
    if (item.neutral) this.#waiting.push(item);
    else this.#left.push(item.place);
    this.#release();
  }

  /** It is the turn of one that is not neutral. */
  send(item: Item): void {
    const { place, entry, task } = item;
    let until = 0;
    for (const [at, one] of this.#waiting.entries()) {
      if (one.place >= place) break;
      // Nobody calls before he is born, though the birth may be told late.
      if (one.exit < entry || (one.born !== undefined && one.born === task)) until = at + 1;
    }
    for (const one of this.#waiting.splice(0, until)) this.#give(one);
    this.#give(item);
    this.#come.add(place);
    this.#release();
  }

  /** Nothing more comes. */
  end(): void {
    for (const one of this.#waiting) this.#give(one);
    this.#waiting = [];
  }

  /** Give those that stand before all that are left. */
  #release(): void {
    let [first] = this.#left;
    while (first !== undefined && this.#come.delete(first)) {
      this.#left.shift();
      [first] = this.#left;
    }
    const until = this.#waiting.findIndex(({ place }) => first !== undefined && place > first);
    const free = this.#waiting.splice(0, until < 0 ? this.#waiting.length : until);
    for (const one of free) this.#give(one);
  }
}
