/** Whose line is it: by the pid printed, by who is the only one alive, or by the clone that turns up later. */

import type { Lifecycle, LifecycleName } from "../../trace/event.ts";
import type { Order } from "../order.ts";
import type { Begun } from "../underway.ts";
import type { Ahead, Named } from "./ahead.ts";
import {
  type At,
  type Exiting,
  Lives,
  printedTid,
  type Space,
  sharingOf,
  type Task,
} from "./lives.ts";
import type { Notice } from "./notices.ts";
import { firstTask, type Output } from "./output.ts";
import type { Prefix } from "./prefix.ts";
import type { Process } from "./process.ts";

/** A clone, fork or vfork under way. */
export interface Cloning {
  readonly name: string;
  readonly text: string;
  readonly entry: At;
  readonly bare: boolean;
  /** A fork, which copies the address space as it is when it begins. */
  readonly begun: Begun | undefined;
}

export class Tracees {
  readonly lives: Lives = new Lives();
  readonly #output: Output;
  readonly #order: Order;
  readonly #ahead: Ahead;
  /** Tasks that strace follows and that have not ended: what decides whether it prints pids. */
  readonly #followed = new Set<number>();
  #lastFollowed = -1;
  /** Children whose birth was told before their parent's call returned. */
  readonly #bornEarly = new Set<number>();
  /** By task. */
  readonly cloning: Map<Task, Cloning> = new Map();
  readonly #leaving = new Set<Task>();
  /** Those that got a signal of which they may have died. */
  readonly #struck = new Set<Task>();
  #first: Task | undefined;
  /** Tasks of unknown origin are threads of the first. */
  oneProcess = false;
  leader: number | undefined;
  /** Threads of the attached process that have not been seen. */
  #attachedThreads = 0;
  #notices = 0;
  /** Tasks that strace has told of, and nothing else yet: a call that is printed later may have made them. */
  readonly #announced = new Map<number, At>();

  constructor(output: Output, order: Order, ahead: Ahead) {
    this.#output = output;
    this.#order = order;
    this.#ahead = ahead;
  }

