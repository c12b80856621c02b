/** What strace itself tells of tasks between the calls: attached, detached, ended, of 32 bits. */

import type { Flow } from "./flow.ts";
import type { At, Task } from "./lives.ts";
import type { Notice } from "./notices.ts";
import { firstTask } from "./output.ts";
import type { Prefix } from "./prefix.ts";
import type { Tracees } from "./tracees.ts";

/** `+++ exited with 0 +++` and its like. */
export interface Ending {
  readonly how: "exit" | "killed" | "superseded";
  /** The thread that took the place of the task. */
  readonly by: number;
}

/** Read the text of a line that begins with `+++`; undefined if it tells of no end. */
export function endingOf(text: string): Ending | undefined {
  const match =
    /^\+\+\+ (?:(exited) with|(killed) by|superseded by execve in pid (\d{1,7})(?!\d))/.exec(text);
  if (match === null) return undefined;
  if (match[3] !== undefined) return { how: "superseded", by: Number(match[3]) };
  return { how: match[1] === undefined ? "killed" : "exit", by: -1 };
}

export class Told {
  readonly #flow: Flow;
  readonly #tracees: Tracees;
  /** There are lines that tell of ended tasks. */
  #ends = false;
  /** strace has left the first task, so it leaves all. */
  #leaves = false;

  constructor(flow: Flow, tracees: Tracees) {
    this.#flow = flow;
    this.#tracees = tracees;
  }

  /** A task has ended, or is another one now. */
  ending({ how, by }: Ending, prefix: Prefix, at: At): void {
    this.#ends = true;
    const bare = prefix.pid < 0;
    const leader = bare && how === "superseded" ? this.#tracees.leaderOf(by) : undefined;
    const tid = leader ?? this.#tracees.owner(prefix);
    const task = this.#tracees.lives.get(tid);
    if (task === undefined) this.#unseen(tid, how, bare, at);
    else if (how === "superseded") this.#tracees.superseded(task, by, at, bare);
    else this.#ended(task, how, at, bare);
  }

  #unseen(tid: number, how: Ending["how"], bare: boolean, at: At): void {
    if (how === "superseded" || bare) this.#tracees.followed.delete(tid);
    else this.#tracees.departures.endedUnseen(tid, how, at);
  }

  #ended(task: Task, how: "exit" | "killed", at: At, bare: boolean): void {
    this.#flow.abandon(task);
    this.#tracees.departures.ended(task, how, at, bare);
  }

  notice(notice: Notice, at: At): void {
    const { kind, tid } = notice;
    const task = this.#tracees.lives.get(tid);
    if (kind === "attached") this.#tracees.attached(notice, at);
    else if (kind === "detached") this.#detached(notice, task, at);
    else if (kind === "32 bit") {
      const { space } = task ?? this.#tracees.lives.get(firstTask) ?? {};
      if (space !== undefined) space.narrow = true;
    }
  }

  /** strace leaves a task; 4.5 says so of one that has ended, and nothing else. */
  #detached({ tid, old, index }: Notice, task: Task | undefined, at: At): void {
    this.#tracees.followed.delete(tid);
    if (task === undefined) return;
    if (task.exiting !== undefined) {
      this.#ended(task, "exit", task.exiting, task.exiting.bare);
      return;
    }
    this.#leaves ||= this.#tracees.isFirst(task);
    if (old && index === 0 && !this.#ends && !this.#leaves) this.#ended(task, "killed", at, false);
    else this.#flow.leave(task);
  }
}
