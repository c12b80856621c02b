/** Which perf command lines record everything that a replay needs, and print it. */

import { existsSync } from "node:fs";
import type { Recorder } from "./types.ts";

const calls = [
  "mmap",
  "munmap",
  "mprotect",
  "mremap",
  "brk",
  "madvise",
  "shmat",
  "shmdt",
  "execve",
  "pkey_mprotect",
  "remap_file_pages",
  "mlock",
  "mlock2",
  "munlock",
  "mlockall",
  "munlockall",
];

/** Calls that not every kernel has: perf refuses events that it does not find. */
const newer = ["map_shadow_stack", "mseal"].filter((call) =>
  existsSync(`/sys/kernel/tracing/events/syscalls/sys_enter_${call}`),
);
const events: string = [
  ...[...calls, ...newer].map((call) => `syscalls:sys_*_${call}`),
  "mmap:vm_unmapped_area",
  "task:task_newtask",
  "sched:sched_process_exec",
  "sched:sched_process_exit",
].join();

/** By user code; what a system call touches is not among them. */
const faultEvent = "exceptions:page_fault_user";

/** Buffer in pages per CPU; an attached process has one per thread and CPU. */
const pages = { start: 4096, attach: 256 } as const;

/** Descriptors over which perf is told to begin, and answers. */
const control = "--control=fd:3,4";

/** The perf that calls itself by this version. */
export function perf(version: string): Recorder {
  return {
    name: "perf",
    version,
    command: (target, raw) => [
      "perf",
      "record",
      "-q",
      "-d",
      "-k",
      "CLOCK_MONOTONIC",
      "-m",
      String(pages[target.kind]),
      "-e",
      target.faults === true ? `${events},${faultEvent}` : events,
      "-o",
      raw,
      ...(target.kind === "start"
        ? ["--", ...target.command]
        : ["-D", "-1", control, "-p", String(target.pid)]),
    ],
    text: (raw) => [
      "perf",
      "script",
      "--ns",
      "-F",
      "comm,pid,tid,cpu,time,event,trace",
      "--show-task-events",
      "--show-mmap-events",
      "--show-lost-events",
      "-i",
      raw,
    ],
  };
}
