/** What a line of `perf script` tells that has the shape of most: read from its bytes, without making text of it. */

import type { Buffer } from "node:buffer";
import type { Search } from "../../trace/event.ts";
import type { Request } from "../request.ts";
import { bytesOf, isDigit, Scanner } from "../text/scan.ts";
import { same, stands, type Wide, wide } from "../text/wide.ts";
import { Words } from "../text/words.ts";
import { isTask } from "./line.ts";

const lf = 10;
const space = 32;
const minus = 45;
const slash = 47;
const colon = 58;
const open = 91;
const close = 93;
const letterN = 110;
const letterX = 120;

/** TASK_COMM_LEN without its end. */
const longestComm = 15;
const topDown = 1;
const two31 = 2 ** 31;
const two32 = 2 ** 32;

/** Letters, digits, `_`, `-` and `.`: the bytes of commands that cannot be taken for another column. */
const isCommByte: Uint8Array = new Uint8Array(256);
for (const character of "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.") {
  isCommByte[character.charCodeAt(0)] = 1;
}

type Name = "mmap" | "munmap" | "mprotect" | "madvise" | "brk";

interface Signature {
  readonly name: Name;
  /** What stands before each argument. */
  readonly fields: readonly Wide[];
  /** What stands before the result. */
  readonly exit: Wide;
}

const signature = (name: Name, first: string, ...more: readonly string[]): Signature => ({
  name,
  fields: [
    wide(`syscalls:sys_enter_${name}: ${first}: 0x`),
    ...more.map((field) => wide(`, ${field}: 0x`)),
  ],
  exit: wide(`syscalls:sys_exit_${name}: 0x`),
});

/** By the second letter, which tells them apart. */
const signatures: (Signature | undefined)[] = new Array(256).fill(undefined);
for (const one of [
  signature("mmap", "addr", "len", "prot", "flags", "fd", "off"),
  signature("munmap", "addr", "len"),
  signature("mprotect", "start", "len", "prot"),
  signature("madvise", "start", "len_in", "behavior"),
  signature("brk", "brk"),
]) {
  signatures[one.name.charCodeAt(1)] = one;
}

/** Where the `n` or `x` of the words before a call stands, and behind that its second letter. */
const wayPlace = "syscalls:sys_e".length;
const enterPlace = "syscalls:sys_enter_m".length;
const exitPlace = "syscalls:sys_exit_m".length;

const searches = wide("mmap:vm_unmapped_area: addr=0x");
/** Some are shorter than what is compared at once. */
const searchFields = [
  " err=0 total_vm=0x",
  " flags=0x",
  " len=0x",
  " lo=0x",
  " hi=0x",
  " mask=0x",
  " ofs=0x",
].map(bytesOf);

const int32 = (value: number): number => {
  const low = value % two32;
  return low < two31 ? low : low - two32;
};

/** Reads lines one after the other; the fields tell of the last one. */
export class PlainLine extends Scanner {
  kind: "enter" | "exit" | "search" = "enter";
  comm = "";
  /** -1 if it is not printed. */
  pid = -1;
  tid = 0;
  /** Seconds. */
  time = 0;
  name: Name = "mmap";
  /** Arguments of an entry; the result of an exit; the values of a search but its error, the address first. */
  readonly values: number[] = new Array(8).fill(0);
  /** Where the next line begins. */
  next = 0;
  readonly #comms = new Words((text) => text);
  /** The columns of the last line before its time: where they begin, and how long they are. */
  #columnsAt = 0;
  #columnsLength = 0;

