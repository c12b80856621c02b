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
}

const areaLine =
  /^([0-9a-f]+)-([0-9a-f]+) ([r-][w-][x-][ps]) ([0-9a-f]+) ([0-9a-f]+:[0-9a-f]+) (\d+)(?: +(.*))?$/;
const smapsLine = /^([A-Z]\w*):\s+(.*?)\s*$/;

/** Read one line of maps; undefined if it is none. */
export function parseArea(text: string, line: number): MapsArea | undefined {
  const match = areaLine.exec(text);
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

/** Add one line to the last block; false if it is neither heading, area nor detail. */
function takeLine(drafts: Draft[], text: string, line: number): boolean {
  if (text.startsWith("### ")) {
    drafts.push({ heading: headingOf(text.slice(4), line), areas: [] });
    return true;
  }
  const area = parseArea(text, line);
  if (area !== undefined) {
    if (drafts.length === 0) drafts.push({ heading: { line }, areas: [] });
    drafts.at(-1)?.areas.push(area);
    return true;
  }
  const detail = smapsLine.exec(text);
  const areas = drafts.at(-1)?.areas;
  const last = areas?.at(-1);
  if (detail === null || areas === undefined || last === undefined) return false;
  const more = detailOf(detail[1] ?? "", detail[2] ?? "");
  if (more !== undefined) areas[areas.length - 1] = { ...last, ...more };
  return true;
}

/** All blocks of a maps or smaps file, and how many lines it has. */
async function blocksOf(
  input: Input,
  diagnostics: Diagnostics,
): Promise<{ readonly lines: number; readonly blocks: readonly MapsBlock[] }> {
  const drafts: Draft[] = [];
  const take = (text: string, line: number): void => {
    if (text !== "" && !takeLine(drafts, text, line)) {
      diagnostics.warn("parse/unknown-line", "lines that are no area", line);
    }
  };
  const lines = await readTextLines(input, take, diagnostics);
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

function sniff(head: Uint8Array): boolean {
  const lines = linesOf(head);
  const first = lines.find((line) => !line.startsWith("### "));
  return first !== undefined && parseArea(first, 1) !== undefined;
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
