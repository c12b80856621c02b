/** What each line of strace is: a call, a piece of one, the end of a task, a notice, or nothing of interest. */

import type { Buffer } from "node:buffer";
import type { Diagnostics } from "../../errors.ts";
import type { Sink } from "../../trace/event.ts";
import type { Facts } from "../../trace/trace.ts";
import { Order } from "../order.ts";
import type { ReadOptions } from "../types.ts";
import { Ahead } from "./ahead.ts";
import { LineClock } from "./clock.ts";
import { childOf, Flow } from "./flow.ts";
import { type Line, latin1 } from "./line.ts";
import type { At } from "./lives.ts";
import { Merging } from "./merging.ts";
import { type Known, lookUp, makesDescriptor, nameEnd, oddName, resumedName } from "./names.ts";
import {
  continues,
  isOfPerf,
  isStackFrame,
  type Notice,
  noticeOf,
  stripColor,
  summaryLine,
} from "./notices.ts";
import { Output } from "./output.ts";
import { Pieces } from "./pieces.ts";
import { PlainCall } from "./plain.ts";
import { Prefix } from "./prefix.ts";
import { Quote } from "./quote.ts";
import { waitedFor } from "./reaped.ts";
import { readResult, resultAt } from "./result.ts";
import { endingOf, Told } from "./told.ts";
import { Tracees } from "./tracees.ts";
import { verdict } from "./verdict.ts";

const lineFeed = 10;
const escapeByte = 27;
const paren = 40;
const plus = 43;
const minus = 45;
const dot = 46;
const less = 60;

export class StraceReader {
  readonly #name: string;
  readonly #prefix = new Prefix();
  readonly #clock = new LineClock();
  readonly #ahead = new Ahead();
  readonly #call = new PlainCall();
  readonly #pieces = new Pieces();
  readonly #quote: Quote;
  readonly #output: Output;
  readonly #order: Order;
  readonly #tracees: Tracees;
  readonly #flow: Flow;
  readonly #told: Told;
  readonly #merging: Merging;
  #lines = 0;
  #recognised = 0;
  /** Lines of another recorder. */
  #others = 0;
  /** The table of -C has begun. */
  #summary = false;
  /** What the first task says its number is. */
  #ownNumber: number | undefined;

