/** A list that grows at its end and shrinks at both. */

/** So many that are gone are still held: then the others move up. */
const most = 32;

export class Deque<T> {
  readonly #list: T[] = [];
  #first = 0;

  get length(): number {
    return this.#list.length - this.#first;
  }

  at(index: number): T | undefined {
    return this.#list[this.#first + index];
  }

  map<U>(change: (one: T) => U): U[] {
    return this.#list.slice(this.#first).map(change);
  }

  push(one: T): void {
    this.#list.push(one);
  }

  pop(): T | undefined {
    return this.length > 0 ? this.#list.pop() : undefined;
  }

  shift(): T | undefined {
    if (this.length === 0) return undefined;
    const one = this.#list[this.#first];
    this.#first += 1;
    if (this.#first >= most && 2 * this.#first >= this.#list.length) {
      this.#list.splice(0, this.#first);
      this.#first = 0;
    }
    return one;
  }
}
