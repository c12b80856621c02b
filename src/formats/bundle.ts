/** How the files of one folder become traces: one per recording, with the facts and maps that lie beside it. */

import type { Diagnostics } from "../errors.ts";
import type { Event } from "../trace/event.ts";
import type { Facts, Trace } from "../trace/trace.ts";
import { type Beside, factsOf, isBeside, readBeside } from "./bundle/beside.ts";
import { deviceWords } from "./bundle/facts.ts";
import { withFiles } from "./bundle/files.ts";
import { matchCalls } from "./bundle/match.ts";
import {
  isMaps,
  noRecording,
  type Recording,
  type Run,
  runsOf,
  type Source,
  type Sources,
} from "./bundle/runs.ts";
import { withSnapshots } from "./bundle/snapshots.ts";
import { decompress, headOf } from "./decompress.ts";
import { detect, formats } from "./index.ts";
import { mmtrace, readTrace } from "./mmtrace.ts";
import type { Input } from "./types.ts";

export type { Source, Sources } from "./bundle/runs.ts";

/** Bytes that a format may look at. */
const headBytes = 65_536;

function inputOf(source: Source): Input {
  return { name: source.name, chunks: decompress(source.open(), source.name) };
}

/** Which of the files are recordings; a file that is named alone has to be one. */
async function recordingsIn({ folder, sources }: Sources): Promise<readonly Recording[]> {
  const found: Recording[] = [];
  for (const source of sources) {
    if (folder && (isBeside(source.name) || isMaps(source.name))) continue;
    const head = await headOf(inputOf(source).chunks, headBytes);
    const format = folder
      ? formats.all.find((known) => known.sniff(head))
      : detect(head, source.name);
    if (format !== undefined) found.push({ source, format });
  }
  return found;
}

/** The last part of a path. */
function baseName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

async function readRun(
  run: Run,
  diagnostics: Diagnostics,
): Promise<{ readonly events: readonly Event[]; readonly facts: Partial<Facts> }> {
  const events: Event[] = [];
  const [source] = run.recordings;
  if (source === undefined) return { events, facts: {} };
  const { facts } = await run.format.read(
    inputOf(source),
    (event) => events.push(event),
    diagnostics,
  );
  return { events, facts };
}

async function assemble(
  run: Run,
  beside: Beside,
  name: string,
  diagnostics: Diagnostics,
): Promise<Trace> {
  const own = await readRun(run, diagnostics);
  const facts = factsOf(beside, run.stem, own.facts);
  const log = beside.calls;
  const logged =
    log === undefined ? undefined : { log, matched: matchCalls(own.events, log, diagnostics) };
  const context = { events: own.events, stem: run.stem, logged, pageSize: facts.pageSize };
  const events = await withSnapshots(run.maps, context, diagnostics);
  const knowledge = {
    opened: log?.files ?? new Map<number, string>(),
    mounts: beside.mounts,
    devices: facts.devices ?? [],
    deviceWords: deviceWords(beside.meta),
  };
  return { name, facts, events: withFiles(events, knowledge) };
}

/** All traces that a file or folder holds; throws `import/no-recording` if it holds none. */
export async function bundle(
  located: Sources,
  diagnostics: Diagnostics,
): Promise<readonly Trace[]> {
  const recordings = await recordingsIn(located);
  if (recordings.length === 0) throw noRecording(located);
  const beside = await readBeside(located.sources, diagnostics);
  const runs = runsOf(
    recordings,
    located.sources.filter(({ name }) => isMaps(name)),
  );
  const traces: Trace[] = [];
  for (const run of runs) {
    const folder = baseName(located.path);
    const name = located.folder && runs.length > 1 ? `${folder}:${run.stem}` : folder;
    const [source] = run.recordings;
    const own = run.format === mmtrace && source !== undefined;
    traces.push(
      own ? await readTrace(inputOf(source)) : await assemble(run, beside, name, diagnostics),
    );
  }
  return traces;
}
