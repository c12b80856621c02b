/** How the files of one folder become traces: one per recording, with the facts and maps that lie beside it. */

import { Diagnostics, MmreplayError } from "../errors.ts";
import type { Event } from "../trace/event.ts";
import type { Events } from "../trace/events.ts";
import { LogWriter, logOf } from "../trace/log-writer.ts";
import type { Facts, Trace } from "../trace/trace.ts";
import { type Beside, factsOf, isBeside, readBeside } from "./bundle/beside.ts";
import { deviceWords } from "./bundle/facts.ts";
import { withFiles } from "./bundle/files.ts";
import { matchCalls } from "./bundle/match.ts";
import {
  isMaps,
  noRecording,
  plainName,
  type Recording,
  type Run,
  runsOf,
  type Source,
  type Sources,
  stemOf,
} from "./bundle/runs.ts";
import { isAttachMaps, withSnapshots } from "./bundle/snapshots.ts";
import { bytesOf, decompress, headBytes, headOf } from "./decompress.ts";
import { placeForks } from "./forks.ts";
import { detect, formats } from "./index.ts";
import { linearize } from "./linearize.ts";
import { mmtrace, readTrace } from "./mmtrace.ts";
import { asOneProcess } from "./one-process.ts";
import { orderFacts } from "./order-facts.ts";
import { pageFacts } from "./page-size.ts";
import { perfScript } from "./perf-script.ts";
import type { CallLog } from "./probe-calls.ts";
import { isSame } from "./same.ts";
import { readSet, strace } from "./strace.ts";
import { readTar } from "./tar.ts";
import type { Format, Input, ReadOptions } from "./types.ts";
import { unwrapped, wrappingOf } from "./wrapped.ts";

export type { Source, Sources } from "./bundle/runs.ts";

function inputOf(source: Source): Input {
  return { name: source.name, chunks: decompress(source.open(), source.name) };
}

/** A packed file among others that are read side by side: the unpacker of xz takes one at a time. */
async function heldInput(source: Source): Promise<Input> {
  const input = inputOf(source);
  if (plainName(source.name) === source.name) return input;
  return { name: source.name, chunks: once(await bytesOf(input.chunks)) };
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

/** The files themselves, and instead of each archive the files in it. */
async function withMembers(sources: readonly Source[]): Promise<readonly Source[]> {
  const all: Source[] = [];
  for (const source of sources) {
    const archive = /\.tar$/.test(plainName(source.name));
    if (!archive) all.push(source);
    else {
      const folder = stemOf(source.name);
      for (const { name, bytes } of await readTar(inputOf(source))) {
        all.push({ name: `${folder}/${name}`, open: () => once(bytes) });
      }
    }
  }
  return all;
}

/** Which of the files are recordings; a file that is named alone has to be one. */
async function recordingsIn(
  folder: boolean,
  sources: readonly Source[],
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
    const { source, head } = await withoutWrapping(wrapped, seen, diagnostics);
    const format = folder
      ? formats.all.find((known) => known.sniff(head))
      : detect(head, source.name);
    if (format !== undefined) found.push({ source, format });
  }
  const once = await withoutCopies(found);
  const [first] = unreadable;
  if (once.length === 0 && first !== undefined) throw first;
  leaveOut(unreadable, diagnostics);
  return once;
}

/** A source that gives what the recorder wrote, if there is a recording inside of its lines. */
async function withoutWrapping(
  wrapped: Source,
  seen: Uint8Array,
  diagnostics: Diagnostics,
): Promise<{ readonly source: Source; readonly head: Uint8Array }> {
  const isClaimed = (bytes: Uint8Array): boolean => formats.all.some(({ sniff }) => sniff(bytes));
  const wrapping = wrappingOf(seen, isClaimed(seen));
  if (wrapping === undefined) return { source: wrapped, head: seen };
  const open = (): AsyncIterable<Uint8Array> => unwrapped(inputOf(wrapped).chunks, wrapping);
  const head = await headOf(open(), headBytes);
  if (!isClaimed(head)) return { source: wrapped, head: seen };
  const message = `${wrapped.name}: lines are taken out of ${wrapping.what}`;
  diagnostics.warn("parse/wrapped-lines", message, 1);
  return { source: { ...wrapped, open }, head };
}

