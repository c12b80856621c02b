/** The work of one thread, or of several in two steps: read and prepare what a path holds, and replay it. */

import { type At, MmreplayError } from "../errors.ts";
import { warningLines } from "./io.ts";
import { load } from "./load.ts";
import { loadPolicies } from "./policies.ts";
import { type ReplayedTrace, replayed } from "./policy-runs.ts";
import { prepared, type Say } from "./prepared.ts";
import { type Packed, type Prepared, type Task, unpacked } from "./task.ts";

/** What a step gives, errors included: as values, since a thrown error loses its members between threads. */
interface Step {
  readonly warnings: string;
  readonly refused?: Refusal;
}

export interface TaskResult extends Step {
  readonly traces: readonly ReplayedTrace[];
}

export interface Reading extends Step {
  readonly prepared: readonly Prepared[];
}

/** Prepared traces, and which of the task's policies, counted from 0, are to replay them. */
export interface Share {
  readonly task: Task;
  readonly prepared: readonly Packed[];
  readonly chosen: readonly number[];
}

interface Refusal {
  readonly code: string;
  readonly message: string;
  readonly at: At;
  readonly hint: string | undefined;
}

/** What `work` does until it is done or the user did something wrong. */
async function step(work: (say: Say) => Promise<void>): Promise<Step> {
  let warnings = "";
  const say: Say = (diagnostics, name) => {
    warnings += warningLines(diagnostics, name);
  };
  try {
    await work(say);
    return { warnings };
  } catch (error) {
    if (!(error instanceof MmreplayError)) throw error;
    const { code, message, at, hint } = error;
    return { warnings, refused: { code, message, at, hint } };
  }
}

/** Read and resolve what the task names, for its policies to be shared out. */
export async function prepare(task: Task): Promise<Reading> {
  const done: Prepared[] = [];
  const reading = await step(async (say) => {
    for (const trace of await load(task.path, { strict: task.strict, print: say }))
      done.push(await prepared(trace, task, say));
  });
  return { ...reading, prepared: done };
}

/** Replay prepared traces under some of the task's policies. */
export async function runShare({ task, prepared, chosen }: Share): Promise<TaskResult> {
  const traces: ReplayedTrace[] = [];
  const run = await step(async () => {
    const all = await loadPolicies(task.policies);
    const policies = all.filter((_, index) => chosen.includes(index));
    for (const trace of prepared) traces.push(replayed(unpacked(trace), task, policies));
  });
  return { ...run, traces };
}

/** Both steps, trace by trace, so that one is gone when the next comes. */
export async function runTask(task: Task): Promise<TaskResult> {
  const traces: ReplayedTrace[] = [];
  const run = await step(async (say) => {
    const policies = await loadPolicies(task.policies);
    const read = [...(await load(task.path, { strict: task.strict, print: say }))];
    // A function of its own, which holds no events when it has ended.
    const next = async (): Promise<Prepared | undefined> => {
      const trace = read.shift();
      return trace && (await prepared(trace, task, say));
    };
    for (let ready = await next(); ready !== undefined; ready = await next())
      traces.push(replayed(ready, task, policies));
  });
  return { ...run, traces };
}
