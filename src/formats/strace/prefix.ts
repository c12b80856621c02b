/** What stands before the call on a line of strace: pid, time, system call number, instruction pointer. */

import { fourDigits, isDigit } from "../text/scan.ts";
import { type View, viewOf } from "../text/view.ts";
import { stands, type Wide, wideOf } from "../text/wide.ts";

const space = 32;
const zero = 48;
const nine = 57;
const open = 91; // [
const close = 93; // ]
const less = 60;
const greater = 62;
const dot = 46;
const colon = 58;
const paren = 40;
const plus = 43;

/** PID_MAX_LIMIT; a larger number at the start of a line is a time. */
export const maxPid = 4_194_304;

const pidDigits = 7;

/** Of a Unix time, from 2001 to 2286. */
const unixDigits = 10;

/** What `[ip]`, `[nr]` and the context of a task (--secontext) hold, as no notice in brackets does. */
const bracketed: ReadonlySet<number> = new Set(
  [..." ?!:,.-_0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"].map((one) =>
    one.charCodeAt(0),
  ),
);

/** How a time on a line is meant. */
export type Clock = "none" | "day" | "unix" | "delta";

/** Reads prefixes one after the other; the fields tell of the last one. */
export class Prefix {
  /** The number printed, or -1. */
  pid = -1;
  /** The number stands in `[pid N]`. */
  bracketed = false;
  clock: Clock = "none";
  /** Seconds: of the day, since 1970, or since the line before. */
  seconds: number = Number.NaN;
  /** Its smallest step, in seconds. */
  step = 1;
  /** Where the rest of the line begins. */
  body = 0;
  /** The digits of the last Unix time, without its fraction, and its value. */
  #second: Wide | undefined;
  #whole = -1;
  /** The bytes in which it was looked for, and as they are compared. */
  #viewed: Uint8Array = new Uint8Array(0);
  #view: View = viewOf(this.#viewed);
  #bytes: Uint8Array = new Uint8Array(0);
  #end = 0;
  #at = 0;

  /** Read the prefix of `bytes[start, end)`. */
  read(bytes: Uint8Array, start: number, end: number): void {
    if (!this.plain(bytes, start, end)) this.any(bytes, start, end);
  }

