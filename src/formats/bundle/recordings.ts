/** Which of the files of a folder, and of the archives in it, are recordings. */

import { crc32 } from "node:zlib";
import { type Diagnostics, MmreplayError } from "../../errors.ts";
import { detect, formats } from "../index.ts";
import { type Chunks, headBytes, headOf } from "../text/chunks.ts";
import { decompress } from "../text/decompress.ts";
import type { KeptBytes } from "../text/kept-bytes.ts";
import { plainName } from "../text/packings.ts";
import type { Input, Reopened } from "../types.ts";
import { isBeside } from "./beside.ts";
import { foldingOf, unfolded } from "./folded.ts";
import { isMaps, type Recording, type Source, stemOf } from "./runs.ts";
import { isSame } from "./same.ts";
import { readTar } from "./tar.ts";
import { unwrapped, wrappingOf } from "./wrapped.ts";

/** What the file holds, unpacked. */
export function inputOf(source: Source, chunkBytes?: number): Input {
  return { name: source.name, chunks: decompress(source.open(chunkBytes), source.name) };
}

/** One of many files that are read side by side. A packed one is unpacked first: the unpacker of xz takes one at a time. */
export async function heldInput(source: Source, kept: KeptBytes): Promise<Reopened> {
  const { name } = source;
  const open = (chunkBytes?: number): Chunks => inputOf(source, chunkBytes).chunks;
  return { name, open: plainName(name) === name ? open : await kept.take(open()) };
}

/** The files themselves, and instead of each archive the files in it. */
export async function withMembers(
  sources: readonly Source[],
  kept: KeptBytes,
): Promise<readonly Source[]> {
  const all: Source[] = [];
  for (const source of sources) {
    const archive = /\.tar$/.test(plainName(source.name));
    if (!archive) all.push(source);
    else {
      const folder = stemOf(source.name);
      for await (const { name, chunks } of readTar(inputOf(source)))
        all.push({ name: `${folder}/${name}`, open: await kept.take(chunks) });
    }
  }
  return all;
}

/** Which of the files are recordings; a file that is named alone has to be one. */
export async function recordingsIn(
  folder: boolean,
  sources: readonly Source[],
  kept: KeptBytes,
  diagnostics: Diagnostics,
): Promise<readonly Recording[]> {
  const found: Recording[] = [];
  const unreadable: MmreplayError[] = [];
  for (const wrapped of sources) {
    if (folder && (isBeside(wrapped.name) || isMaps(wrapped.name))) continue;
    const seen = await headOf(inputOf(wrapped).chunks, headBytes).catch((error: unknown) => {
      if (!folder || !isUnreadable(error)) throw error;
      unreadable.push(error);
    });
    if (seen === undefined) continue;
    const { source, head } = await asWritten(wrapped, seen, diagnostics);
    const format = folder
      ? formats.all.find((known) => known.sniff(head))
      : detect(head, source.name);
    if (format !== undefined) found.push({ source, format });
  }
  const recordings = await withoutCopies(found, kept);
  const [first] = unreadable;
  if (recordings.length === 0 && first !== undefined) throw first;
  leaveOut(unreadable, diagnostics);
  return recordings;
}

interface Seen {
  readonly source: Source;
  readonly head: Uint8Array;
}

const isClaimed = (bytes: Uint8Array): boolean => formats.all.some(({ sniff }) => sniff(bytes));

/** A source that gives what the recorder wrote, if there is a recording inside of its lines. */
async function asWritten(
  source: Source,
  head: Uint8Array,
  diagnostics: Diagnostics,
): Promise<Seen> {
  const seen = await withoutWrapping({ source, head }, diagnostics);
  const folding = foldingOf(seen.head);
  if (folding === undefined) return seen;
  const { width, atWords } = folding;
  const message = `lines are put together that were broken ${atWords ? "between words" : `at ${width} columns`}`;
  return (
    (await rewritten(seen, (chunks) => unfolded(chunks, folding), message, diagnostics)) ?? seen
  );
}

async function withoutWrapping(seen: Seen, diagnostics: Diagnostics): Promise<Seen> {
  const wrapping = wrappingOf(seen.head, isClaimed(seen.head));
  if (wrapping === undefined) return seen;
  const message = `lines are taken out of ${wrapping.what}`;
  return (
    (await rewritten(seen, (chunks) => unwrapped(chunks, wrapping), message, diagnostics)) ?? seen
  );
}

/** What comes out of a source that is changed like this, unless that is of no format. */
async function rewritten(
  { source }: Seen,
  change: (chunks: Chunks) => Chunks,
  message: string,
  diagnostics: Diagnostics,
): Promise<Seen | undefined> {
  const open = (chunkBytes?: number): Chunks => change(inputOf(source, chunkBytes).chunks);
  const head = await headOf(open(), headBytes);
  if (!isClaimed(head)) return undefined;
  diagnostics.warn("parse/wrapped-lines", `${source.name}: ${message}`, 1);
  return { source: { ...source, open }, head };
}

/**
 * The recordings less what is printed or packed beside its text; throws if two are the same otherwise, byte for byte
 * once they are unpacked.
 */
async function withoutCopies(
  recordings: readonly Recording[],
  bytes: KeptBytes,
): Promise<readonly Recording[]> {
  if (recordings.length < 2) return recordings;
  const kept: Recording[] = [];
  const byStart = new Map<number, Source[]>();
  for (const recording of recordings.toSorted((a, b) => copyRank(a) - copyRank(b))) {
    const { source } = recording;
    const head = await headOf(inputOf(source).chunks, headBytes);
    const start = crc32(head.subarray(0, headBytes));
    const alike = byStart.get(start) ?? [];
    byStart.set(start, [...alike, source]);
    const other = await firstSame(source, alike, bytes);
    if (other === undefined) kept.push(recording);
    else if (copyRank(recording) === 0 || !isCopyOf(recording, other))
      throw new MmreplayError("import/given-twice", `this is ${other.name} once more`, {
        at: { file: source.name },
        hint: "give each file once",
      });
  }
  return recordings.filter((recording) => kept.includes(recording));
}

const isPacked = ({ name }: Source): boolean => plainName(name) !== name;

/** 0 for a text, 1 for a packed one, 2 for what another program prints. */
function copyRank({ source }: Recording): number {
  if (source.isPrinted?.() === true) return 2;
  return isPacked(source) ? 1 : 0;
}

/** A file that was printed, or packed, beside this text. */
const isCopyOf = (recording: Recording, text: Source): boolean =>
  copyRank(recording) === 2 || plainName(recording.source.name) === text.name;

async function firstSame(
  source: Source,
  others: readonly Source[],
  kept: KeptBytes,
): Promise<Source | undefined> {
  for (const other of others) {
    const { open } = await heldInput(source, kept);
    if (await isSame({ open }, { open: () => inputOf(other).chunks })) return other;
  }
  return undefined;
}

/** A perf.data that only another perf can print; the folder may hold what can be read without. */
function isUnreadable(error: unknown): error is MmreplayError {
  return error instanceof MmreplayError && error.code.startsWith("io/");
}

/** Warn of files of a folder that are not read, each with the reason. */
export function leaveOut(errors: readonly MmreplayError[], diagnostics: Diagnostics): void {
  for (const { at, message } of errors)
    diagnostics.warn("import/left-out", `${at.file ?? "a file"} is left out: ${message}`);
}