/** The recordings less what is printed beside its text; throws if two are the same otherwise, byte for byte. */
async function withoutCopies(recordings: readonly Recording[]): Promise<readonly Recording[]> {
  if (recordings.length < 2) return recordings;
  const kept: Recording[] = [];
  const byStart = new Map<string, Source[]>();
  const isText = ({ source }: Recording): boolean => source.isPrinted?.() !== true;
  for (const recording of recordings.toSorted((a, b) => Number(isText(b)) - Number(isText(a)))) {
    const { source } = recording;
    const start = Buffer.from(await headOf(source.open(), headBytes)).toString("latin1");
    const alike = byStart.get(start) ?? [];
    byStart.set(start, [...alike, source]);
    const other = await firstSame(source, alike);
    if (other === undefined) kept.push(recording);
    else if (isText(recording))
      throw new MmreplayError("import/given-twice", `this is ${other.name} once more`, {
        at: { file: source.name },
        hint: "give each file once",
      });
  }
  return recordings.filter((recording) => kept.includes(recording));
}

async function firstSame(source: Source, others: readonly Source[]): Promise<Source | undefined> {
  for (const other of others) if (await isSame(source, other)) return other;
  return undefined;
}

/** A perf.data that only another perf can print; the folder may hold what can be read without. */
function isUnreadable(error: unknown): error is MmreplayError {
  return error instanceof MmreplayError && error.code.startsWith("io/");
}

/** A recording of other things; the folder may hold one with memory calls beside it. */
function isEmpty(error: unknown): error is MmreplayError {
  return error instanceof MmreplayError && error.code === "parse/no-memory-calls";
}

/** Warn of files of a folder that are not read, each with the reason. */
function leaveOut(errors: readonly MmreplayError[], diagnostics: Diagnostics): void {
  for (const { at, message } of errors)
    diagnostics.warn("import/left-out", `${at.file ?? "a file"} is left out: ${message}`);
}

/** The last part of a path. */
function baseName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

interface Read {
  events: Events;
  readonly facts: Partial<Facts>;
  readonly lines: number;
}

async function readRun(run: Run, diagnostics: Diagnostics, options: ReadOptions): Promise<Read> {
  const log = new LogWriter(options.shelf);
  const emit = (event: Event): void => log.push(event);
  const [source, ...more] = run.recordings;
  if (source === undefined) return { events: log.done(), facts: {}, lines: 0 };
  if (more.length === 0) {
    const { facts, lines } = await run.format.read(inputOf(source), emit, diagnostics, options);
    return { events: log.done(), facts, lines };
  }
  const inputs: Input[] = [];
  for (const member of run.recordings) inputs.push(await heldInput(member));
  const { facts, lines } = await readSet(inputs, emit, diagnostics, options);
  return { events: log.done(), facts, lines };
}

/** The events with the maps of the run among them; what was there at an attach comes first, and later maps are held against it. */
async function withMaps(
  { maps, stem }: Run,
  log: CallLog | undefined,
  read: Events,
  pageSize: number,
  diagnostics: Diagnostics,
  shelf: ReadOptions["shelf"],
): Promise<Iterable<Event>> {
  const attached = maps.filter(isAttachMaps);
  const context = { events: read, stem, logged: undefined, pageSize };
  const events =
    attached.length === 0
      ? read
      : logOf(await withSnapshots(attached, context, diagnostics), shelf);
  const logged =
    log === undefined ? undefined : { log, matched: matchCalls(events, log, diagnostics) };
  const later = maps.filter((source) => !isAttachMaps(source));
  return await withSnapshots(later, { ...context, events, logged }, diagnostics);
}

