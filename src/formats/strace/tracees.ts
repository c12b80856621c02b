/** Whose line is it: by the pid printed, by who is the only one alive, or by the clone that turns up later. */

import type { Begun } from "../order/underway.ts";
import type { Order } from "../order.ts";
import type { Ahead, Named } from "./ahead.ts";
import { Departures } from "./departures.ts";
import { Followed } from "./followed.ts";
import { LifeEvents } from "./life-events.ts";
import { type At, Lives, printedTid, sharingOf, type Task } from "./lives.ts";
import type { Notice } from "./notices.ts";
import { firstTask, type Output } from "./output.ts";
import type { Prefix } from "./prefix.ts";

/** A clone, fork or vfork under way. */
export interface Cloning {
  readonly name: string;
  readonly text: string;
  readonly entry: At;
  readonly bare: boolean;
  /** A fork, which copies the address space as it is when it begins. */
  readonly begun: Begun | undefined;
}

/** What the line tells on which a task is seen for the first time. */
interface FirstLine {
  /** The line ends a call: it cannot be a task's first. */
  readonly resumes: boolean;
  /** It is of an exec, with which a program begins. */
  readonly begins: boolean;
}

export class Tracees {
  readonly lives: Lives = new Lives();
  readonly #output: Output;
  readonly #ahead: Ahead;
  readonly #events: LifeEvents;
  readonly followed: Followed = new Followed();
  readonly departures: Departures;
  /** Children whose birth was told before their parent's call returned. */
  readonly #bornEarly = new Set<number>();
  /** By task. */
  readonly cloning: Map<Task, Cloning> = new Map();
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
    this.#ahead = ahead;
    this.#events = new LifeEvents(order);
    this.departures = new Departures(this.lives, this.followed, this.#events, (task) =>
      this.cloning.delete(task),
    );
  }

  /** True for the task with which the recording begins. */
  isFirst(task: Task): boolean {
    return task === this.#first;
  }

  /** The task of a line. One without a pid is of the only task that strace still follows. */
  owner({ pid }: Prefix): number {
    if (pid > firstTask) return pid;
    const tid = pid === firstTask ? pid : this.#only();
    if (tid === firstTask) this.#output.bare();
    return tid;
  }

  #only(): number {
    if (this.followed.size > 1) this.departures.forget();
    return this.followed.only ?? this.#first?.tid ?? firstTask;
  }

  /** The task of a line, if that is certain and known already. */
  certain(prefix: Prefix): Task | undefined {
    if (prefix.pid >= 0) return this.lives.get(prefix.pid);
    return this.followed.size > 1 ? undefined : this.lives.get(this.owner(prefix));
  }

  /**
   * The task with this number, making its acquaintance if need be; undefined if that needs lines that are still to
   * come.
   */
  find(tid: number, at: At, line: FirstLine): Task | undefined {
    return this.lives.get(tid) ?? this.#meet(tid, at, line);
  }

  #meet(tid: number, at: At, { resumes, begins }: FirstLine): Task | undefined {
    const named = this.#ahead.named.get(tid);
    if (named !== undefined) {
      const child = this.#adopt(tid, named);
      if (child !== undefined) return child;
    }
    const nameless = this.lives.get(firstTask);
    const stranger = this.#ahead.strangers.delete(tid);
    if (nameless !== undefined && (resumes || stranger || this.cloning.size === 0)) {
      this.lives.rename(nameless, tid);
      this.followed.rename(firstTask, tid);
      this.#output.name(tid);
      return nameless;
    }
    if (named === undefined && !resumes && !stranger && this.cloning.size > 0) return undefined;
    return this.#appear(tid, at, begins);
  }

  /** A task of unknown origin. `begins` is true if it starts with an exec. */
  #appear(tid: number, met: At, begins: boolean): Task {
    if (tid === firstTask) this.#output.bare();
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
      this.#events.tell(this.#first, "thread", at, { child: tid });
      return thread;
    }
    // Behind the end of everything another recording may follow (strace -A).
    const isAnew = begins && this.lives.size === 0;
    const task = this.lives.appear(tid);
    if (isFirst || isAnew) {
      this.#first = task;
      if (tid === firstTask) this.followed.add(tid);
    }
    if (isAnew) return task;
    task.stranger = !isFirst;
    const bare = tid === firstTask;
    this.#events.tell(task, "attach", at, bare ? { bare } : {});
    const [code, message] = isFirst
      ? ["parse/attached", "the recording begins in the middle of a program"]
      : ["parse/unknown-parent", "tasks whose origin is not in the recording"];
    this.#output.warn(code, message, at.line, bare ? null : tid);
    return task;
  }

  /** `strace: Process N attached`, perhaps `with M threads`. A notice that cuts a call may tell of the task which that call made. */
  attached({ tid, threads, index }: Notice, at: At): void {
    this.followed.add(tid);
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
      this.departures.die(previous, "exit", previous.exiting ?? end, false);
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
    const event = this.#events.of(parent.tid, sharing.birth, end, {
      ...more,
      ...entryOf(entry, end),
    });
    this.#events.send(parent.space, event, child.space, cloning.begun);
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
    for (const other of task.process) if (other !== task) this.followed.delete(other.tid);
    const more = {
      ...(path !== undefined && { path }),
      ...(caller !== undefined && { other: caller }),
      ...(bare && { bare }),
      ...entryOf(entry, end),
    };
    const before = task.space;
    this.lives.exec(task);
    this.#events.send(before, this.#events.of(task.tid, "exec", end, more), task.space);
  }

  /** `+++ superseded by execve in pid N +++`: the caller goes on under this number. */
  superseded(task: Task, by: number, at: At, bare: boolean): void {
    this.#events.tell(task, "superseded", at, { other: by, ...(bare && { bare }) });
    this.followed.delete(by);
    const caller = this.lives.get(by);
    if (caller !== undefined && caller !== task) this.lives.die(caller);
  }

  /** The leader of the process that a thread belongs to. */
  leaderOf(tid: number): number | undefined {
    return this.lives.get(tid)?.process.leader?.tid;
  }

  /** Nothing more comes. */
  settle(): void {
    for (const [tid, at] of this.#announced) this.#appear(tid, at, false);
    this.departures.settle();
  }
}

const entryOf = (entry: At, end: At): { entryLine?: number } =>
  entry.line === end.line ? {} : { entryLine: entry.line };
