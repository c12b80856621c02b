/** What sets VMAs apart that look the same: NUMA policies, userfaultfd registrations and protection keys, as words of flags. */

/** The first character of a word of each kind; no word of smaps begins so. */
export const marks = { policy: "@", watch: "%", key: "#" } as const;

type Kind = (typeof marks)[keyof typeof marks];

/** The second character. */
const numbers = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

/** Gives equal texts equal words; beyond 62 of a kind all are one. */
export class Marks {
  readonly #words = new Map<string, string>();
  readonly #counts = new Map<Kind, number>();

  word(kind: Kind, text: string): string {
    const key = kind + text;
    const known = this.#words.get(key);
    if (known !== undefined) return known;
    const count = this.#counts.get(kind) ?? 0;
    const word = kind + (numbers[count] ?? numbers.at(-1) ?? "");
    this.#words.set(key, word);
    this.#counts.set(kind, count + 1);
    return word;
  }

  /** True if any word of this kind was given. */
  has(kind: Kind): boolean {
    return this.#counts.has(kind);
  }
}
