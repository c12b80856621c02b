// @ts-check
/** What the readers are raced against: readline and regular expressions, and protobufjs, doing the same work. */

import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import protobuf from "protobufjs/minimal.js";

/**
 * What an event tells of a memory call that succeeded, but for the file: `bits` of mprotect and madvise, all arguments of
 * mmap, in bytes, and where it began and ended, in lines and seconds.
 *
 * @typedef {{
 *   call: string; pid: number; line: number; time: number; entryLine: number; entryTime: number;
 *   addr: number; length: number; bits: number; flags: number; fd: number; offset: number; result: number
 * }} Made
 * @typedef {{ line: number; time: string; text: string }} Begin
 */

const whole = /^(\d+)\s+(\d+\.\d+)\s+(\w+)\((.*)\)\s+= (\S+)(?:.* <(\d+\.\d+)>$)?/;
const begun = /^(\d+)\s+(\d+\.\d+)\s+(\w+)\((.*?),?\s*<unfinished \.\.\.>$/;
const resumed = /^(\d+)\s+(\d+\.\d+)\s+<\.\.\. (\w+) resumed>(.*)\)\s+= (\S+)/;
const enter = /^\s*.+?\s+\d+\/(\d+)\s+\[\d+\]\s+(\d+\.\d+):\s+syscalls:sys_enter_(\w+):\s*(.*)$/;
const exit = /^\s*.+?\s+\d+\/(\d+)\s+\[\d+\]\s+(\d+\.\d+):\s+syscalls:sys_exit_(\w+):\s*(\S+)/;
const failed = /^(?:-|\?|0xf{12})/;

/** @type {ReadonlySet<string>} */
export const raced = new Set(["mmap", "munmap", "mprotect", "madvise", "brk"]);

const words = new Map([
  ["PROT_NONE", 0],
  ["PROT_READ", 1],
  ["PROT_WRITE", 2],
  ["PROT_EXEC", 4],
  ["MADV_DONTNEED", 4],
  ["MADV_FREE", 8],
  ["MADV_DONTFORK", 10],
  ["MADV_HUGEPAGE", 14],
  ["MADV_NOHUGEPAGE", 15],
  ["MAP_SHARED", 0x1],
  ["MAP_PRIVATE", 0x2],
  ["MAP_FIXED", 0x10],
  ["MAP_ANONYMOUS", 0x20],
  ["MAP_GROWSDOWN", 0x100],
  ["MAP_DENYWRITE", 0x800],
  ["MAP_NORESERVE", 0x4000],
  ["MAP_POPULATE", 0x8000],
  ["MAP_STACK", 0x20000],
]);

/** @param {string} text */
const bitsOf = (text) =>
  text.split("|").reduce((sum, word) => sum + (words.get(word) ?? Number.NaN), 0);

/** @param {string} path */
const linesOf = (path) =>
  createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY });

/**
 * A call over these lines; `time` is when it ended.
 *
 * @param {string} call @param {string} pid @param {Begin} begin @param {number} line @param {number} time
 * @param {string} result @returns {Made}
 */
function made(call, pid, { line: entryLine, time: begun, text }, line, time, result) {
  const [first = "", second = "", third = "", flags = "", fd = "", offset = ""] = text.split(/, */);
  return {
    call,
    pid: Number(pid),
    line,
    time,
    entryLine,
    entryTime: Number(begun),
    addr: first === "NULL" ? 0 : Number(first),
    length: second === "" ? 0 : Number(second),
    bits: third === "" ? 0 : bitsOf(third),
    flags: flags === "" ? 0 : bitsOf(flags),
    fd: fd === "" ? -1 : Number.parseInt(fd, 10),
    offset: offset === "" ? 0 : Number(offset),
    result: Number(result),
  };
}

/**
 * Emits each call as it ends, as the readers do.
 *
 * @param {string} path @param {(call: Made) => void} emit
 */
export async function straceByRegex(path, emit) {
  /** @type {Map<string, Begin>} */
  const open = new Map();
  let line = 0;
  for await (const told of linesOf(path)) {
    line += 1;
    const one = whole.exec(told);
    if (one !== null) {
      const [, pid = "", time = "", call = "", text = "", result = "", took = "0"] = one;
      const end = Number(time) + Number(took);
      if (raced.has(call) && !failed.test(result))
        emit(made(call, pid, { line, time, text }, line, end, result));
      continue;
    }
    const first = begun.exec(told);
    if (first !== null) {
      const [, pid = "", time = "", , text = ""] = first;
      open.set(pid, { line, time, text });
      continue;
    }
    const [, pid = "", time = "", call = "", rest = "", result = ""] = resumed.exec(told) ?? [];
    const begin = open.get(pid);
    if (begin === undefined || !raced.has(call) || failed.test(result)) continue;
    const text = `${begin.text}${rest}`;
    emit(made(call, pid, { ...begin, text }, line, Number(time), result));
  }
}

/** @param {string} path @param {(call: Made) => void} emit */
export async function perfByRegex(path, emit) {
  /** @type {Map<string, Begin>} */
  const open = new Map();
  let line = 0;
  for await (const told of linesOf(path)) {
    line += 1;
    const first = enter.exec(told);
    if (first !== null) {
      const [, tid = "", time = "", , text = ""] = first;
      open.set(tid, { line, time, text });
      continue;
    }
    const [, tid = "", time = "", call = "", result = ""] = exit.exec(told) ?? [];
    const begin = open.get(tid);
    if (begin === undefined || !raced.has(call) || failed.test(result)) continue;
    open.delete(tid);
    const fields = [...begin.text.matchAll(/\w+: (0x[0-9a-f]+)/g)].map(([, value]) =>
      Number(value),
    );
    const [addr = 0, length = 0, bits = 0, flags = 0, fd = 2 ** 32 - 1, offset = 0] = fields;
    emit({
      call,
      pid: Number(tid),
      line,
      time: Number(time),
      entryLine: begin.line,
      entryTime: Number(begin.time),
      addr,
      length,
      bits,
      flags,
      fd: fd < 2 ** 31 ? fd : fd - 2 ** 32,
      offset,
      result: Number(result),
    });
  }
}

/**
 * Numbers as protobuf stores them: packed sint64, as they are or as differences, whichever is shorter.
 *
 * @param {Float64Array} values
 */
export function protobufBytes(values) {
  const [whole, steps] = [protobuf.Writer.create(), protobuf.Writer.create()];
  let last = 0;
  for (const value of values) {
    whole.sint64(value);
    steps.sint64(value - last);
    last = value;
  }
  const [asTheyAre, differences] = [whole.finish(), steps.finish()];
  const isShorter = differences.length < asTheyAre.length;
  return { bytes: isShorter ? differences : asTheyAre, differences: isShorter };
}

/**
 * What `protobufBytes` made, each number times the unit.
 *
 * @param {ReturnType<typeof protobufBytes>} stored @param {number} count @param {number} unit
 */
export function numbersByProtobuf({ bytes, differences }, count, unit) {
  const reader = protobuf.Reader.create(bytes);
  const values = new Float64Array(count);
  let last = 0;
  for (let index = 0; index < count; index++) {
    const number = Number(reader.sint64());
    last = differences ? last + number : number;
    values[index] = last * unit;
  }
  return values;
}
