/** What a text is that no format reads, and what to do instead. */

import { MmreplayError } from "../errors.ts";
import { straceCommand } from "./strace/command.ts";

interface Refusal {
  readonly code: string;
  readonly what: string;
  readonly pattern: RegExp;
  readonly hint: string;
}

const again = `record with: ${straceCommand}`;

const printed =
  "give perf.data as it is: mmreplay import perf.data; or print perf script --ns -F comm,pid,tid,cpu,time,event,trace --show-task-events --show-mmap-events --show-lost-events";

/** In this order; each pattern sees the first 64 KiB. */
const refusals: readonly Refusal[] = [
  {
    code: "parse/summary-only",
    what: "the table of strace -c",
    pattern: /^% time\s+seconds\s+usecs\/call/m,
    hint: `${again} (without -c)`,
  },
  {
    code: "parse/quoted-printable",
    what: "a quoted-printable mail",
    pattern: /\)\s*=3D /,
    hint: "decode it first: python3 -m quopri -d FILE",
  },
  {
    code: "parse/perf-trace",
    what: "the output of perf trace, which leaves out zero arguments and huge page sizes",
    pattern: /^ *(?:[\d.]+|\?) \( *[\d.]*(?: ms)? *\): /m,
    hint: `use perf record and perf script, or ${again}`,
  },
  {
    code: "parse/perf-summary",
    what: "the table of perf trace -s",
    pattern: /^ ?Summary of events:/m,
    hint: again,
  },
  {
    code: "parse/bpftrace",
    what: "the output of a bpftrace script of its own kind",
    pattern:
      /^Attaching \d+ probes?\.\.\.|^@\w*(?:\[.*\])?:(?: -?\d+)?$|^\{"type": "(?:attached_probes|printf)"/m,
    hint: "record with the script that comes with mmreplay: bpftrace scripts/mmreplay.bt -c CMD",
  },
  {
    code: "parse/ltrace",
    what: "the output of ltrace, which shows library calls",
    pattern: /^(?:\[pid \d+\] )?(?:__libc_start_main\(|\w+->\w+\(|(?:\w+@)?SYS_\w+\()/m,
    hint: again,
  },
  {
    code: "parse/gvisor",
    what: "a log of runsc --strace, whose addresses gVisor chose and not Linux",
    pattern: /\] \S+ [EX] \w+\(.*\)(?:$| = -?\d+ \(0x)/m,
    hint: `run the program without gVisor; ${again}`,
  },
  {
    code: "parse/u-root-strace",
    what: "the output of the strace of u-root",
    pattern: /^\[pid \d+\] [EX] \w+\(/m,
    hint: again,
  },
  {
    code: "parse/sysdig",
    what: "the output of sysdig",
    pattern: /^\d+ \d\d:\d\d:\d\d\.\d+ \d+ \S+ \(\d+[.\d]*\) [<>] \w+/m,
    hint: again,
  },
  {
    code: "parse/lttng",
    what: "the output of babeltrace (LTTng)",
    pattern: /^\[[^\]]+\] \(\+[\d.?]+\) \S+ \w+: \{/m,
    hint: again,
  },
  {
    code: "parse/audit",
    what: "a log of auditd, which has four arguments of each call",
    pattern: /^(?:node=\S+ )?type=\w+ msg=audit\(/m,
    hint: again,
  },
  {
    code: "parse/uftrace",
    what: "the output of uftrace, which shows functions",
    pattern: /^# DURATION +TID +FUNCTION|^ *[\d.]* *(?:[num]?s)? *\[ *\d+\] \| /m,
    hint: again,
  },
  {
    code: "parse/function-graph",
    what: "the output of the function_graph tracer, which shows functions and no calls of tasks",
    pattern: /^# tracer: function_graph|^ *\d+\) .*\| {2}/m,
    hint: "echo nop > current_tracer, and enable the events syscalls:sys_*_mmap and so on",
  },
  {
    code: "parse/ftrace-options",
    what: "ftrace text without tasks, as the option context-info is off",
    pattern: /^sys_\w+(?:\(.*\)| -> 0x[0-9a-f]+)$/m,
    hint: "echo 1 > /sys/kernel/tracing/options/context-info, and print it again",
  },
  {
    code: "parse/ftrace-options",
    what: "ftrace text with numbers in the place of events, by the option bin, hex or raw",
    pattern: /^(?:.*[\s\d])?type: \d+$/m,
    hint: "echo 0 into bin, hex and raw under /sys/kernel/tracing/options, and print it again",
  },
  {
    code: "parse/perf-report",
    what: "the output of perf report, which sums up",
    pattern: /^# (?:Samples: .* of event|Overhead +)/m,
    hint: "print the same perf.data with perf script, or give it as it is: mmreplay import perf.data",
  },
  {
    code: "parse/perf-dump",
    what: "the raw dump of perf report -D or perf script -D",
    pattern:
      /^0x[0-9a-f]+(?:@\S+)? \[0x[0-9a-f]+\]: (?:event: \d|PERF_RECORD_)|^\. \.\.\. raw event: size /m,
    hint: printed,
  },
  {
    code: "parse/perf-columns",
    what: "perf script text without the column of tasks (tid)",
    pattern:
      /^(?:.{0,16} )?(?:\[\d{3,}\] +)?\d+\.\d+: +(?:\d+ +)?(?:syscalls|raw_syscalls|mmap):\w+: /m,
    hint: printed,
  },
  {
    code: "parse/perf-columns",
    what: "perf script text without the column of events",
    pattern:
      /^(?:.{0,16}\s)?\d+(?:\/\d+)? +(?:\[\d{3,}\] +)?\d+\.\d+: +(?:(?:addr|start|brk): 0x|0x[0-9a-f]+$|addr=0x|NR \d)/m,
    hint: printed,
  },
  {
    code: "parse/perf-samples",
    what: "perf script text of samples, without calls",
    pattern:
      /^.{0,17}\d+(?:\/\d+)? +(?:\[\d{3,}\] +)?\d+\.\d{6,9}: +(?:\d+ +)?[a-z][^\s:]*:[a-zA-Z]*:? /m,
    hint: again,
  },
  {
    code: "parse/perf-header",
    what: "the header of a perf.data file, without events",
    pattern: /^# captured on *: (?:.*\n#)*.*\s*$(?![\s\S])/m,
    hint: printed,
  },
  {
    code: "parse/perf-stat",
    what: "the output of perf stat, which counts",
    pattern: /^ *Performance counter stats for /m,
    hint: again,
  },
  {
    code: "parse/ktrace",
    what: "the output of kdump (ktrace)",
    pattern: /^ *\d+ +\S+ +(?:CALL|RET|NAMI) {2}/m,
    hint: `only Linux can be replayed; there, ${again}`,
  },
  {
    code: "parse/dtruss",
    what: "the output of dtruss",
    pattern: /^(?:\s*PID\/THRD|SYSCALL\(args\))/m,
    hint: `only Linux can be replayed; there, ${again}`,
  },
  {
    code: "parse/truss",
    what: "the output of truss",
    pattern:
      /^\s*(?:[\d.]+\s+|\d+(?:\/\d+)?:\s*)*\w+\(.*\)\s+(?:= \d+ \(0x[0-9a-f]+\)|E(?:RR|rr)#\d+|argc = \d+$)/m,
    hint: `only Linux can be replayed; there, ${again}`,
  },
  {
    code: "parse/qemu-strace",
    what: "the output of qemu-user -strace, whose addresses QEMU chose and not Linux",
    pattern: /^(?:\d+ )?\w+\(.*\) = -1 errno=\d+ |^(?:\d+ )?(?:mmap2?|munmap|mprotect)\(\S+\) = /m,
    hint: `run the program on a machine of its own kind; ${again}`,
  },
  {
    code: "parse/valgrind",
    what: "a log of valgrind",
    pattern: /^==\d+== |^SYSCALL\[\d+,\d+\]/m,
    hint: again,
  },
  {
    code: "parse/pmap",
    what: "the output of pmap",
    pattern: /^\d+: {2,}.*\n(?:Address\s+Kbytes|\s+Address Perm|[0-9a-f]{8,}\s+\d+K )/m,
    hint: "give /proc/PID/maps instead",
  },
  {
    code: "parse/numa-maps",
    what: "numa_maps, which tells no ends of areas",
    pattern:
      /^[0-9a-f]{6,16} (?:default|bind|interleave|prefer|local|weighted)\S*(?: (?:file=|anon=|heap|stack)|$)/m,
    hint: "give /proc/PID/maps instead",
  },
  {
    code: "parse/debugger-map",
    what: "the list of mappings of a debugger",
    pattern: /^ *Start(?: Addr)? +End(?: Addr)? +(?:Size|Offset|Perm)|^LEGEND: STACK \| HEAP/m,
    hint: "give /proc/PID/maps instead: (gdb) shell cat /proc/PID/maps > prog.maps",
  },
  {
    code: "parse/sanitizer",
    what: "the memory map of a sanitizer, which tells no access",
    pattern: /^==\d+==\s*Process memory map follows:/m,
    hint: "give /proc/PID/maps instead",
  },
  {
    code: "parse/tombstone",
    what: "a tombstone of Android",
    pattern: /^(?:[\d-]+ .*)?memory map \(\d+ entries\):|^ {4}[0-9a-f]{8}'[0-9a-f]{8}-/m,
    hint: "give /proc/PID/maps instead",
  },
  {
    code: "parse/html",
    what: "a web page",
    pattern: /^\s*<(?:!doctype|html|\?xml)/i,
    hint: "give the text that the recorder wrote",
  },
  {
    code: "parse/manual",
    what: "a manual page",
    pattern: /^(?:[A-Z]+\(\d\)\s.*\s[A-Z]+\(\d\)|NAME$[\s\S]*^SYNOPSIS$)/m,
    hint: again,
  },
];

/** Where the first thing stands that the pattern, or any word, matches; 1-based. */
function placeOf(
  text: string,
  pattern: RegExp,
): { readonly line: number; readonly column: number } {
  const match = pattern.exec(text);
  const start = (match?.index ?? 0) + (/^\s*/.exec(match?.[0] ?? "")?.[0].length ?? 0);
  const before = text.slice(0, start).split("\n");
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

/** The error for a text that is of no format. */
export function refusal(head: Uint8Array, name: string): MmreplayError {
  const at = { file: name };
  const text = Buffer.from(head.buffer, head.byteOffset, head.byteLength).toString("latin1");
  if (text.length === 0) {
    return new MmreplayError("parse/empty", "the file is empty", { at, hint: again });
  }
  if (text.trim() === "") {
    return new MmreplayError("parse/empty", "there is nothing but blank lines", {
      at,
      hint: again,
    });
  }
  const found = refusals.find(({ pattern }) => pattern.test(text));
  if (found !== undefined) {
    const { code, what, hint, pattern } = found;
    return new MmreplayError(code, `this is ${what}: it cannot be replayed`, {
      at: { ...at, ...placeOf(text, pattern) },
      hint,
    });
  }
  const message = "this is no recording of strace or perf script, nor a maps file";
  return new MmreplayError("parse/unknown-format", message, {
    at: { ...at, ...placeOf(text, /\S/) },
    hint: again,
  });
}
