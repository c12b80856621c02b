/** How /proc/PID/maps and smaps become areas, alone or as one block per process. */

import { type At, type Diagnostics, MmreplayError } from "../errors.ts";
import type { MapsArea, Sink } from "../trace/event.ts";
import { parseHex } from "../units.ts";
import { emitBlocks, type MapsBlock } from "./maps-block.ts";
import { readTextLines } from "./text/text-lines.ts";
import type { Format, Input, ReadResult } from "./types.ts";

interface Draft {
  readonly heading: Omit<MapsBlock, "areas">;
  readonly areas: MapsArea[];
  /** The last line belonged to none. */
  broken: boolean;
}

/** Where a listing was quoted or set in, as in a mail. */
const margin = /^[>|; \t]{0,16}(?=[0-9a-fA-Z])/;

const areaLine =
  /^([0-9a-f]+)-([0-9a-f]+) ([r-][w-][x-][ps]) ([0-9a-f]+) ([0-9a-f]+:[0-9a-f]+) (\d+)(?: +(.*))?$/;
const smapsLine = /^([A-Z]\w*):\s+(.*?)\s*$/;

/** Read one line of maps; undefined if it is none. */
export function parseArea(text: string, line: number): MapsArea | undefined {
  const match = areaLine.exec(text.replace(margin, ""));
  if (match === null) return undefined;
  const start = parseHex(match[1] ?? "");
  const end = parseHex(match[2] ?? "");
  const offset = parseHex(match[4] ?? "");
  if (start === undefined || end === undefined || offset === undefined) return undefined;
  return {
    line,
    start,
    end,
    perms: match[3] ?? "",
    offset,
    device: match[5] ?? "",
    inode: Number(match[6]),
    path: match[7] ?? "",
  };
}

function headingOf(text: string, line: number): Omit<MapsBlock, "areas"> {
  const value = (name: string): string | undefined =>
    new RegExp(`(?:^|\\s)${name}=(.*?)(?=\\s\\w+=|$)`).exec(text)?.[1];
  const pid = value("pid");
  const comm = value("comm");
  const epoch = value("epoch")?.split("..").map(Number);
  const monotonic = value("monotonic");
  return {
    line,
    ...(pid === undefined || !/^\d{1,7}$/.test(pid) ? {} : { pid: Number(pid) }),
    ...(comm === undefined ? {} : { comm }),
    ...(epoch === undefined ? {} : { epoch: [epoch[0] ?? 0, epoch[1] ?? epoch[0] ?? 0] }),
    ...(monotonic === undefined ? {} : { monotonic: Number(monotonic) }),
  };
}

/** What a line of smaps adds to the area above it; undefined for keys that do not matter. */
function detailOf(key: string, value: string): Partial<MapsArea> | undefined {
  if (key === "VmFlags") return { vmFlags: value.split(/\s+/).filter((flag) => flag !== "??") };
  const kilobytes = key === "KernelPageSize" ? /^(\d+) kB$/.exec(value)?.[1] : undefined;
  return kilobytes === undefined ? undefined : { kernelPageSize: Number(kilobytes) * 1024 };
}

/** Ascending and free of overlaps, as the kernel prints them. */
function checked(draft: Draft, file: string, diagnostics: Diagnostics): MapsBlock {
  const areas = draft.areas.toSorted((a, b) => (a.start < b.start ? -1 : 1));
  for (const [index, area] of areas.entries()) {
    const next = areas[index + 1];
    const at: At = { file, line: area.line };
    const hint = "copy /proc/PID/maps again, while the process is stopped (kill -STOP PID)";
    if (area.end <= area.start) {
      throw new MmreplayError("parse/bad-maps", "the area ends before it starts", { at, hint });
    }
    if (next !== undefined && next.start < area.end) {
      const message = `the area overlaps that of line ${next.line}`;
      throw new MmreplayError("parse/bad-maps", message, { at, hint });
    }
    if (area.line !== draft.areas[index]?.line) {
      diagnostics.warn("parse/maps-order", "areas are not in ascending order", area.line);
    }
  }
  return { ...draft.heading, areas };
}

/** The sum of all areas is none; it looks like one. */
function refuseSum(area: MapsArea, file: string): void {
  if (area.path !== "[rollup]") return;
  throw new MmreplayError("parse/smaps-rollup", "this is smaps_rollup, which sums up all areas", {
    at: { file, line: area.line },
    hint: "give /proc/PID/smaps or /proc/PID/maps instead",
  });
}

