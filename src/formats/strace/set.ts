/** How the files that `strace -ff` writes, one per task, become one recording: in the order of their times. */

import { Buffer } from "node:buffer";
import { type Diagnostics, MmreplayError } from "../../errors.ts";
import { LineSplitter } from "../text/lines.ts";
import { plainName } from "../text/packings.ts";
import type { Input } from "../types.ts";
import { LineClock } from "./clock.ts";
import { Prefix } from "./prefix.ts";

/** `out.4711`, without what packing adds. */
const member = /^(.*)\.(\d+)$/s;

/** What the files of one recording are called before the number of the task. */
export function setOf(name: string): string | undefined {
  return member.exec(plainName(name))?.[1];
}

/** The task whose lines a file of this name holds. */
function tidOf(name: string): number | undefined {
  const digits = member.exec(plainName(name))?.[2];
  return digits === undefined ? undefined : Number(digits);
}

interface TimedLine {
  /** With the task's number in front, as `strace-log-merge` prints it. */
  readonly bytes: Buffer;
  readonly time: number;
  readonly whole: boolean;
}

/** The lines of one file, read as they are needed. */
class Member {
  readonly tid: number;
  readonly #chunks: AsyncIterator<Uint8Array>;
  readonly #splitter: LineSplitter;
  readonly #clock = new LineClock();
  readonly #prefix = new Prefix();
  readonly #name: string;
  #ready: TimedLine[] = [];
  #next = 0;
  #ended = false;

  constructor(input: Input, tid: number, diagnostics: Diagnostics) {
    this.tid = tid;
    this.#name = input.name;
    this.#chunks = input.chunks[Symbol.asyncIterator]();
    const front = Buffer.from(`${tid} `);
    this.#splitter = new LineSplitter(
      input.name,
      (bytes, start, end, number, whole) => {
        const time = this.#time(bytes, start, end, number);
        const line = Buffer.concat([front, bytes.subarray(start, end)]);
        this.#ready.push({ bytes: line, time, whole });
      },
      diagnostics,
    );
  }

  /** A line without a time goes on with the one before. */
  #time(bytes: Buffer, start: number, end: number, number: number): number {
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

  /** The next line, or undefined at the end. */
  get head(): TimedLine | undefined {
    return this.#ready[this.#next];
  }

  advance(): void {
    this.#next += 1;
  }

  /** Read until there is a next line. */
  async fill(): Promise<void> {
    if (this.#next < this.#ready.length) return;
    this.#ready = [];
    this.#next = 0;
    while (this.#ready.length === 0 && !this.#ended) {
      const { value, done } = await this.#chunks.next();
      if (done === true) {
        this.#ended = true;
        this.#splitter.end();
      } else this.#splitter.push(value);
    }
  }
}

function membersOf(inputs: readonly Input[], diagnostics: Diagnostics): Member[] {
  const members = new Map<number, Member>();
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
    members.set(tid, new Member(input, tid, diagnostics));
  }
  return [...members.values()].sort((a, b) => a.tid - b.tid);
}

/** Send the lines of all files to the sink, the earliest first; returns the tasks that have a file. */
export async function mergeSet(
  inputs: readonly Input[],
  sink: (bytes: Buffer, number: number, whole: boolean) => void,
  diagnostics: Diagnostics,
): Promise<{ readonly lines: number; readonly tids: ReadonlySet<number> }> {
  let members = membersOf(inputs, diagnostics);
  const tids = new Set(members.map(({ tid }) => tid));
  for (const member of members) await member.fill();
  let lines = 0;
  for (;;) {
    let first: Member | undefined;
    for (const member of members) {
      if ((member.head?.time ?? 0) < (first?.head?.time ?? Number.POSITIVE_INFINITY))
        first = member;
    }
    const line = first?.head;
    if (first === undefined || line === undefined) return { lines, tids };
    lines += 1;
    sink(line.bytes, lines, line.whole);
    first.advance();
    if (first.head !== undefined) continue;
    await first.fill();
    if (first.head === undefined) members = members.filter((member) => member !== first);
  }
}
