/** Which number a thing has: equal ones have the same, from 0 on in the order in which they were met. */

export class Numbers<K> {
  readonly #known = new Map<K, number>();

  of(key: K): number {
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const number = this.#known.size;
    this.#known.set(key, number);
    return number;
  }

  get count(): number {
    return this.#known.size;
  }

  /** The things in the order of their numbers. */
  get all(): readonly K[] {
    return [...this.#known.keys()];
  }
}
