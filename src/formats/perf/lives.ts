/** How tasks begin, change their program and end, as tracepoints and perf's own records tell it. */

import type { Diagnostics } from "../../errors.ts";
import {
  type Event,
  execSource,
  growthSource,
  type Lifecycle,
  type MapsArea,
  type Snapshot,
} from "../../trace/event.ts";
import { CLONE_THREAD, CLONE_VFORK, CLONE_VM } from "../../trace/flags.ts";
import { hasBit } from "../../units.ts";
import { overlay } from "./areas.ts";
import type { At, Birth, Exec, Task, Tasks } from "./tasks.ts";
import type { Window } from "./window.ts";

/** Clone flags of the calls that do not print any; undefined where only the arguments tell. */
export const cloneCalls: ReadonlyMap<string, number | undefined> = new Map([
  ["fork", 0],
  ["vfork", CLONE_VM + CLONE_VFORK],
  ["clone", undefined],
  ["clone3", undefined],
]);

function birthName(flags: number): "thread" | "vfork" | "shared-mm" | "fork" {
  if (hasBit(flags, CLONE_THREAD)) return "thread";
  if (!hasBit(flags, CLONE_VM)) return "fork";
  return hasBit(flags, CLONE_VFORK) ? "vfork" : "shared-mm";
}

/** Flags of a call that shows none: what glibc makes with clone3 are threads, as a rule. */
const usualFlags = (name: string | undefined): number =>
  name === "clone3" ? CLONE_VM + CLONE_THREAD : 0;

/** Areas that perf listed, as a snapshot; undefined without data maps, which would leave most of them out. */
export function snapshotOf(
  source: string,
  pid: number,
  areas: readonly MapsArea[],
): Snapshot | undefined {
  const first = areas[0];
  if (first === undefined || !areas.some((area) => area.path === "[stack]")) return undefined;
  return { kind: "snapshot", line: first.line, pid, source, areas: overlay(areas), exact: false };
}

/** Follows births, execs and exits. */
export class Lives {
  readonly #tasks: Tasks;
  readonly #window: Window;
  readonly #diagnostics: Diagnostics;
  readonly #births = new Map<number, { readonly parent: Task; readonly birth: Birth }>();
  /** Tasks of 32-bit programs that make another. */
  readonly #cloning = new Set<Task>();

  /** Events were lost. */
  #lossy = false;

  constructor(tasks: Tasks, window: Window, diagnostics: Diagnostics) {
    this.#tasks = tasks;
    this.#window = window;
    this.#diagnostics = diagnostics;
  }

  /** True if there are births of which not all is known. */
  get births(): boolean {
    return this.#births.size > 0;
  }

  lost(): void {
    this.#lossy = true;
  }

  /** A clone or fork began: the child may speak before it returns. */
  clone(task: Task, name: string, flags: number | undefined, at: At): void {
    task.clone = { line: at.line, name, flags };
    if (task.compat) this.#cloning.add(task);
    this.#window.open(`clone ${task.tid}`, at.line);
  }