  /** strace prints pids in brackets while it follows several tasks. */
  follow({ pid, bracketed }: Prefix): void {
    if (!bracketed || pid === this.#lastFollowed) return;
    this.#lastFollowed = pid;
    this.#followed.add(pid);
  }

  unfollow(tid: number): void {
    this.#followed.delete(tid);
  }

  /** True for the task with which the recording begins. */
  isFirst(task: Task): boolean {
    return task === this.#first;
  }

  /** The task of a line. One without a pid is of the only task that strace still follows. */
  owner({ pid }: Prefix): number {
    if (pid >= 0) return pid;
    if (this.#followed.size > 1) this.#forget();
    const [only, another] = this.#followed;
    const first = this.#first?.tid ?? firstTask;
    return only === undefined || another !== undefined ? first : only;
  }

  /** The task of a line, if that is certain and known already. */
  certain(prefix: Prefix): Task | undefined {
    if (prefix.pid >= 0) return this.lives.get(prefix.pid);
    return this.#followed.size > 1 ? undefined : this.lives.get(this.owner(prefix));
  }

  /** Tasks that have called exit are gone, if another one is alone. */
  #forget(): void {
    const exiting = [...this.#leaving].filter(({ tid }) => this.#followed.has(tid));
    if (exiting.length === this.#followed.size) return;
    for (const task of exiting) {
      if (task.exiting !== undefined) this.ended(task, "exit", task.exiting, task.exiting.bare);
    }
  }

  /**
   * The task with this number, making its acquaintance if need be; undefined if that needs lines that are still to
   * come. `resumes` is true for a line that ends a call: it cannot be a task's first.
   */
  find(tid: number, at: At, resumes: boolean, begins: boolean): Task | undefined {
    return this.lives.get(tid) ?? this.#meet(tid, at, resumes, begins);
  }

  #meet(tid: number, at: At, resumes: boolean, begins: boolean): Task | undefined {
    const named = this.#ahead.named.get(tid);
    if (named !== undefined) {
      const child = this.#adopt(tid, named);
      if (child !== undefined) return child;
    }
    const nameless = this.lives.get(firstTask);
    const stranger = this.#ahead.strangers.delete(tid);
    if (nameless !== undefined && (resumes || stranger || this.cloning.size === 0)) {
      this.lives.rename(nameless, tid);
      if (this.#followed.delete(firstTask)) this.#followed.add(tid);
      this.#output.name(tid);
      return nameless;
    }
    if (named === undefined && !resumes && !stranger && this.cloning.size > 0) return undefined;
    return this.#appear(tid, at, begins);
  }

  /** A task of unknown origin. `begins` is true if it starts with an exec. */
  #appear(tid: number, met: At, begins: boolean): Task {
    const at = this.#announced.get(tid) ?? met;
    this.#announced.delete(tid);
    const { leader } = this;
    if (this.#first === undefined && leader !== undefined && leader !== tid)
      this.#appear(leader, met, false);
    const isFirst = this.#first === undefined;
    const isThread = this.#attachedThreads > 0 || (this.oneProcess && !begins);
    if (isThread && this.#first !== undefined) {
      this.#attachedThreads -= 1;
      const sharing = { birth: "thread", files: true, guessed: false } as const;
      const thread = this.lives.born(this.#first, tid, sharing);
      this.#lifecycle(this.#first, "thread", at, { child: tid });
      return thread;
    }
    // Behind the end of everything another recording may follow (strace -A).
    const isAnew = begins && this.lives.size === 0;
    const task = this.lives.appear(tid);
    if (isFirst || isAnew) {
      this.#first = task;
      if (tid === firstTask) this.#followed.add(tid);
    }
    if (isAnew) return task;
    task.stranger = !isFirst;
    const bare = tid === firstTask;
    this.#lifecycle(task, "attach", at, bare ? { bare } : {});
    const [code, message] = isFirst
      ? ["parse/attached", "the recording begins in the middle of a program"]
      : ["parse/unknown-parent", "tasks whose origin is not in the recording"];
    this.#output.warn(code, message, at.line, bare ? null : tid);
    return task;
  }

  /** `strace: Process N attached`, perhaps `with M threads`. A notice that cuts a call may tell of the task which that call made. */
  attached({ tid, threads, index }: Notice, at: At): void {
    this.#followed.add(tid);
    this.#notices += 1;
    if (this.#first === undefined && this.lives.size === 0) {
      this.#attachedThreads = Math.max(0, threads - 1);
      this.#appear(tid, at, false);
      return;
    }
    if (this.lives.get(tid) !== undefined || this.#ahead.named.has(tid)) return;
    if (at.line <= this.#notices) this.#appear(tid, at, false);
    else if (index === 0 && this.cloning.size === 0 && !this.#ahead.active)
      this.#announced.set(tid, at);
  }

  #adopt(tid: number, named: Named): Task | undefined {
    this.#ahead.named.delete(tid);
    const parent = this.lives.get(named.parent) ?? this.lives.get(firstTask);
    const cloning = parent === undefined ? undefined : this.cloning.get(parent);
    if (parent === undefined || cloning === undefined) return undefined;
    this.#bornEarly.add(named.child);
    const end = { line: named.line, time: named.time };
    const text = cloning.text + named.text;
    return this.#born(parent, tid, { ...cloning, text, bare: named.bare }, end);
  }

  /** A clone, fork or vfork returned its child. */
  cloned(parent: Task, child: number, cloning: Cloning, end: At): void {
    this.#ahead.named.delete(child);
    this.#announced.delete(child);
    if (this.#bornEarly.delete(child)) return;
    const previous = this.lives.get(child);
    // Without unfinished lines (-z) a child may speak before it is known whose it is.
    if (previous !== undefined && !previous.stranger)
      this.#die(previous, "exit", previous.exiting ?? end, false);
    this.#born(parent, child, cloning, end);
  }

  #born(parent: Task, tid: number, cloning: Cloning, end: At): Task {
    const sharing = sharingOf(cloning.name, cloning.text);
    if (sharing.guessed) {
      const message = "clone3 without its flags is taken for the start of a thread";
      const pid = printedTid({ task: parent, bare: cloning.bare });
      this.#output.warn("parse/guessed-clone", message, end.line, pid);
    }
    const child = this.lives.born(parent, tid, sharing);
    const { entry, bare } = cloning;
    const more = { child: tid, ...(bare && { bare }) };
    const event = this.#event(parent.tid, sharing.birth, end, { ...more, ...entryOf(entry, end) });
    this.#send(parent.space, event, child.space, cloning.begun);
    return child;
  }

  /** `execve` = 0. `caller` is the thread that called it, where that is not the one which goes on. */
  execed(
    task: Task,
    caller: number | undefined,
    path: string | undefined,
    entry: At,
    end: At,
    bare: boolean,
  ): void {
    for (const other of task.process) if (other !== task) this.#followed.delete(other.tid);
    const more = {
      ...(path !== undefined && { path }),
      ...(caller !== undefined && { other: caller }),
      ...(bare && { bare }),
      ...entryOf(entry, end),
    };
    const before = task.space;
    this.lives.exec(task);
    this.#send(before, this.#event(task.tid, "exec", end, more), task.space);
  }

  /** `+++ superseded by execve in pid N +++`: the caller goes on under this number. */
  superseded(task: Task, by: number, at: At, bare: boolean): void {
    this.#lifecycle(task, "superseded", at, { other: by, ...(bare && { bare }) });
    this.#followed.delete(by);
    const caller = this.lives.get(by);
    if (caller !== undefined && caller !== task) this.lives.die(caller);
  }

  /** The leader of the process that a thread belongs to. */
  leaderOf(tid: number): number | undefined {
    return this.lives.get(tid)?.process.leader?.tid;
  }

  ended(task: Task, how: "exit" | "killed", at: At, bare: boolean): void {
    this.#die(task, how, at, bare);
    this.#followed.delete(task.tid);
  }

  #die(task: Task, how: "exit" | "killed", at: At, bare: boolean): void {
    this.#lifecycle(task, how, at, bare ? { bare } : {});
    this.cloning.delete(task);
    this.#leaving.delete(task);
    this.#struck.delete(task);
    this.lives.die(task);
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
  get leaving(): boolean {
    return this.#leaving.size + this.#struck.size > 0;
  }

  /** Its parent was told here that a process has ended, which may be all that tells so. */
  reaped(tid: number | undefined, told: At): void {
    const leader = tid === undefined ? undefined : this.lives.get(tid);
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

  /** `+++ exited with 0 +++` of a task whose other lines are not in the recording. */
  endedUnseen(tid: number, how: "exit" | "killed", at: At): void {
    this.#followed.delete(tid);
    this.#order.add({}, this.#event(tid, how, at, {}));
  }

  /** At the end: whoever called exit, and whom exit_group took along, is gone though no line says so. */
  settle(): void {
    for (const [tid, at] of this.#announced) this.#appear(tid, at, false);
    const ends: { readonly task: Task; readonly at: At }[] = [];
    const groups = new Map<Process, Exiting | undefined>();
    for (const task of this.lives.all()) {
      const { process, exiting } = task;
      if (!groups.has(process)) groups.set(process, groupExit(process));
      const at = exiting ?? groups.get(process);
      if (at !== undefined) ends.push({ task, at });
    }
    ends.sort((a, b) => a.at.line - b.at.line);
    for (const { task, at } of ends) this.#die(task, "exit", at, task.exiting?.bare === true);
  }

  #lifecycle(task: Task, name: LifecycleName, at: At, more: Partial<Lifecycle>): void {
    this.#order.add(task.space, this.#event(task.tid, name, at, more));
  }

  #event(pid: number, lifecycle: LifecycleName, at: At, more: Partial<Lifecycle>): Lifecycle {
    const time = at.time === undefined ? {} : { time: at.time };
    return { kind: "lifecycle", line: at.line, pid, lifecycle, ...time, ...more };
  }

  #send(space: Space, event: Lifecycle, made: Space, begun?: Begun): void {
    if (made !== space) {
      this.#order.born(space, event, made, begun);
      return;
    }
    if (begun !== undefined) this.#order.end(begun, undefined);
    this.#order.add(space, event);
  }
}

/** Where a task called exit_group for all of its process. */
const groupExit = (process: Process): Exiting | undefined =>
  [...process].find(({ exiting }) => exiting?.group)?.exiting;

const entryOf = (entry: At, end: At): { entryLine?: number } =>
  entry.line === end.line ? {} : { entryLine: entry.line };
