/** Which memory call a line is that has the shape of most: read from its bytes in one go, without making text of it. */

import { Buffer } from "node:buffer";
import {
  adviceValues,
  type FlagTable,
  mmapFlags,
  parseFlags,
  protFlags,
} from "../../trace/flags.ts";
import type { Request } from "../request.ts";
import { latin1 } from "./line.ts";
import { type Known, lookUp } from "./names.ts";

const lf = 10;
const space = 32;
const open = 40;
const close = 41;
const comma = 44;
const minus = 45;
const dot = 46;
const zero = 48;
const nine = 57;
const less = 60;
const equals = 61;
const greater = 62;
const letterX = 120;

/** The value of a hexadecimal digit as strace prints it; 16 for all other bytes. */
const digits: Uint8Array = new Uint8Array(256).fill(16);
for (let value = 0; value < 16; value++) digits[value.toString(16).charCodeAt(0)] = value;

const isPathByte: Uint8Array = new Uint8Array(256);
for (let byte = 33; byte < 127; byte++)
  isPathByte[byte] = '"\\<>(),='.includes(String.fromCharCode(byte)) ? 0 : 1;

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const unfinished = bytesOf(" <unfinished ...>\n");
const resumed = bytesOf(" resumed>");
const nothing = bytesOf("NULL");

/** No safe integer has more digits. */
const safeHex = 13;
const safeDecimal = 15;

const two31 = 2 ** 31;

/** What a fraction of so many digits is divided by; longer ones are left to Number(). */
const scales: readonly number[] = Array.from({ length: 10 }, (_, count) => 10 ** count);
/** Seconds that still leave room for nine digits. */
const longest = 1e6;

/** The calls that come in thousands. */
type Name = "mmap" | "munmap" | "mprotect" | "madvise" | "brk";

interface Entry {
  readonly known: Known;
  readonly bytes: Uint8Array;
  readonly call: Name;
}

function entryOf(call: Name): Entry {
  const bytes = bytesOf(call);
  const known = lookUp(bytes, 0, bytes.length);
  if (known === undefined) throw new Error(`${call} is no known call`);
  return { known, bytes, call };
}

/** By the second letter, which tells them apart. */
const entries: (Entry | undefined)[] = [];
for (const name of ["mmap", "munmap", "mprotect", "madvise", "brk"] as const) {
  entries[name.charCodeAt(1)] = entryOf(name);
}

const matches = (bytes: Uint8Array, at: number, word: Uint8Array): boolean => {
  for (let index = 0; index < word.length; index++) {
    if (bytes[at + index] !== word[index]) return false;
  }
  return true;
};

const slots = 1024;

/** The bits of flags by their bytes: programs repeat a handful of combinations. */
class FlagWords {
  readonly #table: FlagTable;
  readonly #words: (Uint8Array | undefined)[] = new Array(slots).fill(undefined);
  readonly #bits = new Float64Array(slots);

  constructor(table: FlagTable) {
    this.#table = table;
  }

  /** The bits of `bytes[start, end)`, whose bytes add up to `sum`; -1 if not all of it is known. */
  bits(bytes: Buffer, start: number, end: number, sum: number): number {
    const slot = (sum + end - start) % slots;
    const word = this.#words[slot];
    if (word?.length === end - start && matches(bytes, start, word))
      return this.#bits[slot] as number;
    const flags = parseFlags(this.#table, latin1(bytes, start, end));
    if (flags === undefined || flags.unknown.length > 0) return -1;
    this.#words[slot] = bytes.slice(start, end);
    this.#bits[slot] = flags.bits;
    return flags.bits;
  }
}

/** The whole line of a call, the line on which it begins, or that on which it ends. */
type Form = "whole" | "begin" | "end";

/** Reads calls one after the other; the fields tell of the last one. */
export class PlainCall {
  form: Form = "whole";
  known: Known = entryOf("mmap").known;
  call: Name = "mmap";
  #addr = 0;
  #length = 0;
  /** prot or advice. */
  #bits = 0;
  #flags = 0;
  #fd = -1;
  #offset = 0;
  /** The descriptor as printed, if with a path. */
  fdText = "";
  result = 0;
  /** Seconds; -1 if not printed. */
  duration = -1;
  /** Where the next line begins. */
  next = 0;
  readonly #prot = new FlagWords(protFlags);
  readonly #kinds = new FlagWords(mmapFlags);
  readonly #advice = new FlagWords(adviceValues);
  #bytes: Buffer = Buffer.alloc(0);
  #at = 0;

