/** Which maps were read in a run, and where in its events they belong. */

import type { Diagnostics } from "../../errors.ts";
import type { Event, MapsArea, Snapshot } from "../../trace/event.ts";
import type { Events } from "../../trace/events.ts";
import { formats } from "../index.ts";
import { holdsAreas, readMaps } from "../maps.ts";
import type { MapsBlock } from "../maps-block.ts";
import { refusal } from "../refusals.ts";
import { headBytes, headOf } from "../text/chunks.ts";
import { decompress } from "../text/decompress.ts";
import { refuseEncoding } from "../text/encodings.ts";
import { plainName } from "../text/packings.ts";
import { checkFit } from "./fit.ts";
import { type Kin, kinsOf } from "./kin.ts";
import type { Matched } from "./match.ts";
import { type Moment, positionOf } from "./place.ts";
import type { CallLog } from "./probe-calls.ts";
import type { Source } from "./runs.ts";

/** A snapshot and the index of the event before which it was taken. */
interface Placed {
  readonly index: number;
  readonly snapshot: Snapshot;
}

interface MapsFile {
  readonly name: string;
  readonly blocks: readonly MapsBlock[];
}

/** Areas of the process: vsyscall is shown in every maps file and belongs to no mm. */
function ownAreas(areas: readonly MapsArea[]): readonly MapsArea[] {
  return areas.filter(({ path }) => path !== "[vsyscall]");
}

async function readFile(source: Source, diagnostics: Diagnostics): Promise<MapsFile> {
  const open = (): AsyncIterable<Uint8Array> => decompress(source.open(), source.name);
  const head = await headOf(open(), headBytes);
  const input = { name: source.name, chunks: open() };
  const name = plainName(source.name);
  const format = formats.all.find((one) => one.readMaps !== undefined && one.sniff(head));
  if (format?.readMaps !== undefined)
    return { name, blocks: await format.readMaps(input, diagnostics) };
  if (head.length === 0) {
    diagnostics.warn("import/empty-maps", `${source.name} is empty: its process had ended`);
    return { name, blocks: [] };
  }
  if (!holdsAreas(head)) {
    refuseEncoding(head, source.name);
    throw refusal(head, source.name);
  }
  return { name, blocks: await readMaps(input, diagnostics) };
}

/** A selection of areas alone. */
const partial = /^smaps-/;

/** Details of smaps for areas that another file has completely: a selection alone is no state. */
function mergeDetails(files: readonly MapsFile[]): readonly MapsFile[] {
  const selected = files.filter(({ name }) => partial.test(name));
  const details = new Map<string, MapsArea>();
  for (const { blocks } of selected) {
    for (const { areas } of blocks) {
      for (const area of areas) details.set(`${area.start}-${area.end}`, area);
    }
  }
  return files
    .filter((file) => !selected.includes(file))
    .map(({ name, blocks }) => ({
      name,
      blocks: blocks.map((block) => ({
        ...block,
        areas: block.areas.map((area) => {
          const { vmFlags, kernelPageSize } = details.get(`${area.start}-${area.end}`) ?? {};
          return {
            ...area,
            ...(vmFlags === undefined ? {} : { vmFlags }),
            ...(kernelPageSize === undefined ? {} : { kernelPageSize }),
          };
        }),
      })),
    }));
}

/** Where a program that logs its calls took its pictures. */
function byNumber(name: string, log: CallLog, matched: Matched): number | undefined {
  if (name === "maps.start") return matched.starts[0];
  if (name === "maps.end") return matched.end;
  const index = log.calls.findIndex(
    ({ number }) => number >= (log.middle ?? Number.POSITIVE_INFINITY),
  );
  return name === "maps.middle" ? matched.starts[index] : undefined;
}

const day = 86_400;

/** Seconds by which the recorder's clock and the clock of a heading may differ. */
const epochSlack = 0.005;
const localClockSlack = 3;

/** Seconds around the recording in which maps can be of the same run. */
const before = 5;
const after = 60;

/** The first and the last time of the events; undefined where they have none. */
function timesOf(events: Events): { readonly first: number; readonly last: number } | undefined {
  let first: number | undefined;
  let last: number | undefined;
  for (const { time } of events) {
    if (time === undefined) continue;
    if (time > 0) first ??= time;
    last = time;
  }
  return first === undefined || last === undefined ? undefined : { first, last };
}

