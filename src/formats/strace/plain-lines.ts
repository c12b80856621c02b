/** What a line tells that is of the shape of most lines: told from its bytes, without making text of it. */

import type { Buffer } from "node:buffer";
import { lookUp, matters, nameEnd } from "./names.ts";
import type { Parts } from "./parts.ts";
import { PlainCall } from "./plain.ts";

const lineFeed = 10;
const paren = 40;

export class PlainLines {
  readonly #parts: Parts;
  readonly #call = new PlainCall();
  /** So many lines have been read. */
  lines = 0;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /**
   * A line with a line end, if it is a call that does not matter, or a memory call without anything odd, of a task that
   * is known. Returns where the next line begins, 0 if nothing has been read.
   */
  read(bytes: Buffer, start: number, number: number): number {
    const { prefix, ahead, flow, tracees, merging } = this.#parts;
    if (ahead.active || flow.merged || !prefix.plain(bytes, start, bytes.length)) return 0;
    const { pid, body } = prefix;
    if (!this.#call.read(bytes, body)) return this.#pass(bytes, body, number);
    const task = tracees.lives.get(pid);
    const request = task === undefined ? undefined : flow.asks(task, this.#call);
    if (task === undefined || request === undefined) return 0;
    const { form, duration, next } = this.#call;
    if (!merging.isPlain(prefix)) return 0;
    this.#tick(number);
    merging.seePlain(prefix, form !== "whole", Math.max(duration, 0));
    flow.plain(task, this.#call, request, { line: number, time: prefix.seconds });
    return next;
  }

  /** A plain line whose call does not matter. */
  #pass(bytes: Buffer, body: number, number: number): number {
    const stop = nameEnd(bytes, body, bytes.length);
    if (stop < 0 || bytes[stop] !== paren) return 0;
    const known = lookUp(bytes, body, stop);
    const end = bytes.indexOf(lineFeed, stop);
    if (known !== undefined && matters(known, bytes, stop, end)) return 0;
    this.#tick(number);
    this.#parts.unimportant(bytes, number, body, stop);
    return end + 1;
  }

  #tick(number: number): void {
    this.lines += 1;
    this.#parts.tick(number);
  }
}
