/** What each line of strace is: a call, a piece of one, the end of a task, a notice, or nothing of interest. */

import type { Buffer } from "node:buffer";
import type { Diagnostics } from "../../errors.ts";
import type { Sink } from "../../trace/event.ts";
import type { Facts } from "../../trace/trace.ts";
import { longest } from "../text/lines.ts";
import type { ReadOptions } from "../types.ts";
import { beforeBlanks, type Line, latin1 } from "./line.ts";
import type { At, Task } from "./lives.ts";
import { readsImage } from "./machine.ts";
import { Margin } from "./margin.ts";
import { type Known, lookUp, nameEnd, resumedName } from "./names.ts";
import { isSignal, mayEndInNotice, type Notice, noticeOf, stripColor } from "./notices.ts";
import { OtherLines } from "./other-lines.ts";
import { Parts } from "./parts.ts";
import { Pieces } from "./pieces.ts";
import { PlainLines } from "./plain-lines.ts";
import { childIn, resultAt } from "./result.ts";
import { endMatters, matters } from "./selective-calls.ts";
import { Told } from "./told.ts";
import { noLines, verdict } from "./verdict.ts";

const escapeByte = 27;
const paren = 40;
const plus = 43;
const dot = 46;
const less = 60;

/** A line of a call that matters, of which the text from the name on has been read. */
interface CallLine {
  readonly line: Line;
  readonly known: Known;
  readonly text: string;
  /** Where the result begins; -1 if there is none. */
  readonly at: number;
  /** The call began on another line. */
  readonly resumes: boolean;
}

export class StraceReader {
  readonly #name: string;
  readonly #parts: Parts;
  readonly #plain: PlainLines;
  readonly #pieces = new Pieces();
  readonly #margin: Margin;
  readonly #told: Told;
  readonly #others: OtherLines;
  readonly #counts = noLines();
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
    this.#others = new OtherLines(this.#parts, this.#told, this.#counts);
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
  line(bytes: Buffer, from: number, to: number, number: number, whole: boolean): void {
    if (from === to) return;
    if (this.#pieces.waiting && bytes.subarray(from, to).includes(escapeByte)) {
      const plain = stripColor(bytes, from, to);
      this.#line(plain, 0, plain.length, number, whole);
    } else this.#line(bytes, from, to, number, whole);
  }

