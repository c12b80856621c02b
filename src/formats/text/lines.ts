/** Where the lines of a text are: numbered, streamed, whatever ends them, and never one held twice. */

import { Buffer, isAscii, isUtf8 } from "node:buffer";
import { type Diagnostics, MmreplayError } from "../../errors.ts";
import type { Input } from "../types.ts";
import { refuseEncoding } from "./encodings.ts";

/**
 * Receives `bytes[start, end)`, a line without its end, valid until it returns; a line end stands at `bytes[end]`.
 * `number` is 1-based. `whole` is false if the last line has no line end, or if the line was cut at 10 MiB.
 */
export type LineSink = (
  bytes: Buffer,
  start: number,
  end: number,
  number: number,
  whole: boolean,
) => void;

export interface LineOptions {
  /** True if a line that begins like this may be longer than 10 MiB; what follows is dropped. */
  readonly mayBeLong?: (bytes: Buffer, start: number, end: number) => boolean;
  /**
   * Takes the line that begins at `start`, if it is of a plain shape, and returns where the next line begins; returns 0
   * for a line that is to be delivered as all others are. There is a line end behind `start`, and no NUL or bad UTF-8.
   */
  readonly plain?: (bytes: Buffer, start: number, number: number) => number;
}

const lf = 10;
const cr = 13;
const headBytes = 65_536;
/** Bytes of a line beyond which it is cut, or refused. */
export const longest: number = 10 * 1024 * 1024;

/** Bytes that grow at their end, with a line end behind them: what a longer line has left there is not read. */
class Tail {
  bytes: Buffer = Buffer.alloc(headBytes);
  length = 0;

  append(chunk: Uint8Array, start: number, end: number): void {
    const needed = this.length + end - start;
    if (needed >= this.bytes.length) {
      const larger = Buffer.alloc(Math.max(needed + 1, 2 * this.bytes.length));
      this.bytes.copy(larger, 0, 0, this.length);
      this.bytes = larger;
    }
    this.bytes.set(chunk.subarray(start, end), this.length);
    this.bytes[needed] = lf;
    this.length = needed;
  }
}

/** Cuts chunks into lines. The first 64 KiB decide about encoding and line ends, so the cuts between chunks never do. */
export class LineSplitter {
  readonly #name: string;
  readonly #sink: LineSink;
  readonly #diagnostics: Diagnostics;
  readonly #options: LineOptions;
  readonly #tail: Tail = new Tail();
  #lineEnd = 0;
  #lines = 0;
  /** The rest of a line that is too long. */
  #skipping = false;

  constructor(name: string, sink: LineSink, diagnostics: Diagnostics, options: LineOptions = {}) {
    this.#name = name;
    this.#sink = sink;
    this.#diagnostics = diagnostics;
    this.#options = options;
  }

  /** Lines so far. */
  get lines(): number {
    return this.#lines;
  }

  push(chunk: Uint8Array): void {
    if (this.#lineEnd !== 0) {
      this.#split(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
      return;
    }
    if (this.#tail.length === 0 && chunk.length >= headBytes) {
      this.#begin(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
      return;
    }
    this.#tail.append(chunk, 0, chunk.length);
    if (this.#tail.length >= headBytes) this.#begin(this.#head());
  }

  /** A copy of what has been kept. */
  #head(): Buffer {
    const head = Buffer.from(this.#tail.bytes.subarray(0, this.#tail.length));
    this.#tail.length = 0;
    return head;
  }

  end(): void {
    if (this.#lineEnd === 0) this.#begin(this.#head());
    const { bytes, length } = this.#tail;
    if (length > 0) this.#deliver(bytes, 0, length, false, true);
    this.#tail.length = 0;
  }

  /** The first bytes, of which there are 64 KiB if there are that many. */
  #begin(head: Buffer): void {
    const start = refuseEncoding(head, this.#name);
    const hasReturn = head.subarray(0, headBytes - 1).includes(cr);
    this.#lineEnd = hasReturn && !head.subarray(0, headBytes).includes(lf) ? cr : lf;
    this.#split(head.subarray(start));
  }

  #split(chunk: Buffer): void {
    const last = chunk.lastIndexOf(this.#lineEnd);
    let start = 0;
    if (last >= 0 && (this.#tail.length > 0 || this.#skipping)) {
      const end = chunk.indexOf(this.#lineEnd);
      this.#finish(chunk, end);
      start = end + 1;
    }
    if (start <= last) this.#whole(chunk.subarray(start, last + 1));
    this.#keep(chunk, last + 1);
  }

  /** Whole lines. */
  #whole(lines: Buffer): void {
    const clean = (isAscii(lines) || isUtf8(lines)) && !lines.includes(0);
    const plain = clean && this.#lineEnd === lf ? this.#options.plain : undefined;
    let start = 0;
    while (start < lines.length) {
      const next = plain === undefined ? 0 : plain(lines, start, this.#lines + 1);
      if (next > 0) {
        this.#lines += 1;
        start = next;
        continue;
      }
      const end = lines.indexOf(this.#lineEnd, start);
      this.#deliver(lines, start, end, true, !clean);
      start = end + 1;
    }
  }

  /** The line that began in an earlier chunk ends here. */
  #finish(chunk: Buffer, end: number): void {
    const skipped = this.#skipping;
    if (!skipped) this.#tail.append(chunk, 0, end);
    this.#skipping = false;
    const { bytes, length } = this.#tail;
    this.#tail.length = 0;
    this.#deliver(bytes, 0, length, !skipped, true);
  }

  #keep(chunk: Buffer, start: number): void {
    if (this.#skipping) return;
    const room = longest - this.#tail.length;
    this.#tail.append(chunk, start, Math.min(chunk.length, start + room));
    if (this.#tail.length < longest) return;
    if (this.#options.mayBeLong?.(this.#tail.bytes, 0, longest) !== true) {
      const at = { file: this.#name, line: this.#lines + 1 };
      throw new MmreplayError("parse/no-line-end", "10 MiB without a line end", {
        at,
        hint: "give the text that the recorder wrote, not binary data",
      });
    }
    this.#skipping = true;
  }

  #deliver(bytes: Buffer, start: number, end: number, whole: boolean, check: boolean): void {
    this.#lines += 1;
    if (check) this.#check(bytes.subarray(start, end));
    const bare = this.#lineEnd === lf && end > start && bytes[end - 1] === cr ? end - 1 : end;
    this.#sink(bytes, start, bare, this.#lines, whole);
  }

  #check(line: Buffer): void {
    if (isUtf8(line) && !line.includes(0)) return;
    this.#diagnostics.warn(
      "parse/bad-bytes",
      "lines hold NUL or bytes that are not UTF-8",
      this.#lines,
    );
  }
}

/** Send each line of the input to the sink; returns how many there were. */
export async function readLines(
  input: Input,
  sink: LineSink,
  diagnostics: Diagnostics,
  options: LineOptions = {},
): Promise<number> {
  const splitter = new LineSplitter(input.name, sink, diagnostics, options);
  for await (const chunk of input.chunks) splitter.push(chunk);
  splitter.end();
  return splitter.lines;
}
