/** Which numbers and words stand at a place of a text: read from its bytes, without making strings of them. */

import { Buffer } from "node:buffer";

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

/** So many fit into an integer of 31 bits, with which processors count faster. */
const quickDigits = 7;
const hexPowers: readonly number[] = Array.from(
  { length: quickDigits + 1 },
  (_, count) => 16 ** count,
);
const decimalPowers: readonly number[] = Array.from(
  { length: quickDigits + 1 },
  (_, count) => 10 ** count,
);

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

  /**
   * `0x7f60c02e1000` or `4096`, of at most 13 or 14 digits; -1 if no such number is there. One loop for both kinds, of
   * which the first part counts in integers of 31 bits.
   */
  number(): number {
    const { bytes, at: first } = this;
    const isHex = bytes[first] === zero && bytes[first + 1] === letterX;
    const base = isHex ? 16 : 10;
    const start = isHex ? first + 2 : first;
    let at = start;
    let high = 0;
    let digit = digits[bytes[at] as number] as number;
    for (
      ;
      digit < base && at < start + quickDigits;
      digit = digits[bytes[++at] as number] as number
    ) {
      high = high * base + digit;
    }
    const middle = at;
    let low = 0;
    for (
      ;
      digit < base && at < start + 2 * quickDigits;
      digit = digits[bytes[++at] as number] as number
    ) {
      low = low * base + digit;
    }
    this.at = at;
    if (at === start || digit < base || (isHex && at > start + safeHex)) return -1;
    const powers = isHex ? hexPowers : decimalPowers;
    return at === middle ? high : high * (powers[at - middle] as number) + low;
  }

  /** `0x7f60c02e1000`. */
  hex(): number {
    const { bytes, at } = this;
    if (bytes[at] !== zero || bytes[at + 1] !== letterX) return -1;
    this.at = at + 2;
    return this.hexDigits();
  }

  /** `7f60c02e1000`, of at most 13 digits; -1 if no such number is there. Counts like `number`. */
  hexDigits(): number {
    const { bytes, at: start } = this;
    const middle = start + quickDigits;
    let at = start;
    let high = 0;
    let digit = digits[bytes[at] as number] as number;
    for (; digit < 16 && at < middle; digit = digits[bytes[++at] as number] as number)
      high = high * 16 + digit;
    let low = 0;
    for (; digit < 16 && at < start + safeHex; digit = digits[bytes[++at] as number] as number)
      low = low * 16 + digit;
    this.at = at;
    if (at === start || digit < 16) return -1;
    return at <= middle ? high : high * (hexPowers[at - middle] as number) + low;
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
    byte = bytes[at] as number;
    for (; byte >= zero && byte <= nine; byte = bytes[++at] as number)
      part = part * 10 + byte - zero;
    this.at = at;
    const scale = scales[at - middle];
    const isExact = scale !== undefined && at > middle && at - start <= safeDecimal + 1;
    return isExact ? (whole * scale + part) / scale : -1;
  }
}
