/** What words of a text mean that come again and again: only of new ones a string is made. */

import type { Buffer } from "node:buffer";
import { matches } from "./scan.ts";
import type { View } from "./view.ts";
import { stands, type Wide, wideOf } from "./wide.ts";

const slots = 4096;

/** Shorter words are not compared at once. */
const shortest = 8;

/** A word, as it is compared at once if it is long enough, and its meaning. */
interface Entry<T> {
  readonly word: Uint8Array;
  readonly wide: Wide | undefined;
  readonly meaning: T;
}

export class Words<T> {
  readonly #meaning: (text: string) => T;
  /** The word that was asked for last, and another one before it. */
  #last: Entry<T> | undefined;
  #before: Entry<T> | undefined;
  readonly #entries: (Entry<T> | undefined)[] = new Array(slots).fill(undefined);

  constructor(meaning: (text: string) => T) {
    this.#meaning = meaning;
  }

  /** Where the word ends that was asked for last, if it stands at a place and is not short; else -1. */
  again(view: View, start: number): number {
    const wide = this.#last?.wide;
    return wide !== undefined && stands(view, start, wide) ? start + wide.length : -1;
  }

  /** The same of the word before it, which then is the last one: two often take turns. */
  before(view: View, start: number): number {
    const before = this.#before;
    if (before?.wide === undefined || !stands(view, start, before.wide)) return -1;
    this.#before = this.#last;
    this.#last = before;
    return start + before.wide.length;
  }

  /** The meaning of the word that was asked for last. */
  get lastMeaning(): T | undefined {
    return this.#last?.meaning;
  }

  /** The meaning of `bytes[start, end)`; `sum` is what its bytes add up to, or another number that tells it from others. */
  get(bytes: Buffer, start: number, end: number, sum: number): T {
    const slot = (sum + end - start) % slots;
    const known = this.#entries[slot];
    if (known?.word.length === end - start && matches(bytes, start, known.word)) {
      this.#asked(known);
      return known.meaning;
    }
    const meaning = this.#meaning(bytes.toString("latin1", start, end));
    // A copy, since a view would keep all of the text alive.
    const word = Uint8Array.from(bytes.subarray(start, end));
    const entry = { word, wide: word.length < shortest ? undefined : wideOf(word), meaning };
    this.#entries[slot] = entry;
    this.#asked(entry);
    return meaning;
  }

  #asked(entry: Entry<T>): void {
    if (entry === this.#last) return;
    this.#before = this.#last;
    this.#last = entry;
  }
}
