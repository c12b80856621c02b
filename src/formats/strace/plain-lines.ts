/** What a line tells that is of the shape of most lines: told from its bytes, without making text of it. */

import type { Buffer } from "node:buffer";
import type { Held } from "./ahead.ts";
import { readsImage } from "./machine.ts";
import { type Known, lookUp, nameEnd, resumedName } from "./names.ts";
import { isSignal, mayEndInNotice } from "./notices.ts";
import type { Parts } from "./parts.ts";
import { PlainCall } from "./plain.ts";
import { PlainFile } from "./plain-file.ts";
import { PlainScanner } from "./plain-scanner.ts";
import { endMatters, matters } from "./selective-calls.ts";

const lineFeed = 10;
const carriageReturn = 13;
const paren = 40;
const less = 60;

/** A time as others are told it. */
const told = (time: number): number | undefined => (Number.isNaN(time) ? undefined : time);

export class PlainLines {
  readonly #parts: Parts;
  readonly #scan = new PlainScanner();
  readonly #call = new PlainCall(this.#scan);
  readonly #file = new PlainFile(this.#scan);
  /** So many lines have been read. */
  lines = 0;
  /** The line that is being read, if it has been kept. */
  #held: Held | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /**
   * A line with a line end, if it is a call that does not matter, or a memory call without anything odd, of a task that
   * is known. Returns where the next line begins, 0 if nothing has been read.
   */
  read(bytes: Buffer, start: number, number: number): number {
    const { prefix, flow } = this.#parts;
    if (flow.merged) return 0;
    if (!prefix.plain(bytes, start, bytes.length) && !this.#prefix(bytes, start)) return 0;
    if (this.#call.read(bytes, prefix.body)) return this.#memory(start, number);
    if (this.#file.read(bytes, prefix.body)) return this.#open(start, number, false);
    return this.#pass(bytes, start, number);
  }

  /** A line that was kept; false if it is to be read as all others are. */
  again(line: Held): boolean {
    this.#held = line;
    const next = this.read(line.bytes, line.start, line.number);
    this.#held = undefined;
    return next > 0;
  }

  /** True if something follows the prefix of the line. */
  #prefix(bytes: Buffer, start: number): boolean {
    const { prefix } = this.#parts;
    const feed = bytes.indexOf(lineFeed, start);
    const end = bytes[feed - 1] === carriageReturn ? feed - 1 : feed;
    if (end <= start) return false;
    prefix.any(bytes, start, end);
    return prefix.body < end;
  }

  /** What `#call` has read. */
  #memory(start: number, number: number): number {
    const { prefix, ahead, flow, tracees, merging } = this.#parts;
    const call = this.#call;
    const { form, duration, next } = call;
    if (ahead.active) return this.#hold(start, number, call, form !== "whole", form === "end");
    const task = tracees.certain(prefix);
    const request = task === undefined ? undefined : flow.asks(task, call);
    if (task === undefined || request === undefined) return 0;
    const isTimed = prefix.clock === "unix" && this.#held === undefined;
    const time = isTimed ? prefix.seconds : this.#time();
    const { isSettled } = merging;
    if (!isSettled && !merging.isPlain(prefix, time)) return 0;
    this.#tick(number);
    if (prefix.bracketed) tracees.followed.see(prefix);
    if (!isSettled) merging.seePlain(prefix, time, form !== "whole", Math.max(duration, 0));
    call.line = number;
    call.time = time;
    call.bare = prefix.pid < 0;
    flow.plain(task, call, request);
    return next;
  }

  /** What `#file` has read; `ends` if it is the end of this call. */
  #open(start: number, number: number, ends: boolean): number {
    const { prefix, ahead, flow, tracees, merging } = this.#parts;
    if (ahead.active)
      return this.#hold(start, number, this.#file, ends || this.#file.form === "begin", ends);
    const task = tracees.certain(prefix);
    const time = this.#time();
    const { isSettled } = merging;
    if (task === undefined || !(isSettled || merging.isPlain(prefix, time))) return 0;
    const { known, form, duration, next } = this.#file;
    if (ends && !flow.mayEndFile(task, known)) return 0;
    const begins = !ends && form === "begin";
    this.#tick(number);
    if (prefix.bracketed) tracees.followed.see(prefix);
    if (!isSettled) merging.seePlain(prefix, time, ends || begins, Math.max(duration, 0));
    if (begins) {
      const { pid, body } = prefix;
      flow.beginFile(task, this.#file, body, { line: number, time: told(time) }, pid < 0);
    } else flow.file(task, this.#file, number, ends);
    return next;
  }

  /** A line of any other call, of the end of one, or of a signal: most of them do not matter. */
  #pass(bytes: Buffer, start: number, number: number): number {
    const { body } = this.#parts.prefix;
    const resumed = bytes[body] === less ? resumedName(bytes, body, bytes.length) : undefined;
    const from = resumed === undefined ? body : resumed[0];
    const stop = resumed === undefined ? nameEnd(bytes, body, bytes.length) : resumed[1];
    const isCall = stop > 0 && (resumed !== undefined || bytes[stop] === paren);
    if (!isCall && !isSignal(bytes, body)) return 0;
    const known = isCall ? lookUp(bytes, from, stop) : undefined;
    const ends = resumed !== undefined;
    if (known !== undefined && !known.isSelective)
      return ends ? this.#end(bytes, start, number, known, stop) : 0;
    const end = bytes.indexOf(lineFeed, body);
    const isDos = bytes[end - 1] === carriageReturn;
    if (mayEndInNotice(bytes, isDos ? end - 1 : end)) return 0;
    if (known === undefined && isCall && readsImage(bytes, from, end) !== undefined) return 0;
    const asks = ends ? endMatters : matters;
    if (known !== undefined && asks(known, bytes, stop, end)) {
      if (ends) return this.#end(bytes, start, number, known, stop);
      return this.#file.readNamed(bytes, stop, known) ? this.#open(start, number, false) : 0;
    }
    this.#tick(number);
    if (isCall) {
      this.#parts.unimportant(bytes, number, body, ends ? body : stop);
    } else this.#parts.signal(bytes, body);
    return end + 1;
  }

  /** The end of a call that matters, whose name ends at `stop`. */
  #end(bytes: Buffer, start: number, number: number, known: Known, stop: number): number {
    const isPlain = known.role === "file" && this.#file.readEnd(bytes, stop, known);
    return isPlain ? this.#open(start, number, true) : 0;
  }

  /** Keep a line that `read` has read until it is known whose child a task is. */
  #hold(
    start: number,
    number: number,
    { duration, next }: PlainCall | PlainFile,
    isMarked: boolean,
    resumes: boolean,
  ): number {
    const { prefix, ahead, tracees, merging } = this.#parts;
    const time = this.#time();
    if (ahead.isFull || !merging.isPlain(prefix, time)) return 0;
    this.#tick(number);
    tracees.followed.see(prefix);
    merging.seePlain(prefix, time, isMarked, Math.max(duration, 0));
    const { bytes } = this.#scan;
    const end = next - 1;
    const held = { bytes, start, end, first: number, number, whole: true, time: told(time) };
    this.#parts.hold(held, true, resumes);
    return next;
  }

  /** That of the line; NaN if it has none. */
  #time(): number {
    const held = this.#held;
    if (held !== undefined) return held.time ?? Number.NaN;
    return this.#parts.clock.timeOf(this.#parts.prefix);
  }

  #tick(number: number): void {
    if (this.#held !== undefined) return;
    this.lines += 1;
    this.#parts.tick(number);
  }
}
