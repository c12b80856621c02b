/** How the files of one folder become traces: one per recording, with the facts and maps that lie beside it. */

import type { Diagnostics } from "../errors.ts";
import type { Event } from "../trace/event.ts";
import type { Facts, Trace } from "../trace/trace.ts";
import { type Beside, factsOf, isBeside, readBeside } from "./bundle/beside.ts";
import { withFiles } from "./bundle/files.ts";
import { matchCalls } from "./bundle/match.ts";
import { isMaps, noRecording, type Run, runsOf, type Source, type Sources } from "./bundle/runs.ts";
import { withSnapshots } from "./bundle/snapshots.ts";
import { decompress, headOf } from "./decompress.ts";
import { perfScript } from "./perf-script.ts";
import type { Format } from "./types.ts";

export type { Source, Sources } from "./bundle/runs.ts";

const formats: readonly Format[] = [perfScript];

/** Bytes that a format may look at. */
const headBytes = 65_536;

async function formatOf(source: Source): Promise<Format | undefined> {
  const head = await headOf(decompress(source.open(), source.name), headBytes);
  return formats.find((format) => format.sniff(head));
}

async function recordingsIn(
  sources: readonly Source[],
): Promise<readonly { readonly source: Source; readonly format: Format }[]> {
  const found: { source: Source; format: Format }[] = [];
  for (const source of sources) {
    if (isBeside(source.name) || isMaps(source.name)) continue;
    const format = await formatOf(source);
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
  const input = { name: source.name, chunks: decompress(source.open(), source.name) };
  const { facts } = await run.format.read(input, (event) => events.push(event), diagnostics);
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
    command: facts.command,
  };
  return { name, facts, events: withFiles(events, knowledge) };
}

/** All traces that a file or folder holds; throws `import/no-recording` if it holds none. */
export async function bundle(
  located: Sources,
  diagnostics: Diagnostics,
): Promise<readonly Trace[]> {
  const recordings = await recordingsIn(located.sources);
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
    traces.push(await assemble(run, beside, name, diagnostics));
  }
  return traces;
}
