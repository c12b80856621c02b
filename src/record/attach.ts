/** How a running process is held still while its maps are read and a recorder takes hold of it. */

import { setTimeout as sleep } from "node:timers/promises";
import { MmreplayError } from "../errors.ts";
import { isAlive, textOf, threadStates } from "./proc.ts";
import type { RecorderName } from "./types.ts";

/** Milliseconds between two looks, and how long to wait at most. */
const step = 5;
const patience = 5000;

/** True once the condition holds; false if it does not in time. */
export async function until(condition: () => boolean): Promise<boolean> {
  for (let waited = 0; waited < patience; waited += step) {
    if (condition()) return true;
    await sleep(step);
  }
  return condition();
}

function isStopped(pid: number): boolean {
  const states = threadStates(pid);
  return states.length > 0 && states.every((state) => state === "T" || state === "t");
}

/** True if every thread has a tracer. */
export function isTraced(pid: number): boolean {
  const tracer = /^TracerPid:\t(\d+)$/m.exec(textOf(`/proc/${pid}/status`) ?? "")?.[1];
  return tracer !== undefined && tracer !== "0";
}

/** Throws `record/no-process`, or `record/traced` if strace could not trace it because something else does. */
export function requireProcess(pid: number, recorder: RecorderName): void {
  if (!isAlive(pid))
    throw new MmreplayError("record/no-process", `there is no process ${pid}`, {
      hint: "give the pid of a running process: pgrep NAME",
    });
  if (recorder === "strace" && isTraced(pid))
    throw new MmreplayError("record/traced", `process ${pid} has a debugger or tracer already`, {
      hint: "end that one first, or try --with perf",
    });
}

/** Do something while the process stands still; it goes on afterwards, unless it was stopped before. */
export async function whileStopped<T>(pid: number, act: () => Promise<T>): Promise<T> {
  if (isStopped(pid)) return act();
  try {
    process.kill(pid, "SIGSTOP");
  } catch {
    throw new MmreplayError("record/not-permitted", `process ${pid} belongs to somebody else`, {
      hint: "run as root",
    });
  }
  try {
    await until(() => isStopped(pid));
    return await act();
  } finally {
    process.kill(pid, "SIGCONT");
  }
}
