/** Whether a terminal or a mail program broke the lines of a recorder at a width, and the lines as they were. */

import { Buffer } from "node:buffer";

type Chunks = AsyncIterable<Uint8Array>;

/** How lines were broken. */
export interface Folding {
  /** The longest line there may be, in bytes. */
  readonly width: number;
  /** Between words, and not wherever the width ends. */
  readonly atWords: boolean;
  /** What a mail program put before every line. */
  readonly isQuoted: boolean;
}

/** Lines that are looked at, and how many of them have to be broken. */
const looked = 400;
const enough = 3;
/** A narrower text was not meant to be read. */
const narrowest = 40;
/** Bytes of a line that are put together again. */
const longest = 65_536;

const quote = /^(?:> ?)+/;

/** What each line of strace begins with; a prefix may stand alone before a long word. */
const beginning = new RegExp(
  [
    /^(?:\[pid +\d+(?:<[^>]*>)?\] *|\d{1,7}(?:<[^>]*>)? +)?(?:(?:\d\d:\d\d:\d\d|\d+)(?:\.\d+)? +)?/,
    /(?:\(\+ *\d+\.\d+\) )?(?:\[[ \da-f]+\] )*(?:[a-zA-Z_]\w*\(|<\.\.\. |\+\+\+ |--- |strace: )/,
  ]
    .map(({ source }) => source)
    .join(""),
);

/** What each line of the other recorders begins with: a task and its CPU, or the times of perf trace. */
const eventBeginning =
  /^(?:\s*#|\s*.{0,40}?[\s-]\d+(?:\/\d+)?\s+(?:\(\s*[\d-]+\)\s+)?\[\d{3,}\]\s|\s*(?:\d+\.\d+|\?) \( *(?:\d+\.\d+ ms)? *\): )/;

/** A stack frame or bytes of a call stand below it, and notices may. */
const below = /^ [>|] |^\s+=> |^\s+[0-9a-f]{6,16} \S|^\[ Process |^\S*strace\S*: |^Process \d+ /;
/** A notice that cut a call, the rest of which follows. */
const notice = /Process \d+(?:<[^>]*>)? attached$/;
const bare = /^(?:[a-z_]\w*\(|<\.\.\. )/;
const prefix = /^(?:\[pid +\d+\] *|\d{1,7} +)?(?:(?:\d\d:\d\d:\d\d|\d{9,10})(?:\.\d+)?)$/;

const begins = (line: string): boolean =>
  line === "" ||
  beginning.test(line) ||
  eventBeginning.test(line) ||
  below.test(line) ||
  prefix.test(line);

const textOf = (line: string, isQuoted: boolean): string =>
  (isQuoted ? line.replace(quote, "") : line).replace(/\r+$/, "");

/** The length of a line up to which the first word of the next one would have come. */
const withWord = (line: string, next: string): number =>
  line.length + 1 + (/^\S*/.exec(next)?.[0].length ?? 0);

/** How the lines of a text are broken that begins like this; undefined if they are not. */
export function foldingOf(head: Uint8Array): Folding | undefined {
  const text = Buffer.from(head.buffer, head.byteOffset, head.byteLength).toString("latin1");
  const printed = text.slice(0, text.lastIndexOf("\n") + 1).split("\n", looked);
  const isQuoted = printed.filter((line) => quote.test(line)).length * 3 > printed.length * 2;
  const lines = printed.map((line) => textOf(line, isQuoted));
  const starts = lines.filter((line) => line !== "" && begins(line)).length;
  const pairs = lines.map((line, index) => ({ line, next: lines[index + 1] ?? "" }));
  const brokenPairs = pairs.filter(({ line, next }) => isBroken(line, next));
  const broken = brokenPairs.map(({ line }) => line);
  if (starts < enough || starts * 5 < lines.length || broken.length < enough) return undefined;
  const usual = usualOf(broken.map(({ length }) => length));
  const filled = broken.filter(({ length }) => length === usual);
  const longer = lines.filter(({ length }) => length > usual).length;
  if (longer * 20 <= lines.length && usual >= narrowest && isMany(filled, broken))
    return { width: usual, atWords: false, isQuoted };
  const width = widthOf(lines);
  const short = brokenPairs
    .filter(({ line, next }) => goesOn(line, next, width))
    .map(({ line }) => line);
  return width >= narrowest && isMany(short, broken)
    ? { width, atWords: true, isQuoted }
    : undefined;
}

/** A line goes on below that neither a notice nor the output of a program has cut. */
const isBroken = (line: string, next: string): boolean =>
  !begins(next) && !notice.test(line) && !/^\)\s*=/.test(next);

/** Most lines that go on do so as it is thought, several of them where a call begins. */
const isMany = (some: readonly string[], all: readonly string[]): boolean =>
  some.filter(begins).length >= enough && some.length * 10 >= all.length * 7;

/** The length that most have; letters beyond ASCII make a line longer than it looks. */
function usualOf(lengths: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const length of lengths) counts.set(length, (counts.get(length) ?? 0) + 1);
  return [...counts].reduce((most, next) => (next[1] > most[1] ? next : most), [0, 0])[0];
}

/** The longest line with more than one word: one that is longer would have been broken. */
const widthOf = (lines: readonly string[]): number =>
  Math.max(
    0,
    ...lines.map((line) => line.trim()).map((line) => (line.includes(" ") ? line.length : 0)),
  );

/** True if the first word of the next line would have made a line too long, or a prefix stands alone. */
const goesOn = (line: string, next: string, width: number): boolean =>
  begins(next)
    ? prefix.test(line.trimEnd()) && bare.test(next)
    : withWord(line.trimEnd(), next) > width;

/** Lines as they come, put together again: the text of all of them stands on the last one's. */
class Unfolder {
  readonly #folding: Folding;
  /** What may go on, the last line of it, and how many there are. */
  #held: string | undefined;
  #last = "";
  #lines = 0;

  constructor(folding: Folding) {
    this.#folding = folding;
  }

  /** What can be told after this line. */
  push(printed: string): string {
    const { width, atWords, isQuoted } = this.#folding;
    const line = textOf(printed, isQuoted);
    const isNext = atWords
      ? goesOn(this.#last, line, width)
      : this.#last.length === width && !begins(line);
    if (this.#held === undefined || !isNext || this.#held.length > longest) {
      const told = this.end();
      this.#held = line;
      this.#lines = 1;
      this.#last = line;
      return told;
    }
    this.#held = atWords ? `${this.#held.trimEnd()} ${line}` : this.#held + line;
    this.#lines += 1;
    this.#last = line;
    return "";
  }

  end(): string {
    const held = this.#held;
    this.#held = undefined;
    return held === undefined ? "" : `${"\n".repeat(this.#lines - 1)}${held}\n`;
  }
}

const lf = 10;

/** The text with its lines put together again; lines that went on leave empty ones, so that numbers stay. */
export async function* unfolded(chunks: Chunks, folding: Folding): AsyncGenerator<Uint8Array> {
  const unfolder = new Unfolder(folding);
  const plain = (bytes: Buffer): string =>
    bytes
      .toString("latin1")
      .split("\n")
      .map((line) => unfolder.push(line))
      .join("");
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of chunks) {
    const bytes = Buffer.concat([rest, chunk]);
    const end = bytes.lastIndexOf(lf);
    rest = bytes.subarray(end + 1);
    if (end >= 0) yield Buffer.from(plain(bytes.subarray(0, end)), "latin1");
    if (rest.length > longest * 16) {
      yield Buffer.from(unfolder.end(), "latin1");
      yield rest;
      rest = Buffer.alloc(0);
    }
  }
  const last = rest.length > 0 ? plain(rest) : "";
  yield Buffer.from(last + unfolder.end(), "latin1");
}
