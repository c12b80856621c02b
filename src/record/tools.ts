/** Which recorders and programs this machine has, and what keeps them from working. */

import { spawnSync } from "node:child_process";
import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join } from "node:path";
import { MmreplayError } from "../errors.ts";
import { perf } from "./perf.ts";
import { textOf } from "./proc.ts";
import { strace } from "./strace.ts";
import type { Recorder, RecorderName, Target } from "./types.ts";

const recorders = {
  strace: { ask: "-V", make: strace, get: "apt-get install strace", other: "perf" },
  perf: { ask: "--version", make: perf, get: "apt-get install linux-perf", other: "strace" },
} as const;

/** The recorder of this name; throws `record/no-recorder`. */
export function findRecorder(name: RecorderName): Recorder {
  const { ask, make, get, other } = recorders[name];
  const { status, stdout } = spawnSync(name, [ask], { encoding: "utf8" });
  const version = status === 0 ? /version (\d+(?:\.\d+)+)/.exec(stdout)?.[1] : undefined;
  if (version === undefined)
    throw new MmreplayError("record/no-recorder", `${name} is not installed, or does not run`, {
      hint: `install it (${get}), or try --with ${other}`,
    });
  return make(version);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** The path of a program as a shell would look for it; throws `record/no-program`. */
export function requireProgram(name: string): string {
  const { PATH = "" } = process.env;
  const places = name.includes("/") ? [""] : PATH.split(delimiter);
  const found = places.map((place) => join(place, name)).find(isProgram);
  if (found !== undefined) return found;
  throw new MmreplayError("record/no-program", `there is no program "${name}"`, {
    hint: "check the spelling, or give the path of an executable file",
  });
}

function ptraceHint(target: Target): string {
  const scope = textOf("/proc/sys/kernel/yama/ptrace_scope")?.trim() ?? "0";
  if (scope === "3") return "kernel.yama.ptrace_scope is 3, which only a reboot changes";
  if (target.kind === "attach" && scope !== "0")
    return "run as root, or: sudo sysctl kernel.yama.ptrace_scope=0";
  return "run as root; in a container, start it with --cap-add=SYS_PTRACE";
}

function tracepointHint(): string {
  if (process.getuid?.() === 0) return "this kernel or container has no tracepoints; --with strace";
  const open = "sudo mount -o remount,mode=755 /sys/kernel/tracing";
  return `run as root, or: sudo sysctl kernel.perf_event_paranoid=-1 && ${open}; or --with strace`;
}

/** Why there is no recording, after the recorder has had its say on standard error. */
export function refused(recorder: RecorderName, target: Target): MmreplayError {
  return new MmreplayError("record/not-permitted", `${recorder} has recorded nothing`, {
    hint: recorder === "strace" ? ptraceHint(target) : tracepointHint(),
  });
}
