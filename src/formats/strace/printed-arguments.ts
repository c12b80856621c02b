/** The arguments of one memory call as strace prints them: where each stands, and what it is when asked for. */

import { type Flags, type FlagTable, parseFlags } from "../../trace/flag-names.ts";
import type { U64 } from "../../units.ts";
import type { Problem } from "../checks.ts";
import { type Arguments, unreadString } from "../request.ts";
import { unquote } from "./escapes.ts";
import { numberAt } from "./number.ts";
import { splitArgs } from "./split-args.ts";

const comma = 44;
const space = 32;
const equals = 61;
const capitalN = 78;
const two31 = 2 ** 31;
const two32 = 2 ** 32;
const cacheLimit = 1000;

/** Parsed flags by their text: programs repeat a handful of combinations. */
const caches = new Map<FlagTable, Map<string, Flags>>();

function cachedFlags(table: FlagTable, text: string): Flags | undefined {
  const cache = caches.get(table) ?? new Map<string, Flags>();
  const known = cache.get(text);
  if (known !== undefined) return known;
  const flags = parseFlags(table, text);
  if (flags !== undefined && cache.size < cacheLimit) caches.set(table, cache.set(text, flags));
  return flags;
}

/** Where the value of `name=value` begins (strace -N), or -1 if the argument has no name. */
function afterName(text: string, start: number, end: number): number {
  let at = start;
  for (; at < end; at++) {
    const code = text.charCodeAt(at);
    if ((code < 97 || code > 122) && code !== 95) break;
  }
  return at > start && text.charCodeAt(at) === equals ? at + 1 : -1;
}

const none: readonly string[] = [];

/** Takes arguments by position; the first that makes no sense is the problem. */
export class PrintedArguments implements Arguments {
  readonly #text: string;
  #starts: number[] = [];
  #ends: number[] = [];
  problem: Problem | undefined;
  /** Names of flags that nobody knows. */
  unknown: readonly string[] = none;

  constructor(text: string) {
    this.#text = text;
  }

  get count(): number {
    return this.#starts.length;
  }

  #add(start: number, end: number): void {
    let from = start;
    let to = end;
    while (from < to && this.#text.charCodeAt(from) <= space) from += 1;
    while (to > from && this.#text.charCodeAt(to - 1) <= space) to -= 1;
    this.#starts.push(from);
    this.#ends.push(to);
  }

  /** Arguments in `[from, close)` that hold neither strings nor structures. */
  split(from: number, close: number): void {
    let start = from;
    for (let at = from; at < close; at++) {
      if (this.#text.charCodeAt(at) !== comma) continue;
      this.#add(start, at);
      start = at + 1;
    }
    this.#add(start, close);
    if (this.count === 1 && this.#starts[0] === this.#ends[0]) this.#starts.length = 0;
  }

  /** The six of mmap: the fifth may be a path with anything in it, so the sixth is looked for from the right. */
  splitAroundPath(from: number, close: number): void {
    const text = this.#text;
    let start = from;
    for (let index = 0; index < 4; index++) {
      const end = text.indexOf(",", start);
      if (end < 0 || end > close) return;
      this.#add(start, end);
      start = end + 1;
    }
    const last = text.lastIndexOf(",", close);
    if (last < start) return;
    this.#add(start, last);
    this.#add(last + 1, close);
  }

  /** Arguments from `from` on, whatever they hold. */
  splitStrings(from: number): void {
    let at = from;
    for (const arg of splitArgs(this.#text, from).args) {
      const start = this.#text.indexOf(arg, at);
      at = start + arg.length;
      this.#add(start, at);
    }
  }

  /** Put `name=value` arguments into the order of the names and drop the names. */
  sort(names: readonly string[]): void {
    const text = this.#text;
    const first = this.#starts[0];
    if (first === undefined || afterName(text, first, this.#ends[0] ?? first) < 0) return;
    const starts: number[] = new Array(this.count).fill(0);
    const ends: number[] = new Array(this.count).fill(0);
    this.#starts.forEach((start, index) => {
      const end = this.#ends[index] ?? start;
      const value = afterName(text, start, end);
      const place = value < 0 ? -1 : names.indexOf(text.slice(start, value - 1));
      const to = place < 0 || place >= starts.length ? index : place;
      starts[to] = value < 0 ? start : value;
      ends[to] = end;
    });
    this.#starts = starts;
    this.#ends = ends;
  }

  text(index: number): string {
    return this.#text.slice(this.#starts[index] ?? 0, this.#ends[index] ?? 0);
  }

  #fail(code: string, what: string, index: number): 0 {
    this.problem ??= { code, message: `${what} "${this.text(index)}" cannot be read` };
    return 0;
  }

  /** Where the argument ends, before a comment (`65536 /* 0x10000 *\/`). */
  #end(index: number): number {
    const end = this.#ends[index] ?? 0;
    const blank = this.#text.indexOf(" ", this.#starts[index] ?? 0);
    return blank < 0 || blank > end ? end : blank;
  }

  number(index: number, what = "address"): U64 {
    const start = this.#starts[index] ?? 0;
    const end = this.#ends[index] ?? 0;
    if (this.#text.charCodeAt(start) === capitalN && this.text(index) === "NULL") return 0;
    const value = numberAt(this.#text, start, end) ?? numberAt(this.#text, start, this.#end(index));
    if (value !== undefined) return value;
    return this.#fail(what === "length" ? "parse/bad-length" : "parse/bad-number", what, index);
  }

  length(index: number): U64 {
    return this.number(index, "length");
  }

  /** A 32-bit signed number, up to a decoration or a comment; `0xffffffff` is -1. */
  int(index: number): number {
    const text = this.#text;
    const start = this.#starts[index] ?? 0;
    const limit = this.#end(index);
    const angle = text.indexOf("<", start);
    const end = angle < 0 || angle > limit ? limit : angle;
    const negative = text.charCodeAt(start) === 45;
    const value = numberAt(text, negative ? start + 1 : start, end);
    if (value === undefined) return this.#fail("parse/bad-number", "number", index);
    if (negative) {
      return value <= two31 ? -Number(value) : this.#fail("parse/bad-number", "number", index);
    }
    const low = typeof value === "number" ? value % two32 : Number(BigInt.asUintN(32, value));
    return low < two31 ? low : low - two32;
  }

  flags(index: number, table: FlagTable): number {
    const flags = cachedFlags(table, this.text(index));
    if (flags === undefined) return this.#fail("parse/bad-flags", "flags", index);
    if (flags.unknown.length > 0) this.unknown = [...this.unknown, ...flags.unknown];
    return flags.bits;
  }

  choice(index: number, table: FlagTable): number {
    return this.flags(index, table);
  }

  string(index: number): string | null {
    const text = this.text(index);
    return text.startsWith('"') ? unquote(text) : unreadString(this.number(index));
  }
}
