/** Which lines of a task belong to one call, and what the call did. */

import type { Call } from "../../trace/event.ts";
import type { OpenFile } from "../../trace/file.ts";
import type { Begun, Order } from "../order.ts";
import { Calls, type Place } from "./calls.ts";
import { commandOf, executed } from "./executed.ts";
import { Files } from "./files.ts";
import { type At, sharingOf, type Task } from "./lives.ts";
import type { Parsed } from "./memory.ts";
import type { Known } from "./names.ts";
import type { Output } from "./output.ts";
import { closingBefore, type NoResult, type Result, readResult, resultAt } from "./result.ts";
import type { Tracees } from "./tracees.ts";

/** One line, or what joins to one. */
export interface Logical {
  readonly task: Task;
  readonly bare: boolean;
  readonly entry: At;
  readonly exit: At;
  readonly known: Known;
  /** From the name on; of a resumed call, what follows `resumed>`. */
  readonly text: string;
  /** False if there may have been more. */
  readonly whole: boolean;
}

interface Open {
  readonly known: Known;
  readonly text: string;
  readonly entry: At;
  readonly bare: boolean;
  readonly parsed?: Parsed;
  readonly file?: OpenFile;
  readonly begun?: Begun;
  /** exec: the thread that called it, where another number goes on. */
  readonly caller?: number;
}

const marks = /\s*<(unfinished|detached|pid changed to \d+(?:<[^>]*>)?) \.\.\.>$/;
const noResult = { value: null, error: null, injected: false, suffix: "" } as const;

/** True if the text of a line needs no other line to be understood. */
export function isComplete(text: string): boolean {
  return resultAt(text) >= 0 || text.endsWith(" ...>");
}

export class Flow {
  readonly #tracees: Tracees;
  readonly #order: Order;
  readonly #output: Output;
  readonly #open = new Map<Task, Open>();
  readonly calls: Calls;
  readonly #files = new Files();
  /** The command line of the first exec. */
  command: string | undefined;
  /** Memory calls without any result. */
  missing = 0;

  constructor(tracees: Tracees, order: Order, output: Output) {
    this.#tracees = tracees;
    this.#order = order;
    this.#output = output;
    this.calls = new Calls(this.#files, ({ code, message }, { exit, task }) =>
      output.warn(code, message, exit.line, task.tid),
    );
  }

  /** Lines stand where their calls began, so that a call ends after lines that follow it. */
  merged = false;
  /** Calls of a merged recording that have not ended yet, the next to end first. */
  readonly #ends: { readonly time: number; readonly line: Logical }[] = [];

  /** Calls that have begun. */
  get open(): number {
    return this.#open.size;
  }

  /** A line that begins with a name: a whole call, or its start. */
  call(line: Logical): void {
    const { task } = line;
    if (this.#open.has(task)) this.abandon(task);
    const mark = line.text.endsWith(" ...>") ? marks.exec(line.text) : null;
    if (mark === null && this.merged && line.known.role === "memory") this.#endLater(line);
    else if (mark === null) this.#complete(line, undefined);
    else if (mark[1] === "detached") this.#detached(line, line.text.slice(0, mark.index));
    else this.#begin(line, line.text.slice(0, mark.index));
  }

  /** The line of a merged recording tells how long its call took. */
  #endLater(line: Logical): void {
    const at = resultAt(line.text);
    const result = this.#result(line.text, line.whole);
    const { time } = line.entry;
    if (
      at < 0 ||
      typeof result === "string" ||
      result.duration === undefined ||
      time === undefined
    ) {
      this.#complete(line, undefined);
      return;
    }
    const close = closingBefore(line.text, at);
    this.#begin(line, line.text.slice(0, close));
    const end = { time: time + result.duration, line: { ...line, text: line.text.slice(close) } };
    const before = this.#ends.findIndex((other) => other.time > end.time);
    this.#ends.splice(before < 0 ? this.#ends.length : before, 0, end);
  }

  /** Of a merged recording: the calls that end before this time, or all. */
  endUntil(time: number): void {
    while (this.#ends.length > 0 && (this.#ends[0]?.time ?? 0) <= time) {
      const end = this.#ends.shift();
      if (end !== undefined) this.resumed(end.line);
    }
  }

  #begin(line: Logical, text: string): void {
    const { task, known, entry, bare } = line;
    const { role } = known;
    if (role === "exit") this.#exiting(task, known, entry);
    else if (role === "memory") this.#open.set(task, this.#started(line, text));
    else {
      const forks = role === "clone" && sharingOf(known.name, text).birth === "fork";
      const begun = forks ? { begun: this.#order.fork(task.space) } : {};
      const open = { known, text, entry, bare, ...begun };
      this.#open.set(task, open);
      if (role === "clone") this.#tracees.cloning.set(task, { ...open, name: known.name });
    }
  }

