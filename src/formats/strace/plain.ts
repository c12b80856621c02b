/** Which memory call a line is that has the shape of most: read from its bytes in one go, without making text of it. */

import type { Buffer } from "node:buffer";
import {
  adviceValues,
  type FlagTable,
  MREMAP_DONTUNMAP,
  MREMAP_FIXED,
  mmapFlags,
  mremapFlags,
  parseFlags,
  protFlags,
} from "../../trace/flags.ts";
import { hasBit } from "../../units.ts";
import type { Request } from "../request.ts";
import { bytesOf, matches, Scanner, Words } from "../scan.ts";
import { latin1 } from "./line.ts";
import { type Known, lookUp } from "./names.ts";

const lf = 10;
const space = 32;
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

const isPathByte: Uint8Array = new Uint8Array(256);
for (let byte = space; byte < 127; byte++)
  isPathByte[byte] = '"\\<>(),='.includes(String.fromCharCode(byte)) ? 0 : 1;

const unfinished = bytesOf(" <unfinished ...>\n");
const resumed = bytesOf(" resumed>");
const deleted = bytesOf("(deleted)");
const nothing = bytesOf("NULL");

/** Bytes of what is said of an error, in any language. */
const isMessageByte: Uint8Array = new Uint8Array(256).fill(1, space);
for (const letter of "<>()=") isMessageByte[letter.charCodeAt(0)] = 0;

/** Bytes of `ENOMEM`. */
const isSymbolByte: Uint8Array = new Uint8Array(256);
for (const letter of "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")
  isSymbolByte[letter.charCodeAt(0)] = 1;

const two31 = 2 ** 31;

/** The calls that come in thousands. */
type Name = "mmap" | "munmap" | "mprotect" | "madvise" | "mremap" | "brk";

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

/** By the third letter, which tells them apart. */
const entries: (Entry | undefined)[] = [];
for (const name of ["mmap", "munmap", "mprotect", "madvise", "mremap", "brk"] as const) {
  entries[name.charCodeAt(2)] = entryOf(name);
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
  /** Of mmap or mremap. */
  #flags = 0;
  #newLength = 0;
  /** -1 if not printed. */
  #newAddr = -1;
  #fd = -1;
  #offset = 0;
  /** The descriptor as printed, if with a path. */
  fdText = "";
  /** What the call returned, if it did not fail. */
  value = 0;
  error: string | null = null;
  /** Seconds; -1 if not printed. */
  duration = -1;
  /** Where the next line begins. */
  next = 0;
  readonly #prot = flagWords(protFlags);
  readonly #kinds = flagWords(mmapFlags);
  readonly #advice = flagWords(adviceValues);
  readonly #moves = flagWords(mremapFlags);
  readonly #symbols = new Words((text) => text);

  /** True if the call at `at` is plain; there must be a line end behind it. */
  read(bytes: Buffer, at: number): boolean {
    this.bytes = bytes;
    const ends = bytes[at] === less;
    const name = ends ? at + 5 : at;
    const entry = entries[bytes[name + 2] as number];
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
      case "mremap": {
        const flags = this.#flags;
        const placed = hasBit(flags, MREMAP_FIXED) || hasBit(flags, MREMAP_DONTUNMAP);
        const newAddr = placed && this.#newAddr >= 0 ? this.#newAddr : null;
        return { call: "mremap", addr, length, newLength: this.#newLength, flags, newAddr };
      }
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
    if (this.call === "mremap") return this.#moved();
    this.#bits = this.#word(this.call === "madvise" ? this.#advice : this.#prot);
    if (this.#bits < 0 || this.call !== "mmap") return this.#bits >= 0;
    if (!this.#separates()) return false;
    this.#flags = this.#word(this.#kinds);
    if (this.#flags < 0 || !this.#separates() || !this.#descriptor() || !this.#separates())
      return false;
    this.#offset = this.#value();
    return this.#offset >= 0;
  }

  /** What follows the first two arguments of mremap. */
  #moved(): boolean {
    this.#newLength = this.#value();
    if (this.#newLength < 0 || !this.#separates()) return false;
    this.#flags = this.#word(this.#moves);
    this.#newAddr = -1;
    if (this.#flags < 0 || this.bytes[this.at] !== comma) return this.#flags >= 0;
    if (!this.#separates()) return false;
    this.#newAddr = this.#value();
    return this.#newAddr >= 0;
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
    if (byte === space && bytes[at + 1] === slash) at = this.#afterComment(at + 2);
    if (at < 0) return -1;
    this.at = at;
    return words.get(bytes, start, at, sum);
  }

  /** Behind `/* PROT_READ|PROT_WRITE *\/`, whose second byte is at `start`; -1 if it is odd. */
  #afterComment(start: number): number {
    const bytes = this.bytes;
    let at = start + 1;
    while ((bytes[at] as number) > comma || bytes[at] === space) at += 1;
    return bytes[start] === star && bytes[at] === star && bytes[at + 1] === slash ? at + 2 : -1;
  }

  /** `-1`, `3`, `3</usr/lib/libc.so.6>`, `3</dev/zero<char 1:5>>`, `3</memfd:heap>(deleted)`. */
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
    if (bytes[at] === less && bytes[at - 1] !== space) {
      at += 1;
      while (isPathByte[bytes[at] as number] === 1) at += 1;
      if (bytes[at] !== greater) return false;
      at += 1;
    }
    if (bytes[at] !== greater) return false;
    at += 1;
    if (matches(bytes, at, deleted)) at += deleted.length;
    this.at = at;
    this.fdText = latin1(bytes, start, at);
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
    this.error = null;
    this.duration = -1;
    if (bytes[this.at] === minus) {
      if (!this.#failed()) return false;
    } else {
      this.value = this.number();
      if (this.value < 0) return false;
    }
    if (this.takes(space) && !this.#time()) return false;
    this.next = this.at + 1;
    return bytes[this.at] === lf;
  }

  /** `-1 ENOMEM (Cannot allocate memory)`. */
  #failed(): boolean {
    const { bytes, at } = this;
    const start = at + 3;
    if (bytes[at + 1] !== one || bytes[at + 2] !== space || bytes[start] !== letterE) return false;
    let stop = start + 1;
    let sum = 0;
    for (; isSymbolByte[bytes[stop] as number] === 1; stop++) sum += bytes[stop] as number;
    if (stop === start + 1 || bytes[stop] !== space || bytes[stop + 1] !== open) return false;
    let end = stop + 2;
    while (isMessageByte[bytes[end] as number] === 1) end += 1;
    if (bytes[end] !== close) return false;
    this.error = this.#symbols.get(bytes, start, stop, sum);
    this.at = end + 1;
    return true;
  }

  /** `<0.000017>`. */
  #time(): boolean {
    if (!this.takes(less)) return false;
    this.duration = this.fraction();
    return this.duration >= 0 && this.takes(greater);
  }
}
