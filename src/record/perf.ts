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
  "shmget",
  "prctl",
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
const newer = ["map_shadow_stack", "mseal", "mbind", "io_setup", "io_destroy"].filter((call) =>
  existsSync(`/sys/kernel/tracing/events/syscalls/sys_enter_${call}`),
);
const events: string = [
  ...[...calls, ...newer].map((call) => `syscalls:sys_*_${call}`),
  "mmap:vm_unmapped_area",
  "task:task_newtask",
  "sched:sched_process_exec",
  "sched:sched_process_exit",
].join();

/** brk, mmap, munmap, ipc, mprotect, mremap, mmap2, madvise, shmat and shmdt of arch/x86/entry/syscalls/syscall_32.tbl. */
const compatCalls = [45, 90, 91, 117, 125, 163, 192, 219, 397, 398];

/** The calls of 32-bit programs by their numbers: perf hands each filter to the event before it. */
const compatEvents: readonly string[] = ["sys_enter", "sys_exit"].flatMap((end) => {
  const filter = compatCalls.map((number) => `id==${number}`).join("||");
  return ["-e", `raw_syscalls:${end}`, "--filter", filter];
});

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
      ...(target.compat === true ? compatEvents : []),
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
