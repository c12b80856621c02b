/** How files, folders and pipes become inputs, and results and errors become output. */

import {
  closeSync,
  createWriteStream,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  realpathSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { basename, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { type At, type Diagnostics, MmreplayError } from "../errors.ts";
import type { Source } from "../formats/bundle.ts";
import { headOf } from "../record/head.ts";
import { isBzip2, unpackedBzip2 } from "./bzip2.ts";
import { isPerfData, printedPerfData } from "./perf-data.ts";
import { withProgress } from "./progress.ts";
import { standardOutput, unwritable } from "./system.ts";
import { temporaryFile } from "./temporary-file.ts";
import { visible } from "./visible.ts";

/** What `-` stands for among inputs, and behind `-o`. */
export const stdin = "/dev/stdin";
export const stdout = "/dev/stdout";

let spooled: Promise<string> | undefined;

/** Standard input in a file of its own: a format looks at its head before it is read, and a pipe cannot go back. */
async function spool(): Promise<string> {
  const path = temporaryFile("stdin");
  await pipeline(process.stdin, createWriteStream(path));
  return path;
}

/** Bytes that tell what a file is. */
const telling = 8;

/** Bytes of a file that are read at once, unless fewer are wanted: malloc() maps and unmaps what has 128 KiB and more. */
const usualChunk = 65_536;

/** The bytes of a file, so many at a time. A stream takes several times as long to hand them on. */
function* chunksOf(path: string, chunkBytes: number): Generator<Uint8Array> {
  const file = openSync(path, "r");
  try {
    for (;;) {
      const chunk = Buffer.allocUnsafeSlow(chunkBytes);
      const length = readSync(file, chunk);
      if (length === 0) return;
      yield chunk.subarray(0, length);
    }
  } finally {
    closeSync(file);
  }
}

/** The bytes of a file, of perf.data those of its text; what this process cannot unpack is unpacked. */
async function* bytesOf(
  path: string,
  chunkBytes = usualChunk,
  name = basename(path),
): AsyncGenerator<Uint8Array> {
  const head = headOf(path, telling);
  if (isBzip2(head)) yield* unpackedBzip2(path);
  else {
    const readable = isPerfData(head) ? await printedPerfData(path) : path;
    const about = statSync(readable);
    const isSmall = about.isFile() && about.size > 0 && about.size <= chunkBytes;
    if (isSmall) yield readFileSync(readable);
    else {
      yield* withProgress(chunksOf(readable, chunkBytes), name, about.size);
    }
  }
}

async function* standardInput(): AsyncGenerator<Uint8Array> {
  spooled ??= spool();
  yield* bytesOf(await spooled, usualChunk, "stdin");
}

/** A file, or standard input, as something that can be opened. */
function fileSource(path: string): Source {
  if (path === stdin) return { name: "stdin", open: standardInput };
  return {
    name: basename(path),
    open: (chunkBytes) => bytesOf(path, chunkBytes),
    isPrinted: () => isPerfData(headOf(path, telling)),
  };
}

/** Everything in a folder, one level deep: a folder inside is a set of files (strace -ff). */
function folderSources(path: string): Source[] {
  return readdirSync(path, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      if (entry.isFile()) return [fileSource(join(path, entry.name))];
      if (!entry.isDirectory()) return [];
      return readdirSync(join(path, entry.name), { withFileTypes: true })
        .filter((inner) => inner.isFile())
        .map((inner) => {
          const source = fileSource(join(path, entry.name, inner.name));
          return { ...source, name: `${entry.name}/${inner.name}` };
        });
    });
}

/** What a path on the command line names. */
export interface Located {
  /** Shown to people: the path without a trailing slash. */
  readonly path: string;
  readonly folder: boolean;
  /** Files were named one by one. */
  readonly apart?: boolean;
  readonly sources: readonly Source[];
  /** The path of each source by its name. */
  readonly shown: ReadonlyMap<string, string>;
}

/** The root, and what the kernel shows of itself: some of those files never end. */
const ofSystem = /^\/(?:$|(?:proc|sys)(?:\/|$))/;

/** Look at a path; throws `io/missing` or `io/unreadable`, of folders `io/empty-folder` or `io/system-folder`. */
export function locate(path: string): Located {
  if (path === stdin) {
    return { path: "stdin", folder: false, sources: [fileSource(path)], shown: new Map() };
  }
  if (!existsSync(path))
    throw new MmreplayError("io/missing", "no such file or folder", {
      at: { file: path },
      hint: path.includes("\ufffd")
        ? "a name that is not UTF-8 cannot be given; read the file from standard input: - < FILE"
        : "check the path; `mmreplay record -- PROGRAM` makes a new trace",
    });
  const clean = path.replace(/\/+$/, "") || "/";
  const folder = statSync(path).isDirectory();
  if (folder && ofSystem.test(realpathSync(path)))
    throw new MmreplayError(
      "io/system-folder",
      "this is a folder of the system, not of recordings",
      {
        at: { file: path },
        hint: "name a recording, or the folder that holds it",
      },
    );
  const sources = folder ? folderSources(path) : [fileSource(path)];
  if (folder && sources.length === 0)
    throw new MmreplayError("io/empty-folder", "the folder holds no files", {
      at: { file: path },
      hint: "name a recording, or a folder with one",
    });
  const shown = new Map(sources.map(({ name }) => [name, folder ? join(clean, name) : clean]));
  return { path: clean, folder, sources, shown };
}

/** Bytes of a file, or of the files in a folder. */
export function sizeOf(path: string): number {
  if (!statSync(path).isDirectory()) return statSync(path).size;
  return readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, { name }) => sum + statSync(join(path, name)).size, 0);
}