  /** True if the call at `at` is plain; there must be a line end behind it. */
  read(bytes: Buffer, at: number): boolean {
    this.#bytes = bytes;
    const ends = bytes[at] === less;
    const name = ends ? at + 5 : at;
    const entry = entries[bytes[name + 1] as number];
    if (entry === undefined || !matches(bytes, name, entry.bytes)) return false;
    this.known = entry.known;
    this.call = entry.call;
    this.#at = name + entry.bytes.length;
    if (!ends) return this.#takes(open) && this.#arguments() && this.#rest();
    this.form = "end";
    if (bytes[at + 4] !== space || !matches(bytes, this.#at, resumed)) return false;
    this.#at += resumed.length;
    if (bytes[this.#at] === space) this.#at += 1;
    return this.#takes(close) && this.#outcome();
  }

  /** What the call asks for; not of one that ends. */
  request(): Request {
    const addr = this.#addr;
    const length = this.#length;
    const bits = this.#bits;
    switch (this.call) {
      case "mmap": {
        const flags = this.#flags;
        return {
          call: "mmap",
          addr,
          length,
          prot: bits,
          flags,
          fd: this.#fd,
          offset: this.#offset,
        };
      }
      case "munmap":
        return { call: "munmap", addr, length };
      case "mprotect":
        return { call: "mprotect", addr, length, prot: bits };
      case "madvise":
        return { call: "madvise", addr, length, advice: bits };
      case "brk":
        return { call: "brk", addr };
    }
  }

  #takes(byte: number): boolean {
    if (this.#bytes[this.#at] !== byte) return false;
    this.#at += 1;
    return true;
  }

  #separates(): boolean {
    return this.#takes(comma) && this.#takes(space);
  }

  #arguments(): boolean {
    this.#addr = this.#number();
    if (this.#addr < 0 || this.call === "brk") return this.#addr >= 0;
    if (!this.#separates()) return false;
    this.#length = this.#number();
    if (this.#length < 0 || this.call === "munmap") return this.#length >= 0;
    if (!this.#separates()) return false;
    this.#bits = this.#word(this.call === "madvise" ? this.#advice : this.#prot);
    if (this.#bits < 0 || this.call !== "mmap") return this.#bits >= 0;
    if (!this.#separates()) return false;
    this.#flags = this.#word(this.#kinds);
    if (this.#flags < 0 || !this.#separates() || !this.#descriptor() || !this.#separates())
      return false;
    this.#offset = this.#number();
    return this.#offset >= 0;
  }

  /** A number below 2^53, `NULL` as 0; -1 if it is none. */
  #number(): number {
    const bytes = this.#bytes;
    const start = this.#at;
    const first = bytes[start] as number;
    if (first === zero && bytes[start + 1] === letterX) return this.#hex(start + 2);
    if (first >= zero && first <= nine) return this.#decimal(start);
    if (first !== nothing[0] || !matches(bytes, start, nothing)) return -1;
    this.#at = start + nothing.length;
    return 0;
  }

  #hex(start: number): number {
    const bytes = this.#bytes;
    let at = start;
    let value = 0;
    let digit = digits[bytes[at] as number] as number;
    while (digit < 16) {
      value = value * 16 + digit;
      at += 1;
      digit = digits[bytes[at] as number] as number;
    }
    this.#at = at;
    return at === start || at - start > safeHex ? -1 : value;
  }

  #decimal(start: number): number {
    const bytes = this.#bytes;
    let at = start;
    let value = 0;
    let digit = (bytes[at] as number) - zero;
    while (digit >= 0 && digit <= 9) {
      value = value * 10 + digit;
      at += 1;
      digit = (bytes[at] as number) - zero;
    }
    this.#at = at;
    return at === start || at - start > safeDecimal ? -1 : value;
  }

  /** Flags up to a comma, a parenthesis or a blank; -1 if they need a closer look. */
  #word(words: FlagWords): number {
    const bytes = this.#bytes;
    const start = this.#at;
    let at = start;
    let sum = 0;
    let byte = bytes[at] as number;
    while (byte > comma) {
      sum += byte;
      at += 1;
      byte = bytes[at] as number;
    }
    this.#at = at;
    return words.bits(bytes, start, at, sum);
  }

  /** `-1`, `3`, `3</usr/lib/libc.so.6>`. */
  #descriptor(): boolean {
    const bytes = this.#bytes;
    const start = this.#at;
    this.fdText = "";
    const negative = this.#takes(minus);
    const number = this.#decimal(this.#at);
    if (number < 0 || number >= two31) return false;
    this.#fd = negative ? -number : number;
    if (bytes[this.#at] !== less) return true;
    let at = this.#at + 1;
    while (isPathByte[bytes[at] as number] === 1) at += 1;
    if (bytes[at] !== greater) return false;
    this.#at = at + 1;
    this.fdText = latin1(bytes, start, at + 1);
    return true;
  }

  /** What follows the arguments. */
  #rest(): boolean {
    if (this.#takes(close)) {
      this.form = "whole";
      return this.#outcome();
    }
    this.form = "begin";
    this.duration = -1;
    this.next = this.#at + unfinished.length;
    return matches(this.#bytes, this.#at, unfinished);
  }

  /** ` = 0x7f60c02e1000 <0.000017>` and the end of the line. */
  #outcome(): boolean {
    const bytes = this.#bytes;
    while (bytes[this.#at] === space) this.#at += 1;
    if (bytes[this.#at - 1] !== space || !this.#takes(equals) || !this.#takes(space)) return false;
    if (bytes[this.#at] === nothing[0]) return false;
    this.result = this.#number();
    this.duration = -1;
    if (this.result < 0) return false;
    if (this.#takes(space) && !this.#time()) return false;
    this.next = this.#at + 1;
    return bytes[this.#at] === lf;
  }

  /** `<0.000017>`: the double nearest to it, as both numbers divided are exact. */
  #time(): boolean {
    if (!this.#takes(less)) return false;
    const whole = this.#decimal(this.#at);
    if (whole < 0 || !this.#takes(dot)) return false;
    const start = this.#at;
    const fraction = this.#decimal(start);
    const scale = scales[this.#at - start];
    if (fraction < 0 || scale === undefined || whole >= longest) return false;
    this.duration = (whole * scale + fraction) / scale;
    return this.#takes(greater);
  }
}