  /** `merged`: the lines are those of `strace -ff`, sorted by the times at which calls began. */
  constructor(
    name: string,
    emit: Sink,
    diagnostics: Diagnostics,
    { merged = false, oneProcess = false }: ReadOptions & { readonly merged?: boolean } = {},
  ) {
    this.#name = name;
    this.#output = new Output(emit, diagnostics);
    this.#order = new Order((event) => this.#output.emit(event), diagnostics);
    this.#tracees = new Tracees(this.#output, this.#order, this.#ahead);
    this.#tracees.oneProcess = oneProcess;
    this.#flow = new Flow(this.#tracees, this.#order, this.#output);
    this.#told = new Told(this.#flow, this.#tracees);
    this.#merging = new Merging(merged);
    this.#flow.merged = merged;
    this.#quote = new Quote(name, (line) =>
      this.#output.warn("parse/quoted-lines", "every line is quoted as in a mail", line, null),
    );
  }

  /** One line, without its end; `whole` is false if there may have been more of it. */
  line(bytes: Buffer, from: number, end: number, number: number, whole: boolean): void {
    if (from === end) return;
    this.#lines += 1;
    const start = this.#quote.skip(bytes, from, end, number);
    this.#prefix.read(bytes, start, end);
    if (this.#pieces.waiting) {
      if (this.#join(bytes, start, end, number, whole)) return;
      this.#prefix.read(bytes, start, end);
    }
    if (!this.#clock.tick(this.#prefix)) {
      this.#output.warn("parse/time-goes-back", "times go back", number, this.#pid());
    }
    this.#read({ bytes, start, end, first: number, number, whole, time: this.#clock.now });
  }

  /**
   * A line with a line end, if it is of the shape of most lines: a call that does not matter, or a memory call without
   * anything odd, of a task that is known. Returns where the next line begins, 0 if nothing has been read.
   */
  plain(bytes: Buffer, start: number, number: number): number {
    if (!this.#quote.none || this.#pieces.waiting || this.#ahead.active) return 0;
    if (this.#flow.merged || !this.#prefix.plain(bytes, start, bytes.length)) return 0;
    const { pid, body } = this.#prefix;
    if (!this.#call.read(bytes, body)) return this.#pass(bytes, body, number);
    const task = this.#tracees.lives.get(pid);
    const request = task === undefined ? undefined : this.#flow.asks(task, this.#call);
    if (task === undefined || request === undefined) return 0;
    const { form, duration, next } = this.#call;
    if (!this.#merging.isPlain(this.#prefix)) return 0;
    this.#tick(number);
    this.#merging.seePlain(this.#prefix, form !== "whole", Math.max(duration, 0));
    this.#flow.plain(task, this.#call, request, { line: number, time: this.#prefix.seconds });
    return next;
  }

  /** A plain line whose call does not matter. */
  #pass(bytes: Buffer, body: number, number: number): number {
    const stop = nameEnd(bytes, body, bytes.length);
    if (stop < 0 || bytes[stop] !== paren) return 0;
    const known = lookUp(bytes, body, stop);
    const end = bytes.indexOf(lineFeed, stop);
    if (known !== undefined && (known.name !== "ioctl" || makesDescriptor(bytes, stop, end)))
      return 0;
    this.#tick(number);
    this.#unimportant(bytes, number, body, stop);
    return end + 1;
  }

  /** A line has been recognised. */
  #tick(number: number): void {
    this.#lines += 1;
    this.#recognised += 1;
    if (this.#clock.tick(this.#prefix)) return;
    this.#output.warn("parse/time-goes-back", "times go back", number, this.#pid());
  }

  #pid(): number | null {
    return this.#prefix.pid < 0 ? null : this.#prefix.pid;
  }

  /** True if the line went on with a call that began before it. */
  #join(bytes: Buffer, start: number, end: number, number: number, whole: boolean): boolean {
    const joined = this.#pieces.join(bytes, start, this.#prefix.body, end);
    const { lines } = this.#pieces;
    const line = this.#pieces.take(number, whole, joined);
    if (line !== undefined) this.#again(line);
    if (joined === undefined) return false;
    this.#pieces.done(lines);
    return true;
  }

  /** A line whose prefix has not been read, or that has been read before. */
  #again(line: Line): void {
    this.#prefix.read(line.bytes, line.start, line.end);
    this.#read(line);
  }

  /** A line whose prefix has been read. */
  #read(line: Line): void {
    const { bytes, end, time } = line;
    if (this.#flow.merged && !this.#ahead.active && time !== undefined) this.#flow.endUntil(time);
    const { body } = this.#prefix;
    const first = bytes[body];
    const stop = nameEnd(bytes, body, end);
    if (stop > 0 && bytes[stop] === paren) {
      const known = lookUp(bytes, body, stop);
      this.#recognised += 1;
      const matters = known?.name !== "ioctl" || makesDescriptor(bytes, stop, end);
      if (known === undefined || !matters) this.#unimportant(bytes, line.number, body, stop);
      else this.#relevant(line, known, body, false);
    } else if (first === less && bytes[body + 1] === dot) this.#resumes(line, body);
    else if (first === plus) this.#end(line);
    else if (first === minus && isSignal(bytes, body)) this.#recognised += 1;
    else this.#other(line);
  }

  /** A call that does not matter. It proves that an earlier call of its task is over. */
  #unimportant(bytes: Buffer, number: number, body: number, stop: number): void {
    this.#tracees.follow(this.#prefix);
    const odd = oddName(bytes, body, stop);
    if (odd?.call !== undefined) {
      this.#output.skip(odd.call, odd.code, odd.message, number, this.#pid());
    } else if (odd !== undefined) {
      this.#output.warn(odd.code, odd.message, number, this.#pid());
    }
    if (this.#ahead.active) return;
    // In merged files wait4 stands where it began, before the end of the child.
    if (this.#tracees.leaving && !this.#flow.merged) this.#tracees.reaped(waitedFor(bytes, body));
    if (this.#flow.open === 0) return;
    const task = this.#tracees.lives.get(this.#tracees.owner(this.#prefix));
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
    if (known === undefined) this.#unimportant(line.bytes, line.number, body, body);
    else this.#relevant(line, known, to + " resumed>".length, true);
  }

  /** A line of a call that matters; its text begins at `from`. */
  #relevant(line: Line, known: Known, from: number, resumes: boolean): void {
    const text = latin1(line.bytes, from, line.end);
    const at = resultAt(text);
    if (at < 0 && line.whole && !text.endsWith(" ...>")) {
      this.#piece(line);
      return;
    }
    this.#tracees.follow(this.#prefix);
    this.#flow.merged = this.#merging.see(this.#prefix, line.time, text, resumes);
    if (this.#ahead.active) {
      this.#hold(line, known, text, at, resumes);
      return;
    }
    if (known.role === "identity") this.#identity(text, at);
    const tid = this.#tracees.owner(this.#prefix);
    const exit: At = { line: line.number, time: line.time };
    const task = this.#tracees.find(tid, exit, resumes, known.role === "exec");
    if (task === undefined) {
      this.#ahead.start(tid, this.#tracees.cloning.size);
      this.#hold(line, known, text, at, resumes);
      return;
    }
    const entry = line.first === line.number ? exit : { line: line.first, time: line.time };
    const bare = this.#prefix.pid < 0;
    const logical = { task, bare, entry, exit, known, text, at, whole: line.whole };
    if (resumes) this.#flow.resumed(logical);
    else this.#flow.call(logical);
  }

  #identity(text: string, at: number): void {
    if (this.#prefix.pid >= 0 || this.#ownNumber !== undefined) return;
    const result = at < 0 ? "cut" : readResult(text, at + 3, true);
    if (typeof result !== "string") this.#ownNumber = childOf(result);
  }

  /** Keep a line until it is known whose child a task is. */
  #hold(line: Line, known: Known, text: string, at: number, resumes: boolean): void {
    const tid = this.#tracees.owner(this.#prefix);
    this.#ahead.hold(line);
    if (this.#tracees.lives.get(tid) === undefined && !resumes) this.#ahead.unknown(tid);
    if (known.role === "clone") {
      const result = at < 0 ? "cut" : readResult(text, at + 3, line.whole);
      const child = typeof result === "string" ? undefined : childOf(result);
      if (at < 0) this.#ahead.began();
      else if (child === undefined) this.#ahead.ended(undefined, resumes);
      else {
        const { number, time } = line;
        const bare = this.#prefix.pid < 0;
        this.#ahead.ended({ child, parent: tid, line: number, time, bare, text }, resumes);
      }
    }
    if (this.#ahead.settled) this.#release();
  }

  #release(): void {
    for (const held of this.#ahead.release()) this.#again(held);
  }

  /** A call that goes on on the next line. */
  #piece(line: Line): void {
    const text = latin1(line.bytes, line.start, line.end);
    const notice = noticeOf(text);
    if (notice !== undefined) this.#notice(notice, line);
    this.#pieces.keep(line, notice === undefined ? text : text.slice(0, notice.index));
  }

  #end(line: Line): void {
    const ending = endingOf(latin1(line.bytes, this.#prefix.body, line.end));
    if (ending === undefined) {
      this.#foreign(line);
      return;
    }
    this.#recognised += 1;
    if (this.#ahead.active) this.#ahead.hold(line);
    else this.#told.ending(ending, this.#prefix, { line: line.number, time: line.time });
  }

  #other(line: Line): void {
    const { bytes, start, end } = line;
    if (bytes.subarray(start, end).includes(escapeByte)) {
      const plain = stripColor(bytes, start, end);
      this.#again({ ...line, bytes: plain, start: 0, end: plain.length });
      return;
    }
    const text = latin1(bytes, this.#prefix.body, end);
    const notice = noticeOf(text);
    if (notice !== undefined) this.#notice(notice, line);
    else if (summaryLine(text, this.#summary)) this.#summary = true;
    else if (!isStackFrame(bytes, start) && !continues(text) && text.trim() !== "") {
      this.#foreign(line);
    }
  }

  #notice(notice: Notice, line: Line): void {
    this.#recognised += 1;
    this.#told.notice(notice, { line: line.number, time: line.time });
  }

  #foreign(line: Line): void {
    if (isOfPerf(latin1(line.bytes, line.start, line.end))) this.#others += 1;
    this.#output.warn("parse/foreign-line", "lines that are not strace's", line.number, null);
  }

  /** Nothing more comes. Throws if there is nothing to work with. */
  end(): void {
    const piece = this.#pieces.take(0, false);
    if (piece !== undefined) this.#again(piece);
    if (this.#ahead.active) this.#release();
    this.#flow.end();
    this.#tracees.settle();
    this.#output.end(this.#ownNumber);
    const error = verdict(this.#name, {
      lines: this.#lines,
      recognised: this.#recognised,
      others: this.#others,
      calls: this.#output.calls,
      missing: this.#flow.memory.missing,
      summary: this.#summary,
    });
    if (error !== undefined) throw error;
  }

  /** What the text itself tells. */
  facts(): Partial<Facts> {
    const { command } = this.#flow;
    const told = command === undefined ? {} : { command };
    return { recorder: "strace", ...told };
  }
}

/** `--- SIGCHLD {...} ---`, `--- stopped by SIGSTOP ---`. */
const isSignal = (bytes: Buffer, body: number): boolean =>
  bytes[body + 1] === minus && bytes[body + 2] === minus && bytes[body + 3] === 32;
