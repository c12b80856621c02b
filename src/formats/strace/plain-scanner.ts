/** What stands in a plain line of strace: words, descriptors and results, read from bytes. */

import { bytesOf, Scanner } from "../text/scan.ts";
import { stands, wide } from "../text/wide.ts";
import { Words } from "../text/words.ts";
import { printedFile } from "./files.ts";
import { latin1 } from "./line.ts";
import type { Described } from "./made.ts";

const lf = 10;
const space = 32;
const quote = 34;
const open = 40;
const close = 41;
const star = 42;
const comma = 44;
const minus = 45;
const slash = 47;
const one = 49;
const less = 60;
const equals = 61;
const greater = 62;
const letterE = 69;
const letterN = 78;

/** Bytes of a path that mean nothing to those who look for the end of it. */
const isPathByte: Uint8Array = new Uint8Array(256);
for (let byte = space; byte < 127; byte++)
  isPathByte[byte] = '"\\<>(),='.includes(String.fromCharCode(byte)) ? 0 : 1;

/** Bytes of what is said of an error, in any language. */
const isMessageByte: Uint8Array = new Uint8Array(256).fill(1, space);
for (const letter of "<>()=") isMessageByte[letter.charCodeAt(0)] = 0;

/** Bytes of a string that stand for themselves, and after which nothing odd may follow. */
const isStringByte: Uint8Array = new Uint8Array(256).fill(1, space);
for (const letter of '"\\<') isStringByte[letter.charCodeAt(0)] = 0;

/** Bytes of `ENOMEM`. */
const isSymbolByte: Uint8Array = new Uint8Array(256);
for (const letter of "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")
  isSymbolByte[letter.charCodeAt(0)] = 1;

const resumed = wide(" resumed>");
const unfinished = wide(" <unfinished ...>\n");
const nothing = bytesOf("NULL");
const deleted = bytesOf("(deleted)");
const two31 = 2 ** 31;

/** Goes through one line; each step is false, or -1, if something else stands there. */
export class PlainScanner extends Scanner {
  /** A descriptor, and the file that is printed behind it, `</usr/lib/libc.so.6>`, if one is. */
  fd = -1;
  file: Described | undefined;
  /** What the call returned, if it did not fail. */
  value: number = Number.NaN;
  error: string | null = null;
  /** Seconds; -1 if not printed. */
  duration: number = Number.NaN;
  /** Where the next line begins. */
  next = 0;
  /** By the symbol and what is said of it. */
  readonly #errors: Words<string> = new Words((text) => text.slice(0, text.indexOf(" ")));
  readonly #files: Words<Described | undefined> = new Words(printedFile);
  /** Where the last string begins and ends. */
  #quote = 0;
  #behind = 0;

  /** An address or a length; -1 if it is none. */
  address(): number {
    return this.bytes[this.at] === letterN && this.takesWord(nothing) ? 0 : this.number();
  }

  /** The same, behind a comma and a blank. */
  following(): number {
    return this.separates() ? this.address() : -1;
  }

  /** A comma and a blank. */
  separates(): boolean {
    const { bytes, at } = this;
    this.at = at + 2;
    return bytes[at] === comma && bytes[at + 1] === space;
  }

  /** What the flags mean up to a comma, a parenthesis or a blank; -1 if that takes a closer look. */
  word(words: Words<number>): number {
    const { bytes, at: start } = this;
    let end = words.again(this.view, start);
    if (end < 0 || !this.#endsWord(end)) end = words.before(this.view, start);
    if (end >= 0 && this.#endsWord(end)) {
      this.at = end;
      return words.lastMeaning as number;
    }
    let at = start;
    let sum = 0;
    let byte = bytes[at] as number;
    while (byte > comma) {
      sum += byte;
      at += 1;
      byte = bytes[at] as number;
    }
    if (byte === space && bytes[at + 1] === slash) at = this.#afterComment(at + 2);
    if (at < 0) return -1;
    this.at = at;
    return words.get(bytes, start, at, sum);
  }

  #endsWord(at: number): boolean {
    const byte = this.bytes[at];
    return byte === comma || byte === close || (byte === space && this.bytes[at + 1] === less);
  }