/** A name that a mail has put on a line of its own; undefined if the line above has one, or can have none. */
function wrapped(area: MapsArea | undefined, text: string): MapsArea | undefined {
  if (area === undefined || area.path !== "") return undefined;
  const path = text.replace(/^[>|; \t]*/, "");
  const fits = area.inode === 0 ? path.startsWith("[") : path.startsWith("/");
  return fits ? { ...area, path } : undefined;
}

/** Add an area to the last block, or to a new one if it belongs to another listing. */
function takeArea(drafts: Draft[], area: MapsArea): void {
  const draft = drafts.at(-1);
  const last = draft?.areas.at(-1);
  const isNext =
    draft !== undefined && (last === undefined || !draft.broken || last.end <= area.start);
  if (isNext) draft.areas.push(area);
  else drafts.push({ heading: { line: area.line }, areas: [area], broken: false });
}

/** The process whose file a command prints, as in `$ cat /proc/4711/maps`. */
function printedOf(text: string, line: number): Draft | undefined {
  const pid = /\bcat .*\/proc\/(\d{1,7})\/s?maps\s*$/.exec(text)?.[1];
  return pid === undefined
    ? undefined
    : { heading: { line, pid: Number(pid) }, areas: [], broken: false };
}

/** Add one line to the last block; false if it is neither heading, area nor detail. */
function takeLine(drafts: Draft[], text: string, line: number): boolean {
  const heading = text.startsWith("### ")
    ? { heading: headingOf(text.slice(4), line), areas: [], broken: false }
    : printedOf(text, line);
  if (heading !== undefined) {
    drafts.push(heading);
    return true;
  }
  const area = parseArea(text, line);
  if (area !== undefined) {
    takeArea(drafts, area);
    return true;
  }
  const draft = drafts.at(-1);
  const last = draft?.areas.at(-1);
  const detail = smapsLine.exec(text.replace(margin, ""));
  if (draft === undefined || last === undefined) return false;
  const more = detail === null ? undefined : detailOf(detail[1] ?? "", detail[2] ?? "");
  const named = draft.broken ? undefined : wrapped(last, text);
  const better = more === undefined ? named : { ...last, ...more };
  if (better !== undefined) draft.areas[draft.areas.length - 1] = better;
  draft.broken = detail === null && better === undefined;
  return !draft.broken;
}

/** All blocks of a maps or smaps file, and how many lines it has. */
async function blocksOf(
  input: Input,
  diagnostics: Diagnostics,
): Promise<{ readonly lines: number; readonly blocks: readonly MapsBlock[] }> {
  const drafts: Draft[] = [];
  const take = (text: string, line: number): void => {
    if (text.trim() !== "" && !takeLine(drafts, text, line)) {
      diagnostics.warn("parse/unknown-line", "lines that are no area", line);
    }
  };
  const lines = await readTextLines(input, take, diagnostics);
  for (const { areas } of drafts) for (const area of areas) refuseSum(area, input.name);
  return { lines, blocks: drafts.map((draft) => checked(draft, input.name, diagnostics)) };
}

/** All blocks of a maps or smaps file. */
export async function readMaps(
  input: Input,
  diagnostics: Diagnostics,
): Promise<readonly MapsBlock[]> {
  return (await blocksOf(input, diagnostics)).blocks;
}

async function read(input: Input, emit: Sink, diagnostics: Diagnostics): Promise<ReadResult> {
  const { lines, blocks } = await blocksOf(input, diagnostics);
  emitBlocks(blocks, input.name, emit);
  return { lines, facts: {} };
}

const linesOf = (head: Uint8Array): string[] =>
  new TextDecoder()
    .decode(head)
    .split(/\r?\n/)
    .filter((line) => line !== "");

/** True if any line is an area, whatever stands around it. */
export function holdsAreas(head: Uint8Array): boolean {
  return linesOf(head).some((line) => parseArea(line, 1) !== undefined);
}

/** So many areas one below the other are a listing, in whatever report they stand. */
const run = 4;

function sniff(head: Uint8Array): boolean {
  const lines = linesOf(head).filter((line) => !line.startsWith("### "));
  const isArea = lines.map((line) => parseArea(line, 1) !== undefined);
  if (isArea[0] === true) return true;
  return isArea.some(
    (_, at) =>
      isArea.slice(at, at + run).filter(Boolean).length === run ||
      (isArea[at] && /^[>|; \t]*Size: +\d+ kB/.test(lines[at + 1] ?? "")),
  );
}

export const maps: Format = {
  id: "maps",
  title: "/proc/PID/maps and smaps",
  extensions: ["maps", "smaps"],
  provides: ["snapshots"],
  sniff,
  read,
  readMaps,
};
