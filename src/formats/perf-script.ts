/** How the text of `perf script` becomes events. */

import type { Diagnostics } from "../errors.ts";
import type { Sink } from "../trace/event.ts";
import type { Facts } from "../trace/trace.ts";
import { isSample, parsePerfLine } from "./perf/line.ts";
import { PerfReader } from "./perf/reader.ts";
import { refuseUnusable } from "./perf/seen.ts";
import { readEventLines, type Taken } from "./text/event-lines.ts";
import type { LineOptions } from "./text/lines.ts";
import type { Format, Input, ReadResult } from "./types.ts";

/** The command whose output has everything that a replay needs. */
const perfCommand =
  "perf record -d -k CLOCK_MONOTONIC -m 4096 -e 'syscalls:sys_*_mmap,syscalls:sys_*_munmap,syscalls:sys_*_mprotect,syscalls:sys_*_mremap,syscalls:sys_*_brk,syscalls:sys_*_madvise,syscalls:sys_*_shmat,syscalls:sys_*_shmdt,syscalls:sys_*_execve,mmap:vm_unmapped_area,task:task_newtask,sched:sched_process_exec,sched:sched_process_exit' -o perf.data -- CMD && perf script --ns -F comm,pid,tid,cpu,time,event,trace --show-task-events --show-mmap-events --show-lost-events -i perf.data > perf.txt";

const archs: ReadonlyMap<string, string> = new Map([
  ["x86_64", "x86-64"],
  ["aarch64", "arm64"],
  ["riscv64", "riscv64"],
]);

/** The lines that `perf script --header` puts before the events. */
function headerFact(line: string): Partial<Facts> {
  const match = /^# ([a-z ]+?)\s*: (.*)$/.exec(line);
  const value = match?.[2]?.trim() ?? "";
  if (match?.[1] === "os release") return { kernel: value };
  if (match?.[1] === "cmdline") return { command: value };
  const arch = match?.[1] === "arch" ? archs.get(value) : undefined;
  return arch === undefined ? {} : { arch };
}

/** What perf says of losses on standard error, and what it says around that. */
const lossTold = /^Processed \d+ \w+ and lost /;
const notice =
  /^(?:Warning:|Check IO\/CPU overload!|\[ perf record: .*\]|\[ perf script: .*\]|Failed to open \S+)\s*$/;

/** An entry of a call chain whose tab was copied as blanks. */
const entryOfChain = /^ {4,}[0-9a-f]+ \S/;

/** One time in so many that goes back is an accident. */
const few = 8;

/** A command may begin with `#`, and call chains take its padding away. */
const isHeader = (text: string): boolean =>
  text.startsWith("#") && (!/^#[^\s#]/.test(text) || parsePerfLine(text) === undefined);

/** A line beside the events: of a call chain, or of an event that counts something else. */
const isBeside = (text: string): boolean => entryOfChain.test(text) || isSample(text);

/** Times that go back again and again are no clock's; `events` are those that were told. */
function timeFacts(diagnostics: Diagnostics, events: number): Partial<Facts> {
  const back = diagnostics.count("parse/time-goes-back");
  if (back * few < events) return {};
  const what = `times go back ${back} times in ${events} events: they are differences`;
  return { inferred: [`${what} (perf script --deltatime), and only the order of lines is used`] };
}

async function read(input: Input, emit: Sink, diagnostics: Diagnostics): Promise<ReadResult> {
  const reader = new PerfReader(emit, diagnostics);
  let facts: Partial<Facts> = { recorder: "perf" };
  const take = (text: string, line: number, whole: boolean): Taken => {
    if (isHeader(text)) {
      facts = { ...facts, ...headerFact(text) };
      if (facts.arch !== undefined) reader.setArch(facts.arch);
    } else if (lossTold.test(text)) {
      diagnostics.warn("parse/lost-somewhere", `perf does not say where: ${text.trim()}`, line);
    } else if (text.trim() !== "" && !text.startsWith("\t") && !notice.test(text)) {
      if (!whole) return "cut";
      return reader.read(text, line) || isBeside(text) ? "taken" : "unknown";
    }
    return "taken";
  };
  const plain: LineOptions["plain"] = (bytes, start, number) => reader.plain(bytes, start, number);
  const lines = await readEventLines(input, take, diagnostics, { plain });
  reader.end();
  refuseUnusable(reader.seen, "perf script text", perfCommand, input.name);
  const { entries, exits, searches } = reader.seen;
  return { lines, facts: { ...facts, ...timeFacts(diagnostics, entries + exits + searches) } };
}

/** Text is perf's if its first lines are events, headers or call chains, and one is an event. */
function sniff(head: Uint8Array): boolean {
  const lines = new TextDecoder().decode(head).split("\n").slice(0, -1);
  const told = lines.filter((line) => line.trim() !== "" && !/^[#\t]/.test(line)).slice(0, 200);
  const others = told.filter((line) => parsePerfLine(line) === undefined);
  const foreign = others.filter((line) => !isBeside(line));
  return told.length - others.length > foreign.length;
}

export const perfScript: Format = {
  id: "perf-script",
  title: "perf script",
  extensions: ["perf", "txt"],
  provides: ["requests", "results", "unmaps", "lifecycle", "searches", "faults"],
  sniff,
  read,
};
