/** What each line of strace is: a call, a piece of one, the end of a task, a notice, or nothing of interest. */

import type { Buffer } from "node:buffer";
import type { Diagnostics } from "../../errors.ts";
import type { Sink } from "../../trace/event.ts";
import type { Facts } from "../../trace/trace.ts";
import { longest } from "../lines.ts";
import type { ReadOptions } from "../types.ts";
import { childOf } from "./flow.ts";
import { type Line, latin1 } from "./line.ts";
import type { At } from "./lives.ts";
import { readsImage } from "./machine.ts";
import { Margin } from "./margin.ts";
import { endMatters, type Known, lookUp, matters, nameEnd, resumedName } from "./names.ts";
import {
  continues,
  continuesMemory,
  isBelowCall,
  isOfPerf,
  isSignal,
  mayEndInNotice,
  type Notice,
  noticeOf,
  stripColor,
  summaryLine,
} from "./notices.ts";
import { Parts } from "./parts.ts";
import { Pieces } from "./pieces.ts";
import { PlainLines } from "./plain-lines.ts";
import { readResult, resultAt } from "./result.ts";
import { endingOf, Told } from "./told.ts";
import { verdict } from "./verdict.ts";

const escapeByte = 27;
const paren = 40;
const plus = 43;
const dot = 46;
const less = 60;

export class StraceReader {
  readonly #name: string;
  readonly #parts: Parts;
  readonly #plain: PlainLines;
  readonly #pieces = new Pieces();
  readonly #margin: Margin;
  readonly #told: Told;
  #lines = 0;
  #recognised = 0;
  /** Lines of another recorder. */
  #others = 0;
  #firstOther = 0;
  /** The table of -C has begun. */
  #summary = false;
  /** What the first task says its number is. */
  #ownNumber: number | undefined;

