/** Where calls belong whose place changes no answer: where they were, among others that may have moved. */

import { Deque } from "./deque.ts";
import type { Item } from "./item.ts";

/**
 * Takes all items of a space as they come and, in their new order, those that are not neutral; gives all of them, the
 * neutral ones behind all that came before them, unless what they preceded has moved ahead.
 */
export class NeutralMerge {
  readonly #give: (item: Item) => void;
  /** Neutral ones that were not given: one of the others that are left stands before each. */
  readonly #waiting = new Deque<Item>();
  /** Places of the others that have not come in their new order, ascending, but for those that have. */
  readonly #left = new Deque<number>();
  readonly #come = new Set<number>();

  constructor(give: (item: Item) => void) {
    this.#give = give;
  }

  /** An item comes for the first time. */
  see(item: Item): void {
    if (!item.neutral) this.#left.push(item.place);
    else if (this.#left.length > 0) this.#waiting.push(item);
    else this.#give(item);
  }

  /** It is the turn of one that is not neutral. */
  send(item: Item): void {
    const isFirst = item.place === this.#left.at(0);
    if (!isFirst) this.#giveUntil(this.#before(item));
    this.#give(item);
    if (isFirst) this.#release();
    else this.#come.add(item.place);
  }

  /** Nothing more comes. */
  end(): void {
    this.#giveUntil(this.#waiting.length);
  }

  /** How many of those that wait must come before an item. */
  #before({ place, entry, task }: Item): number {
    let until = 0;
    for (let at = 0; at < this.#waiting.length; at++) {
      const one = this.#waiting.at(at);
      if (one === undefined || one.place >= place) break;
      // Nobody calls before he is born, though the birth may be told late.
      if (one.exit < entry || (one.born !== undefined && one.born === task)) until = at + 1;
    }
    return until;
  }

  #giveUntil(count: number): void {
    for (let left = count; left > 0; left--) {
      const one = this.#waiting.shift();
      if (one !== undefined) this.#give(one);
    }
  }

  /** The first one that was left has come: give those that stand before all that are left now. */
  #release(): void {
    this.#left.shift();
    while (this.#come.size > 0 && this.#come.delete(this.#left.at(0) ?? -1)) this.#left.shift();
    const first = this.#left.at(0) ?? Number.POSITIVE_INFINITY;
    while ((this.#waiting.at(0)?.place ?? first) < first) this.#giveUntil(1);
  }
}