  /** It returned; `child` is 0 in the child itself and negative if it failed. */
  cloned(task: Task, child: number, at: At): void {
    this.settle(task.tid);
    // A vfork returns when its child may be dead already.
    if (child > 0 && task.made !== child) {
      if (this.#tasks.get(child).alive) this.#late(task, child, at);
      else this.born(task, { ...at, child });
      this.settle(child);
    }
    task.made = undefined;
    task.clone = undefined;
    this.#cloning.delete(task);
    this.#window.close(`clone ${task.tid}`);
  }

  /** The child spoke before the call returned, and nothing else tells of its birth. */
  #late(parent: Task, child: number, at: At): void {
    // Where events were lost it may have run another program by now.
    if (this.#lossy || this.#tasks.get(child).hasParent) return;
    const from = parent.clone?.line ?? at.line;
    this.#births.set(child, { parent, birth: { ...at, thread: undefined, from } });
  }

  /** A new task that nothing tells of yet is, while a 32-bit program makes one, of such a program. */
  meets(task: Task): void {
    if (this.#cloning.size > 0 && !this.#births.has(task.tid)) task.compat = true;
  }

  /** A new task, perhaps with its flags; the first line that names it counts. */
  born(
    parent: Task,
    event: At & { readonly child: number; readonly flags?: number; readonly thread?: boolean },
  ): void {
    const known = this.#births.get(event.child);
    if (known === undefined && this.#tasks.get(event.child).alive) return;
    const { line, time, thread } = event;
    const birth = known?.birth ?? { line, time, thread, from: line };
    this.#births.set(event.child, { parent, birth });
    this.#window.open(`birth ${event.child}`, birth.line);
    if (event.flags !== undefined) this.#announce(event.child, event.flags);
  }

  /** A line of this task that tells no birth: what is known of its births has to do. */
  settle(tid: number): void {
    for (const [child, { parent, birth }] of this.#births) {
      if (child !== tid && parent.tid !== tid) continue;
      const flags = parent.clone?.flags;
      if (flags === undefined && birth.thread !== true) {
        const message =
          "new tasks without clone flags: those of clone3 are taken as threads, others as forks";
        this.#diagnostics.warn("parse/no-clone-flags", message, birth.line);
        this.#window.warn("parse/no-clone-flags", birth.line, parent.tid);
      }
      const name = birth.thread === undefined ? parent.clone?.name : undefined;
      const usual = birth.thread === true ? CLONE_VM + CLONE_THREAD : usualFlags(name);
      this.#announce(child, flags ?? usual);
    }
  }

  #announce(child: number, flags: number): void {
    const known = this.#births.get(child);
    if (known === undefined) return;
    const { parent, birth } = known;
    this.#births.delete(child);
    const task = this.#tasks.get(child);
    const lifecycle = birthName(flags);
    parent.made = child;
    // A vfork may return after its child's exec.
    if (!task.hasImage) {
      this.#tasks.born(parent, task, lifecycle !== "fork");
      task.compat = parent.compat;
    }
    task.alive = true;
    task.hasParent = true;
    task.comm = parent.comm;
    task.stack = parent.stack;
    const entry = parent.clone?.line;
    const event: Lifecycle = {
      kind: "lifecycle",
      line: birth.line,
      pid: parent.tid,
      ...(birth.time === undefined ? {} : { time: birth.time }),
      lifecycle,
      child,
      ...(entry === undefined ? {} : { entryLine: entry }),
    };
    this.#window.add(birth.from, [event]);
    this.#window.close(`birth ${child}`);
    this.#window.close(`clone ${parent.tid}`);
  }

  /** A thread whose birth was not recorded, by the process that its lines name. */
  joins(process: number, task: Task, { line, time }: At): void {
    const event: Lifecycle = {
      kind: "lifecycle",
      line,
      pid: process,
      ...(time === undefined ? {} : { time }),
      lifecycle: "thread",
      child: task.tid,
    };
    this.#window.add(line, [event]);
  }

  /** The kernel began to build a new image. */
  execs(task: Task, certain: boolean, at: At): Exec {
    if (task.exec === undefined) {
      task.exec = { line: at.line, time: at.time, certain, searches: [], areas: [] };
      this.#window.open(`exec ${task.tid}`, at.line);
    }
    if (certain) task.exec.certain = true;
    return task.exec;
  }

  /** The new image is complete. */
  execed(task: Task, at: At, more: { path?: string; other?: number } = {}): void {
    const exec = this.execs(task, true, at);
    // Without a search of its own, the calls of the new image have to tell.
    if (exec.searches.length === 0) task.compat = false;
    const caller = more.other === undefined ? task : this.#tasks.get(more.other);
    const entry = caller.execLine ?? task.execLine;
    const event: Lifecycle = {
      kind: "lifecycle",
      line: at.line,
      pid: task.tid,
      ...(at.time === undefined ? {} : { time: at.time }),
      lifecycle: "exec",
      ...(more.path === undefined ? {} : { path: more.path }),
      ...(more.other === undefined ? {} : { other: more.other }),
      ...(entry === undefined ? {} : { entryLine: entry }),
    };
    caller.execLine = undefined;
    task.execLine = undefined;
    task.alive = true;
    task.fresh = true;
    this.#tasks.execed(task);
    const events: Event[] = [event, ...exec.searches];
    // The stack is the first area of an image; one told before it is the stack where it lay until then (setup_arg_pages).
    const image = exec.areas.slice(exec.areas.findIndex((area) => area.path === "[stack]"));
    const snapshot = snapshotOf(execSource, task.tid, image);
    this.#endExec(task, exec, snapshot === undefined ? events : [...events, snapshot]);
  }

  /** A stack that begins lower than before has grown (expand_downwards): no call tells. */
  grown(task: Task, stack: MapsArea, { line, time }: At): boolean {
    const { stack: known, exec } = task;
    task.stack = stack;
    if (known === undefined || known.end !== stack.end || known.start <= stack.start) return false;
    if (exec !== undefined) return false;
    const from = { line, pid: task.tid, ...(time === undefined ? {} : { time }) };
    const state = { source: growthSource, areas: [stack], exact: true };
    this.#window.add(line, [{ kind: "snapshot", ...from, ...state }]);
    return true;
  }

  /** A line that belongs to no exec: the one under way is over, or never was one. */
  settleExec(task: Task, insideCall: boolean): void {
    const { exec } = task;
    if (exec === undefined) return;
    if (exec.certain || !insideCall) this.execed(task, exec);
    else this.#endExec(task, exec, exec.searches);
  }

  #endExec(task: Task, exec: Exec, events: readonly Event[]): void {
    task.exec = undefined;
    this.#window.add(exec.line, events);
    this.#window.close(`exec ${task.tid}`);
  }

  /** The task is gone. */
  exited(task: Task, at: At): void {
    if (!task.alive) return;
    task.alive = false;
    this.#tasks.ended(task);
    task.hasParent = false;
    task.hasImage = false;
    task.clone = undefined;
    this.#cloning.delete(task);
    task.leaving = undefined;
    this.#window.close(`clone ${task.tid}`);
    const time = at.time === undefined ? {} : { time: at.time };
    const event: Lifecycle = {
      kind: "lifecycle",
      line: at.line,
      pid: task.tid,
      ...time,
      lifecycle: "exit",
    };
    this.#window.add(at.line, [event]);
  }

  /** Whoever called exit is gone, though nothing else tells so. */
  leave(): void {
    const gone = [...this.#tasks.all()].flatMap((task) => {
      const { leaving: at, alive } = task;
      return at !== undefined && alive ? [{ task, at }] : [];
    });
    for (const { task, at } of gone.sort((a, b) => a.at.line - b.at.line)) this.exited(task, at);
  }
}
