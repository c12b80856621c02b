/** Whether the recorders work where the tests run. */

import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";

/** True if the program runs and succeeds. */
export function works(program: string, args: readonly string[]): boolean {
  return spawnSync(program, args, { stdio: "ignore" }).status === 0;
}

/** The reason to skip a test, for its name; "" if strace works. */
export const noStrace: string = works("strace", ["-o", "/dev/null", "true"])
  ? ""
  : " (skipped: strace is missing or may not trace)";

const scope = "/proc/sys/kernel/yama/ptrace_scope";
const restricted: boolean =
  process.getuid?.() !== 0 && existsSync(scope) && readFileSync(scope, "utf8").trim() !== "0";

/** The reason to skip a test, for its name; "" if strace may also attach to processes that it did not start. */
export const noAttach: string =
  noStrace !== "" || !restricted ? noStrace : " (skipped: kernel.yama.ptrace_scope forbids it)";

/** The reason to skip a test, for its name; "" if perf may use tracepoints. */
export const noPerf: string = works("perf", [
  "record",
  "-q",
  "-e",
  "syscalls:sys_enter_mmap",
  "-o",
  "-",
  "true",
])
  ? ""
  : " (skipped: perf is missing or may not use tracepoints)";
