/** How the table of `pmap`, with -X, -XX, -x, -d or without, becomes areas: a snapshot, as far as its columns tell. */

import { type Diagnostics, MmreplayError } from "../errors.ts";
import type { MapsArea, Sink } from "../trace/event.ts";
import { parseHex, type U64 } from "../units.ts";
import { emitBlocks, type MapsBlock } from "./maps-block.ts";
import { readTextLines } from "./text/text-lines.ts";
import type { Format, Input, ReadResult } from "./types.ts";

const kilo = 1024;

const title = /^(\d{1,7}): {1,}\S/;
const simpleHeader =
  /^Address +Kbytes +(?:(?:RSS|PSS) +Dirty +(?:Swap +)?Mode|Mode +Offset +Device) +Mapping\s*$/;
const fullHeader = /^ *Address Perm +Offset +Device +Inode +Size /;
const rule = /^[-= ]+$|^ *total +(?:kB +)?\d+|^mapped: \d+K\b/;
const totals = /^ +\d+(?: +\d+)+ *(?:KB *)?$/;

/** What pmap -x calls the areas that are no files. */
const names: ReadonlyMap<string, string> = new Map([
  ["  [ anon ]", ""],
  ["  [ stack ]", "[stack]"],
]);

function areaFrom(
  line: number,
  start: U64 | undefined,
  kilobytes: number,
  more: Pick<MapsArea, "perms" | "offset" | "device" | "inode" | "path">,
): MapsArea | undefined {
  if (start === undefined) return undefined;
  const end = BigInt(start) + BigInt(kilobytes * kilo);
  return { line, start, end: parseHex(end.toString(16)) ?? start, ...more };
}

/** Rows of plain `pmap`, of -x (with one number more in busybox), and of -d; three or four columns of access, and that of MAP_NORESERVE. */
const simpleRow =
  /^([0-9a-f]{8,16}) +(\d+)(?:K|(?: +\d+){2,3})? +([r-][w-][x-])([sp-])[R-]? (?:([0-9a-f]{16}) ([0-9a-f]+):([0-9a-f]+) )?(.*)$/;

/** A row without inode, and with the last part of a path; only that of -d has offset and device. */
function simpleArea(text: string, line: number): MapsArea | undefined {
  const match = simpleRow.exec(text);
  if (match === null) return undefined;
  const [, start = "", size, access = "", shared, offset = "", major, minor, name = ""] = match;
  const part = (digits: string | undefined): string =>
    Number.parseInt(digits ?? "0", 16)
      .toString(16)
      .padStart(2, "0");
  return areaFrom(line, parseHex(start), Number(size), {
    perms: `${access}${shared === "s" ? "s" : "p"}`,
    offset: parseHex(offset) ?? 0,
    device: major === undefined ? "" : `${part(major)}:${part(minor)}`,
    inode: 0,
    path: names.get(name) ?? name.trim(),
  });
}

/** A row of `pmap -X` under these column names; the columns before VmFlags and Mapping are one word each. */
function fullArea(columns: readonly string[], text: string, line: number): MapsArea | undefined {
  const words = columns.filter((name) => name !== "Mapping" && name !== "VmFlags");
  const row = new RegExp(`^ *${words.map(() => "(\\S+)").join(" +")}(?: +(.*))?$`, "s").exec(text);
  if (row === null) return undefined;
  const value = (name: string): string => row[words.indexOf(name) + 1] ?? "";
  const offset = parseHex(value("Offset"));
  if (!/^[r-][w-][x-][ps]$/.test(value("Perm")) || offset === undefined) return undefined;
  const counts = ["Inode", "Size"].map((name) => Number(value(name)));
  if (!counts.every((count) => Number.isSafeInteger(count * kilo) && count >= 0)) return undefined;
  const rest = row[words.length + 1] ?? "";
  const flags = columns.includes("VmFlags")
    ? (/^(?:[a-z]{2}(?= |$) ?)*/.exec(rest)?.[0] ?? "")
    : "";
  const page = Number(value("KernelPageSize"));
  const area = areaFrom(line, parseHex(value("Address")), Number(value("Size")), {
    perms: value("Perm"),
    offset,
    device: value("Device"),
    inode: Number(value("Inode")),
    path: rest.slice(flags.length).trim(),
  });
  return area === undefined
    ? undefined
    : {
        ...area,
        ...(flags === "" ? {} : { vmFlags: flags.trim().split(" ") }),
        ...(page > 0 && Number.isSafeInteger(page * kilo) ? { kernelPageSize: page * kilo } : {}),
      };
}

