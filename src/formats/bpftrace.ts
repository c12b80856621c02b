/** How the output of scripts/mmreplay.bt becomes events, as text or with `bpftrace -f json`. */

import type { Diagnostics } from "../errors.ts";
import type { Sink } from "../trace/event.ts";
import { hex, parseHex, parseU64, type U64 } from "../units.ts";
import { isTask, type PerfLine } from "./perf/line.ts";
import { Retelling } from "./retell.ts";
import { areMostly, readEventLines, type Taken } from "./text/event-lines.ts";
import type { Format, Input, ReadOptions, ReadResult } from "./types.ts";

const bpftraceCommand = "bpftrace -c CMD scripts/mmreplay.bt > bpftrace.txt";

/** Seconds by which the buffers of two CPUs may be read one after the other. */
const slack = 10;

/** `x` hexadecimal, `d` decimal; the names are those of the tracepoints. */
const calls: ReadonlyMap<string, { readonly enter: string; readonly exit: "x" | "d" }> = new Map([
  ["mmap", { enter: "addr:x len:d prot:x flags:x fd:d off:x", exit: "x" }],
  ["munmap", { enter: "addr:x len:d", exit: "d" }],
  ["mprotect", { enter: "start:x len:d prot:x", exit: "d" }],
  ["mremap", { enter: "addr:x old_len:d new_len:d flags:x new_addr:x", exit: "x" }],
  ["brk", { enter: "brk:x", exit: "x" }],
  ["madvise", { enter: "start:x len:d behavior:d", exit: "d" }],
  ["shmat", { enter: "shmid:d shmaddr:x shmflg:x", exit: "x" }],
  ["shmdt", { enter: "shmaddr:x", exit: "d" }],
  ["shmget", { enter: "key:x size:d shmflg:x", exit: "d" }],
  ["pkey_mprotect", { enter: "start:x len:d prot:x pkey:d", exit: "d" }],
  ["mlock", { enter: "start:x len:d", exit: "d" }],
  ["mlock2", { enter: "start:x len:d flags:x", exit: "d" }],
  ["munlock", { enter: "start:x len:d", exit: "d" }],
  ["mlockall", { enter: "flags:x", exit: "d" }],
  ["munlockall", { enter: "", exit: "d" }],
  ["prctl", { enter: "option:x arg2:x arg3:x arg4:d arg5:x", exit: "d" }],
  ["execve", { enter: "", exit: "d" }],
]);

const searchFields = "addr:x total_vm:x flags:x len:x lo:x hi:x mask:x ofs:x";
const nano = 1e9;

function numberOf(kind: string, text: string): U64 | undefined {
  if (kind === "x") return parseHex(text);
  // A negative result is what the register held.
  return text.startsWith("-")
    ? parseHex(BigInt.asUintN(64, BigInt(text)).toString(16))
    : parseU64(text);
}

/** `name: 0x...` of each; undefined unless the words are exactly those of the script. */
function fields(names: string, words: readonly string[], join: string): string | undefined {
  const wanted = names === "" ? [] : names.split(" ");
  if (wanted.length !== words.length) return undefined;
  const parts: string[] = [];
  for (const [index, field] of wanted.entries()) {
    const [name = "", kind = ""] = field.split(":");
    const value = /^-?[0-9a-f]+$/.test(words[index] ?? "")
      ? numberOf(kind, words[index] ?? "")
      : undefined;
    if (value === undefined) return undefined;
    parts.push(join === "=" ? `${name}=${hex(value)}` : `${name}: ${hex(value)}`);
  }
  return parts.join(join === "=" ? " " : ", ");
}

