/** What one line of tracefs or `trace-cmd report` is, in the words of perf script. */

import { isTask, type PerfLine } from "../perf/line.ts";

// The command has up to 16 columns and may hold anything: its end is a task id with a CPU behind it. trace-cmd puts the name of
// the buffer before it, if it has one.
const task = String.raw`^\s*(?:[^\s:]{1,64}: +)?(.{1,16}?)-(\d+)\s+(?:\(\s*(\d+|-+)\)\s+)?`;
const usual = new RegExp(
  String.raw`${task}\[\d+\](?:-0x[0-9a-f]+)?\s*(?:[^\s\d:]\S{3,6}\s+)?(\d+\.\d+|\d+):\s+(?:\(\+\d+\)\s+)?(.*)$`,
  "s",
);
/** `1.....  117172us!:` in tracefs, with clocks that count `1.....  117172:`; `1.....  3973.143999479:` of `trace-cmd report -l`. */
const latency = new RegExp(
  String.raw`${task}\d+[^\s\d]\S{3,6}\s+(\d+|\d+\.\d+|\d+us).?:\s+(?:\(\+\d+\)\s+)?(.*)$`,
  "s",
);
/** `zoo   23663   1 0 00000000 00000002 [e178419f5] 372.480ms (+0.012ms): `, with `verbose` too. */
const verbose =
  /^\s*(.{1,16}?)\s+(\d+)(-)?\s+\d+ \d+ [0-9a-f]{8} [0-9a-f]{8} \[[0-9a-f]{8,16}\] (\d+(?:\.\d+ms)?) \(\+[\d.]+(?:ms)?\)[^\d:]?:\s+(.*)$/s;

/** The groups of the events that matter; ftrace prints their names only. */
const groups: ReadonlyMap<string, string> = new Map([
  ["vm_unmapped_area", "mmap"],
  ["task_newtask", "task"],
  ["sched_process_fork", "sched"],
  ["sched_process_exec", "sched"],
  ["sched_process_exit", "sched"],
  ["page_fault_user", "exceptions"],
  ["sys_enter", "raw_syscalls"],
  ["sys_exit", "raw_syscalls"],
]);

const milli = 1e3;
const micro = 1e6;

/** Numbers are hexadecimal, with 0x since 6.18 or so and then bare only below 10; `verbose` puts a C type before each name. */
function withPrefixes(args: string): string {
  return args.replace(/(\w+): (?:0x)?([0-9a-f]+)(?=,|$)/g, "$1: 0x$2");
}

/** What the fields of a search are called in memory, and what its text calls them. */
const printedNames: Readonly<Record<string, string>> = {
  length: "len",
  low_limit: "lo",
  high_limit: "hi",
  align_mask: "mask",
  align_offset: "ofs",
};

/** `trace-cmd report -R` prints what is in memory: `__syscall_nr=10 start=0x7000 len=0x1000` of a call. */
function withoutRaw(name: string, body: string): string {
  if (body.startsWith("__syscall_nr="))
    return body
      .replace(/^\S+ ?/, "")
      .replace(/^ret=/, "")
      .replaceAll("=", ": ")
      .replaceAll(/ (?=\w+:)/g, ", ");
  if (name !== "vm_unmapped_area" || !body.includes(" low_limit=")) return body;
  return body.replace(/(\w+)=/g, (_, field: string) => `${printedNames[field] ?? field}=`);
}

/** The option `fields` prints every field as it is in memory: `length=0x2000 (8192) low_limit=0x1000 (4096)`. */
function withoutFields(name: string, body: string): string {
  const plain = body.replace(
    /(\w+)=(0x[0-9a-f]+) \((-?\d+)\)/g,
    (_, field: string, hex: string, decimal: string) => {
      const value = /^pid$|_pid$/.test(field) ? decimal : hex;
      const called = name === "vm_unmapped_area" ? (printedNames[field] ?? field) : field;
      return `${called}=${field === "clone_flags" ? hex.slice(2) : value}`;
    },
  );
  return name.startsWith("sys_exit_") ? plain.replace(/^.* ret=/, "") : plain;
}

/** The event and its text; undefined for text that is no event. */
function eventOf(text: string): Pick<PerfLine, "event" | "body"> | undefined {
  const enter = /^sys_(\w+)\((.*)\)\s*$/.exec(text);
  if (enter !== null) {
    return { event: `syscalls:sys_enter_${enter[1]}`, body: withPrefixes(enter[2] ?? "") };
  }
  const exit = /^sys_(\w+) -> (?:0x)?([0-9a-f]+)\s*$/.exec(text);
  if (exit !== null) return { event: `syscalls:sys_exit_${exit[1]}`, body: `0x${exit[2]}` };
  const named = /^(?:\w+:)?(\w+):\s*(.*?)\s*$/s.exec(text);
  if (named === null) return undefined;
  const [, name = "", printed = ""] = named;
  const body = printed.endsWith(")") ? withoutFields(name, printed) : withoutRaw(name, printed);
  const call = /^sys_(?:enter|exit)_/.test(name);
  const group = call ? "syscalls" : (groups.get(name) ?? "other");
  return { event: `${group}:${name}`, body: call ? withPrefixes(body) : body };
}

/** Seconds; clocks that only count, and jiffies, give none. */
function timeOf(text: string): number | undefined {
  if (text.endsWith("ms")) return Number(text.slice(0, -2)) / milli;
  if (text.includes(".")) return Number(text);
  return text.endsWith("us") ? Number(text.slice(0, -2)) / micro : undefined;
}

/** Split a line into its columns; undefined if it is no event. The command is left out: it is the task's last, not that of the moment. */
export function parseFtraceLine(text: string): PerfLine | undefined {
  const match = usual.exec(text) ?? latency.exec(text) ?? verbose.exec(text);
  const event = match === null ? undefined : eventOf(match[5] ?? "");
  if (match === null || event === undefined || !isTask(Number(match[2]))) return undefined;
  const time = timeOf(match[4] ?? "");
  const group = Number(match[3]);
  return {
    comm: "",
    ...(isTask(group) ? { pid: group } : {}),
    tid: Number(match[2]),
    ...(time === undefined ? {} : { time }),
    ...event,
  };
}

/** True for a part of a stack trace, which belongs to the event before it. */
export function isOfStack(text: string): boolean {
  return /^\s*=> |: +(?:\w+: +)?<(?:user )?stack trace ?>$/.test(text.trimEnd());
}

/** How many events are missing at this line, NaN where it does not say; undefined if it is another line. */
export function lostAt(text: string): number | undefined {
  const match = /^(?:CPU:\d+ )?\[(?:LOST )?(?:(\d+) )?EVENTS(?: DROPPED)?\]\s*$/i.exec(text);
  return match === null ? undefined : Number(match[1] ?? Number.NaN);
}
