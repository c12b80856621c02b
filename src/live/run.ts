/** What the running kernel answers to the calls of a program, as a recording of a process that does nothing else. */

import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { MmreplayError } from "../errors.ts";
import { type Files, machineFiles } from "../record/machine.ts";
import type { Program } from "../resolve/program.ts";
import { errnoName } from "../trace/errno.ts";
import { kind, type LiveTable, liveTable, stride } from "./table.ts";

const binary: string = fileURLToPath(
  new URL("../../native/prebuilt/mmreplay-live", import.meta.url),
);

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

interface Answers {
  readonly nanoseconds: number;
  readonly answers: Float64Array;
  /** End of the heap. */
  readonly brk: number;
  readonly before: string;
  readonly after: string;
}

/** Most bytes that maps of two times 65,530 VMAs take, with the answers. */
const mostOutput = 2 ** 30;

/** Let a fresh process make the calls of a table; throws `live/not-built` or `live/failed`. */
export function makeCalls({ rows }: LiveTable): Answers {
  const input = new Uint8Array(rows.buffer, rows.byteOffset, rows.byteLength);
  const { status, signal, stdout, stderr, error } = spawnSync(binary, {
    input,
    maxBuffer: mostOutput,
  });
  if (error !== undefined && "code" in error && error.code === "ENOENT")
    throw new MmreplayError("live/not-built", "the program that makes the calls is not built", {
      hint: "run scripts/mmreplay or npm run build, on Linux",
    });
  if (status !== 0) {
    const said = stderr?.toString().trim() || signal || error?.message || `status ${status}`;
    throw new MmreplayError("live/failed", `the process that made the calls ended with ${said}`, {
      hint: "look at dmesg and at the limits: ulimit -v, vm.max_map_count, vm.overcommit_memory",
    });
  }
  const answersEnd = (header + rows.length / stride) * 8;
  const cells = new Float64Array(new Uint8Array(stdout.subarray(0, answersEnd)).buffer);
  const [nanoseconds = 0, before = 0, , brk = 0] = cells;
  return {
    nanoseconds,
    answers: cells.subarray(header),
    brk,
    before: stdout.subarray(answersEnd, answersEnd + before).toString(),
    after: stdout.subarray(answersEnd + before).toString(),
  };
}

const hex = (value: number): string => `0x${value.toString(16)}`;

function argumentsOf(what: number, at: number, length: number, rest: readonly number[]): string {
  const [a = 0, b = 0, c = 0] = rest;
  const start = `${hex(at)}, ${hex(length)}`;
  switch (what) {
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

/** Make the calls of a program's busiest process on the running kernel. */
export function liveRecording(program: Program): LiveRun {
  const table = liveTable(program);
  const made = makeCalls(table);
  const { nanoseconds, answers, before, after } = made;
  const calls = answers.filter((answer) => answer !== notMade).length;
  const machine = machineFiles({
    recorder: { name: "mmreplay live", version: "1" },
    recorderCommand: ["mmreplay", "live"],
    program: [program.name],
    pid: "self",
  });
  const lost = answers.length - calls;
  const left = new Map(table.left);
  if (lost > 0) left.set("calls on what was not mapped", lost);
  const files = {
    ...machine,
    "strace.txt": straceText(table, made),
    "maps.start": before,
    "maps.end": after,
  };
  return { calls, nanoseconds, left, files };
}