interface Table {
  readonly line: number;
  readonly pid: number;
  readonly areas: MapsArea[];
  /** Undefined before the first row. */
  parse: ((text: string, line: number) => MapsArea | undefined) | undefined;
}

/** From here on rows have few columns. */
function takeSimple(table: Table, line: number, diagnostics: Diagnostics): void {
  const message = "pmap without -X leaves out paths, and mostly offsets";
  diagnostics.warn("parse/lossy", message, line);
  table.parse = simpleArea;
}

/** Add one line to the last table; false if it belongs to none. */
function takeLine(tables: Table[], text: string, line: number, diagnostics: Diagnostics): boolean {
  const pid = title.exec(text)?.[1];
  if (pid !== undefined) {
    tables.push({ line, pid: Number(pid), areas: [], parse: undefined });
    return true;
  }
  const table = tables.at(-1);
  if (table === undefined) return false;
  if (simpleHeader.test(text)) {
    takeSimple(table, line, diagnostics);
    return true;
  }
  if (fullHeader.test(text)) {
    const columns = text.trim().split(/ +/);
    table.parse = (row, at) => fullArea(columns, row, at);
    return true;
  }
  if (rule.test(text) || totals.test(text)) return true;
  if (table.parse === undefined && simpleArea(text, line) !== undefined)
    takeSimple(table, line, diagnostics);
  const area = table.parse?.(text, line);
  if (area !== undefined) table.areas.push(area);
  return area !== undefined;
}

/** The tables of all processes that pmap was asked for, and how many lines the text has. */
async function tablesOf(
  input: Input,
  diagnostics: Diagnostics,
): Promise<{ readonly lines: number; readonly tables: readonly MapsBlock[] }> {
  const tables: Table[] = [];
  const take = (text: string, line: number): void => {
    if (text.trim() === "" || takeLine(tables, text, line, diagnostics)) return;
    diagnostics.warn("parse/unknown-line", "lines that are no area", line);
  };
  const lines = await readTextLines(input, take, diagnostics);
  if (!tables.some(({ areas }) => areas.length > 0)) {
    const hint = "give /proc/PID/maps instead";
    throw new MmreplayError("parse/pmap", "a table of pmap without areas", {
      at: { file: input.name, line: tables[0]?.line ?? 1 },
      hint,
    });
  }
  const sorted = tables.map(({ line, pid, areas }) => ({
    line,
    pid,
    areas: areas.toSorted((a, b) => (a.start < b.start ? -1 : 1)),
  }));
  return { lines, tables: sorted };
}

async function readMaps(input: Input, diagnostics: Diagnostics): Promise<readonly MapsBlock[]> {
  return (await tablesOf(input, diagnostics)).tables;
}

async function read(input: Input, emit: Sink, diagnostics: Diagnostics): Promise<ReadResult> {
  const { lines, tables } = await tablesOf(input, diagnostics);
  emitBlocks(tables, input.name, emit);
  return { lines, facts: {} };
}

/** So many lines of a terminal may stand before the title. */
const mostBefore = 8;

function sniff(head: Uint8Array): boolean {
  const lines = new TextDecoder().decode(head).split(/\r?\n/);
  const at = lines.slice(0, mostBefore).findIndex((line) => title.test(line));
  const next = lines[at + 1] ?? "";
  const isTable = simpleHeader.test(next) || fullHeader.test(next);
  return at >= 0 && (isTable || simpleArea(next, at + 2) !== undefined);
}

export const pmap: Format = {
  id: "pmap",
  title: "pmap, best with -X",
  extensions: ["pmap", "txt"],
  provides: ["snapshots"],
  sniff,
  read,
  readMaps,
};
