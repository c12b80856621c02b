/** Which numbers and words stand at a place of a text: read from its bytes, without making strings of them. */

// biome-ignore-all lint/suspicious/noBitwiseOperators: four digits are looked at side by side.

import { Buffer } from "node:buffer";
import { type View, viewOf } from "./view.ts";

const zero = 48;
const dot = 46;
const nine = 57;
const letterX = 120;

export const isDigit = (byte: number): boolean => byte >= zero && byte <= nine;

/** The value of a lower-case hexadecimal digit; 16 for all other bytes. */
const digits: Uint8Array = new Uint8Array(256).fill(16);
for (let value = 0; value < 16; value++) digits[value.toString(16).charCodeAt(0)] = value;

/** So many digits fit into a double without loss. */
const safeHex = 13;
const safeDecimal = 15;

/** What a fraction of so many digits is divided by. */
const scales: readonly number[] = Array.from({ length: 10 }, (_, count) => 10 ** count);

/** Four zeros. */
const zeros = 0x30303030;

export const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

/** True if the word stands at a place. */
export function matches(bytes: Uint8Array, at: number, word: Uint8Array): boolean {
  for (let index = 0; index < word.length; index++) {
    if (bytes[at + index] !== word[index]) return false;
  }
  return true;
}

/** The value of four decimal digits, the first in the lowest byte of the word; -1 if they are none. */
export function fourDigits(word: number): number {
  if ((((word ^ zeros) | ((word + 0x06060606) ^ zeros)) & 0xf0f0f0f0) !== 0) return -1;
  const pairs = (Math.imul(word & 0x0f0f0f0f, 10 * 2 ** 8 + 1) >>> 8) & 0x00ff00ff;
  return Math.imul(pairs, 100 * 2 ** 16 + 1) >>> 16;
}

/** Goes through bytes from left to right; there must be a byte behind that none of its words and numbers has. */
export class Scanner {
  bytes: Buffer = Buffer.alloc(0);
  /** The same bytes. */
  view: View = viewOf(this.bytes);
  at = 0;

  start(bytes: Buffer, at: number): void {
    if (bytes !== this.bytes) {
      this.bytes = bytes;
      this.view = viewOf(bytes);
    }
    this.at = at;
  }

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
    if (bytes[at] !== zero || bytes[at + 1] !== letterX) return this.decimal();
    this.at = at + 2;
    return this.hexDigits();
  }

  /**
   * `7f60c02e1000`, of at most 13 digits; -1 if no such number is there. Four at once while there are as many: what is done
   * in a loop for each byte takes several times as long.
   */
  hexDigits(): number {
    const { bytes, at: start } = this;
    const { data, length } = this.view;
    let at = start;
    let value = 0;
    for (; at + 4 <= length && at < start + 12; at += 4) {
      const word = data.getInt32(at, true);
      // Letters have bit 6, and are nine more than their lowest four bits.
      const letters = (word >>> 6) & 0x01010101;
      const four = (word & 0x0f0f0f0f) + 9 * letters;
      const isOver = ((four + 0x06060606) >>> 4) & 0x01010101;
      const kinds = (word & 0xf0f0f0f0) ^ (zeros + 0x30 * letters);
      if ((kinds | (isOver ^ letters) | (four & 0x10101010)) !== 0) break;
      const pairs = ((four << 4) | (four >>> 8)) & 0x00ff00ff;
      value = value * 0x10000 + (((pairs & 0xff) << 8) | (pairs >>> 16));
    }
    let digit = digits[bytes[at] as number] as number;
    for (; digit < 16 && at < start + safeHex; digit = digits[bytes[++at] as number] as number)
      value = value * 16 + digit;
    this.at = at;
    return at === start || digit < 16 ? -1 : value;
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
    const { bytes, at: start } = this;
    let at = start;
    let whole = 0;
    let byte = bytes[at] as number;
    for (; byte >= zero && byte <= nine; byte = bytes[++at] as number)
      whole = whole * 10 + byte - zero;
    if (byte !== dot || at === start) return -1;
    const middle = ++at;
    let part = 0;
    const { data, length } = this.view;
    for (; at + 4 <= length && at < middle + 8; at += 4) {
      const four = fourDigits(data.getInt32(at, true));
      if (four < 0) break;
      part = part * 10_000 + four;
    }
    byte = bytes[at] as number;
    for (; byte >= zero && byte <= nine; byte = bytes[++at] as number)
      part = part * 10 + byte - zero;
    this.at = at;
    const scale = scales[at - middle];
    const isExact = scale !== undefined && at > middle && at - start <= safeDecimal + 1;
    return isExact ? (whole * scale + part) / scale : -1;
  }
}
