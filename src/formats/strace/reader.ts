/** What each line of strace is: a call, a piece of one, the end of a task, a notice, or nothing of interest. */

import { type Diagnostics, MmreplayError } from "../../errors.ts";
import type { Sink } from "../../trace/event.ts";
import type { Facts } from "../../trace/trace.ts";
import { Order } from "../order.ts";
import { Ahead, type HeldLine } from "./ahead.ts";
import { LineClock } from "./clock.ts";
import { straceCommand } from "./command.ts";
import { childOf, Flow, isComplete, type Logical } from "./flow.ts";
import type { At, Task } from "./lives.ts";
import { beginsCall, type Known, lookUp, nameEnd, resumedName } from "./names.ts";
import { continues, isStackFrame, noticeOf, stripColor, summaryLine } from "./notices.ts";
import { firstTask, Output } from "./output.ts";
import { Prefix } from "./prefix.ts";
import { readResult, resultAt } from "./result.ts";
import { Tracees } from "./tracees.ts";

/** A line that may consist of several: `first` is where it begins. */
interface Line {
  readonly bytes: Buffer;
  readonly start: number;
  readonly end: number;
  readonly first: number;
  readonly number: number;
  readonly whole: boolean;
  readonly time: number | undefined;
}

/** A call that was cut by a notice or a newline in a path; so many lines may follow. */
interface Split {
  readonly text: string;
  readonly first: number;
  readonly time: number | undefined;
  readonly lines: number;
}

const splitLimit = 8;
const escapeByte = 27;
const less = 60;
const plus = 43;
const minus = 45;
const paren = 40;

export class StraceReader {
  readonly #name: string;
  readonly #prefix = new Prefix();
  readonly #clock = new LineClock();
  readonly #ahead = new Ahead();
  readonly #output: Output;
  readonly #tracees: Tracees;
  readonly #flow: Flow;
  readonly #order: Order;
  #split: Split | undefined;
  /** Lines that are strace's for certain. */
  #recognised = 0;
  #summary = false;
  /** What the first task says its number is. */
  #ownNumber: number | undefined;
  #lastFollowed = -1;
  #lines = 0;

  constructor(name: string, emit: Sink, diagnostics: Diagnostics) {
    this.#name = name;
    this.#output = new Output(emit, diagnostics);
    this.#order = new Order((event) => this.#output.emit(event), diagnostics);
    this.#tracees = new Tracees(this.#output, this.#order, this.#ahead);
    this.#flow = new Flow(this.#tracees, this.#order, this.#output);
  }

  /** One line, without its end; `whole` is false if there may have been more of it. */
  line(bytes: Buffer, start: number, end: number, number: number, whole: boolean): void {
    this.#lines = number;
    if (start === end) return;
    this.#prefix.read(bytes, start, end);
    if (this.#split !== undefined && this.#joins(bytes, start, end, number, whole)) return;
    if (!this.#clock.tick(this.#prefix)) {
      this.#output.warn("parse/time-goes-back", "times go back", number, this.#pid());
    }
    const time = this.#clock.now;
    this.#body({ bytes, start, end, first: number, number, whole, time });
  }

  #pid(): number | null {
    return this.#prefix.pid < 0 ? null : this.#prefix.pid;
  }

