/** Which lines of a task belong to one call. */

import { impossible } from "../checks.ts";
import type { Order } from "../order.ts";
import type { Request } from "../request.ts";
import { Calls } from "./calls.ts";
import { Files } from "./files.ts";
import { forgetReceived } from "./handles.ts";
import { LateEnds } from "./late-ends.ts";
import { type At, printedTid, sharingOf, type Task } from "./lives.ts";
import { entryOf, type Logical, type Open, opened, resultOf } from "./logical.ts";
import { MemoryLines } from "./memory-lines.ts";
import type { Known } from "./names.ts";
import { OpenCalls } from "./open-calls.ts";
import { OtherCalls } from "./other-calls.ts";
import type { Output } from "./output.ts";
import type { PlainCall } from "./plain.ts";
import type { PlainFile } from "./plain-file.ts";
import { closingBefore, resultAt } from "./result.ts";
import type { Tracees } from "./tracees.ts";
import { changesWatches } from "./watches.ts";

/** What stands at the end of a line that goes on elsewhere. */
const unfinished = "<unfinished ...>";
const elsewhere = /\s*<(detached|pid changed to \d+(?:<[^>]*>)?) \.\.\.>$/;

export class Flow {
  readonly #tracees: Tracees;
  readonly #order: Order;
  readonly #output: Output;
  readonly #open = new OpenCalls();
  readonly #ends = new LateEnds();
  readonly memory: MemoryLines;
  readonly others: OtherCalls;
  /** Lines stand where their calls began, so that a call ends after lines that follow it. */
  merged = false;

  constructor(tracees: Tracees, order: Order, output: Output) {
    this.#tracees = tracees;
    this.#order = order;
    this.#output = output;
    const files = new Files();
    const calls = new Calls(files, output);
    this.memory = new MemoryLines(calls, order, output);
    const abandon = (task: Task): void => this.abandon(task);
    this.others = new OtherCalls({ tracees, order, output, files, calls, abandon });
  }

  /** How many calls have begun. */
  get open(): number {
    return this.#open.size;
  }