  /** All arguments of a memory call are known when it begins. */
  #started(line: Logical, text: string): Open {
    const { task, known, entry, bare } = line;
    const open = { known, text, entry, bare };
    const place: Place = { ...open, task, exit: entry, name: writtenName(text) };
    const parsed = this.calls.parse(known.name, `${text})`, text.length, place);
    // What is wrong with the arguments is told when the call ends: they may not be complete yet.
    if (parsed === undefined || "code" in parsed) return open;
    const file = this.calls.file(parsed, task);
    const draft = this.calls.event(parsed, file, { ...noResult, outcome: "unknown" }, place);
    if (draft === undefined) return open;
    const begun = this.#order.begin(task.space, draft);
    return { ...open, parsed, begun, ...(file !== undefined && { file }) };
  }

  /** `<... NAME resumed>`. */
  resumed(line: Logical): void {
    const { task, known, exit } = line;
    let open = this.#open.get(task);
    if (open === undefined && known.role === "exec") open = this.#fromThread(task);
    if (open === undefined) {
      if (known.role === "memory" || known.role === "clone") {
        const message = "the end of a call whose start is not in the recording";
        this.#output.warn("parse/resumed-without-start", message, exit.line, task.tid);
      }
      return;
    }
    if (open.known.name !== known.name) {
      const message = "the end of a call under another name than its start";
      this.#output.warn("parse/resumed-other-name", message, exit.line, task.tid);
      this.abandon(task);
      return;
    }
    this.#open.delete(task);
    this.#tracees.cloning.delete(task);
    this.#complete({ ...line, entry: open.entry }, open);
  }

  /** An execve begun by another thread of the process goes on under the leader's number. */
  #fromThread(task: Task): Open | undefined {
    for (const [other, open] of this.#open) {
      if (open.known.role === "exec" && other.process === task.process) {
        this.#open.delete(other);
        return other === task ? open : { ...open, caller: other.tid };
      }
    }
    return undefined;
  }

  /** A call whose result is on this line. */
  #complete(line: Logical, open: Open | undefined): void {
    const { task, known } = line;
    const text = open === undefined ? line.text : open.text + line.text.trimStart();
    switch (known.role) {
      case "memory":
        if (open?.parsed === undefined) this.#memory(line, text, open);
        else this.#returned(line, open, open.parsed);
        return;
      case "file":
        this.#files.apply(known.name, text, task.files);
        return;
      case "word-size":
        task.space.narrow = true;
        return;
      case "identity":
        return;
    }
    const result = this.#result(text, line.whole);
    if (known.role === "clone") this.#cloned(line, text, result, open?.begun);
    if (typeof result === "string" || result.injected) return;
    if (known.role === "exit") this.#exiting(task, known, line.entry);
    else if (known.role === "segment") this.calls.segment(text, result);
    else if (known.role === "exec") this.#exec(line, text, result, open);
  }

  #result(text: string, whole: boolean): Result | NoResult {
    const at = resultAt(text);
    return at < 0 ? { ...noResult, outcome: "missing" } : readResult(text, at + 3, whole);
  }

  #memory(line: Logical, text: string, open: Open | undefined): void {
    const { task, known, entry, exit, bare } = line;
    const at = resultAt(text);
    const close = at < 0 ? text.lastIndexOf(")") : closingBefore(text, at);
    const place: Place = { task, bare, entry, exit, name: writtenName(text) };
    if (close < 0) this.#cut(line);
    else {
      const parsed = this.calls.parse(known.name, text, close, place);
      if (parsed === undefined) return;
      if ("code" in parsed) {
        this.calls.warn(parsed, place);
        return;
      }
      const file = open?.file ?? this.calls.file(parsed, task);
      const call = this.#event(line, parsed, file, this.#result(text, line.whole), place.name);
      if (call !== undefined) this.#order.add(task.space, call);
    }
  }

  #cut({ exit, task }: Logical): void {
    const message = "a memory call is cut in the middle";
    this.#output.warn("parse/cut-line", message, exit.line, task.tid);
  }

  #returned(line: Logical, open: Open, parsed: Parsed): void {
    const result = this.#result(line.text, line.whole);
    const call = this.#event(line, parsed, open.file, result, writtenName(open.text));
    this.#finish(line.task, open, call);
  }

  #finish(task: Task, open: Open, call: Call | undefined): void {
    if (open.begun !== undefined) this.#order.end(open.begun, call);
    else if (call !== undefined) this.#order.add(task.space, call);
  }

  #event(
    line: Logical,
    parsed: Parsed,
    file: OpenFile | undefined,
    result: Result | NoResult,
    name: string,
  ): Call | undefined {
    const { task, bare, entry } = line;
    if (result === "cut") {
      this.#cut(line);
      return undefined;
    }
    if (result === "malformed") {
      const message = "a result is no number of at most 64 bits";
      this.#output.warn("parse/bad-result", message, line.exit.line, task.tid);
      return undefined;
    }
    if (result.outcome === "missing") {
      this.missing += 1;
      const message = "a memory call without a result";
      this.#output.warn("parse/no-result", message, line.exit.line, task.tid);
    }
    if (result.injected) {
      const message = "an injected result: the call was not made";
      this.#output.warn("parse/injected", message, line.exit.line, task.tid);
    }
    const exit = entry.line === line.exit.line ? later(line.exit, result.duration) : line.exit;
    const place = { task, bare, entry, exit, name };
    if (parsed.unknown.length > 0) {
      const message = `unknown flag ${parsed.unknown[0]} is left out`;
      this.calls.warn({ code: "parse/unknown-flag", message }, place);
    }
    return this.calls.event(parsed, file, result, place);
  }

  #detached(line: Logical, text: string): void {
    if (line.known.role !== "memory") return;
    const open = this.#started(line, text);
    if (open.parsed === undefined) return;
    const name = writtenName(text);
    const { task, bare, entry, exit } = line;
    const result: Result = { ...noResult, outcome: "detached" };
    const place = { task, bare, entry, exit, name };
    this.#finish(task, open, this.calls.event(open.parsed, open.file, result, place));
  }

  /** The call of a task will never be seen to return. */
  abandon(task: Task): void {
    const late = this.#ends.findIndex(({ line }) => line.task === task);
    const [end] = late < 0 ? [] : this.#ends.splice(late, 1);
    if (end !== undefined) {
      this.resumed(end.line);
      return;
    }
    const open = this.#open.get(task);
    if (open === undefined) return;
    this.#open.delete(task);
    this.#tracees.cloning.delete(task);
    const { known, entry, bare, parsed, begun } = open;
    if (begun !== undefined && parsed === undefined) this.#order.end(begun, undefined);
    if (known.role !== "memory" && known.role !== "clone") return;
    const message = "a call that never returns in this recording";
    this.#output.warn("parse/never-resumed", message, entry.line, task.tid);
    if (parsed === undefined) return;
    const result: Result = { ...noResult, outcome: "never resumed" };
    const place = { task, bare, entry, exit: entry, name: writtenName(open.text) };
    this.#finish(task, open, this.calls.event(parsed, open.file, result, place));
  }

  /** Nothing more comes. */
  end(): void {
    this.endUntil(Number.POSITIVE_INFINITY);
    for (const task of [...this.#open.keys()]) this.abandon(task);
  }

  #exiting(task: Task, known: Known, at: At): void {
    task.exiting = { ...at, group: known.name === "exit_group" };
  }

  #exec(line: Logical, text: string, result: Result, open: Open | undefined): void {
    if (result.outcome !== "ok") return;
    const { task, entry, exit, bare } = line;
    const found = executed(text);
    this.command ??= commandOf(found);
    for (const other of task.process) this.abandon(other);
    this.#tracees.execed(task, open?.caller, found.path, entry, exit, bare);
  }

  #cloned(line: Logical, text: string, result: Result | NoResult, begun: Begun | undefined): void {
    const child = typeof result === "string" || result.injected ? undefined : childOf(result);
    const { task, known, entry, bare, exit } = line;
    const cloning = { name: known.name, text, entry, bare, ...(begun !== undefined && { begun }) };
    if (child !== undefined) this.#tracees.cloned(task, child, cloning, exit);
    if (begun !== undefined) this.#order.end(begun, undefined);
  }
}

/** The task that a clone made, in strace's own numbers: `= 3 /* 25202 in strace's PID NS *\/`. */
export function childOf(result: Result): number | undefined {
  const outside = /\/\* (\d+) in strace's PID NS \*\//.exec(result.suffix)?.[1];
  const value = outside === undefined ? result.value : Number(outside);
  return typeof value === "number" && value > 0 ? value : undefined;
}

const writtenName = (text: string): string => text.slice(0, text.indexOf("("));

const later = (at: At, seconds: number | undefined): At =>
  seconds === undefined || at.time === undefined ? at : { line: at.line, time: at.time + seconds };
