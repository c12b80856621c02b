/** Where the runs of a store are, and how one is added: JSON lines that are read one by one and only ever appended to. */

import {
  closeSync,
  createReadStream,
  existsSync,
  fstatSync,
  fsyncSync,
  openSync,
  readSync,
  statSync,
  writeFileSync,
} from "node:fs";
import type { Diagnostics } from "../errors.ts";
import { type LineSink, LineSplitter, longest } from "../formats/text/lines.ts";
import type { Counts } from "../reports/counts.ts";
import { noRun, noStore, notWritten, otherOptions, tooLong } from "./errors.ts";
import { differing, Reader } from "./reader.ts";
import { type Head, headOf, partLine, type Run, wholeLine } from "./run.ts";

function byteAt(file: number, position: number): number | undefined {
  const byte = Buffer.alloc(1);
  return readSync(file, byte, 0, 1, position) === 1 ? byte[0] : undefined;
}

const lineEnd = 10;

/** `{`, what may stand in the place of a line, or nothing at all. */
const firstBytes: readonly (number | undefined)[] = [..."{\n\0", undefined].map((one) =>
  one?.charCodeAt(0),
);

/** Throws for what cannot be a store, whatever its lines are. */
function checkFile(path: string): void {
  if (!statSync(path).isFile()) throw noStore({ file: path }, undefined);
  const file = openSync(path, "r");
  try {
    if (!firstBytes.includes(byteAt(file, 0))) throw noStore({ file: path }, undefined);
  } finally {
    closeSync(file);
  }
}

interface Line {
  readonly text: string;
  readonly number: number;
}

/** The lines of a store as they are read; empty ones are none. */
async function* linesOf(path: string, diagnostics: Diagnostics): AsyncGenerator<Line> {
  checkFile(path);
  const lines: Line[] = [];
  const take: LineSink = (bytes, start, end, number) => {
    if (end > start) lines.push({ text: bytes.toString("utf8", start, end), number });
  };
  const splitter = new LineSplitter(path, take, diagnostics, { mayBeLong: () => true });
  for await (const chunk of createReadStream(path)) {
    splitter.push(chunk);
    yield* lines.splice(0);
  }
  splitter.end();
  yield* lines;
}

/** The runs of a store, the oldest first, one at a time; throws `history/...`, warns of lines that were cut. */
export async function* runsOf(path: string, diagnostics: Diagnostics): AsyncGenerator<Run> {
  const reader = new Reader(path, diagnostics);
  for await (const { text, number } of linesOf(path, diagnostics)) {
    const run = reader.take(text, number);
    if (run !== undefined) yield run;
  }
  if (reader.runs === 0) throw noRun(path);
}

/** A line at the end, in one piece: of two jobs that write at once each has its own. A cut line before it is closed. */
function append(path: string, text: string): void {
  const file = openSync(path, "a+");
  try {
    const { size } = fstatSync(file);
    const isCut = size > 0 && byteAt(file, size - 1) !== lineEnd;
    const bytes = Buffer.from(`${isCut ? "\n" : ""}${text}\n`);
    writeFileSync(file, bytes);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Only what differs from the latest whole line, until such lines are together longer than a whole one. */
function lineOf(run: Head & Counts, { whole, since }: Reader): string {
  const all = JSON.stringify(wholeLine(headOf(run), run));
  const part = whole === undefined ? undefined : partLine(headOf(run), run, whole);
  if (part === undefined) return all;
  const short = JSON.stringify(part);
  return since + short.length > all.length ? all : short;
}

/** What a run was added to. */
export interface Added {
  /** How many runs the store now has. */
  readonly runs: number;
  readonly run: Head & Counts;
  readonly before: Run | undefined;
}

/**
 * Add a run to a store, and make the store if there is none; the run is asked for when the store is known to be one. Throws
 * `history/...`, `io/unwritable`.
 */
export async function addRun(
  path: string,
  make: () => Head & Counts,
  diagnostics: Diagnostics,
): Promise<Added> {
  const reader = new Reader(path, diagnostics);
  if (existsSync(path))
    for await (const { text, number } of linesOf(path, diagnostics)) reader.take(text, number);
  const run = make();
  const { last: before, runs } = reader;
  if (before !== undefined && differing(before.options, run.options).length > 0)
    throw otherOptions(path, before.options, run.options);
  const text = lineOf(run, reader);
  if (Buffer.byteLength(text) >= longest) throw tooLong(path);
  try {
    append(path, text);
  } catch (error) {
    throw notWritten(error, path);
  }
  return { runs: runs + 1, run, before };
}