  #line(bytes: Buffer, from: number, to: number, number: number, whole: boolean): void {
    this.#counts.all += 1;
    const start = this.#margin.skip(bytes, from, to, number);
    this.#parts.prefix.read(bytes, start, to);
    const end = whole ? beforeBlanks(bytes, this.#parts.prefix.body, to) : to;
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
      this.#counts.recognised += 1;
      if (known === undefined || !matters(known, bytes, stop, end)) {
        if (!line.whole) this.#mayBeCut(line, latin1(bytes, body, end));
        this.#parts.unimportant(bytes, line.number, body, stop);
        if (mayEndInNotice(bytes, end)) this.#cutBy(line);
      } else this.#relevant(line, known, body, false);
    } else if (first === less && bytes[body + 1] === dot) this.#resumes(line, body);
    else if (first === plus) this.#others.end(line);
    else if (isSignal(bytes, body)) {
      this.#counts.recognised += 1;
      this.#parts.signal(bytes, body);
    } else this.#other(line);
  }

  #resumes(line: Line, body: number): void {
    const name = resumedName(line.bytes, body, line.end);
    if (name === undefined) {
      this.#other(line);
      return;
    }
    this.#counts.recognised += 1;
    const [from, to] = name;
    const known = lookUp(line.bytes, from, to);
    if (known === undefined || !endMatters(known, line.bytes, to, line.end))
      this.#parts.unimportant(line.bytes, line.number, body, body);
    else this.#relevant(line, known, to + " resumed>".length, true);
  }

  /** A line that is no call. */
  #other(line: Line): void {
    const { bytes, start, end } = line;
    if (!bytes.subarray(start, end).includes(escapeByte)) {
      const call = this.#others.take(line);
      if (call !== undefined) this.#again(call);
      return;
    }
    const plain = stripColor(bytes, start, end);
    this.#again({ ...line, bytes: plain, start: 0, end: plain.length });
  }

  /** A line of a call that matters; its text begins at `from`. */
  #relevant(line: Line, known: Known, from: number, resumes: boolean): void {
    const text = spaced(latin1(line.bytes, from, line.end));
    const at = resultAt(text);
    if (at < 0 && line.whole && !text.endsWith(" ...>")) {
      this.#piece(line);
      return;
    }
    const { prefix, tracees, flow, merging, ahead } = this.#parts;
    const call = { line, known, text, at, resumes };
    tracees.followed.see(prefix);
    flow.merged = merging.see(prefix, line.time, text, resumes);
    if (ahead.active) {
      this.#hold(call);
      return;
    }
    if (known.role === "identity") this.#identity(call);
    const tid = tracees.owner(prefix);
    const exit: At = { line: line.number, time: line.time };
    const task = tracees.find(tid, exit, { resumes, begins: known.role === "exec" });
    if (task !== undefined) this.#complete(call, task, exit);
    else {
      ahead.start(tid, tracees.cloning.size);
      this.#hold(call);
    }
  }

  /** A call whose task is known. */
  #complete({ line, known, text, at, resumes }: CallLine, task: Task, exit: At): void {
    const { prefix, flow } = this.#parts;
    const { first, number, time, whole } = line;
    const entry = first === number ? exit : { line: first, time };
    const logical = { task, bare: prefix.pid < 0, entry, exit, known, text, at, whole };
    if (!whole && known.role !== "memory") this.#mayBeCut(line, text);
    if (resumes) flow.resumed(logical);
    else flow.call(logical);
  }

  #identity({ text, at }: CallLine): void {
    if (this.#parts.prefix.pid >= 0 || this.#ownNumber !== undefined) return;
    this.#ownNumber = childIn(text, at, true);
  }

  /** Keep a line until it is known whose child a task is. */
  #hold({ line, known, text, at, resumes }: CallLine): void {
    const { ahead, prefix } = this.#parts;
    const parent = this.#parts.hold(line, false, resumes);
    if (known.role === "clone" && at < 0) ahead.began();
    else if (known.role === "clone") {
      const { number, time, whole } = line;
      const child = childIn(text, at, whole);
      const bare = prefix.pid < 0;
      const named =
        child === undefined ? undefined : { child, parent, line: number, time, bare, text };
      ahead.ended(named, resumes);
    }
    if (ahead.settled) this.#release();
  }

  #release(): void {
    for (const held of this.#parts.ahead.release())
      if (!held.isPlain || !this.#plain.again(held)) this.#again(held);
  }

  /** A call that does not matter may end in a notice, which does. */
  #cutBy(line: Line): void {
    const notice = noticeOf(latin1(line.bytes, line.start, line.end));
    if (notice !== undefined) this.#others.notice(notice, line);
  }

  /** A call that goes on on the next line. */
  #piece(line: Line): void {
    const text = latin1(line.bytes, line.start, line.end);
    const notice = noticeOf(text);
    if (notice !== undefined) this.#others.notice(notice, line);
    this.#pieces.keep(line, notice === undefined ? text : beforeNotice(text, notice));
  }

  /** The last line, of a call that is no memory call; one that was cut for its length is none. */
  #mayBeCut(line: Line, text: string): void {
    const hasEnd = resultAt(text) >= 0 || text.endsWith(" ...>");
    if (!hasEnd && line.end - line.start < longest) this.#others.cutOff(line);
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
    const { lines } = this.#plain;
    this.#counts.all += lines;
    this.#counts.recognised += lines;
    const { calls, skipped, firstSkipped } = output;
    const { missing, firstMissing } = flow.memory;
    const error = verdict(this.#name, this.#counts, {
      calls,
      missing,
      firstMissing,
      skipped,
      firstSkipped,
    });
    if (error !== undefined) throw error;
  }

  /** What the text itself tells. */
  facts(): Partial<Facts> {
    const { command, machine } = this.#parts.flow.others;
    const told = command === undefined ? {} : { command };
    return { recorder: "strace", ...told, ...machine.facts() };
  }
}

/** Editors turn the blanks before a result into tabs; strace prints tabs of names as `\\t`. */
const spaced = (text: string): string => (text.includes(")\t") ? text.replaceAll("\t", " ") : text);

/** What a notice cut, without the `^C` with which a terminal shows that strace was told to stop. */
const beforeNotice = (text: string, { index }: Notice): string =>
  text.slice(0, text.endsWith("^C", index) ? index - 2 : index);
