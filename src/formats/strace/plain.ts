/** Which memory call a line is that has the shape of most: read from its bytes in one go, without making text of it. */

import type { Buffer } from "node:buffer";
import {
  adviceValues,
  type FlagTable,
  mmapFlags,
  parseFlags,
  protFlags,
} from "../../trace/flags.ts";
import type { Request } from "../request.ts";
import { bytesOf, matches, Scanner, Words } from "../scan.ts";
import { latin1 } from "./line.ts";
import { type Known, lookUp } from "./names.ts";

const lf = 10;
const space = 32;
const open = 40;
const close = 41;
const comma = 44;
const minus = 45;
const less = 60;
const equals = 61;
const greater = 62;

const isPathByte: Uint8Array = new Uint8Array(256);
for (let byte = 33; byte < 127; byte++)
  isPathByte[byte] = '"\\<>(),='.includes(String.fromCharCode(byte)) ? 0 : 1;

const unfinished = bytesOf(" <unfinished ...>\n");
const resumed = bytesOf(" resumed>");
const nothing = bytesOf("NULL");

const two31 = 2 ** 31;

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

/** Bits by the names that a table has for them; -1 for what needs a closer look. */
const flagWords = (table: FlagTable): Words<number> =>
  new Words((text) => {
    const flags = parseFlags(table, text);
    return flags === undefined || flags.unknown.length > 0 ? -1 : flags.bits;
  });

/** The whole line of a call, the line on which it begins, or that on which it ends. */
type Form = "whole" | "begin" | "end";

/** Reads calls one after the other; the fields tell of the last one. */
export class PlainCall extends Scanner {
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
  readonly #prot = flagWords(protFlags);
  readonly #kinds = flagWords(mmapFlags);
  readonly #advice = flagWords(adviceValues);

  /** True if the call at `at` is plain; there must be a line end behind it. */
  read(bytes: Buffer, at: number): boolean {
    this.bytes = bytes;
    const ends = bytes[at] === less;
    const name = ends ? at + 5 : at;
    const entry = entries[bytes[name + 1] as number];
    if (entry === undefined || !matches(bytes, name, entry.bytes)) return false;
    this.known = entry.known;
    this.call = entry.call;
    this.at = name + entry.bytes.length;
    if (!ends) return this.takes(open) && this.#arguments() && this.#rest();
    this.form = "end";
    if (bytes[at + 4] !== space || !matches(bytes, this.at, resumed)) return false;
    this.at += resumed.length;
    if (bytes[this.at] === space) this.at += 1;
    return this.takes(close) && this.#outcome();
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

  #separates(): boolean {
    return this.takes(comma) && this.takes(space);
  }

  #arguments(): boolean {
    this.#addr = this.#value();
    if (this.#addr < 0 || this.call === "brk") return this.#addr >= 0;
    if (!this.#separates()) return false;
    this.#length = this.#value();
    if (this.#length < 0 || this.call === "munmap") return this.#length >= 0;
    if (!this.#separates()) return false;
    this.#bits = this.#word(this.call === "madvise" ? this.#advice : this.#prot);
    if (this.#bits < 0 || this.call !== "mmap") return this.#bits >= 0;
    if (!this.#separates()) return false;
    this.#flags = this.#word(this.#kinds);
    if (this.#flags < 0 || !this.#separates() || !this.#descriptor() || !this.#separates())
      return false;
    this.#offset = this.#value();
    return this.#offset >= 0;
  }

  /** An address or a length; -1 if it is none. */
  #value(): number {
    return this.bytes[this.at] === nothing[0] && this.takesWord(nothing) ? 0 : this.number();
  }

  /** Flags up to a comma, a parenthesis or a blank; -1 if they need a closer look. */
  #word(words: Words<number>): number {
    const bytes = this.bytes;
    const start = this.at;
    let at = start;
    let sum = 0;
    let byte = bytes[at] as number;
    while (byte > comma) {
      sum += byte;
      at += 1;
      byte = bytes[at] as number;
    }
    this.at = at;
    return words.get(bytes, start, at, sum);
  }

  /** `-1`, `3`, `3</usr/lib/libc.so.6>`. */
  #descriptor(): boolean {
    const bytes = this.bytes;
    const start = this.at;
    this.fdText = "";
    const negative = this.takes(minus);
    const number = this.decimal();
    if (number < 0 || number >= two31) return false;
    this.#fd = negative ? -number : number;
    if (bytes[this.at] !== less) return true;
    let at = this.at + 1;
    while (isPathByte[bytes[at] as number] === 1) at += 1;
    if (bytes[at] !== greater) return false;
    this.at = at + 1;
    this.fdText = latin1(bytes, start, at + 1);
    return true;
  }

  /** What follows the arguments. */
  #rest(): boolean {
    if (this.takes(close)) {
      this.form = "whole";
      return this.#outcome();
    }
    this.form = "begin";
    this.duration = -1;
    this.next = this.at + unfinished.length;
    return matches(this.bytes, this.at, unfinished);
  }

  /** ` = 0x7f60c02e1000 <0.000017>` and the end of the line. */
  #outcome(): boolean {
    const bytes = this.bytes;
    while (bytes[this.at] === space) this.at += 1;
    if (bytes[this.at - 1] !== space || !this.takes(equals) || !this.takes(space)) return false;
    this.result = this.number();
    this.duration = -1;
    if (this.result < 0) return false;
    if (this.takes(space) && !this.#time()) return false;
    this.next = this.at + 1;
    return bytes[this.at] === lf;
  }

  /** `<0.000017>`. */
  #time(): boolean {
    if (!this.takes(less)) return false;
    this.duration = this.fraction();
    return this.duration >= 0 && this.takes(greater);
  }
}
