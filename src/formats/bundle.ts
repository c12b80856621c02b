/** How the files of one folder become traces: one per recording, with the facts and maps that lie beside it. */

import { Diagnostics, MmreplayError } from "../errors.ts";
import type { Event } from "../trace/event.ts";
import type { Events } from "../trace/events.ts";
import { LogWriter, logOf } from "../trace/log-writer.ts";
import type { Facts, Trace } from "../trace/trace.ts";
import { type Beside, factsOf, readBeside } from "./bundle/beside.ts";
import { deviceWords } from "./bundle/facts.ts";
import { withFiles } from "./bundle/files.ts";
import { matchCalls } from "./bundle/match.ts";
import { asOneProcess } from "./bundle/one-process.ts";
import type { CallLog } from "./bundle/probe-calls.ts";
import { heldInput, inputOf, leaveOut, recordingsIn, withMembers } from "./bundle/recordings.ts";
import { isMaps, noRecording, type Run, runsOf, type Sources } from "./bundle/runs.ts";
import { isAttachMaps, withSnapshots } from "./bundle/snapshots.ts";
import { orderFacts } from "./order/facts.ts";
import { placeForks } from "./order/forks.ts";
import { linearize } from "./order/linearize.ts";
import { pageFacts } from "./page-size.ts";
import { KeptBytes } from "./text/kept-bytes.ts";
import type { ReadOptions, Reopened } from "./types.ts";

export type { Source, Sources } from "./bundle/runs.ts";

/** A recording of other things; the folder may hold one with memory calls beside it. */
function isEmpty(error: unknown): error is MmreplayError {
  return error instanceof MmreplayError && error.code === "parse/no-memory-calls";
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
  const { format, recordings } = run;
  const [source, ...more] = recordings;
  if (source === undefined) return { events: log.done(), facts: {}, lines: 0 };
  if (more.length === 0 || format.perTask === undefined) {
    const { facts, lines } = await format.read(inputOf(source), emit, diagnostics, options);
    return { events: log.done(), facts, lines };
  }
  const kept = new KeptBytes(options.shelf);
  const inputs: Reopened[] = [];
  for (const member of recordings) inputs.push(await heldInput(member, kept));
  const { facts, lines } = await format.perTask.read(inputs, emit, diagnostics, options);
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
  const machine = { topDown: facts.legacyLayout !== true, pageSize: facts.pageSize };
  read.events = logOf(linearize(read.events, machine, shelf), shelf);
  read.events = logOf(placeForks(read.events, machine, diagnostics, shelf), shelf);
  const undecided = diagnostics.count("parse/undecided-order");
  const order = run.format.isSorted ? [] : orderFacts(read.events, undecided);
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
  if (run.format.readTrace !== undefined && source !== undefined) {
    return { trace: await run.format.readTrace(inputOf(source)), diagnostics };
  }
  return { ...(await assemble(run, beside, name, diagnostics, options)), diagnostics };
}

/** All recordings that a file or folder holds; throws `import/no-recording` if it holds none. */
export async function readAll(
  located: Sources,
  diagnostics: Diagnostics,
  options: ReadOptions = {},
): Promise<readonly Reading[]> {
  const kept = new KeptBytes(options.shelf);
  const sources = await withMembers(located.sources, kept);
  const isFolder = located.folder || sources.length > 1;
  const recordings = await recordingsIn(isFolder, sources, kept, diagnostics);
  if (recordings.length === 0) throw noRecording(located);
  const beside = await readBeside(sources, diagnostics);
  const read = new Set(recordings.map(({ source }) => source.name));
  const maps = sources.filter(({ name }) => isMaps(name) && !read.has(name));
  const runs = runsOf(recordings, maps);
  const readings: Reading[] = [];
  const empty: MmreplayError[] = [];
  const folder = baseName(located.path);
  for (const run of runs) {
    const isOne = !located.folder || runs.length === 1;
    const own = located.apart === true ? run.stem : `${folder}:${run.stem}`;
    const name = isOne ? folder : own;
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
