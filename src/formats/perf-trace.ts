/** How the output of `perf trace` becomes events, as far as it tells them: it drops zeros, unknown bits and huge page sizes. */

import type { Diagnostics } from "../errors.ts";
import type { Shelf } from "../trace/block.ts";
import { TaskSet } from "../trace/by-task.ts";
import type { Sink } from "../trace/event.ts";
import { CLONE_THREAD, CLONE_VFORK, CLONE_VM, MAP_HUGETLB } from "../trace/flags.ts";
import { SortedRows } from "../trace/sorted-rows.ts";
import { hasBit, hex } from "../units.ts";
import { isMemoryCall, isOtherCall, requestFrom } from "./perf/calls.ts";
import {
  argument,
  argumentsOf,
  noTask,
  parseTraceLine,
  resultOf,
  type TraceLine,
} from "./perf-trace/line.ts";
import { Retelling } from "./retell.ts";
import { areMostly, readEventLines, type Taken } from "./text/event-lines.ts";
import type { Format, Input, ReadOptions, ReadResult } from "./types.ts";

const hint = "record what can be replayed exactly: mmreplay record -- CMD";
const micro = 1e6;

const births = ["clone", "clone3", "fork", "vfork"];
const ends: ReadonlySet<string> = new Set(["exit", "exit_group"]);
/** Calls that say what memory calls are about. */
const others: ReadonlySet<string> = new Set(["execve", "execveat", "shmget"]);

/** Reads lines one by one. Nothing goes on before the end, as a call is printed when it returns. */
class Reading {
  readonly #retelling: Retelling;
  readonly #diagnostics: Diagnostics;
  /** Moments by which the tasks have ended their last call. */
  readonly #ended = new Map<number, number>();
  readonly #begun = new Map<number, { readonly told: TraceLine; readonly line: number }>();
  /** Of each birth the flags, if they do not depend on what the child does, and -1 otherwise. */
  readonly #births: SortedRows;
  #born = 0;
  readonly #execs = new TaskSet();
  #now = Number.NEGATIVE_INFINITY;

  constructor(retelling: Retelling, diagnostics: Diagnostics, shelf?: Shelf) {
    this.#births = new SortedRows(shelf);
    this.#retelling = retelling;
    this.#diagnostics = diagnostics;
  }

  take(told: TraceLine, line: number): void {
    const { tid, name, part, result } = told;
    const key = Math.max(told.begin ?? this.#now, this.#ended.get(tid) ?? Number.NEGATIVE_INFINITY);
    this.#now = Math.max(this.#now, key);
    if (part === "tracepoint") this.#tracepoint(told, line, key);
    else if (births.includes(name)) this.#birth(told, line, key);
    else if (ends.has(name)) {
      this.#tell(tid, "sched:sched_process_exit", "", line, told.begin, key);
      this.#ended.delete(tid);
    } else if (isMemoryCall(name) || others.has(name)) {
      if (part !== "continued" && !this.#enter(told, line, key)) return;
      if (part === "begun") return;
      const end = key + (told.took ?? 0);
      this.#ended.set(tid, end);
      this.#exit(told, resultOf(result), line, end);
    }
  }

  /** Births are told when it is known what became of the children. */
  finish(): void {
    for (const [, parent = 0, child = 0, name = 0, flags = 0, line = 0, key = 0] of this.#births) {
      const known = flags >= 0 ? flags : this.#flagsOf(births[name] ?? "", child, line);
      const body = `pid=${child} clone_flags=${known.toString(16)} `;
      this.#tell(parent, "task:task_newtask", body, line, key, key);
    }
  }

  #tell(
    tid: number,
    event: string,
    body: string,
    line: number,
    at: number | undefined,
    key: number,
  ): void {
    const time = at === undefined ? {} : { time: at / micro };
    this.#retelling.tell({ comm: "", tid, ...time, event, body }, line, key);
  }

  /** False if an argument is not told. */
  #enter(told: TraceLine, line: number, key: number): boolean {
    const { tid, name } = told;
    const values = argumentsOf(told);
    if (isOtherCall(name, values.get("option"), values.get("arg2"))) return false;
    if (name === "execve" || name === "execveat") this.#execs.add(tid);
    else if (isMemoryCall(name) && requestFrom(name, values) === undefined) {
      const message = `${name} with an argument that perf trace does not tell`;
      this.#diagnostics.skip(name, "parse/missing-argument", message, line);
      return false;
    }
    if (name === "mmap" && hasBit(Number(values.get("flags")), MAP_HUGETLB)) {
      const message = "perf trace does not tell sizes of huge pages: the default is taken";
      this.#diagnostics.warn("parse/huge-page-size", message, line);
    }
    const body = [...values].map(([field, value]) => `${field}: ${hex(value)}`).join(", ");
    this.#tell(tid, `syscalls:sys_enter_${name}`, body, line, told.begin, key);
    return true;
  }

