/** What a kernel answered to a table of calls, as the recording of a process that does nothing else. */

import { type Files, type Machine, machineFiles } from "../record/machine.ts";
import { errnoName } from "../trace/errno.ts";
import { kind, type LiveTable, stride } from "./table.ts";

/** Cells before the answers: nanoseconds, bytes of the maps before and after, the break. */
const header = 4;

/** The row stands on an object that was not mapped. */
const notMade: number = -(2 ** 32);

export interface LiveRun {
  /** Calls made, and what they took together. */
  readonly calls: number;
  readonly nanoseconds: number;
  /** By reason: ops that were not asked. */
  readonly left: ReadonlyMap<string, number>;
  /** The recording: strace text, maps before and after, settings of the machine. */
  readonly files: Files;
}

/** What native/live wrote. */
export interface Answers {
  readonly nanoseconds: number;
  readonly answers: Float64Array;
  /** End of the heap. */
  readonly brk: number;
  readonly before: string;
  readonly after: string;
}

/** The output of native/live for a table; undefined if it is not whole. */
export function answersIn(output: Uint8Array, { rows }: LiveTable): Answers | undefined {
  const answersEnd = (header + rows.length / stride) * 8;
  if (output.length < answersEnd) return undefined;
  const cells = new Float64Array(new Uint8Array(output.subarray(0, answersEnd)).buffer);
  const [nanoseconds = 0, before = 0, after = 0, brk = 0] = cells;
  if (output.length !== answersEnd + before + after) return undefined;
  const text = (start: number, bytes: number): string =>
    new TextDecoder().decode(output.subarray(start, start + bytes));
  return {
    nanoseconds,
    answers: cells.subarray(header),
    brk,
    before: text(answersEnd, before),
    after: text(answersEnd + before, after),
  };
}

const hex = (value: number): string => `0x${value.toString(16)}`;

function argumentsOf(what: number, at: number, length: number, rest: readonly number[]): string {
  const [a = 0, b = 0, c = 0] = rest;
  const start = `${hex(at)}, ${hex(length)}`;
  switch (what) {
    case kind.mapDevice:
      return `mmap(${start}, ${hex(a)}, ${hex(b)}, 9<anon_inode:[vfio-device]>, ${hex(c)})`;
    case kind.map: {
      const file = c < 0 ? "-1, 0x0" : `3</memfd:mmreplay (deleted)>, ${hex(c)}`;
      return `mmap(${start}, ${hex(a)}, ${hex(b)}, ${file})`;
    }
    case kind.protect:
      return `mprotect(${start}, ${hex(a)})`;
    case kind.remap:
      return `mremap(${start}, ${hex(a)}, ${hex(b)})`;
    default:
      return `munmap(${start})`;
  }
}

/** The calls in the words of strace -X raw -y. */
function straceText({ rows }: LiveTable, { answers, brk }: Answers): string {
  const base = new Map([[0, 0]]);
  const lines = [`brk(0x0) = ${hex(brk)}\n`];
  answers.forEach((answer, index) => {
    if (answer === notMade) return;
    const cells = rows.subarray(index * stride, (index + 1) * stride);
    const [what = 0, object = 0, anchor = 0, offset = 0, length = 0, ...rest] = cells;
    const call = argumentsOf(what, (base.get(anchor) ?? 0) + offset, length, rest);
    if (object > 0 && answer >= 0) base.set(object, answer);
    const name = errnoName(-answer);
    lines.push(answer < 0 ? `${call} = -1 ${name} (refused)\n` : `${call} = ${hex(answer)}\n`);
  });
  return lines.join("");
}

/** Where the calls were made, and for which program's sake. */
interface Setting {
  readonly command: "live" | "lab";
  readonly program: string;
  readonly machine: Machine;
  /** Why there is no device to map, where there is none. */
  readonly noDevice?: string | undefined;
}

/** The calls that were not made, by reason. */
function notMadeOf(
  { rows, left }: LiveTable,
  { answers }: Answers,
  noDevice: string | undefined,
): ReadonlyMap<string, number> {
  const counts = new Map(left);
  answers.forEach((answer, index) => {
    if (answer !== notMade) return;
    const isDevice = noDevice !== undefined && rows[index * stride] === kind.mapDevice;
    const reason = isDevice ? `devices (${noDevice})` : "calls on what was not mapped";
    counts.set(reason, (counts.get(reason) ?? 0) + 1);
  });
  return counts;
}

/** The answers to a table as a recording. */
export function recordingOf(table: LiveTable, made: Answers, setting: Setting): LiveRun {
  const { nanoseconds, answers, before, after } = made;
  const calls = answers.filter((answer) => answer !== notMade).length;
  const { command, program, machine, noDevice } = setting;
  const circumstances = {
    recorder: { name: `mmreplay ${command}`, version: "1" },
    recorderCommand: ["mmreplay", command],
    program: [program],
    pid: "self",
  } as const;
  const left = notMadeOf(table, made, noDevice);
  const files = {
    ...machineFiles(circumstances, machine),
    "strace.txt": straceText(table, made),
    "maps.start": before,
    "maps.end": after,
  };
  return { calls, nanoseconds, left, files };
}