async function assemble(
  run: Run,
  beside: Beside,
  name: string,
  diagnostics: Diagnostics,
  options: ReadOptions,
): Promise<Omit<Reading, "diagnostics">> {
  const read = await readRun(run, diagnostics, options);
  const { oneProcess, shelf } = options;
  // What a step has made takes the place of what it was made from, which is then free.
  if (oneProcess) read.events = logOf(asOneProcess(read.events), shelf);
  const facts = factsOf(beside, run.stem, read.facts, pageFacts(read.events));
  const topDown = facts.legacyLayout !== true;
  read.events = logOf(linearize(read.events, topDown, shelf), shelf);
  read.events = logOf(placeForks(read.events, topDown, diagnostics, shelf), shelf);
  // The lines of other recorders are sorted by time.
  const undecided = diagnostics.count("parse/undecided-order");
  const order = printsInOrder.has(run.format) ? orderFacts(read.events, undecided) : [];
  const { calls: log } = beside;
  const shown = await withMaps(run, log, read.events, facts.pageSize, diagnostics, shelf);
  read.events = logOf(shown, shelf);
  const knowledge = {
    opened: log?.files ?? new Map<number, string>(),
    mounts: beside.mounts,
    devices: facts.devices ?? [],
    deviceWords: deviceWords(beside.meta),
  };
  const events = logOf(withFiles(read.events, knowledge), shelf);
  const told = { ...facts, inferred: [...facts.inferred, ...order] };
  return { trace: { name, facts: told, events }, lines: read.lines };
}

const printsInOrder: ReadonlySet<Format> = new Set([strace, perfScript]);

/** A trace, and what was seen while its recording was read. */
export interface Reading {
  readonly trace: Trace;
  /** Lines of the recording; undefined for a trace file. */
  readonly lines?: number;
  readonly diagnostics: Diagnostics;
}

async function readingOf(
  run: Run,
  beside: Beside,
  name: string,
  options: ReadOptions,
): Promise<Reading> {
  const diagnostics = new Diagnostics();
  const [source] = run.recordings;
  if (run.format === mmtrace && source !== undefined) {
    return { trace: await readTrace(inputOf(source)), diagnostics };
  }
  return { ...(await assemble(run, beside, name, diagnostics, options)), diagnostics };
}

/** All recordings that a file or folder holds; throws `import/no-recording` if it holds none. */
export async function readAll(
  located: Sources,
  diagnostics: Diagnostics,
  options: ReadOptions = {},
): Promise<readonly Reading[]> {
  const sources = await withMembers(located.sources);
  const recordings = await recordingsIn(located.folder || sources.length > 1, sources, diagnostics);
  if (recordings.length === 0) throw noRecording(located);
  const beside = await readBeside(sources, diagnostics);
  const runs = runsOf(
    recordings,
    sources.filter(
      (source) => isMaps(source.name) && !recordings.some((one) => one.source === source),
    ),
  );
  const readings: Reading[] = [];
  const empty: MmreplayError[] = [];
  for (const run of runs) {
    const folder = baseName(located.path);
    const name = located.folder && runs.length > 1 ? `${folder}:${run.stem}` : folder;
    const reading = await readingOf(run, beside, name, options).catch((error: unknown) => {
      if (!isEmpty(error)) throw error;
      empty.push(error);
    });
    if (reading !== undefined) readings.push(reading);
  }
  const [first] = empty;
  if (readings.length === 0 && first !== undefined) throw first;
  leaveOut(empty, diagnostics);
  return readings;
}

/** The traces of all of them; what is wrong with any is counted together. */
export async function bundle(
  located: Sources,
  diagnostics: Diagnostics,
  options: ReadOptions = {},
): Promise<readonly Trace[]> {
  const readings = await readAll(located, diagnostics, options);
  for (const reading of readings) diagnostics.add(reading.diagnostics);
  return readings.map(({ trace }) => trace);
}
