/** Which entry and which exit of a call belong together, and what was seen between them. */

import type { Diagnostics } from "../../errors.ts";
import type { Call } from "../../trace/event.ts";
import type { OpenFile } from "../../trace/file.ts";
import { MAP_ANONYMOUS } from "../../trace/flags.ts";
import { hasBit, type U64 } from "../../units.ts";
import { fileOf } from "../kinds.ts";
import { type End, endOf, type Request } from "./calls.ts";
import type { At, Pending, Task } from "./tasks.ts";
import type { Window } from "./window.ts";

const unseen: End = { outcome: "no exit seen", result: null, error: null };

/** The file behind a new mapping: that of the area which perf printed around its address. */
function fileBehind(pending: Pending, end: End): OpenFile | undefined {
  const { request } = pending;
  const address = end.result;
  if (address === null) return undefined;
  if (request.call === "mmap") {
    if (request.fd < 0 || hasBit(request.flags, MAP_ANONYMOUS)) return undefined;
  } else if (request.call !== "shmat") return undefined;
  const area = pending.mapped.find(({ area }) => area.start <= address && address < area.end)?.area;
  return area === undefined || area.path === "" ? undefined : fileOf(area.path, -1);
}

/** Unmapping takes effect early and then frees pages; what maps is done when it returns. */
function effectOf(pending: Pending, end: End, exit: number): number {
  if (pending.effect !== undefined) return pending.effect;
  const early = pending.request.call === "munmap" || pending.request.call === "shmdt";
  return early && end.outcome !== "error" ? pending.line : exit;
}

/** Pairs entries and exits by task. */
export class Flight {
  readonly #window: Window;
  readonly #diagnostics: Diagnostics;

  constructor(window: Window, diagnostics: Diagnostics) {
    this.#window = window;
    this.#diagnostics = diagnostics;
  }

  enter(task: Task, name: string, request: Request, at: At): void {
    if (task.pending !== undefined) {
      this.#diagnostics.warn("parse/no-exit", "calls without an exit line", task.pending.line);
      this.abandon(task);
    }
    const { line, time } = at;
    task.pending = { name, request, line, time, searches: [], mapped: [], effect: undefined };
    this.#window.open(`call ${task.tid}`, line);
  }

  exit(task: Task, name: string, result: U64, at: At): void {
    const { pending } = task;
    if (pending?.name !== name) {
      this.#diagnostics.warn("parse/no-entry", "exit lines without an entry", at.line);
      return;
    }
    this.#finish(task, pending, endOf(name, result), at);
  }

  /** The exit will never come. */
  abandon(task: Task): void {
    const { pending } = task;
    if (pending === undefined) return;
    this.#finish(task, pending, unseen, { line: pending.line, time: pending.time });
  }

  #finish(task: Task, pending: Pending, end: End, at: At): void {
    const { name, request, line, time } = pending;
    const file = fileBehind(pending, end);
    const call: Call = {
      kind: "call",
      line: at.line,
      pid: task.tid,
      ...(at.time === undefined ? {} : { time: at.time }),
      ...(name === request.call ? {} : { name }),
      ...(at.line === line ? {} : { entryLine: line }),
      ...(time === undefined || at.line === line ? {} : { entryTime: time }),
      ...end,
      ...request,
      ...(file === undefined ? {} : { file }),
    };
    task.pending = undefined;
    this.#window.add(effectOf(pending, end, at.line), [...pending.searches, call]);
    this.#window.close(`call ${task.tid}`);
  }
}