  #exit(told: TraceLine, result: ReturnType<typeof resultOf>, line: number, end: number): void {
    if (result === undefined) return;
    const at = told.begin === undefined ? undefined : end;
    this.#tell(told.tid, `syscalls:sys_exit_${told.name}`, hex(result), line, at, end);
  }

  /** The child prints the same call with result 0. */
  #birth(told: TraceLine, line: number, key: number): void {
    const { tid, part } = told;
    if (part === "begun") {
      this.#begun.set(tid, { told, line });
      return;
    }
    const begun = part === "continued" ? this.#begun.get(tid) : { told, line };
    this.#begun.delete(tid);
    const child = Number(resultOf(told.result) ?? 0);
    if (begun === undefined || child <= 0 || child > 2 ** 22) return;
    const text = begun.told.args.get("clone_flags");
    const flags = text === undefined ? undefined : argument("clone", "clone_flags", text);
    const name = births.indexOf(told.name);
    this.#born += 1;
    this.#births.push([this.#born, tid, child, name, Number(flags ?? -1), line, key]);
    this.#ended.set(tid, key + (told.took ?? 0));
  }

  #flagsOf(name: string, child: number, line: number): number {
    if (name === "vfork") return CLONE_VM + CLONE_VFORK;
    if (name !== "clone3") return 0;
    const message =
      "clone3 does not tell its flags: a child that execs is a process, others threads";
    this.#diagnostics.warn("parse/no-clone-flags", message, line);
    return this.#execs.has(child) ? CLONE_VM + CLONE_VFORK : CLONE_VM + CLONE_THREAD;
  }

  #tracepoint({ tid, name, args, begin }: TraceLine, line: number, key: number): void {
    const number = (field: string): string =>
      hex(argument(name, field, args.get(field) ?? "0") ?? 0);
    if (name === "mmap:vm_unmapped_area") {
      const body = `addr=${number("addr")} total_vm=${number("total_vm")} flags=${number("flags")} len=${number("length")} lo=${number("low_limit")} hi=${number("high_limit")} mask=${number("align_mask")} ofs=${number("align_offset")}`;
      this.#tell(tid, name, body, line, begin, key);
    } else if (name === "task:task_newtask") {
      const body = `pid=${Number(number("pid"))} clone_flags=${number("clone_flags").slice(2)} `;
      this.#tell(tid, name, body, line, begin, key);
    }
  }
}

/** Lines of call chains, page faults and blank ones. */
const other = /^\s*$|^ {12,}[^=\s]|\): (?:.{1,16}\/)?\d+ (?:min|maj)fault /;

/** What perf trace -S prints behind the calls. */
const table = /^ ?Summary of events:/m;

async function read(
  input: Input,
  emit: Sink,
  diagnostics: Diagnostics,
  { shelf }: ReadOptions = {},
): Promise<ReadResult> {
  const tell: Sink = (event) => emit(event.pid === noTask ? { ...event, pid: null } : event);
  const retelling = new Retelling(tell, diagnostics, Number.POSITIVE_INFINITY, shelf);
  const reading = new Reading(retelling, diagnostics, shelf);
  diagnostics.warn("parse/lossy", "perf trace leaves out flags that it has no names for");
  let isTable = false;
  const take = (text: string, line: number, whole: boolean): Taken => {
    isTable ||= table.test(text);
    if (isTable) return "taken";
    const lost = /^LOST (\d+) events!/.exec(text)?.[1];
    const told = parseTraceLine(text);
    if (lost !== undefined) retelling.lost(line, Number(lost));
    else if (!whole) return "cut";
    else if (told !== undefined) reading.take(told, line);
    else if (!other.test(text)) return "unknown";
    return "taken";
  };
  const lines = await readEventLines(input, take, diagnostics);
  reading.finish();
  retelling.end("perf trace text", hint, input.name);
  return { lines, facts: { recorder: "perf trace" } };
}

/** Text is of perf trace if most of its first lines with a column of durations are. */
function sniff(head: Uint8Array): boolean {
  const told = new TextDecoder()
    .decode(head)
    .split(table, 1)
    .join()
    .split("\n")
    .slice(0, -1)
    .filter((line) => !/^\s*$|^ {12,}\S*[A-Za-z_]/.test(line) && !line.startsWith("LOST "));
  return areMostly(told, (line) => /^ *(?:[\d.]+|\?) \( *(?:[\d.]+ ms)? *\): /.test(line));
}

export const perfTrace: Format = {
  id: "perf-trace",
  title: "perf trace (leaves out some flags)",
  extensions: ["txt"],
  provides: ["requests", "results", "unmaps", "lifecycle"],
  sniff,
  read,
  isSorted: true,
};
