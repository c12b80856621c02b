/** Which memory call a line is that has the shape of most: read from its bytes in one go, without making text of it. */

import type { Buffer } from "node:buffer";
import {
  adviceValues,
  type FlagTable,
  mmapFlags,
  mremapFlags,
  parseFlags,
  protFlags,
} from "../../trace/flag-names.ts";
import { hasNewAddr } from "../../trace/flags.ts";
import type { Request } from "../request.ts";
import { type Short, short, standsShort } from "../text/short.ts";
import { Words } from "../text/words.ts";
import type { Described } from "./made.ts";
import { type Known, knownAs } from "./names.ts";
import type { PlainScanner } from "./plain-scanner.ts";

const space = 32;
const open = 40;
const close = 41;
const comma = 44;
const less = 60;

/** The calls that come in thousands. */
type Name = "mmap" | "munmap" | "mprotect" | "madvise" | "mremap" | "brk";

interface Entry {
  readonly known: Known;
  readonly word: Short;
  readonly length: number;
  readonly call: Name;
  /** It neither maps nor unmaps. */
  readonly isHarmless: boolean;
}

function entryOf(call: Name): Entry {
  const known = knownAs(call);
  const isHarmless = /^(?:mprotect|madvise|brk)$/.test(call);
  return { known, word: short(call), length: call.length, call, isHarmless };
}

/** By the third letter, which tells them apart. */
const entries: (Entry | undefined)[] = [];
for (const name of ["mmap", "munmap", "mprotect", "madvise", "mremap", "brk"] as const) {
  entries[name.charCodeAt(2)] = entryOf(name);
}

/** Bits by the names that a table has for them, as small integers if they are; -1 for what needs a closer look. */
const flagWords = (table: FlagTable): Words<number> =>
  new Words((text) => {
    const flags = parseFlags(table, text);
    return flags === undefined || flags.unknown.length > 0 ? -1 : Math.trunc(flags.bits);
  });

interface Asked {
  call: Name;
  addr: number;
  length: number;
  prot: number;
  flags: number;
  fd: number;
  offset: number;
  advice: number;
}

/** The whole line of a call, the line on which it begins, or that on which it ends. */
type Form = "whole" | "begin" | "end";

/** Reads calls one after the other; the fields tell of the last one. */
export class PlainCall {
  readonly #scan: PlainScanner;
  /** Where the line is, its time in seconds, NaN if it has none, and whether it has no pid: set by who reads prefixes. */
  line = 0;
  time: number = Number.NaN;
  bare = false;
  form: Form = "whole";
  known: Known = entryOf("mmap").known;
  call: Name = "mmap";
  isHarmless = false;
  /** What a call over a range asks for: all of them have all fields, `prot` is the advice too. */
  readonly #asked: Asked = {
    call: "mmap",
    addr: Number.NaN,
    length: Number.NaN,
    prot: 0,
    flags: 0,
    fd: -1,
    offset: Number.NaN,
    advice: 0,
  };
  #newLength = Number.NaN;
  /** -1 if not printed. */
  #newAddr = -1;
  readonly #prot = flagWords(protFlags);
  readonly #kinds = flagWords(mmapFlags);
  readonly #advice = flagWords(adviceValues);
  readonly #moves = flagWords(mremapFlags);

  constructor(scan: PlainScanner) {
    this.#scan = scan;
  }

  /** True if the call at `at` is plain; there must be a line end behind it. */
  read(bytes: Buffer, at: number): boolean {
    const scan = this.#scan;
    const ends = bytes[at] === less;
    const name = ends ? at + 5 : at;
    const entry = entries[bytes[name + 2] as number];
    if (entry === undefined) return false;
    scan.start(bytes, name + entry.length);
    if (!standsShort(scan.view, name, entry.word)) return false;
    this.known = entry.known;
    this.call = entry.call;
    this.isHarmless = entry.isHarmless;
    if (!ends) return scan.takes(open) && this.#arguments() && this.#rest();
    this.form = "end";
    return bytes[at + 4] === space && scan.resumes();
  }

  /**
   * What the call asks for; not of one that ends. Objects of few shapes are looked into in no time, and of whole calls it is
   * the same object each time.
   */
  request(): Request {
    if (this.call === "mremap") return this.#move();
    const asked = this.#asked;
    asked.call = this.call;
    return (this.form === "whole" ? asked : { ...asked }) as Request;
  }

  #move(): Request {
    const { addr, length, flags } = this.#asked;
    const newAddr = this.#newAddr >= 0 && hasNewAddr(flags) ? this.#newAddr : null;
    return { call: "mremap", addr, length, newLength: this.#newLength, flags, newAddr };
  }

  #arguments(): boolean {
    const scan = this.#scan;
    const { call } = this;
    const asked = this.#asked;
    asked.addr = scan.address();
    if (asked.addr < 0 || call === "brk") return asked.addr >= 0;
    asked.length = scan.following();
    if (asked.length < 0 || call === "munmap") return asked.length >= 0;
    if (call === "mremap") return this.#moved();
    if (!scan.separates()) return false;
    asked.prot = scan.word(call === "madvise" ? this.#advice : this.#prot);
    asked.advice = asked.prot;
    if (asked.prot < 0 || call !== "mmap") return asked.prot >= 0;
    if (!scan.separates()) return false;
    asked.flags = scan.word(this.#kinds);
    if (asked.flags < 0 || !scan.separates() || !scan.descriptor()) return false;
    asked.fd = scan.fd;
    asked.offset = scan.following();
    return asked.offset >= 0;
  }

  /** What follows the first two arguments of mremap. */
  #moved(): boolean {
    const scan = this.#scan;
    this.#newLength = scan.following();
    if (this.#newLength < 0 || !scan.separates()) return false;
    const flags = scan.word(this.#moves);
    this.#asked.flags = flags;
    this.#newAddr = -1;
    if (flags < 0 || scan.bytes[scan.at] !== comma) return flags >= 0;
    this.#newAddr = scan.following();
    return this.#newAddr >= 0;
  }

  /** What follows the arguments. */
  #rest(): boolean {
    const scan = this.#scan;
    if (scan.takes(close)) {
      this.form = "whole";
      return scan.outcome();
    }
    this.form = "begin";
    return scan.stops();
  }

  /** The file that is printed behind the descriptor of mmap, if one is. */
  get file(): Described | undefined {
    return this.#scan.file;
  }

  get value(): number {
    return this.#scan.value;
  }

  get error(): string | null {
    return this.#scan.error;
  }

  get duration(): number {
    return this.#scan.duration;
  }

  get next(): number {
    return this.#scan.next;
  }
}