  /** A line whose prefix has been read. */
  #body(line: Line): void {
    const { bytes, end } = line;
    const { body } = this.#prefix;
    const first = bytes[body];
    const stop = nameEnd(bytes, body, end);
    if (stop > 0 && bytes[stop] === paren) this.#named(line, body, stop);
    else if (first === less && bytes[body + 1] === 46) this.#resumes(line, body);
    else if (first === plus) this.#plus(line);
    else if (first === minus && bytes[body + 1] === minus) this.#recognised += 1;
    else this.#other(line);
  }

  #named(line: Line, body: number, stop: number): void {
    const known = lookUp(line.bytes, body, stop);
    this.#recognised += 1;
    if (known === undefined) this.#unimportant(line, body, stop);
    else this.#relevant(line, known, body, false);
  }

  /** Another call of a task proves that the one before is over. */
  #unimportant(line: Line, body: number, stop: number): void {
    this.#follow();
    if (glued(line.bytes, body, stop)) {
      const message = "output of the program is glued to a memory call";
      this.#output.warn("parse/glued-line", message, line.number, this.#pid());
    }
    if (this.#flow.open === 0 || this.#ahead.active) return;
    const task = this.#tracees.lives.get(this.#owner());
    if (task !== undefined) this.#flow.abandon(task);
  }

  #resumes(line: Line, body: number): void {
    const name = resumedName(line.bytes, body, line.end);
    if (name === undefined) {
      this.#other(line);
      return;
    }
    this.#recognised += 1;
    const [from, to] = name;
    const known = lookUp(line.bytes, from, to);
    if (known === undefined) this.#unimportant(line, body, body);
    else this.#relevant(line, known, to + " resumed>".length, true);
  }

  /** strace prints pids in brackets while it follows several tasks. */
  #follow(): void {
    const { pid, bracketed } = this.#prefix;
    if (!bracketed || pid === this.#lastFollowed) return;
    this.#lastFollowed = pid;
    this.#tracees.follow(pid);
  }

  #owner(): number {
    return this.#prefix.pid < 0 ? this.#tracees.bareOwner() : this.#prefix.pid;
  }

  /** A line of a call that matters; its text begins at `from`. */
  #relevant(line: Line, known: Known, from: number, resumes: boolean): void {
    const text = latin1(line.bytes, from, line.end);
    if (!isComplete(text) && line.whole) {
      this.#splits(line);
      return;
    }
    this.#follow();
    if (this.#ahead.active) {
      this.#hold(line, known, text, resumes);
      return;
    }
    if (known.role === "identity") this.#identity(text);
    const tid = this.#owner();
    const begins = known.role === "exec";
    const exit: At = { line: line.number, time: line.time };
    const task = this.#tracees.find(tid, exit, resumes, begins);
    if (task === undefined) {
      this.#ahead.start(tid, this.#tracees.cloning.size);
      this.#hold(line, known, text, resumes);
      return;
    }
    const entry: At = { line: line.first, time: line.time };
    const bare = this.#prefix.pid < 0;
    const logical: Logical = { task, bare, entry, exit, known, text, whole: line.whole };
    if (resumes) this.#flow.resumed(logical);
    else this.#flow.call(logical);
  }

  #identity(text: string): void {
    if (this.#prefix.pid >= 0 || this.#ownNumber !== undefined) return;
    const at = resultAt(text);
    const result = at < 0 ? "cut" : readResult(text, at + 3, true);
    if (typeof result !== "string") this.#ownNumber = childOf(result);
  }

  // Reading ahead: lines wait until it is known whose child a task is.

  #hold(line: Line, known: Known, text: string, resumes: boolean): void {
    const tid = this.#owner();
    const { lives } = this.#tracees;
    this.#keep(line);
    if (lives.get(tid) === undefined && !resumes) this.#ahead.unknown(tid);
    if (known.role === "clone") {
      const at = resultAt(text);
      if (at < 0) this.#ahead.began();
      else {
        const result = readResult(text, at + 3, line.whole);
        const child = typeof result === "string" ? undefined : childOf(result);
        const parent = resumes && lives.get(tid) === undefined ? firstTask : tid;
        const named = { parent, line: line.number, time: line.time, text };
        this.#ahead.ended(child, named, resumes);
      }
    }
    if (this.#ahead.settled) this.#release();
  }

  #keep({ bytes, start, end, first, number, whole, time }: Line): void {
    this.#ahead.hold({
      bytes: Buffer.from(bytes.subarray(start, end)),
      first,
      number,
      whole,
      time,
    });
  }

  #release(): void {
    for (const held of this.#ahead.release()) this.#again(held);
  }

  #again({ bytes, first, number, whole, time }: HeldLine): void {
    this.#prefix.read(bytes, 0, bytes.length);
    this.#body({ bytes, start: 0, end: bytes.length, first, number, whole, time });
  }

  // Calls on several lines.

  #splits(line: Line): void {
    const { bytes, start, end, first, time } = line;
    const raw = latin1(bytes, start, end);
    const notice = noticeOf(raw);
    const text = notice === undefined ? raw : raw.slice(0, notice.index);
    if (notice !== undefined) this.#notice(notice.kind, notice.tid, notice.threads, line);
    const lines = (this.#split?.lines ?? 0) + 1;
    this.#split = { text, first, time, lines };
  }

  /** True if this line goes on with the one that was split. */
  #joins(bytes: Buffer, start: number, end: number, number: number, whole: boolean): boolean {
    const split = this.#split;
    if (split === undefined) return false;
    const { body } = this.#prefix;
    const fresh = startsLine(bytes, body, end);
    if (fresh || split.lines > splitLimit) {
      this.#unsplit(split);
      this.#prefix.read(bytes, start, end);
      return false;
    }
    this.#split = { ...split, lines: split.lines };
    const joined = Buffer.from(glue(split.text, latin1(bytes, start, end)), "latin1");
    const { first, time } = split;
    this.#prefix.read(joined, 0, joined.length);
    this.#body({ bytes: joined, start: 0, end: joined.length, first, number, whole, time });
    if (this.#split?.lines === split.lines) this.#split = undefined;
    return true;
  }

  /** What follows does not belong to the split call: it has no result. */
  #unsplit(split: Split): void {
    this.#split = undefined;
    const bytes = Buffer.from(split.text, "latin1");
    const { first, time } = split;
    this.#prefix.read(bytes, 0, bytes.length);
    const end = bytes.length;
    this.#body({ bytes, start: 0, end, first, number: first, whole: false, time });
  }

  // Ends, notices, and what is not strace's.

  #plus(line: Line): void {
    const text = latin1(line.bytes, this.#prefix.body, line.end);
    const match = /^\+\+\+ (?:(exited) with|(killed) by|superseded by execve in pid (\d+))/.exec(
      text,
    );
    if (match === null) {
      this.#foreign(line);
      return;
    }
    this.#recognised += 1;
    if (this.#ahead.active) {
      this.#keep(line);
      return;
    }
    const by = match[3] === undefined ? undefined : Number(match[3]);
    const leader = by === undefined ? undefined : this.#tracees.leaderOf(by);
    const bare = this.#prefix.pid < 0;
    const tid = bare && leader !== undefined ? leader : this.#owner();
    const task = this.#tracees.lives.get(tid);
    if (task === undefined) {
      this.#tracees.unfollow(tid);
      return;
    }
    const at: At = { line: line.number, time: line.time };
    if (by !== undefined) this.#tracees.superseded(task, by, at, bare);
    else this.#ended(task, match[1] === undefined ? "killed" : "exit", at, bare);
  }

  #ended(task: Task, how: "exit" | "killed", at: At, bare: boolean): void {
    this.#flow.abandon(task);
    this.#tracees.ended(task, how, at, bare);
  }

  #other(line: Line): void {
    const { bytes, start, end } = line;
    const { body } = this.#prefix;
    if (bytes.subarray(start, end).includes(escapeByte)) {
      const plain = stripColor(bytes, start, end);
      this.#prefix.read(plain, 0, plain.length);
      this.#body({ ...line, bytes: plain, start: 0, end: plain.length });
      return;
    }
    const text = latin1(bytes, body, end);
    const notice = noticeOf(text);
    if (notice !== undefined) this.#notice(notice.kind, notice.tid, notice.threads, line);
    else if (summaryLine(text, this.#summary)) this.#summary = true;
    else if (!isStackFrame(bytes, start) && !continues(text) && text.trim() !== "") {
      this.#foreign(line);
    }
  }

  #notice(kind: string, tid: number, threads: number, line: Line): void {
    this.#recognised += 1;
    if (kind === "attached")
      this.#tracees.attached(tid, threads, { line: line.number, time: line.time });
    else if (kind === "detached") this.#detached(tid);
    else if (kind === "32 bit") {
      const task = this.#tracees.lives.get(tid) ?? this.#tracees.lives.get(firstTask);
      if (task !== undefined) task.space.narrow = true;
    }
  }

  /** Old strace says so of tasks that ended. */
  #detached(tid: number): void {
    const task = this.#tracees.lives.get(tid);
    this.#tracees.unfollow(tid);
    if (task?.exiting !== undefined) this.#ended(task, "exit", task.exiting, false);
  }

  #foreign(line: Line): void {
    this.#output.warn("parse/foreign-line", "lines that are not strace's", line.number, null);
  }

  /** Nothing more comes. */
  end(): void {
    if (this.#split !== undefined) this.#unsplit(this.#split);
    if (this.#ahead.active) this.#release();
    this.#flow.end();
    this.#tracees.settle();
    this.#output.end(this.#ownNumber);
    this.#judge();
  }

  /** Throws if there is nothing to work with. */
  #judge(): void {
    const at = { file: this.#name };
    const { calls } = this.#output;
    if (calls > 0 && this.#flow.missing < calls) return;
    const hint = `record again with: ${straceCommand}`;
    if (calls > 0)
      throw new MmreplayError("parse/no-results", "no memory call has a result", { at, hint });
    if (this.#summary && this.#recognised === 0) {
      throw new MmreplayError("parse/summary-only", "this is the table of strace -c", { at, hint });
    }
    if (this.#recognised > 0) {
      throw new MmreplayError("parse/no-memory-calls", "strace output without a memory call", {
        at,
        hint,
      });
    }
    if (this.#lines === 0)
      throw new MmreplayError("parse/empty", "the file is empty", { at, hint });
    throw new MmreplayError("parse/not-strace", "no line of this is from strace", { at, hint });
  }

  /** What the text itself tells; `pageSize` and how it was found. */
  facts(): Partial<Facts> {
    const { command } = this.#flow;
    return {
      recorder: "strace",
      ...(command !== undefined && { command }),
      ...this.#flow.calls.pages.facts(),
    };
  }
}

/** One character a byte, so that no byte is lost before it is known what it means. */
const latin1 = (bytes: Buffer, start: number, end: number): string =>
  bytes.toString("latin1", start, end);

/** A line that is not the continuation of another: it begins with a call, an end, a signal or a notice. */
function startsLine(bytes: Buffer, body: number, end: number): boolean {
  if (beginsCall(bytes, body, end)) return true;
  const first = bytes[body];
  if (first === less) return bytes[body + 1] === 46;
  if (first === plus || first === minus) return bytes[body + 1] === first;
  return noticeOf(latin1(bytes, body, end))?.index === 0;
}

/** A name inside `<...>` was cut by its own newline; anything else by a notice or by a mail program. */
function glue(head: string, tail: string): string {
  const inName = /\d<[^>]*$/.test(head) || /\d<\/[^,]*$/.test(head);
  return inName ? `${head}\n${tail}` : head + tail;
}

const memoryEnds = ["mmap", "unmap", "mremap", "brk", "mprotect", "madvise"] as const;

/** A name that nobody knows but that ends with the name of a memory call. */
function glued(bytes: Buffer, start: number, end: number): boolean {
  const last = bytes[end - 1];
  if (end - start < 4 || (last !== 112 && last !== 107 && last !== 116 && last !== 101))
    return false;
  const name = latin1(bytes, start, end);
  if (name === "process_madvise") return false;
  return memoryEnds.some((call) => name.endsWith(call));
}
