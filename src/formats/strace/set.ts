/** How the files that `strace -ff` writes, one per task, become one recording: in the order of their times. */

import { Buffer } from "node:buffer";
import { Diagnostics, MmreplayError } from "../../errors.ts";
import { type LineSink, LineSplitter } from "../text/lines.ts";
import { plainName } from "../text/packings.ts";
import type { Reopened } from "../types.ts";
import { LineClock } from "./clock.ts";
import { Earliest } from "./earliest.ts";
import { Prefix } from "./prefix.ts";

/** `out.4711`, without what packing adds. */
const member = /^(.*)\.(\d+)$/s;

/** What the files of one recording are called before the number of the task. */
export function setOf(name: string): string | undefined {
  return member.exec(plainName(name))?.[1];
}

/** The task whose lines a file of this name holds. */
export function tidOf(name: string): number | undefined {
  const digits = member.exec(plainName(name))?.[2];
  return digits === undefined ? undefined : Number(digits);
}

interface TimedLine {
  /** With the task's number in front, as `strace-log-merge` prints it. */
  readonly bytes: Buffer;
  readonly time: number;
  readonly whole: boolean;
}

/** When the lines of one file were. */
class Times {
  readonly #name: string;
  readonly #clock = new LineClock();
  readonly #prefix = new Prefix();

  constructor(name: string) {
    this.#name = name;
  }

  /** A line without a time goes on with the one before. */
  of(bytes: Buffer, start: number, end: number, number: number): number {
    this.#prefix.read(bytes, start, end);
    this.#clock.tick(this.#prefix);
    const { now = 0 } = this.#clock;
    const { clock } = this.#prefix;
    if (clock === "unix" || clock === "day" || (clock === "none" && number > 1)) return now;
    throw new MmreplayError("parse/set-without-times", "one file per task needs times to merge", {
      at: { file: this.#name, line: number },
      hint: "record again with strace -ff -ttt, or without -ff",
    });
  }
}

/** Lines of one file are held of so many bytes at a time: there may be a file for each of many tasks. */
const pieceBytes = 16_384;

/** The bytes of a file, piece by piece. */
async function* piecesOf({ open }: Reopened): AsyncGenerator<Uint8Array> {
  for await (const chunk of open(pieceBytes)) {
    for (let at = 0; at < chunk.length; at += pieceBytes) yield chunk.subarray(at, at + pieceBytes);
  }
}

/** The time of the first line, if there is one. */
async function firstTime(input: Reopened): Promise<number | undefined> {
  const times = new Times(input.name);
  let first: number | undefined;
  const splitter = new LineSplitter(
    input.name,
    (bytes, start, end, number) => {
      first ??= times.of(bytes, start, end, number);
    },
    new Diagnostics(),
  );
  for await (const piece of piecesOf(input)) {
    splitter.push(piece);
    if (first !== undefined) return first;
  }
  splitter.end();
  return first;
}

/** The lines of one file, which is open from its first one to its last. */
class Member {
  readonly tid: number;
  /** That of the next line. */
  time: number;
  readonly #input: Reopened;
  readonly #diagnostics: Diagnostics;
  /** Since the first line has been asked for. */
  #splitter: LineSplitter | undefined;
  #pieces: AsyncIterator<Uint8Array> | undefined;
  #ready: TimedLine[] = [];
  #next = 0;
  #ended = false;

  constructor(input: Reopened, tid: number, first: number, diagnostics: Diagnostics) {
    this.#input = input;
    this.tid = tid;
    this.time = first;
    this.#diagnostics = diagnostics;
  }

  #split(): LineSplitter {
    const front = Buffer.from(`${this.tid} `);
    const times = new Times(this.#input.name);
    const sink: LineSink = (bytes, start, end, number, whole) => {
      const time = times.of(bytes, start, end, number);
      const line = Buffer.concat([front, bytes.subarray(start, end)]);
      this.#ready.push({ bytes: line, time, whole });
    };
    return new LineSplitter(this.#input.name, sink, this.#diagnostics);
  }

  /** The next line, if that has been read. */
  take(): TimedLine | undefined {
    const line = this.#ready[this.#next];
    if (line !== undefined) this.#next += 1;
    this.time = this.#ready[this.#next]?.time ?? this.time;
    return line;
  }

  get isReady(): boolean {
    return this.#next < this.#ready.length;
  }

  /** Read until there is a next line; false at the end. */
  async fill(): Promise<boolean> {
    this.#ready = [];
    this.#next = 0;
    this.#pieces ??= piecesOf(this.#input);
    this.#splitter ??= this.#split();
    while (this.#ready.length === 0 && !this.#ended) {
      const { value, done } = await this.#pieces.next();
      if (done === true) {
        this.#ended = true;
        this.#splitter.end();
      } else this.#splitter.push(value);
    }
    this.time = this.#ready[0]?.time ?? this.time;
    return this.isReady;
  }
}

/** The files by their tasks. */
function membersOf(inputs: readonly Reopened[]): readonly (readonly [number, Reopened])[] {
  const members = new Map<number, Reopened>();
  for (const input of inputs) {
    const tid = tidOf(input.name);
    const at = { file: input.name };
    if (tid === undefined) {
      throw new MmreplayError("parse/set-member", "the name does not end with a task's number", {
        at,
        hint: "give the files as strace -ff named them: NAME.TID",
      });
    }
    if (members.has(tid)) {
      throw new MmreplayError("parse/set-member", `two files are of task ${tid}`, {
        at,
        hint: "give each file once",
      });
    }
    members.set(tid, input);
  }
  return [...members];
}

/** Send the lines of all files to the sink, the earliest first; returns how many there were. */
export async function mergeSet(
  inputs: readonly Reopened[],
  sink: (bytes: Buffer, number: number, whole: boolean) => void,
  diagnostics: Diagnostics,
): Promise<number> {
  const members = new Earliest<Member>((a, b) => a.time - b.time || a.tid - b.tid);
  for (const [tid, input] of membersOf(inputs)) {
    const first = await firstTime(input);
    if (first !== undefined) members.push(new Member(input, tid, first, diagnostics));
  }
  let lines = 0;
  for (let { first } = members; first !== undefined; { first } = members) {
    const line = first.take();
    if (line !== undefined) {
      lines += 1;
      sink(line.bytes, lines, line.whole);
    }
    if (first.isReady || (await first.fill())) members.settle();
    else members.pop();
  }
  return lines;
}