  /** A line that begins with a name: a whole call, or its start. */
  call(line: Logical): void {
    const { task, text } = line;
    if (this.#open.get(task) !== undefined) this.abandon(task);
    if (text.endsWith(unfinished)) {
      this.#begin(line, text.slice(0, -unfinished.length).trimEnd());
      return;
    }
    const mark = text.endsWith(" ...>") ? elsewhere.exec(text) : null;
    if (mark === null) {
      if (!this.merged || !this.#endLater(line)) this.#complete(line, undefined);
    } else if (mark[1] === "detached") this.#detached(line, text.slice(0, mark.index));
    else this.#begin(line, text.slice(0, mark.index));
  }

  /** What a plain line asks for; undefined if it cannot have happened as it is printed, or needs a closer look. */
  asks(task: Task, plain: PlainCall): Request | undefined {
    const { form, known, value, error } = plain;
    if (task.space.narrow) return undefined;
    if (form === "begin") return plain.request();
    const request = form === "whole" ? plain.request() : this.#asked(task, known);
    if (request === undefined || error !== null || plain.isHarmless) return request;
    return impossible(request, "ok", value) === undefined ? request : undefined;
  }

  /** What the open call of a task asks for, if it is this one and begins plainly. */
  #asked(task: Task, known: Known): Request | undefined {
    const open = this.#open.get(task);
    if (open?.known !== known || (open.unknown?.length ?? 0) > 0) return undefined;
    return open.request;
  }

  /** A plain line that asks for this. */
  plain(task: Task, plain: PlainCall, request: Request): void {
    const open = this.#open.get(task);
    if (plain.form === "end") {
      if (open === undefined) return;
      this.#open.delete(task);
      this.memory.endPlain(task, open, request, plain);
      return;
    }
    if (open !== undefined) this.abandon(task);
    if (plain.form === "whole") this.memory.wholePlain(task, plain, request);
    else this.#open.set(task, this.memory.beginPlain(task, plain, request));
  }

  /** True if the open call of a task is this one, and has to do with descriptors, and begins plainly. */
  mayEndFile(task: Task, known: Known): boolean {
    const open = this.#open.get(task);
    return open?.known === known && open.asked !== undefined;
  }

  /** A plain line of a call that has to do with descriptors; `ends` if it began on another one. */
  file(task: Task, plain: PlainFile, line: number, ends: boolean): void {
    const open = this.#open.get(task);
    if (ends) this.#open.delete(task);
    else if (open !== undefined) this.abandon(task);
    this.others.plain(task, plain, (ends ? open?.asked : undefined) ?? plain, line);
  }

  /** A plain line that begins such a call; its name begins at `from`. */
  beginFile(task: Task, plain: PlainFile, from: number, entry: At, bare: boolean): void {
    if (this.#open.get(task) !== undefined) this.abandon(task);
    const { known } = plain;
    const { request, text } = plain.begun(from);
    this.#open.set(task, opened({ known, entry, bare }, text, { asked: request }));
  }

  /** False unless this line of a merged recording tells how long its call took. */
  #endLater(line: Logical): boolean {
    const { known, text, at, entry } = line;
    if (known.role !== "memory" || at < 0 || entry.time === undefined) return false;
    const result = resultOf(line);
    if (typeof result === "string" || result.duration === undefined) return false;
    const close = closingBefore(text, at);
    this.#begin(line, text.slice(0, close));
    this.#ends.add(entry.time + result.duration, {
      ...line,
      text: text.slice(close),
      at: at - close,
    });
    return true;
  }

  /** Of a merged recording: the calls that end up to this time. */
  endUntil(time: number): void {
    let line = this.#ends.take(time);
    while (line !== undefined) {
      this.resumed(line);
      line = this.#ends.take(time);
    }
  }

  #begin(line: Logical, text: string): void {
    const { task, known } = line;
    const { role } = known;
    if (role === "exit") this.others.exiting(line);
    else if (role === "memory") this.#open.set(task, this.memory.begin(line, text));
    else if (role !== "clone") this.#open.set(task, opened(line, text));
    else {
      const forks = sharingOf(known.name, text).birth === "fork";
      const begun = forks ? this.#order.fork(task.space) : undefined;
      const open = opened(line, text, { begun });
      this.#open.set(task, open);
      const { entry, bare } = line;
      this.#tracees.cloning.set(task, { name: known.name, text, entry, bare, begun });
    }
  }

  /** `<... NAME resumed>`. */
  resumed(line: Logical): void {
    const { task, known } = line;
    const { role } = known;
    const open = this.#open.get(task) ?? (role === "exec" ? this.#fromThread(task) : undefined);
    if (open === undefined) {
      if (role === "file") forgetReceived(line.text, task.files);
      if (role !== "memory" && role !== "clone") return;
      const message = "the end of a call whose start is not in the recording";
      this.#lost(line, "parse/resumed-without-start", message);
    } else if (open.known.name !== known.name) {
      const message = "the end of a call under another name than its start";
      this.#lost(line, "parse/resumed-other-name", message);
      this.abandon(task);
    } else {
      this.#open.delete(task);
      this.#tracees.cloning.delete(task);
      const bare = line.bare && (role === "exec" || open.bare);
      this.#complete({ ...line, entry: entryOf(open), bare }, open);
    }
  }

  /**
   * The rest of the call that is unfinished on the line before, printed without its name: strace 6.1 -z does so. False
   * if there is no such call.
   */
  rest(text: string, at: number, exit: At, whole: boolean): boolean {
    for (const task of this.#open.all()) {
      const { open } = task;
      if (open?.line !== exit.line - 1) continue;
      const { known, bare } = open;
      this.resumed({ task, bare, entry: exit, exit, known, text, at, whole });
      return true;
    }
    return false;
  }

  /** The end of a call whose arguments are not known. */
  #lost(line: Logical, code: string, message: string): void {
    const { known, exit } = line;
    if (known.role !== "memory") this.#output.warn(code, message, exit.line, printedTid(line));
    else this.#output.skip(known.name, code, message, exit.line, printedTid(line));
  }

  /** An execve begun by another thread of the process goes on under the leader's number. */
  #fromThread(task: Task): Open | undefined {
    for (const other of this.#open.execs) {
      const { open } = other;
      if (open === undefined || other.process !== task.process) continue;
      this.#open.delete(other);
      return { ...open, caller: other.tid };
    }
    return undefined;
  }

  /** A line with the result of a call; `open` is where it began, if elsewhere. */
  #complete(line: Logical, open: Open | undefined): void {
    const isMemory = line.known.role === "memory";
    if (isMemory && open === undefined) this.memory.whole(line);
    else if (isMemory && open !== undefined) this.memory.end(line, open);
    else {
      const text = open === undefined ? line.text : open.text + line.text.trimStart();
      if (line.known.name === "ioctl" && changesWatches(text))
        this.memory.whole({ ...line, text, at: resultAt(text) });
      else this.others.done(line, text, open);
    }
  }

  #detached(line: Logical, text: string): void {
    if (line.known.role !== "memory") return;
    const open = this.memory.begin(line, text);
    if (open.request !== undefined) this.memory.give(line.task, open, "detached");
    else this.#lost(line, "parse/cut-line", "a memory call is cut in the middle");
  }

  /** The call of a task will never be seen to return, unless it is to end later. */
  abandon(task: Task): void {
    const end = this.#ends.takeOf(task);
    if (end !== undefined) this.resumed(end);
    else this.#leave(task, "never resumed");
  }

  /** strace leaves a task, which may be in the middle of a call. */
  leave(task: Task): void {
    this.#leave(task, "detached");
  }

  #leave(task: Task, outcome: "never resumed" | "detached"): void {
    const open = this.#open.get(task);
    if (open === undefined) return;
    this.#open.delete(task);
    this.#tracees.cloning.delete(task);
    const { known, line, begun, bare } = open;
    const pid = printedTid({ task, bare });
    if (known.role === "clone" && begun !== undefined) this.#order.end(begun, undefined);
    if (known.role !== "memory" && known.role !== "clone") return;
    const code = "parse/never-resumed";
    const message = "a call that never returns in this recording";
    if (known.role === "memory" && open.request === undefined) {
      this.#output.skip(known.name, code, message, line, pid);
      return;
    }
    if (outcome === "never resumed") this.#output.warn(code, message, line, pid);
    this.memory.give(task, open, outcome);
  }

  /** Nothing more comes. */
  end(): void {
    this.endUntil(Number.POSITIVE_INFINITY);
    for (const task of this.#open.all()) this.abandon(task);
  }
}