  /** True if the line at `start` is plain; there must be a line end behind it. */
  read(bytes: Buffer, start: number): boolean {
    if (bytes !== this.bytes) this.#columnsLength = 0;
    this.start(bytes, start);
    if (!this.#columns(start) || !this.#clock()) return false;
    const { at } = this;
    if (at + enterPlace >= bytes.length) return false;
    const way = bytes[at + wayPlace];
    if (way === letterN) return this.#enter(signatures[bytes[at + enterPlace] as number]);
    if (way === letterX) return this.#exit(signatures[bytes[at + exitPlace] as number]);
    return this.#search();
  }

  /** What an entry asks for. */
  request(): Request {
    const { values } = this;
    const addr = values[0] as number;
    const length = values[1] as number;
    const third = values[2] as number;
    switch (this.name) {
      case "mmap": {
        const fd = int32(values[4] as number);
        const flags = values[3] as number;
        return { call: "mmap", addr, length, prot: third, flags, fd, offset: values[5] as number };
      }
      case "munmap":
        return { call: "munmap", addr, length };
      case "mprotect":
        return { call: "mprotect", addr, length, prot: third };
      case "madvise":
        return { call: "madvise", addr, length, advice: int32(third) };
      case "brk":
        return { call: "brk", addr };
    }
  }

  /** The search of a task. */
  search(line: number, pid: number): Search {
    const { values, time } = this;
    return {
      kind: "search",
      line,
      pid,
      time,
      length: values[3] as number,
      low: values[4] as number,
      high: values[5] as number,
      topDown: (values[2] as number) % 2 === topDown,
      alignMask: values[6] as number,
      alignOffset: values[7] as number,
      totalVm: values[1] as number,
      result: values[0] as number,
      error: null,
    };
  }

  /** `node   14995/14995   [000]  `, which mostly are those of the line before. */
  #columns(start: number): boolean {
    const length = this.#columnsLength;
    if (length > 0 && same(this.view, this.#columnsAt, start, length)) {
      this.#columnsAt = start;
      this.at = start + length;
      return true;
    }
    this.#columnsLength = 0;
    this.at = start;
    this.#blanks();
    if (!this.#command() || !this.#task() || !this.#processor()) return false;
    this.#columnsAt = start;
    this.#columnsLength = this.at - start;
    return true;
  }

  #blanks(): void {
    const { bytes } = this;
    let { at } = this;
    while (bytes[at] === space) at += 1;
    this.at = at;
  }

  #command(): boolean {
    const { bytes, at: start } = this;
    let at = start;
    let sum = 0;
    let byte = bytes[at] as number;
    if (isDigit(byte) || byte === minus) return false;
    while (isCommByte[byte] === 1) {
      sum += byte;
      at += 1;
      byte = bytes[at] as number;
    }
    if (byte !== space || at === start || at - start > longestComm) return false;
    this.comm = this.#comms.get(bytes, start, at, sum);
    this.at = at;
    this.#blanks();
    return true;
  }

  #task(): boolean {
    this.pid = -1;
    this.tid = this.decimal();
    if (this.tid >= 0 && this.takes(slash)) {
      this.pid = this.tid;
      this.tid = this.decimal();
    }
    if (this.tid < 0 || !isTask(this.pid) || !this.takes(space)) return false;
    this.#blanks();
    return true;
  }

  /** `[000]`. */
  #processor(): boolean {
    if (!this.takes(open)) return false;
    const start = this.at;
    if (this.decimal() < 0 || this.at - start < 3) return false;
    return this.takes(close) && this.takes(space);
  }

  #clock(): boolean {
    this.#blanks();
    this.time = this.fraction();
    if (this.time < 0 || !this.takes(colon) || !this.takes(space)) return false;
    this.#blanks();
    return true;
  }

  #enter(signature: Signature | undefined): boolean {
    if (signature === undefined) return false;
    this.kind = "enter";
    this.name = signature.name;
    const { fields } = signature;
    for (let index = 0; index < fields.length; index++) {
      if (!this.#takesWide(fields[index] as Wide) || !this.#value(index)) return false;
    }
    return this.#ends();
  }

  #exit(signature: Signature | undefined): boolean {
    if (signature === undefined || !this.#takesWide(signature.exit)) return false;
    this.kind = "exit";
    this.name = signature.name;
    return this.#value(0) && this.#ends();
  }

  /** `mmap:vm_unmapped_area: addr=0x7fdfd23dc000 err=0 total_vm=0x69 flags=0x1 len=0x2000 lo=0x1000 hi=0x7f32cb865000 mask=0x0 ofs=0x0`. */
  #search(): boolean {
    this.kind = "search";
    if (!this.#takesWide(searches) || !this.#value(0)) return false;
    for (let index = 0; index < searchFields.length; index++) {
      if (!this.takesWord(searchFields[index] as Uint8Array) || !this.#value(index + 1))
        return false;
    }
    return this.#ends();
  }

  #takesWide(word: Wide): boolean {
    if (!stands(this.view, this.at, word)) return false;
    this.at += word.length;
    return true;
  }

  /** Digits behind `0x`. */
  #value(index: number): boolean {
    const value = this.hexDigits();
    this.values[index] = value;
    return value >= 0;
  }

  #ends(): boolean {
    this.next = this.at + 1;
    return this.bytes[this.at] === lf;
  }
}