  /** `merged`: the lines are those of `strace -ff`, sorted by the times at which calls began. */
  constructor(
    name: string,
    emit: Sink,
    diagnostics: Diagnostics,
    options: ReadOptions & { readonly merged?: boolean } = {},
  ) {
    this.#name = name;
    this.#parts = new Parts(emit, diagnostics, options);
    this.#plain = new PlainLines(this.#parts);
    this.#told = new Told(this.#parts.flow, this.#parts.tracees);
    this.#margin = new Margin(name, (line) =>
      this.#parts.output.warn(
        "parse/quoted-lines",
        "every line is quoted as in a mail",
        line,
        null,
      ),
    );
  }

  /** One line, without its end; `whole` is false if there may have been more of it. */
  line(bytes: Buffer, from: number, end: number, number: number, whole: boolean): void {
    if (from === end) return;
    this.#lines += 1;
    const start = this.#margin.skip(bytes, from, end, number);
    this.#parts.prefix.read(bytes, start, end);
    if (this.#pieces.waiting) {
      if (this.#join(bytes, start, end, number, whole)) return;
      this.#parts.prefix.read(bytes, start, end);
    }
    this.#parts.tick(number);
    this.#read({ bytes, start, end, first: number, number, whole, time: this.#parts.clock.now });
  }

  /** A line that `PlainLines` may read. Returns where the next line begins, 0 if nothing has been read. */
  plain(bytes: Buffer, start: number, number: number): number {
    return this.#margin.none && !this.#pieces.waiting ? this.#plain.read(bytes, start, number) : 0;
  }

  /** True if the line went on with a call that began before it. */
  #join(bytes: Buffer, start: number, end: number, number: number, whole: boolean): boolean {
    const between = noticeOf(latin1(bytes, this.#parts.prefix.body, end));
    if (between?.index === 0) {
      this.#told.notice(between, { line: number, time: this.#parts.clock.now });
      return true;
    }
    const joined = this.#pieces.join(bytes, start, this.#parts.prefix.body, end);
    const { lines } = this.#pieces;
    const line = this.#pieces.take(number, whole, joined);
    if (line !== undefined) this.#again(line);
    if (joined === undefined) return false;
    this.#pieces.done(lines);
    return true;
  }

  /** A line whose prefix has not been read, or that has been read before. */
  #again(line: Line): void {
    this.#parts.prefix.read(line.bytes, line.start, line.end);
    this.#read(line);
  }

  /** A line whose prefix has been read. */
  #read(line: Line): void {
    const { bytes, end, time } = line;
    if (this.#parts.flow.merged && !this.#parts.ahead.active && time !== undefined)
      this.#parts.flow.endUntil(time);
    const { body } = this.#parts.prefix;
    const first = bytes[body];
    const stop = nameEnd(bytes, body, end);
    if (stop > 0 && bytes[stop] === paren) {
      const known = lookUp(bytes, body, stop) ?? readsImage(bytes, body, end);
      this.#recognised += 1;
      if (known === undefined || !matters(known, bytes, stop, end)) {
        if (!line.whole) this.#mayBeCut(line, latin1(bytes, body, end));
        this.#parts.unimportant(bytes, line.number, body, stop);
        if (mayEndInNotice(bytes, end)) this.#cutBy(line);
      } else this.#relevant(line, known, body, false);
    } else if (first === less && bytes[body + 1] === dot) this.#resumes(line, body);
    else if (first === plus) this.#end(line);
    else if (isSignal(bytes, body)) {
      this.#recognised += 1;
      this.#parts.signal(bytes, body);
    } else this.#other(line);
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
    if (known === undefined || !endMatters(known, line.bytes, to, line.end))
      this.#parts.unimportant(line.bytes, line.number, body, body);
    else this.#relevant(line, known, to + " resumed>".length, true);
  }

  /** A line of a call that matters; its text begins at `from`. */
  #relevant(line: Line, known: Known, from: number, resumes: boolean): void {
    const text = spaced(latin1(line.bytes, from, line.end));
    const at = resultAt(text);
    if (at < 0 && line.whole && !text.endsWith(" ...>")) {
      this.#piece(line);
      return;
    }
    this.#parts.tracees.follow(this.#parts.prefix);
    this.#parts.flow.merged = this.#parts.merging.see(this.#parts.prefix, line.time, text, resumes);
    if (this.#parts.ahead.active) {
      this.#hold(line, known, text, at, resumes);
      return;
    }
    if (known.role === "identity") this.#identity(text, at);
    const tid = this.#parts.tracees.owner(this.#parts.prefix);
    const exit: At = { line: line.number, time: line.time };
    const task = this.#parts.tracees.find(tid, exit, resumes, known.role === "exec");
    if (task === undefined) {
      this.#parts.ahead.start(tid, this.#parts.tracees.cloning.size);
      this.#hold(line, known, text, at, resumes);
      return;
    }
    const entry = line.first === line.number ? exit : { line: line.first, time: line.time };
    const bare = this.#parts.prefix.pid < 0;
    const logical = { task, bare, entry, exit, known, text, at, whole: line.whole };
    if (!line.whole && known.role !== "memory") this.#mayBeCut(line, text);
    if (resumes) this.#parts.flow.resumed(logical);
    else this.#parts.flow.call(logical);
  }

  #identity(text: string, at: number): void {
    if (this.#parts.prefix.pid >= 0 || this.#ownNumber !== undefined) return;
    const result = at < 0 ? "cut" : readResult(text, at + 3, true);
    if (typeof result !== "string") this.#ownNumber = childOf(result);
  }

  /** Keep a line until it is known whose child a task is. */
  #hold(line: Line, known: Known, text: string, at: number, resumes: boolean): void {
    const tid = this.#parts.tracees.owner(this.#parts.prefix);
    this.#parts.ahead.hold(line);
    if (this.#parts.tracees.lives.get(tid) === undefined && !resumes)
      this.#parts.ahead.unknown(tid);
    if (known.role === "clone") {
      const result = at < 0 ? "cut" : readResult(text, at + 3, line.whole);
      const child = typeof result === "string" ? undefined : childOf(result);
      if (at < 0) this.#parts.ahead.began();
      else if (child === undefined) this.#parts.ahead.ended(undefined, resumes);
      else {
        const { number, time } = line;
        const bare = this.#parts.prefix.pid < 0;
        this.#parts.ahead.ended({ child, parent: tid, line: number, time, bare, text }, resumes);
      }
    }
    if (this.#parts.ahead.settled) this.#release();
  }

  #release(): void {
    for (const held of this.#parts.ahead.release()) this.#again(held);
  }

  /** A call that does not matter may end in a notice, which does. */
  #cutBy(line: Line): void {
    const notice = noticeOf(latin1(line.bytes, line.start, line.end));
    if (notice !== undefined) this.#notice(notice, line);
  }

  /** A call that goes on on the next line. */
  #piece(line: Line): void {
    const text = latin1(line.bytes, line.start, line.end);
    const notice = noticeOf(text);
    if (notice !== undefined) this.#notice(notice, line);
    this.#pieces.keep(line, notice === undefined ? text : beforeNotice(text, notice));
  }

  #end(line: Line): void {
    const ending = endingOf(latin1(line.bytes, this.#parts.prefix.body, line.end));
    if (ending === undefined) {
      this.#foreign(line);
      return;
    }
    this.#recognised += 1;
    if (this.#parts.ahead.active) this.#parts.ahead.hold(line);
    else this.#told.ending(ending, this.#parts.prefix, { line: line.number, time: line.time });
  }

  #other(line: Line): void {
    const { bytes, start, end } = line;
    if (bytes.subarray(start, end).includes(escapeByte)) {
      const plain = stripColor(bytes, start, end);
      this.#again({ ...line, bytes: plain, start: 0, end: plain.length });
      return;
    }
    const { prefix } = this.#parts;
    const text = latin1(bytes, prefix.body, end);
    const notice = noticeOf(text);
    const isEmpty = text.trim() === "";
    if (notice !== undefined) this.#notice(notice, line);
    else if (summaryLine(text, this.#summary)) this.#summary = true;
    else if (isBelowCall(bytes, start) || this.#rest(line, text)) return;
    else if (text.startsWith("???")) this.#nameless(line);
    else if (continuesMemory(text) || (isEmpty && prefix.tells)) this.#cutOff(line);
    else if (!continues(text) && !isEmpty) this.#foreign(line);
  }

  /** `???( <unfinished ...>`: a task that dies before strace could ask which call it makes. */
  #nameless({ bytes, number }: Line): void {
    this.#recognised += 1;
    const { body } = this.#parts.prefix;
    this.#parts.unimportant(bytes, number, body, body);
  }

  #cutOff(line: Line): void {
    const message = "lines that are cut off at their start or end";
    this.#parts.output.warn("parse/cut-off", message, line.number, this.#parts.pid);
  }

  /** The last line, of a call that is no memory call; one that was cut for its length is none. */
  #mayBeCut(line: Line, text: string): void {
    const hasEnd = resultAt(text) >= 0 || text.endsWith(" ...>");
    if (!hasEnd && line.end - line.start < longest) this.#cutOff(line);
  }

  /** True for `)  = 0` below a line that ends with `<unfinished ...>`. */
  #rest(line: Line, text: string): boolean {
    const at = text.startsWith(")") ? resultAt(text) : -1;
    if (at < 0) return false;
    const { ahead, flow, clock } = this.#parts;
    if (ahead.active) ahead.hold(line);
    return ahead.active || flow.rest(text, at, { line: line.number, time: clock.now }, line.whole);
  }

  #notice(notice: Notice, line: Line): void {
    this.#recognised += 1;
    this.#told.notice(notice, { line: line.number, time: line.time });
  }

  #foreign(line: Line): void {
    const text = latin1(line.bytes, line.start, line.end);
    this.#parts.flow.machine.printed(text, line.number);
    if (isOfPerf(text)) {
      this.#others += 1;
      if (this.#others === 1) this.#firstOther = line.number;
    }
    this.#parts.output.warn("parse/foreign-line", "lines that are not strace's", line.number, null);
  }

  /** Nothing more comes. Throws if there is nothing to work with. */
  end(): void {
    const piece = this.#pieces.take(0, false);
    if (piece !== undefined) this.#again(piece);
    if (this.#parts.ahead.active) this.#release();
    const { flow, tracees, output } = this.#parts;
    flow.end();
    tracees.settle();
    output.end(this.#ownNumber);
    const error = verdict(this.#name, {
      lines: this.#lines + this.#plain.lines,
      recognised: this.#recognised + this.#plain.lines,
      others: this.#others,
      firstOther: this.#firstOther,
      calls: output.calls,
      missing: flow.memory.missing,
      firstMissing: flow.memory.firstMissing,
      skipped: output.skipped,
      firstSkipped: output.firstSkipped,
      summary: this.#summary,
    });
    if (error !== undefined) throw error;
  }

  /** What the text itself tells. */
  facts(): Partial<Facts> {
    const { command, machine } = this.#parts.flow;
    const told = command === undefined ? {} : { command };
    return { recorder: "strace", ...told, ...machine.facts() };
  }
}

/** Editors turn the blanks before a result into tabs; strace prints tabs of names as `\\t`. */
const spaced = (text: string): string => (text.includes(")\t") ? text.replaceAll("\t", " ") : text);

/** What a notice cut, without the `^C` with which a terminal shows that strace was told to stop. */
const beforeNotice = (text: string, { index }: Notice): string =>
  text.slice(0, text.endsWith("^C", index) ? index - 2 : index);
