/** What lines tell that are no calls: notices of strace, ends of tasks, tables, and what others have printed. */

import { type Line, latin1 } from "./line.ts";
import {
  continues,
  continuesMemory,
  gluedAt,
  isBelowCall,
  isOfPerf,
  type Notice,
  noticeOf,
  summaryLine,
} from "./notices.ts";
import type { Parts } from "./parts.ts";
import { resultAt } from "./result.ts";
import { endingOf, type Told } from "./told.ts";
import type { LineCounts } from "./verdict.ts";

/** Takes lines whose prefix has been read. */
export class OtherLines {
  readonly #parts: Parts;
  readonly #told: Told;
  readonly #counts: LineCounts;

  constructor(parts: Parts, told: Told, counts: LineCounts) {
    this.#parts = parts;
    this.#told = told;
    this.#counts = counts;
  }

  /** A line without terminal escapes. Returns what of it is a memory call, if the program has printed before it. */
  take(line: Line): Line | undefined {
    const { bytes, start, end } = line;
    const { prefix } = this.#parts;
    const text = latin1(bytes, prefix.body, end);
    const notice = noticeOf(text);
    const isEmpty = text.trim() === "";
    if (notice !== undefined) this.notice(notice, line);
    else if (summaryLine(text, this.#counts.summary)) this.#counts.summary = true;
    else if (isBelowCall(bytes, prefix.tells ? prefix.body - 1 : start)) return undefined;
    else if (this.#rest(line, text)) return undefined;
    else if (text.startsWith("???")) this.#nameless(line);
    else if (continuesMemory(text) || (isEmpty && prefix.tells)) this.cutOff(line);
    else if (!continues(text) && !isEmpty) return this.#behindOutput(line) ?? this.#foreign(line);
    return undefined;
  }

  #behindOutput(line: Line): Line | undefined {
    const at = gluedAt(latin1(line.bytes, line.start, line.end));
    if (at < 0) return undefined;
    const message = "output of the program is glued to a memory call";
    this.#parts.output.warn("parse/glued-line", message, line.number, this.#parts.pid);
    return { ...line, start: line.start + at };
  }

  /** `+++ exited with 0 +++`. */
  end(line: Line): void {
    const { prefix, ahead } = this.#parts;
    const ending = endingOf(latin1(line.bytes, prefix.body, line.end));
    if (ending === undefined) {
      this.#foreign(line);
      return;
    }
    this.#counts.recognised += 1;
    if (ahead.active) ahead.hold(line, false);
    else this.#told.ending(ending, prefix, { line: line.number, time: line.time });
  }

  /** A notice on a line of its own, or at the end of another. */
  notice(notice: Notice, line: Line): void {
    this.#counts.recognised += 1;
    this.#told.notice(notice, { line: line.number, time: line.time });
  }

  cutOff(line: Line): void {
    const message = "lines that are cut off at their start or end";
    this.#parts.output.warn("parse/cut-off", message, line.number, this.#parts.pid);
  }

  /** `???( <unfinished ...>`: a task that dies before strace could ask which call it makes. */
  #nameless({ bytes, number }: Line): void {
    this.#counts.recognised += 1;
    const { body } = this.#parts.prefix;
    this.#parts.unimportant(bytes, number, body, body);
  }

  /** True for `)  = 0` below a line that ends with `<unfinished ...>`. */
  #rest(line: Line, text: string): boolean {
    const at = text.startsWith(")") ? resultAt(text) : -1;
    if (at < 0) return false;
    const { ahead, flow, clock } = this.#parts;
    if (ahead.active) ahead.hold(line, false);
    return ahead.active || flow.rest(text, at, { line: line.number, time: clock.now }, line.whole);
  }

  #foreign(line: Line): undefined {
    const text = latin1(line.bytes, line.start, line.end);
    this.#parts.flow.others.machine.printed(text, line.number);
    if (isOfPerf(text)) {
      this.#counts.others += 1;
      if (this.#counts.others === 1) this.#counts.firstOther = line.number;
    }
    this.#parts.output.warn("parse/foreign-line", "lines that are not strace's", line.number, null);
  }
}