/** The event that the words after the task tell, in the words of perf script. */
function eventOf(
  name: string,
  words: readonly string[],
  tid: number,
): Pick<PerfLine, "event" | "body"> | undefined {
  const [first = "", ...rest] = words;
  const call = calls.get(name);
  if (call !== undefined && (first === "enter" || first === "exit")) {
    const told = fields(first === "enter" ? call.enter : `ret:${call.exit}`, rest, ",");
    if (told === undefined) return undefined;
    return {
      event: `syscalls:sys_${first}_${name}`,
      body: first === "enter" ? told : told.slice(5),
    };
  }
  if (name === "search") {
    const body = fields(searchFields, words, "=");
    return body === undefined ? undefined : { event: "mmap:vm_unmapped_area", body };
  }
  if (name === "newtask" && words.length === 2)
    return { event: "task:task_newtask", body: `pid=${first} clone_flags=${rest[0]} ` };
  if (name === "exec" && words.length > 1)
    return {
      event: "sched:sched_process_exec",
      body: `filename=${rest.join(" ")} pid=${tid} old_pid=${first}`,
    };
  if (name === "exit" && words.length === 0) return { event: "sched:sched_process_exit", body: "" };
  return undefined;
}

/** One line of the script; undefined if it is none. */
function parseLine(text: string): PerfLine | undefined {
  const match = /^\s*(\d+) (\d+) (\d+) (\w+)(?: (.*))?$/s.exec(text);
  if (match === null) return undefined;
  const [, time, pid, tid, name = "", rest] = match;
  const event = eventOf(name, rest === undefined ? [] : rest.split(" "), Number(tid));
  if (event === undefined || !isTask(Number(pid)) || !isTask(Number(tid))) return undefined;
  return { comm: "", pid: Number(pid), tid: Number(tid), time: Number(time) / nano, ...event };
}

const isNotice = (text: string): boolean =>
  text === "" || /^Attach(?:ing|ed) \d+ probes?(?:\.\.\.)?$/.test(text);

interface Message {
  readonly type?: unknown;
  readonly data?: unknown;
}

/** What a line of JSON says, as bpftrace prints it without `-f json`. */
function plainOf(text: string): readonly string[] {
  if (!text.startsWith("{")) return [text];
  let message: Message;
  try {
    message = JSON.parse(text) as Message;
  } catch {
    return [text];
  }
  const { type, data } = message;
  if (type === "printf" && typeof data === "string") return data.replace(/\n$/, "").split("\n");
  if (type === "lost_events") return [`Lost ${Object(data).events ?? ""} events`];
  return type === "attached_probes" ? [] : [text];
}

function lostAt(text: string): number | undefined {
  const match = /^(?:\S+: )?Lost (\d*) ?events$/i.exec(text);
  return match === null ? undefined : Number(match[1]);
}

async function read(
  input: Input,
  emit: Sink,
  diagnostics: Diagnostics,
  { shelf }: ReadOptions = {},
): Promise<ReadResult> {
  const retelling = new Retelling(emit, diagnostics, slack, shelf);
  const isTaken = (text: string, line: number): boolean => {
    const lost = lostAt(text);
    const event = parseLine(text);
    if (lost !== undefined) retelling.lost(line, lost);
    else if (event !== undefined) retelling.tell(event, line);
    return lost !== undefined || event !== undefined || isNotice(text);
  };
  const take = (text: string, line: number, whole: boolean): Taken => {
    if (!whole && !text.endsWith("}")) return "cut";
    // All are told, also behind one that is not known.
    const unknown = plainOf(text).filter((plain) => !isTaken(plain, line));
    return unknown.length === 0 ? "taken" : "unknown";
  };
  const lines = await readEventLines(input, take, diagnostics);
  retelling.end("bpftrace text", bpftraceCommand, input.name);
  return { lines, facts: { recorder: "bpftrace" } };
}

/** Text is of the script if most of its first lines are. */
function sniff(head: Uint8Array): boolean {
  const told = new TextDecoder()
    .decode(head)
    .split(/\r?\n/)
    .slice(0, -1)
    .flatMap(plainOf)
    .filter((line) => !isNotice(line));
  return areMostly(told, (line) => parseLine(line) !== undefined);
}

export const bpftrace: Format = {
  id: "bpftrace",
  title: "bpftrace with scripts/mmreplay.bt",
  extensions: ["bpftrace", "json", "txt"],
  provides: ["requests", "results", "unmaps", "lifecycle", "searches"],
  sniff,
  read,
  isSorted: true,
};
