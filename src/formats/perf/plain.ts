/** What a line of `perf script` tells that has the shape of most: read from its bytes, without making text of it. */

import type { Buffer } from "node:buffer";
import type { Search } from "../../trace/event.ts";
import { bytesOf, Scanner, Words } from "../scan.ts";
import type { Request } from "./calls.ts";
import { isTask } from "./line.ts";

const lf = 10;
const space = 32;
const minus = 45;
const slash = 47;
const zero = 48;
const colon = 58;
const open = 91;
const close = 93;

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
const isDigit = (byte: number): boolean => byte >= 48 && byte <= 57;

const enters = bytesOf("syscalls:sys_enter_");
const exits = bytesOf("syscalls:sys_exit_");
const searches = bytesOf("mmap:vm_unmapped_area: addr=");

type Name = "mmap" | "munmap" | "mprotect" | "madvise" | "brk";

interface Signature {
  readonly name: Name;
  readonly bytes: Uint8Array;
  /** What stands before each argument. */
  readonly fields: readonly Uint8Array[];
}

const signature = (name: Name, first: string, ...more: readonly string[]): Signature => ({
  name,
  bytes: bytesOf(`${name}: `),
  fields: [bytesOf(`${first}: `), ...more.map((field) => bytesOf(`, ${field}: `))],
});

/** By the second letter, which tells them apart. */
const signatures: (Signature | undefined)[] = [];
for (const one of [
  signature("mmap", "addr", "len", "prot", "flags", "fd", "off"),
  signature("munmap", "addr", "len"),
  signature("mprotect", "start", "len", "prot"),
  signature("madvise", "start", "len_in", "behavior"),
  signature("brk", "brk"),
]) {
  signatures[one.name.charCodeAt(1)] = one;
}

const searchFields = [
  " err=",
  " total_vm=",
  " flags=",
  " len=",
  " lo=",
  " hi=",
  " mask=",
  " ofs=",
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

  /** True if the line at `start` is plain; there must be a line end behind it. */
  read(bytes: Buffer, start: number): boolean {
    this.bytes = bytes;
    this.at = start;
    if (!this.#columns()) return false;
    if (this.takesWord(enters)) return this.#call("enter") && this.#arguments();
    if (this.takesWord(exits)) return this.#call("exit") && this.#value(0) && this.#ends();
    this.kind = "search";
    return this.takesWord(searches) && this.#search();
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

  /** `node   14995/14995   [000]  3248.152879:  `. */
  #columns(): boolean {
    this.#blanks();
    return this.#command() && this.#task() && this.#processor() && this.#clock();
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
    if (this.takes(slash)) {
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
    if (!this.takes(close) || !this.takes(space)) return false;
    this.#blanks();
    return true;
  }

  #clock(): boolean {
    this.time = this.fraction();
    if (this.time < 0 || !this.takes(colon) || !this.takes(space)) return false;
    this.#blanks();
    return true;
  }

  #call(kind: "enter" | "exit"): boolean {
    this.kind = kind;
    const signature = signatures[this.bytes[this.at + 1] as number];
    if (signature === undefined || !this.takesWord(signature.bytes)) return false;
    this.name = signature.name;
    return true;
  }

  #arguments(): boolean {
    const { fields } = signatures[this.name.charCodeAt(1)] as Signature;
    for (let index = 0; index < fields.length; index++) {
      if (!this.takesWord(fields[index] as Uint8Array) || !this.#value(index)) return false;
    }
    return this.#ends();
  }

  /** `0x7fdfd23dc000 err=0 total_vm=0x69 flags=0x1 len=0x2000 lo=0x1000 hi=0x7f32cb865000 mask=0x0 ofs=0x0`. */
  #search(): boolean {
    if (!this.#value(0)) return false;
    for (let index = 0; index < searchFields.length; index++) {
      if (!this.takesWord(searchFields[index] as Uint8Array)) return false;
      if (index === 0 ? !this.takes(zero) : !this.#value(index)) return false;
    }
    return this.#ends();
  }

  #value(index: number): boolean {
    const value = this.hex();
    this.values[index] = value;
    return value >= 0;
  }

  #ends(): boolean {
    this.next = this.at + 1;
    return this.bytes[this.at] === lf;
  }
}