/** Files that belong together, as one folder would hold them; those of one name in two folders go by their paths. */
export function locateTogether(paths: readonly string[]): Located {
  const located = paths.map(locate);
  const [first] = located;
  if (located.length === 1 && first !== undefined) return first;
  const named = located.map(({ sources }) => new Set(sources.map(({ name }) => name)));
  const isTaken = (name: string): boolean => named.filter((names) => names.has(name)).length > 1;
  const sources: Source[] = [];
  const shown = new Map<string, string>();
  for (const one of located)
    for (const source of one.sources) {
      const path = one.shown.get(source.name) ?? source.name;
      const name = isTaken(source.name) ? path : source.name;
      sources.push({ ...source, name });
      shown.set(name, path);
    }
  return { path: first?.path ?? "", folder: true, apart: true, sources, shown };
}

const isStdout = (output: string | undefined): output is typeof stdout | undefined =>
  output === undefined || output === stdout;

/** Write text to `-o FILE`, or to standard output. */
export function write(text: string, output: string | undefined): void {
  const ended = text.endsWith("\n") || text === "" ? text : `${text}\n`;
  if (isStdout(output)) process.stdout.write(ended);
  else writeFile(ended, output);
}

function writeFile(text: string, path: string): void {
  try {
    writeFileSync(path, text);
  } catch (error) {
    throw unwritable(error, path);
  }
}

/** Characters that are written at once. */
const block = 65_536;

function* blocksOf(lines: Iterable<string>): Generator<string> {
  let text = "";
  for (const line of lines) {
    text += `${line}\n`;
    if (text.length < block) continue;
    yield text;
    text = "";
  }
  yield text;
}

/** Write lines to `-o FILE`, or to standard output, no faster than they are taken. */
export async function writeLines(
  lines: Iterable<string>,
  output: string | undefined,
): Promise<void> {
  if (isStdout(output)) await pipeline(blocksOf(lines), process.stdout, { end: false });
  else {
    await pipeline(blocksOf(lines), createWriteStream(output)).catch((error: unknown) => {
      throw unwritable(error, output);
    });
  }
}

/** Characters of a line that are shown, and how many of them before the place. */
const widest = 120;
const lead = 40;

/** The line, or what of it is around the place, with a mark under the token. */
function quoted(text: string, line: number, { column, width = 1 }: At): readonly string[] {
  const from = column === undefined || column <= widest - lead ? 0 : column - 1 - lead;
  const plain = visible(text, " ").slice(from, from + widest);
  const gutter = String(line).padStart(5);
  const cut = [from > 0 ? "..." : "", text.length > from + widest ? "..." : ""] as const;
  const lines = [`${gutter} | ${cut[0]}${plain}${cut[1]}`];
  if (column === undefined) return lines;
  const before = cut[0].length + column - 1 - from;
  const mark = "^".repeat(Math.max(1, Math.min(width, from + widest - column + 1)));
  return [...lines, `${" ".repeat(gutter.length)} | ${" ".repeat(before)}${mark}`];
}

/** An error as a person reads it: place, code, message, the line with a caret, the remedy. */
export function printError(error: MmreplayError): string {
  const { file, line, column, text } = error.at;
  const place = visible([file, line, column].filter((part) => part !== undefined).join(":"));
  const lines = [`${place === "" ? "mmreplay" : place}: error[${error.code}]: ${error.message}`];
  if (text !== undefined && line !== undefined) {
    lines.push(...quoted(text, line, error.at));
  }
  if (error.hint !== undefined) lines.push(`hint: ${error.hint}`);
  return `${lines.join("\n")}\n`;
}

/** One line per kind of warning. */
export function warningLines(diagnostics: Diagnostics, name: string): string {
  return [...diagnostics.warnings.values()]
    .map(({ code, count, lines, message }) => {
      const more = count > lines.length ? ", ..." : "";
      const where = lines.length === 0 ? "" : ` (line ${lines.join(", ")}${more})`;
      return `${visible(name)}: warning[${code}] ${count}x: ${message}${where}\n`;
    })
    .join("");
}

/** The warnings on standard error. */
export function printWarnings(diagnostics: Diagnostics, name: string, quiet: boolean): void {
  if (!quiet) process.stderr.write(warningLines(diagnostics, name));
}

/** Whoever read standard output has had enough: that ends the program quietly, as it does for other filters. */
export function endIfBroken(error: unknown): void {
  if (error instanceof Error && "code" in error && error.code === "EPIPE") process.exit(0);
}

/** A broken pipe ends the program quietly, a full disk does not. */
export function endOnBrokenPipe(): void {
  process.stdout.on("error", (error) => {
    endIfBroken(error);
    const told = unwritable(error, standardOutput);
    if (!(told instanceof MmreplayError)) throw error;
    process.stderr.write(printError(told));
    process.exit(1);
  });
}
