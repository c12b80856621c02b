// @ts-check
/** What the readers are raced against: readline and regular expressions, and protobufjs, doing the same work. */

import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import protobuf from "protobufjs/minimal.js";

/**
 * A memory call that succeeded: the arguments that every call has, in bytes, and `bits` of mmap, mprotect and madvise.
 *
 * @typedef {{ call: string; pid: number; time: number; addr: number; length: number; bits: number; result: number }} Made
 */

const whole = /^(\d+)\s+(\d+\.\d+)\s+(\w+)\((.*)\)\s+= (\S+)/;
const begun = /^(\d+)\s+(\d+\.\d+)\s+(\w+)\((.*?),?\s*<unfinished \.\.\.>$/;
const resumed = /^(\d+)\s+(\d+\.\d+)\s+<\.\.\. (\w+) resumed>(.*)\)\s+= (\S+)/;
const enter = /^\s*.+?\s+\d+\/(\d+)\s+\[\d+\]\s+(\d+\.\d+):\s+syscalls:sys_enter_(\w+):\s*(.*)$/;
const exit = /^\s*.+?\s+\d+\/(\d+)\s+\[\d+\]\s+\d+\.\d+:\s+syscalls:sys_exit_(\w+):\s*(\S+)/;
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
]);

/** @param {string} text */
const bitsOf = (text) =>
  text.split("|").reduce((sum, word) => sum + (words.get(word) ?? Number.NaN), 0);

/** @param {string} path */
const linesOf = (path) =>
  createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY });

/** @param {string} call @param {string} pid @param {string} time @param {string} text @param {string} result @returns {Made} */
function made(call, pid, time, text, result) {
  const [first = "", second = "", third = ""] = text.split(/, */);
  return {
    call,
    pid: Number(pid),
    time: Number(time),
    addr: first === "NULL" ? 0 : Number(first),
    length: second === "" ? 0 : Number(second),
    bits: third === "" ? 0 : bitsOf(third),
    result: Number(result),
  };
}

/**
 * Emits each call as it ends, as the readers do.
 *
 * @param {string} path @param {(call: Made) => void} emit
 */
export async function straceByRegex(path, emit) {
  /** @type {Map<string, string>} */
  const open = new Map();
  for await (const line of linesOf(path)) {
    const one = whole.exec(line);
    if (one !== null) {
      const [, pid = "", time = "", call = "", text = "", result = ""] = one;
      if (raced.has(call) && !failed.test(result)) emit(made(call, pid, time, text, result));
      continue;
    }
    const first = begun.exec(line);
    if (first !== null) {
      open.set(first[1] ?? "", first[4] ?? "");
      continue;
    }
    const [, pid = "", time = "", call = "", rest = "", result = ""] = resumed.exec(line) ?? [];
    if (raced.has(call) && !failed.test(result))
      emit(made(call, pid, time, `${open.get(pid) ?? ""}${rest}`, result));
  }
}

/** @param {string} path @param {(call: Made) => void} emit */
export async function perfByRegex(path, emit) {
  /** @type {Map<string, { time: string; text: string }>} */
  const open = new Map();
  for await (const line of linesOf(path)) {
    const first = enter.exec(line);
    if (first !== null) {
      open.set(first[1] ?? "", { time: first[2] ?? "", text: first[4] ?? "" });
      continue;
    }
    const [, tid = "", call = "", result = ""] = exit.exec(line) ?? [];
    const begin = open.get(tid);
    if (begin === undefined || !raced.has(call) || failed.test(result)) continue;
    open.delete(tid);
    const fields = [...begin.text.matchAll(/\w+: (0x[0-9a-f]+)/g)].map(([, value]) =>
      Number(value),
    );
    const [addr = 0, length = 0, bits = 0] = fields;
    emit({
      call,
      pid: Number(tid),
      time: Number(begin.time),
      addr,
      length,
      bits,
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
