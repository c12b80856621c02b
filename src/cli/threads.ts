/** Which thread replays what: a trace each, or of few traces a share of the policies each. */

import { availableParallelism } from "node:os";
import { sizeOf, stdin } from "./io.ts";
import type { ReplayedTrace } from "./policy-runs.ts";
import { prepare, runShare, runTask, type Share, type TaskResult } from "./replay-task.ts";
import { packed as plain, type Task } from "./task.ts";

/** Bytes of strace text with as many calls as a byte of a trace or of packed text. */
const packed = 20;

/** Bytes of strace text times policies, below which starting threads takes longer than they save. */
const worthwhile = 40_000_000;

/** The same of one trace that all threads replay: one reads, which is most of the work, and policies often answer alike. */
const worthSharing = 1_000_000_000;

/** Each thread holds programs of its own. */
const most = 8;

/** Bytes of memory that one takes per byte of strace text, measured, and what all may take together. */
const memoryPerByte = 1.5;
const mostMemory = 2 ** 30;

/** How many threads pay off. */
export function threadsFor(paths: readonly string[], policies: number): number {
  if (paths.includes(stdin)) return 1;
  const sizes = paths.map((path) => {
    const bytes = sizeOf(path);
    return /\.(?:mmtrace|gz|xz|zst|bz2)$/.test(path) ? packed * bytes : bytes;
  });
  const text = sizes.reduce((sum, bytes) => sum + bytes, 0);
  if (text * policies < (paths.length === 1 ? worthSharing : worthwhile)) return 1;
  const held = Math.floor(mostMemory / (memoryPerByte * Math.max(...sizes)));
  return Math.max(
    1,
    Math.min(availableParallelism(), Math.max(paths.length, policies), held, most),
  );
}

/** The numbers below `count` in at most `threads` runs of nearly equal length. */
function shares(count: number, threads: number): readonly (readonly number[])[] {
  const parts = Math.min(count, threads);
  const bound = (part: number) => Math.floor((count * part) / parts);
  return Array.from({ length: parts }, (_, part) =>
    Array.from({ length: bound(part + 1) - bound(part) }, (_, i) => bound(part) + i),
  );
}

/** One path's traces with the runs of all its shares. */
function joined(warnings: string, parts: readonly TaskResult[]): TaskResult {
  const refused = parts.find((part) => part.refused !== undefined)?.refused;
  const traces = (parts[0]?.traces ?? []).map(
    ({ setup }, index): ReplayedTrace => ({
      setup,
      runs: parts.flatMap((part) => part.traces[index]?.runs ?? []),
    }),
  );
  return { warnings, traces, ...(refused !== undefined && { refused }) };
}

/** Runs a function of `replay-task` in a thread. */
type Run = (input: Task | Share, name: string) => Promise<TaskResult>;

/** This thread reads and resolves, others replay: what is common to the policies is done once. */
async function shared(
  task: Task,
  policies: number,
  threads: number,
  run: Run,
): Promise<TaskResult> {
  const { warnings, prepared, refused } = await prepare(task);
  if (refused !== undefined) return { warnings, traces: [], refused };
  const parts = shares(policies, threads).map((chosen) =>
    run({ task, prepared: prepared.map(plain), chosen }, runShare.name),
  );
  return joined(warnings, await Promise.all(parts));
}

/** The results by path, each as soon as those before it are there. */
export async function* results(
  tasks: readonly Task[],
  policies: number,
  threads: number,
): AsyncGenerator<TaskResult> {
  if (threads === 1) {
    for (const task of tasks) yield await runTask(task);
    return;
  }
  const { Piscina } = await import("piscina");
  const own = import.meta.url;
  const pool = new Piscina<Task | Share, TaskResult>({
    filename: new URL(`./replay-task${own.slice(own.lastIndexOf("."))}`, own).href,
    minThreads: 1,
    maxThreads: threads,
  });
  const run: Run = (input, name) => pool.run(input, { name });
  try {
    const running = tasks.map((task) =>
      tasks.length >= threads ? run(task, runTask.name) : shared(task, policies, threads, run),
    );
    for (const one of running) one.catch(() => undefined);
    for (const one of running) yield await one;
  } finally {
    await pool.destroy();
  }
}