  /** Read a prefix that is not plain. */
  any(bytes: Uint8Array, start: number, end: number): void {
    this.#bytes = bytes;
    this.#end = end;
    this.#at = start;
    this.pid = -1;
    this.bracketed = false;
    this.clock = "none";
    this.body = start;
    if (this.#byte(start) === open) this.#bracketPid();
    else if (isDigit(this.#byte(start))) this.#number(true);
    this.#blanks();
    this.#brackets();
    if (isDigit(this.#byte(this.#at))) this.#number(false);
    if (this.#byte(this.#at) === paren && this.#byte(this.#at + 1) === plus) this.#relative();
    this.#brackets();
    this.body = this.#at;
  }

  /**
   * Read `4711  1795351507.085989 NAME` in one go, as most lines of most recordings begin; false if it is not that.
   * `end` is the end of the line, or of more lines.
   */
  plain(bytes: Uint8Array, start: number, end: number): boolean {
    let at = start;
    let byte = bytes[at] as number;
    let pid = 0;
    for (; byte >= zero && byte <= nine; byte = bytes[++at] as number) {
      if (at === start + pidDigits) return false;
      pid = pid * 10 + byte - zero;
    }
    if (byte !== space || pid > maxPid || at === start) return false;
    while (byte === space) byte = bytes[++at] as number;
    if (bytes !== this.#viewed) {
      this.#viewed = bytes;
      this.#view = viewOf(bytes);
    }
    const isSame = this.#second !== undefined && stands(this.#view, at, this.#second);
    const whole = isSame ? this.#whole : this.#unix(bytes, at);
    at += unixDigits;
    if (whole < 0 || bytes[at] !== dot) return false;
    let scale = 1;
    let digits = 0;
    at += 1;
    const { data, length } = this.#view;
    for (; at + 4 <= length && scale < 1e8; at += 4) {
      const four = fourDigits(data.getInt32(at, true));
      if (four < 0) break;
      digits = digits * 10_000 + four;
      scale *= 10_000;
    }
    byte = bytes[at] as number;
    for (; byte >= zero && byte <= nine; byte = bytes[++at] as number) {
      digits = digits * 10 + byte - zero;
      scale *= 10;
    }
    const next = bytes[at + 1] as number;
    if (byte !== space || next < 60 || next === open || at + 1 >= end) return false;
    this.pid = pid;
    this.bracketed = false;
    this.clock = "unix";
    this.seconds = whole + digits / scale;
    this.step = scale === 1e6 ? 1e-6 : 1 / scale;
    this.body = at + 1;
    return true;
  }

  /** There is a number of a task, or a time. */
  get tells(): boolean {
    return this.pid >= 0 || this.clock !== "none";
  }

  /** Seconds since 1970 of ten digits, remembered for the lines that follow; -1 if that is not what stands there. */
  #unix(bytes: Uint8Array, at: number): number {
    let value = 0;
    for (let index = 0; index < unixDigits; index++) {
      const byte = bytes[at + index] as number;
      if (!isDigit(byte)) return -1;
      value = value * 10 + byte - zero;
    }
    if (value < 1e9) return -1;
    this.#second = wideOf(bytes.subarray(at, at + unixDigits));
    this.#whole = value;
    return value;
  }

  #byte(at: number): number {
    return at < this.#end ? (this.#bytes[at] as number) : 0;
  }

  #blanks(): void {
    while (this.#byte(this.#at) === space) this.#at += 1;
  }

  /** `[pid  4330] `, with `<comm>` after the number if -Y. */
  #bracketPid(): void {
    let at = this.#at + 5;
    if (this.#byte(this.#at + 1) !== 112 || this.#byte(at - 1) !== space) return;
    while (this.#byte(at) === space) at += 1;
    let pid = 0;
    for (; isDigit(this.#byte(at)); at++) pid = pid * 10 + this.#byte(at) - zero;
    if (this.#byte(at) === less) at = this.#afterComm(at);
    if (this.#byte(at) !== close || pid > maxPid) return;
    this.bracketed = true;
    this.pid = pid;
    this.#at = at + 1;
  }

  #afterComm(from: number): number {
    let at = from;
    while (at < this.#end && this.#byte(at) !== greater) at += 1;
    return at + 1;
  }

  /** `4711 `, `4711<comm> `, `1795351507.085989 `, `12:45:07.10 `, `0.000617 `: told apart by what follows. */
  #number(mayBePid: boolean): void {
    let at = this.#at;
    let value = 0;
    for (; isDigit(this.#byte(at)); at++) value = value * 10 + this.#byte(at) - zero;
    const next = this.#byte(at);
    if (next === colon) this.#day(value, at + 1);
    else if (mayBePid && next === less && value <= maxPid) {
      this.pid = value;
      this.#at = this.#afterComm(at);
    } else if (next === dot) this.#seconds(value, at);
    else if (next !== space) return;
    else if (mayBePid && value <= maxPid) {
      this.pid = value;
      this.#at = at;
    } else this.#seconds(value, at);
  }

  #seconds(whole: number, after: number): void {
    this.seconds = whole + this.#fraction(after);
    if (this.#byte(this.#at) !== space) {
      this.#at = this.body;
      return;
    }
    this.clock = whole > maxPid ? "unix" : "delta";
    this.#blanks();
  }

  /** `MM:SS[.frac]` after the hour. */
  #day(hours: number, from: number): void {
    const two = (at: number): number => (this.#byte(at) - zero) * 10 + this.#byte(at + 1) - zero;
    if (this.#byte(from + 2) !== colon) return;
    this.seconds = hours * 3600 + two(from) * 60 + two(from + 3) + this.#fraction(from + 5);
    if (this.#byte(this.#at) !== space) return;
    this.clock = "day";
    this.#blanks();
  }

  /** The digits after a dot, as a part of one; leaves the position behind them. */
  #fraction(from: number): number {
    let at = from;
    let digits = 0;
    let scale = 1;
    if (this.#byte(at) === dot) {
      for (at += 1; isDigit(this.#byte(at)); at++) {
        digits = digits * 10 + this.#byte(at) - zero;
        scale *= 10;
      }
    }
    this.#at = at;
    this.step = 1 / scale;
    return digits / scale;
  }

  /** `(+     0.000049) ` beside an absolute time adds nothing. */
  #relative(): void {
    let at = this.#at;
    while (at < this.#end && this.#byte(at) !== 41) at += 1;
    if (this.clock === "none") {
      let from = this.#at + 2;
      while (this.#byte(from) === space) from += 1;
      let whole = 0;
      for (; isDigit(this.#byte(from)); from++) whole = whole * 10 + this.#byte(from) - zero;
      this.seconds = whole + this.#fraction(from);
      this.clock = "delta";
    }
    this.#at = at + 1;
    this.#blanks();
  }

  #brackets(): void {
    let more = true;
    while (more) more = this.#byte(this.#at) === open && this.#skipBracket();
  }

  /** `[  59] `, `[00007f7f600a1e17] ` or `[user_t] `; false if the bracket is something else. */
  #skipBracket(): boolean {
    let at = this.#at + 1;
    while (bracketed.has(this.#byte(at))) at += 1;
    if (this.#byte(at) !== close || this.#byte(at + 1) !== space) return false;
    this.#at = at + 2;
    return true;
  }
}
