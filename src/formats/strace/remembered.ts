/** What texts mean that come again and again, so that each is looked at once. */

/** Texts that are kept; then all are forgotten. */
const limit = 4096;

export class Remembered<T> {
  readonly #meaning: (text: string) => T;
  readonly #known = new Map<string, T>();

  constructor(meaning: (text: string) => T) {
    this.#meaning = meaning;
  }

  get(text: string): T {
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    const meaning = this.#meaning(text);
    if (this.#known.size >= limit) this.#known.clear();
    this.#known.set(text, meaning);
    return meaning;
  }
}
