/** Which numbers and words stand at a place of a text: read from its bytes, without making strings of them. */

import { Buffer } from "node:buffer";

const zero = 48;
const dot = 46;
const nine = 57;
const letterX = 120;

/** The value of a lower-case hexadecimal digit; 16 for all other bytes. */
const digits: Uint8Array = new Uint8Array(256).fill(16);
for (let value = 0; value < 16; value++) digits[value.toString(16).charCodeAt(0)] = value;

/** So many digits fit into a double without loss. */
const safeHex = 13;
const safeDecimal = 15;

/** What a fraction of so many digits is divided by. */
const scales: readonly number[] = Array.from({ length: 10 }, (_, count) => 10 ** count);

export const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

/** True if the word stands at a place. */
export function matches(bytes: Uint8Array, at: number, word: Uint8Array): boolean {
  for (let index = 0; index < word.length; index++) {
    if (bytes[at + index] !== word[index]) return false;
  }
  return true;
}

/** Goes through bytes from left to right; there must be a byte behind that none of its words and numbers has. */
export class Scanner {
  bytes: Buffer = Buffer.alloc(0);
  at = 0;

  /** Step over this byte; false if another one stands there. */
  takes(byte: number): boolean {
    if (this.bytes[this.at] !== byte) return false;
    this.at += 1;
    return true;
  }

  takesWord(word: Uint8Array): boolean {
    if (!matches(this.bytes, this.at, word)) return false;
    this.at += word.length;
    return true;
  }

  /** `0x7f60c02e1000` or `4096`, of at most 13 or 15 digits; -1 if no such number is there. */
  number(): number {
    const { bytes, at } = this;
    const first = bytes[at] as number;
    if (first === zero && bytes[at + 1] === letterX) return this.hex();
    return first >= zero && first <= nine ? this.decimal() : -1;
  }

  /** `0x7f60c02e1000`. */
  hex(): number {
    const { bytes } = this;
    const start = this.at + 2;
    if (bytes[start - 2] !== zero || bytes[start - 1] !== letterX) return -1;
    let at = start;
    let value = 0;
    let digit = digits[bytes[at] as number] as number;
    while (digit < 16) {
      value = value * 16 + digit;
      at += 1;
      digit = digits[bytes[at] as number] as number;
    }
    this.at = at;
    return at === start || at - start > safeHex ? -1 : value;
  }

  /** `4096`. */
  decimal(): number {
    const { bytes, at: start } = this;
    let at = start;
    let value = 0;
    let digit = (bytes[at] as number) - zero;
    while (digit >= 0 && digit <= 9) {
      value = value * 10 + digit;
      at += 1;
      digit = (bytes[at] as number) - zero;
    }
    this.at = at;
    return at === start || at - start > safeDecimal ? -1 : value;
  }

  /** `0.000017`: the double nearest to it, as both numbers divided are exact; -1 if there are too many digits for that. */
  fraction(): number {
    const whole = this.decimal();
    if (whole < 0 || !this.takes(dot)) return -1;
    const start = this.at;
    const part = this.decimal();
    const scale = scales[this.at - start];
    if (part < 0 || scale === undefined) return -1;
    const value = whole * scale + part;
    return Number.isSafeInteger(value) ? value / scale : -1;
  }
}

const slots = 1024;

/** What words stand for that come again and again; only of new ones a string is made. */
export class Words<T> {
  readonly #meaning: (text: string) => T;
  readonly #words: (Uint8Array | undefined)[] = new Array(slots).fill(undefined);
  readonly #meanings: (T | undefined)[] = new Array(slots).fill(undefined);

  constructor(meaning: (text: string) => T) {
    this.#meaning = meaning;
  }

  /** The meaning of `bytes[start, end)`, whose bytes add up to `sum`. */
  get(bytes: Buffer, start: number, end: number, sum: number): T {
    const slot = (sum + end - start) % slots;
    const word = this.#words[slot];
    if (word?.length === end - start && matches(bytes, start, word)) {
      return this.#meanings[slot] as T;
    }
    const meaning = this.#meaning(bytes.toString("latin1", start, end));
    this.#words[slot] = bytes.slice(start, end);
    this.#meanings[slot] = meaning;
    return meaning;
  }
}