/** The heading's time on the clock of the events; undefined where they have nothing in common. */
function momentOf(block: MapsBlock, events: Events): Moment | undefined {
  const { first, last } = timesOf(events) ?? {};
  if (first === undefined || last === undefined) return undefined;
  const within = (time: number, slack: number): Moment | undefined =>
    time >= first - before && time <= last + after ? { time, slack } : undefined;
  const epoch = block.epoch === undefined ? undefined : (block.epoch[0] + block.epoch[1]) / 2;
  const read = block.epoch === undefined ? 0 : (block.epoch[1] - block.epoch[0]) / 2;
  return (
    (epoch === undefined ? undefined : within(epoch, epochSlack + read)) ??
    (epoch === undefined ? undefined : within(epoch % day, epochSlack + read)) ??
    (block.monotonic === undefined ? undefined : within(block.monotonic, localClockSlack))
  );
}

/** Maps that were read right before a recorder was attached. */
export function isAttachMaps({ name }: Pick<Source, "name">): boolean {
  return plainName(name).startsWith("attach");
}

/** What placing needs to know of the run. */
export interface Context {
  readonly events: Events;
  readonly stem: string;
  /** The program's own log, and where its calls are in the events. */
  readonly logged: { readonly log: CallLog; readonly matched: Matched } | undefined;
  readonly pageSize: number;
}

function placeBlock(
  file: MapsFile,
  block: MapsBlock,
  context: Context,
  kins: ReadonlyMap<number, Kin>,
): Placed | undefined {
  const { events, stem, logged, pageSize } = context;
  const areas = ownAreas(block.areas);
  const base = { kind: "snapshot", line: block.line, source: file.name, areas } as const;
  const index = logged === undefined ? undefined : byNumber(file.name, logged.log, logged.matched);
  if (index !== undefined) {
    const pid = logged?.matched.pid ?? null;
    return { index, snapshot: { ...base, pid, exact: true } };
  }
  const moment = momentOf(block, events);
  const pid = block.pid ?? null;
  const time = block.epoch?.[0] ?? block.monotonic;
  const timed = moment === undefined || time === undefined ? {} : { time: moment.time };
  if (isAttachMaps(file)) {
    // Maps of an earlier attach to the same processes say nothing about this one.
    const stale = time !== undefined && moment === undefined;
    return stale ? undefined : { index: 0, snapshot: { ...base, ...timed, pid, exact: false } };
  }
  const question = { areas, pid, pageSize, ...(moment === undefined ? {} : { moment }) };
  const found = positionOf(events, question, pid === null ? undefined : kins.get(pid));
  // The program itself, or its stopped state: the file is named after the recording.
  const exact = file.name === `${stem}.maps` || file.name === `${stem}.smaps`;
  if (found !== undefined) {
    return { index: found.index, snapshot: { ...base, ...timed, pid: pid ?? found.pid, exact } };
  }
  if (moment === undefined) return undefined;
  return {
    index: firstAfter(events, moment.time),
    snapshot: { ...base, ...timed, pid, exact: false },
  };
}

/** The index of the first event after a time. */
function firstAfter(events: Events, moment: number): number {
  let index = 0;
  for (const { time = 0 } of events) {
    if (time > moment) return index;
    index += 1;
  }
  return index;
}

/** Read the maps of a run and put each where it was taken. */
export async function withSnapshots(
  sources: readonly Source[],
  context: Context,
  diagnostics: Diagnostics,
): Promise<Iterable<Event>> {
  if (sources.length === 0) return context.events;
  const files: MapsFile[] = [];
  for (const source of sources) files.push(await readFile(source, diagnostics));
  const pids = files.flatMap(({ blocks }) => blocks.flatMap(({ pid }) => pid ?? []));
  const kins = kinsOf(context.events, pids);
  const placed: Placed[] = [];
  for (const file of mergeDetails(files)) {
    const [only, another] = file.blocks;
    // Blocks under headings are of several processes, and say of which.
    if (only !== undefined && another === undefined && only.pid === undefined) {
      checkFit(context.events, ownAreas(only.areas), file.name);
    }
    for (const block of file.blocks) {
      const found = placeBlock(file, block, context, kins);
      if (found !== undefined) placed.push(found);
      else {
        const message = `${file.name} shows no moment of the recording`;
        diagnostics.warn("import/unplaced-maps", message, block.line);
      }
    }
  }
  placed.sort((a, b) => a.index - b.index);
  return placed.length === 0 ? context.events : inserted(context.events, placed);
}

/** The events with the snapshots, which ascend by their index, among them. */
function* inserted(events: Events, placed: readonly Placed[]): Generator<Event> {
  let index = 0;
  let next = 0;
  for (const event of events) {
    for (; placed[next]?.index === index; next++) yield* snapshotAt(placed, next);
    yield event;
    index += 1;
  }
  for (; next < placed.length; next++) yield* snapshotAt(placed, next);
}

function snapshotAt(placed: readonly Placed[], index: number): readonly Snapshot[] {
  const found = placed[index];
  return found === undefined ? [] : [found.snapshot];
}