  /** Behind `/* PROT_READ|PROT_WRITE *\/`, whose second byte is at `start`; -1 if it is odd. */
  #afterComment(start: number): number {
    const bytes = this.bytes;
    let at = start + 1;
    while ((bytes[at] as number) > comma || bytes[at] === space) at += 1;
    return bytes[start] === star && bytes[at] === star && bytes[at + 1] === slash ? at + 2 : -1;
  }

  /** `-1`, `3`, `3</usr/lib/libc.so.6>`. */
  descriptor(): boolean {
    const negative = this.takes(minus);
    const number = this.decimal();
    if (number < 0 || number >= two31) return false;
    this.fd = negative ? -number : number;
    return this.described();
  }

  /** Step over the word that was asked for last, if it stands here and ends so. */
  repeats(words: Words<unknown>, behind: number): boolean {
    const end = words.again(this.view, this.at);
    if (end < 0 || this.bytes[end] !== behind) return false;
    this.at = end;
    return true;
  }

  /** What `-y` prints, if it does: `</usr/lib/libc.so.6>`, `</dev/zero<char 1:5>>`, `</memfd:heap>(deleted)`. */
  described(): boolean {
    const { bytes, at: start } = this;
    this.file = undefined;
    if (bytes[start] !== less) return true;
    const again = this.#files.again(this.view, start);
    if (again >= 0 && bytes[again] !== open) {
      this.at = again;
      this.file = this.#files.lastMeaning;
      return true;
    }
    this.at = start + 1;
    let sum = this.#path();
    if (bytes[this.at] === less && bytes[this.at - 1] !== space) {
      this.at += 1;
      sum += this.#path();
      if (!this.takes(greater)) return false;
    }
    if (!this.takes(greater)) return false;
    this.takesWord(deleted);
    this.file = this.#files.get(bytes, start, this.at, sum);
    return true;
  }

  /** Step over the bytes of a path; returns their sum. */
  #path(): number {
    const { bytes } = this;
    let { at } = this;
    let sum = 0;
    let byte = bytes[at] as number;
    for (; isPathByte[byte] === 1; byte = bytes[++at] as number) sum += byte;
    this.at = at;
    return sum;
  }

  /** A string without anything that is escaped, not cut. */
  quoted(): boolean {
    const { bytes, at: start } = this;
    if (bytes[start] !== quote) return false;
    let at = start + 1;
    while (isStringByte[bytes[at] as number] === 1) at += 1;
    this.at = at + 1;
    this.#quote = start;
    this.#behind = at + 1;
    return bytes[at] === quote;
  }

  /** The last string ends as the name of a deleted file does. */
  get endsInParenthesis(): boolean {
    return this.bytes[this.#behind - 2] === close;
  }

  /** The last string, with its quotes. */
  get string(): string {
    return latin1(this.bytes, this.#quote, this.#behind);
  }

  /** True if the call goes on elsewhere: ` <unfinished ...>`. */
  stops(): boolean {
    this.error = null;
    this.duration = -1;
    this.next = this.at + unfinished.length;
    return stands(this.view, this.at, unfinished);
  }

  /** ` resumed>) = 0`: the end of a call that went on elsewhere. */
  resumes(describes = false): boolean {
    if (!stands(this.view, this.at, resumed)) return false;
    this.at += resumed.length;
    this.takes(space);
    return this.takes(close) && this.outcome(describes);
  }

  /** ` = 0x7f60c02e1000 <0.000017>` and the end of the line; `describes` if it is a descriptor, with a path perhaps. */
  outcome(describes = false): boolean {
    const { bytes } = this;
    let { at } = this;
    while (bytes[at] === space) at += 1;
    if (at === this.at || bytes[at] !== equals || bytes[at + 1] !== space) return false;
    this.at = at + 2;
    this.error = null;
    this.duration = -1;
    if (bytes[this.at] === minus) {
      if (!this.#failed()) return false;
    } else {
      this.value = this.number();
      if (this.value < 0 || (describes && !this.described())) return false;
    }
    if (bytes[this.at] === space && !this.#time()) return false;
    this.next = this.at + 1;
    return bytes[this.at] === lf;
  }

  /** `-1 ENOMEM (Cannot allocate memory)`. */
  #failed(): boolean {
    const { bytes, at } = this;
    const start = at + 3;
    if (bytes[at + 1] !== one || bytes[at + 2] !== space || bytes[start] !== letterE) return false;
    const again = this.#errors.again(this.view, start);
    if (again >= 0) {
      this.at = again;
      this.error = this.#errors.lastMeaning as string;
      return true;
    }
    let stop = start + 1;
    let sum = 0;
    for (; isSymbolByte[bytes[stop] as number] === 1; stop++) sum += bytes[stop] as number;
    if (stop === start + 1 || bytes[stop] !== space || bytes[stop + 1] !== open) return false;
    let end = stop + 2;
    while (isMessageByte[bytes[end] as number] === 1) end += 1;
    if (bytes[end] !== close) return false;
    this.error = this.#errors.get(bytes, start, end + 1, sum);
    this.at = end + 1;
    return true;
  }

  /** ` <0.000017>`. */
  #time(): boolean {
    if (this.bytes[this.at + 1] !== less) return false;
    this.at += 2;
    this.duration = this.fraction();
    return this.duration >= 0 && this.takes(greater);
  }
}
