/** How the text of tracefs (`trace`, `trace_pipe`) and of `trace-cmd report` becomes events. */

import type { Diagnostics } from "../errors.ts";
import type { Sink } from "../trace/event.ts";
import type { Facts } from "../trace/trace.ts";
import { isOfStack, lostAt, parseFtraceLine } from "./ftrace/line.ts";
import { Retelling } from "./retell.ts";
import { areMostly, readEventLines, type Taken } from "./text/event-lines.ts";
import type { Format, Input, ReadOptions, ReadResult } from "./types.ts";

/** What has to be enabled under /sys/kernel/tracing/events. */
const ftraceCommand =
  "trace-cmd record -e syscalls:sys_*_mmap -e syscalls:sys_*_munmap -e syscalls:sys_*_mprotect -e syscalls:sys_*_mremap -e syscalls:sys_*_brk -e syscalls:sys_*_madvise -e syscalls:sys_*_shmat -e syscalls:sys_*_shmdt -e syscalls:sys_*_execve -e mmap:vm_unmapped_area -e task:task_newtask -e sched:sched_process_exec -e sched:sched_process_exit -F -c CMD && trace-cmd report > ftrace.txt";

/** Seconds by which clocks of two CPUs may differ. */
const slack = 1;

/** Lines of trace-cmd that are no events. */
const notice =
  /^(?:cpus=\d+|version = \d+|CPU \d+ is empty|trace-cmd: .*|registering plugin: .*|overriding event .*|removing override .*)\s*$/;

/** Set in or not; a command may begin with `#`. */
const headerLine = /^(?:#|\s+#(?:\s|$))/;

/** Counts of a header: events that are left, events that were written. */
function countsOf(text: string): readonly [number, number] | undefined {
  const match =
    /^# entries-in-buffer\/entries-written: (\d+)\/(\d+)/.exec(text) ??
    /^# latency: .* #(\d+)\/(\d+),/.exec(text);
  return match === null ? undefined : [Number(match[1]), Number(match[2])];
}

/** Reads lines one by one. */
class Reading {
  readonly #retelling: Retelling;
  readonly #diagnostics: Diagnostics;
  facts: Partial<Facts> = { recorder: "ftrace" };

  constructor(retelling: Retelling, diagnostics: Diagnostics) {
    this.#retelling = retelling;
    this.#diagnostics = diagnostics;
  }

  take(text: string, line: number, whole: boolean): Taken {
    if (headerLine.test(text)) this.#header(text.trimStart(), line);
    else if (text.trim() !== "" && !notice.test(text)) {
      if (!whole) return "cut";
      return this.#event(text, line) ? "taken" : "unknown";
    }
    return "taken";
  }

  #header(text: string, line: number): void {
    const kernel = /^# \S+ latency trace v\S+ on (\S+)/.exec(text)?.[1];
    if (kernel !== undefined) this.facts = { ...this.facts, kernel };
    const [left = 0, written = 0] = countsOf(text) ?? [];
    if (left >= written) return;
    this.#diagnostics.warn("parse/overwritten", "the beginning was overwritten", line);
    this.#retelling.lost(line, written - left);
  }

  /** The first event whose time is a count. */
  #counts(line: number): void {
    if (this.facts.inferred !== undefined) return;
    const what = `times are counts, not seconds (trace_clock counter, x86-tsc or uptime): line ${line}`;
    this.facts = { ...this.facts, inferred: [`${what}; only their order is used`] };
  }

  /** False if the line tells of none. */
  #event(text: string, line: number): boolean {
    const lost = lostAt(text);
    if (lost !== undefined) {
      this.#retelling.lost(line, Number.isNaN(lost) ? undefined : lost);
      return true;
    }
    const event = parseFtraceLine(text);
    if (event === undefined) return isOfStack(text);
    if (event.time === undefined) this.#counts(line);
    this.#retelling.tell(event, line);
    return true;
  }
}

async function read(
  input: Input,
  emit: Sink,
  diagnostics: Diagnostics,
  { shelf }: ReadOptions = {},
): Promise<ReadResult> {
  const retelling = new Retelling(emit, diagnostics, slack, shelf);
  const reading = new Reading(retelling, diagnostics);
  const lines = await readEventLines(
    input,
    (text, line, whole) => reading.take(text, line, whole),
    diagnostics,
  );
  retelling.end("ftrace text", ftraceCommand, input.name);
  return { lines, facts: reading.facts };
}

const isBeside = (line: string): boolean => notice.test(line) || isOfStack(line);

/** Lines of the options context-info (off), bin, hex and raw, that tell no task or no event. */
const bare = /^sys_\w+(?:\(.*\)| -> 0x[0-9a-f]+)$|(?:^| {2}|\d )type: \d+$/;

/** Text is of ftrace if it says so first, or if most of its first lines are events. */
function sniff(head: Uint8Array): boolean {
  const lines = new TextDecoder().decode(head).split("\n");
  const tracer = /^\s*# tracer: (\w+)/.exec(lines[0] ?? "")?.[1];
  const isBare = lines.some((line) => bare.test(line));
  if (tracer !== undefined && tracer !== "function_graph" && !isBare) return true;
  const told = lines
    .slice(0, -1)
    .filter((line) => line.trim() !== "" && !headerLine.test(line) && !isBeside(line));
  return areMostly(told, (line) => parseFtraceLine(line.trimEnd()) !== undefined);
}

export const ftrace: Format = {
  id: "ftrace",
  title: "ftrace and trace-cmd report",
  extensions: ["ftrace", "trace"],
  provides: ["requests", "results", "unmaps", "lifecycle", "searches", "faults"],
  sniff,
  read,
  isSorted: true,
};
