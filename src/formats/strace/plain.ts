/** Which memory call a line is that has the shape of most: read from its bytes in one go, without making text of it. */

import type { Buffer } from "node:buffer";
import {
  adviceValues,
  type FlagTable,
  hasNewAddr,
  mmapFlags,
  mremapFlags,
  parseFlags,
  protFlags,
} from "../../trace/flags.ts";
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
  #addr = Number.NaN;
  #length = 0;
  /** prot or advice. */
  #bits = 0;
  /** Of mmap or mremap. */
  #flags = 0;
  #newLength = Number.NaN;
  /** -1 if not printed. */
  #newAddr = -1;
  #offset = 0;
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

  /** What the call asks for; not of one that ends. Objects of few shapes are looked into in no time. */
  request(): Request {
    const { call } = this;
    if (call === "mremap") return this.#move();
    const asked = {
      call,
      addr: this.#addr,
      length: this.#length,
      prot: this.#bits,
      flags: this.#flags,
      fd: this.#scan.fd,
      offset: this.#offset,
      advice: this.#bits,
    };
    return asked as Request;
  }

  #move(): Request {
    const flags = this.#flags;
    const newAddr = this.#newAddr >= 0 && hasNewAddr(flags) ? this.#newAddr : null;
    return {
      call: "mremap",
      addr: this.#addr,
      length: this.#length,
      newLength: this.#newLength,
      flags,
      newAddr,
    };
  }

  #arguments(): boolean {
    const scan = this.#scan;
    const { call } = this;
    this.#addr = scan.address();
    if (this.#addr < 0 || call === "brk") return this.#addr >= 0;
    this.#length = scan.following();
    if (this.#length < 0 || call === "munmap") return this.#length >= 0;
    if (call === "mremap") return this.#moved();
    if (!scan.separates()) return false;
    this.#bits = scan.word(call === "madvise" ? this.#advice : this.#prot);
    if (this.#bits < 0 || call !== "mmap") return this.#bits >= 0;
    if (!scan.separates()) return false;
    this.#flags = scan.word(this.#kinds);
    if (this.#flags < 0 || !scan.separates() || !scan.descriptor()) return false;
    this.#offset = scan.following();
    return this.#offset >= 0;
  }

  /** What follows the first two arguments of mremap. */
  #moved(): boolean {
    const scan = this.#scan;
    this.#newLength = scan.following();
    if (this.#newLength < 0 || !scan.separates()) return false;
    this.#flags = scan.word(this.#moves);
    this.#newAddr = -1;
    if (this.#flags < 0 || scan.bytes[scan.at] !== comma) return this.#flags >= 0;
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
