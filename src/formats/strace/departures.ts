/** Which tasks are gone, whether or not a line says so. */

import type { Followed } from "./followed.ts";
import type { LifeEvents } from "./life-events.ts";
import type { At, Exiting, Lives, Task } from "./lives.ts";
import type { Process } from "./process.ts";

type How = "exit" | "killed";

export class Departures {
  readonly #lives: Lives;
  readonly #followed: Followed;
  readonly #events: LifeEvents;
  readonly #died: (task: Task) => void;
  /** Those that have called exit. */
  readonly #leaving = new Set<Task>();
  /** Those that got a signal of which they may have died. */
  readonly #struck = new Set<Task>();

  /** `died` hears of every task that is gone. */
  constructor(lives: Lives, followed: Followed, events: LifeEvents, died: (task: Task) => void) {
    this.#lives = lives;
    this.#followed = followed;
    this.#events = events;
    this.#died = died;
  }

  /** A task has called exit. */
  leave(task: Task, exiting: Exiting): void {
    task.exiting = exiting;
    this.#leaving.add(task);
  }

  /** A task has got a signal that may have killed its process. */
  strike(task: Task): void {
    this.#struck.add(task);
  }

  /** There are tasks that have called exit, or may have been killed, and are not known to be gone. */
  get arePending(): boolean {
    return this.#leaving.size + this.#struck.size > 0;
  }

  /** strace tells that a task has ended. */
  ended(task: Task, how: How, at: At, bare: boolean): void {
    this.die(task, how, at, bare);
    this.#followed.delete(task.tid);
  }

  /** `+++ exited with 0 +++` of a task whose other lines are not in the recording. */
  endedUnseen(tid: number, how: How, at: At): void {
    this.#followed.delete(tid);
    this.#events.tellUnseen(tid, how, at);
  }

  /** A task is gone, though strace may not have told so yet. */
  die(task: Task, how: How, at: At, bare: boolean): void {
    this.#events.tell(task, how, at, bare ? { bare } : {});
    this.#died(task);
    this.#leaving.delete(task);
    this.#struck.delete(task);
    this.#lives.die(task);
  }

  /** Tasks that have called exit are gone, if another one is alone. */
  forget(): void {
    const exiting = [...this.#leaving].filter(({ tid }) => this.#followed.has(tid));
    if (exiting.length === this.#followed.size) return;
    for (const task of exiting) {
      if (task.exiting !== undefined) this.ended(task, "exit", task.exiting, task.exiting.bare);
    }
  }

  /** Its parent was told here that a process has ended, which may be all that tells so. */
  reaped(tid: number | undefined, told: At): void {
    const leader = tid === undefined ? undefined : this.#lives.get(tid);
    if (leader === undefined) return;
    const group = groupExit(leader.process);
    const tasks = [...leader.process];
    const isStruck = tasks.some((task) => this.#struck.has(task));
    for (const task of tasks) {
      const at = task.exiting ?? group;
      if (at !== undefined) this.ended(task, "exit", at, task.exiting?.bare === true);
      else if (isStruck) this.ended(task, "killed", told, false);
    }
  }

  /** At the end: whoever called exit, and whom exit_group took along, is gone though no line says so. */
  settle(): void {
    const ends: { readonly task: Task; readonly at: At }[] = [];
    const groups = new Map<Process, Exiting | undefined>();
    for (const task of this.#lives.all()) {
      const { process, exiting } = task;
      if (!groups.has(process)) groups.set(process, groupExit(process));
      const at = exiting ?? groups.get(process);
      if (at !== undefined) ends.push({ task, at });
    }
    ends.sort((a, b) => a.at.line - b.at.line);
    for (const { task, at } of ends) this.die(task, "exit", at, task.exiting?.bare === true);
  }
}

/** Where a task called exit_group for all of its process. */
const groupExit = (process: Process): Exiting | undefined =>
  [...process].find(({ exiting }) => exiting?.group)?.exiting;
