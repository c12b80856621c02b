/** What memory calls did, from their lines: whole ones, starts, ends, and what never ended. */

import type { Call, Outcome } from "../../trace/event.ts";
import type { OpenFile } from "../../trace/file.ts";
import type { Order } from "../order.ts";
import type { Request } from "../request.ts";
import type { Place } from "./call-event.ts";
import type { Calls } from "./calls.ts";
import { type At, printedTid, type Task } from "./lives.ts";
import { entryOf, type Logical, type Open, opened, resultOf, writtenName } from "./logical.ts";
import type { Parsed } from "./memory.ts";
import type { Output } from "./output.ts";
import type { PlainCall } from "./plain.ts";
import { plainEvent } from "./plain-event.ts";
import { bareResult, closingBefore, resultAt } from "./result.ts";

/** The moment so many seconds later. */
const later = (at: At, seconds: number | undefined): At =>
  seconds === undefined || at.time === undefined ? at : { line: at.line, time: at.time + seconds };

const none: readonly string[] = [];

export class MemoryLines {
  readonly #calls: Calls;
  readonly #order: Order;
  readonly #output: Output;
  /** Calls without any result, and the line of the first. */
  missing = 0;
  firstMissing = 0;

  constructor(calls: Calls, order: Order, output: Output) {
    this.#calls = calls;
    this.#order = order;
    this.#output = output;
  }

  /** A call begins. All of its arguments are known then, unless the line was cut. */
  begin(line: Logical, text: string): Open {
    const { task, known, entry, bare } = line;
    const place: Place = { task, bare, entry, exit: entry, name: writtenName(text) };
    const parsed = this.#calls.parse(known.name, text, text.length, place);
    // What is wrong with the arguments is told when the call ends: they may not be complete yet.
    if (parsed === undefined || "code" in parsed || parsed.ring !== undefined) {
      return opened(line, text);
    }
    const file = this.#calls.printedFile(parsed, task);
    const begun = this.#order.begin(task.space, parsed.request);
    const written = place.name === known.name ? known.name : place.name;
    const { request, unknown } = parsed;
    return opened(line, written, { request, unknown, file, begun });
  }

  /** A call ends that began on another line. */
  end(line: Logical, open: Open): void {
    const { request, unknown = none, file } = open;
    if (request === undefined) {
      const text = open.text + line.text.trimStart();
      this.whole({ ...line, text, at: resultAt(text) });
      return;
    }
    const name = writtenName(open.text);
    this.#close(line.task, open, this.#event(line, { request, unknown }, file, name));
  }

  /** A call on one line, or joined to one. */
  whole(line: Logical): void {
    const { task, known, entry, exit, bare, text, at } = line;
    const close = at < 0 ? text.lastIndexOf(")") : closingBefore(text, at);
    if (close < 0) {
      this.#cut(line);
      return;
    }
    const name = writtenName(text);
    const place: Place = { task, bare, entry, exit, name };
    const parsed = this.#calls.parse(known.name, text, close, place);
    if (parsed === undefined) return;
    if ("code" in parsed) {
      this.#calls.skip(parsed, place);
      return;
    }
    const call = this.#event(line, parsed, this.#calls.printedFile(parsed, task), name);
    if (call !== undefined) this.#order.add(task.space, call);
  }

  /** A plain line that begins a call. */
  beginPlain(task: Task, plain: PlainCall, request: Request): Open {
    const { known, line, time, bare } = plain;
    const file = plain.call === "mmap" ? this.#calls.file(request, plain.file, task) : undefined;
    const begun = this.#order.begin(task.space, request);
    return {
      known,
      text: known.name,
      line,
      time,
      bare,
      request,
      unknown: undefined,
      file,
      begun,
      caller: undefined,
      asked: undefined,
    };
  }

  /** A plain line that ends one. */
  endPlain(task: Task, open: Open, request: Request, plain: PlainCall): void {
    const { value, error } = plain;
    this.#output.count(error === null ? "ok" : "error");
    const event = plainEvent(request, plain, task.tid, open.file, open);
    const effect = error === null ? value : undefined;
    if (open.begun === undefined) this.#order.made(task.space, event, request, effect);
    else this.#order.ended(open.begun, event, request, effect);
  }

  /** A plain line with all of a call. */
  wholePlain(task: Task, plain: PlainCall, request: Request): void {
    const { value, error } = plain;
    const file = plain.call === "mmap" ? this.#calls.file(request, plain.file, task) : undefined;
    this.#output.count(error === null ? "ok" : "error");
    const event = plainEvent(request, plain, task.tid, file);
    this.#order.made(task.space, event, request, error === null ? value : undefined);
  }

  /** A call that will not be seen to return. */
  give(task: Task, open: Open, outcome: Outcome): void {
    const { request, unknown = none, bare, file } = open;
    if (request === undefined) return;
    const entry = entryOf(open);
    const parsed = { request, unknown };
    const place: Place = { task, bare, entry, exit: entry, name: writtenName(open.text) };
    this.#close(task, open, this.#calls.event(parsed, file, bareResult(outcome), place));
  }

  #close(task: Task, open: Open, call: Call | undefined): void {
    if (open.begun !== undefined) this.#order.end(open.begun, call);
    else if (call !== undefined) this.#order.add(task.space, call);
  }

  #cut(line: Logical): void {
    this.#skip(line, "parse/cut-line", "a memory call is cut in the middle");
  }

  #warn(line: Logical, code: string, message: string): void {
    this.#output.warn(code, message, line.exit.line, printedTid(line));
  }

  #skip(line: Logical, code: string, message: string): void {
    this.#output.skip(line.known.name, code, message, line.exit.line, printedTid(line));
  }

  #event(
    line: Logical,
    parsed: Omit<Parsed, "fdText">,
    file: OpenFile | undefined,
    name: string,
  ): Call | undefined {
    const { task, bare, entry } = line;
    const result = resultOf(line);
    if (result === "cut") {
      this.#cut(line);
      return undefined;
    }
    if (result === "malformed") {
      this.#skip(line, "parse/bad-result", "a result is no number of at most 64 bits");
      return undefined;
    }
    if (result.outcome === "missing") {
      this.missing += 1;
      if (this.missing === 1) this.firstMissing = line.exit.line;
      this.#warn(line, "parse/no-result", "a memory call without a result");
    }
    if (result.injected) {
      this.#warn(line, "parse/injected", "an injected result: the call was not made");
    }
    const exit = entry.line === line.exit.line ? later(line.exit, result.duration) : line.exit;
    return this.#calls.event(parsed, file, result, { task, bare, entry, exit, name });
  }
}
