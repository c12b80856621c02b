/** Which of many comes first, while what they are compared by changes: a heap. */

export class Earliest<T> {
  readonly #compare: (a: T, b: T) => number;
  readonly #all: T[] = [];

  constructor(compare: (a: T, b: T) => number) {
    this.#compare = compare;
  }

  get first(): T | undefined {
    return this.#all[0];
  }

  push(one: T): void {
    const all = this.#all;
    let at = all.push(one) - 1;
    while (at > 0) {
      const up = Math.floor((at - 1) / 2);
      const above = all[up] as T;
      if (this.#compare(above, one) <= 0) break;
      all[at] = above;
      at = up;
    }
    all[at] = one;
  }

  /** Take the first one away. */
  pop(): void {
    const last = this.#all.pop();
    if (last === undefined || this.#all.length === 0) return;
    this.#all[0] = last;
    this.settle();
  }

  /** The first one has changed, and may come later. */
  settle(): void {
    const all = this.#all;
    const one = all[0];
    if (one === undefined) return;
    let at = 0;
    for (;;) {
      let down = 2 * at + 1;
      if (down >= all.length) break;
      if (down + 1 < all.length && this.#compare(all[down + 1] as T, all[down] as T) < 0) down += 1;
      if (this.#compare(one, all[down] as T) <= 0) break;
      all[at] = all[down] as T;
      at = down;
    }
    all[at] = one;
  }
}
