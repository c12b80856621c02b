import { createReadStream, existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { describe, expect, it } from "vitest";
import { Diagnostics } from "../../src/errors.ts";
import type { Source, Sources } from "../../src/formats/bundle/runs.ts";
import { bundle } from "../../src/formats/bundle.ts";
import { allBytes } from "../../src/formats/text/chunks.ts";
import { decompress } from "../../src/formats/text/decompress.ts";
import { decode, encode } from "../../src/trace/codec.ts";
import type { CallName, Event, Snapshot } from "../../src/trace/event.ts";
import { listed } from "../support/events.ts";
import { shared } from "../support/shared.ts";

const recordings = join(shared ?? "", "recordings");
const folders = shared === undefined ? [] : readdirSync(recordings).filter(isFolder);
const missing = shared === undefined ? " (no recordings beside the checkout)" : "";

function isFolder(name: string): boolean {
  return existsSync(join(recordings, name, "meta.json"));
}

/** Folders that hold measurements only. */
const empty = /-(bases|contpte|vfio-dma)(-|$)/;
const probes = folders.filter((name) => /-(probe|edges)-/.test(name));

function located(name: string): Sources {
  const path = join(recordings, name);
  const sources = readdirSync(path)
    .sort()
    .map((file): Source => ({ name: file, open: () => createReadStream(join(path, file)) }));
  return { path, folder: true, sources };
}

type Listed = ReturnType<typeof listed>;

async function load(
  name: string,
): Promise<{ traces: readonly Listed[]; diagnostics: Diagnostics }> {
  const diagnostics = new Diagnostics();
  return { traces: (await bundle(located(name), diagnostics)).map(listed), diagnostics };
}

/** The unpacked text of a file of that name, whatever it is packed with. */
async function textOf(name: string, file: string): Promise<string> {
  const source = located(name).sources.find((one) => one.name.replace(/\.xz$/, "") === file);
  if (source === undefined) return "";
  return Buffer.from(await allBytes(decompress(source.open(), file))).toString("latin1");
}

function count(events: readonly Event[], call: CallName): number {
  return events.filter((event) => event.kind === "call" && event.call === call).length;
}

const ofKind = <K extends Event["kind"]>(
  { events }: Listed,
  kind: K,
): readonly Extract<Event, { kind: K }>[] =>
  events.filter((event): event is Extract<Event, { kind: K }> => event.kind === kind);

const matches = (text: string, pattern: RegExp): number => [...text.matchAll(pattern)].length;

/** Blocks of all maps and smaps files of a folder: each is one state. */
async function blocksIn(name: string): Promise<number> {
  let blocks = 0;
  for (const { name: file } of located(name).sources) {
    const plain = file.replace(/\.xz$/, "");
    if (!/maps/.test(plain) || plain === "smaps-vfio.txt") continue;
    const headings = matches(await textOf(name, plain), /^### /gm);
    blocks += Math.max(headings, 1);
  }
  return blocks;
}

const isOwn = ({ source }: Snapshot): boolean => source !== "exec" && source !== "attach";

describe.skipIf(shared === undefined)(`recordings of the laboratory${missing}`, () => {
  it.each(probes)("%s has every logged call, in order, and its three pictures", async (name) => {
    const { traces, diagnostics } = await load(name);
    const [trace] = traces;
    if (trace === undefined) throw new Error("no trace");
    expect([...diagnostics.warnings.keys()]).toEqual([]);
    const log = await textOf(name, "calls.txt");
    const logged = matches(log, /^\d+ /gm);
    const snapshots = ofKind(trace, "snapshot");
    expect(snapshots.map(({ source }) => source)).toEqual([
      "maps.start",
      "maps.middle",
      "maps.end",
    ]);
    const [start = 0, middle = 0, end = 0] = snapshots.map((one) => trace.events.indexOf(one));
    const between = trace.events.slice(start, end).filter((event) => event.kind === "call");
    expect(between).toHaveLength(logged);
    const half = Number(/middle=(\d+)/.exec(log)?.[1] ?? Number(/nops=(\d+)/.exec(log)?.[1]) / 2);
    const before = [...log.matchAll(/^(\d+) /gm)].filter((line) => Number(line[1]) < half).length;
    const firstHalf = trace.events.slice(start, middle).filter((event) => event.kind === "call");
    expect(firstHalf).toHaveLength(before);
    const unknown = trace.events.filter(
      (event) => event.kind === "call" && event.call === "mmap" && event.file?.kind === "unknown",
    );
    expect(unknown).toEqual([]);
  });

  it.each(folders.filter((name) => /vfio-bars/.test(name)))(
    "%s maps BARs of the right device and shows the last state",
    async (name) => {
      const { traces, diagnostics } = await load(name);
      expect([...diagnostics.warnings.keys()]).toEqual([]);
      const named: Readonly<Record<string, string>> = {
        big: "0000:00:08.0",
        mid: "0000:00:09.0",
        sml: "0000:00:0a.0",
        nvme: "0000:00:0d.0",
      };
      for (const trace of traces) {
        const device = named[trace.name.split("-").at(-1) ?? ""];
        const files = ofKind(trace, "call").flatMap((call) =>
          call.call === "mmap" && call.fd >= 0 ? [call.file] : [],
        );
        expect(files.length).toBeGreaterThan(0);
        for (const file of files) expect(file).toMatchObject({ kind: "vfio", device });
        const [snapshot] = ofKind(trace, "snapshot");
        if (trace.name.endsWith("nvme")) continue;
        const after = trace.events.slice(trace.events.indexOf(snapshot as Event));
        expect(after.filter((event) => event.kind === "call")).toEqual([]);
        expect(snapshot?.exact).toBe(true);
      }
    },
  );

  it.each(folders.filter((name) => /qemu1?[07]|dpdk/.test(name)))(
    "%s names the device of every BAR that it maps",
    async (name) => {
      const { traces } = await load(name);
      for (const trace of traces) {
        const vfio = ofKind(trace, "call").flatMap((call) =>
          call.call === "mmap" && call.file?.kind === "vfio" ? [call.file.device] : [],
        );
        expect(vfio.length).toBeGreaterThan(0);
        expect(vfio).not.toContain(undefined);
        expect(ofKind(trace, "snapshot")).toHaveLength(1);
      }
    },
  );

  it.each(folders.filter((name) => empty.test(name)))("%s holds no recording", async (name) => {
    await expect(load(name)).rejects.toMatchObject({ code: "import/no-recording" });
  });
});

/** Counts that the table of the recordings' README has for one folder. */
function tableRow(name: string): readonly string[] | undefined {
  const readme = readFileSync(join(recordings, "README.md"), "utf8");
  const row = readme.split("\n").find((line) => line.startsWith(`| ${name} |`));
  return row?.split("|").map((cell) => cell.trim());
}

const programs = folders.filter((name) => tableRow(name) !== undefined);
const counted: readonly CallName[] = ["mmap", "munmap", "mremap", "mprotect", "madvise", "shmat"];

/** Counts of calls in the text, and those that whoever recorded it wrote down. */
async function checkCounts(name: string, trace: Listed): Promise<void> {
  const [, , , , strace = "", perf = ""] = tableRow(name) ?? [];
  if (trace.facts.recorder !== "perf") {
    for (const call of counted) {
      const number = new RegExp(`\\b${call} (\\d+)`).exec(strace)?.[1] ?? 0;
      expect(count(trace.events, call), call).toBe(Number(number));
    }
    return;
  }
  const text = await textOf(name, "perf-script.txt");
  for (const call of [...counted, "brk"] as const) {
    const entries = matches(text, new RegExp(`syscalls:sys_enter_${call}: `, "g"));
    expect(count(trace.events, call), call).toBe(entries);
  }
  expect(count(trace.events, "mmap")).toBe(Number(/enter_mmap (\d+)/.exec(perf)?.[1]));
  const searches = Number(/unmapped_area (\d+)/.exec(perf)?.[1]);
  expect(ofKind(trace, "search")).toHaveLength(searches);
}

describe.skipIf(shared === undefined)(`recordings of programs${missing}`, () => {
  it.each(programs)(
    "%s has all calls, searches and maps, and comes back from a file",
    async (name) => {
      const { traces, diagnostics } = await load(name);
      const snapshots = traces.flatMap((trace) => ofKind(trace, "snapshot").filter(isOwn));
      const stale = diagnostics.count("import/unplaced-maps");
      // Maps of an attach are looked at for both runs, and of use for the one that follows.
      const attached = matches(await textOf(name, "attach-maps.txt"), /^### /gm);
      expect(stale).toBe(attached);
      expect(snapshots.length + stale).toBe((await blocksIn(name)) + attached);
      for (const trace of traces) {
        await checkCounts(name, trace);
        expect(isDeepStrictEqual(listed(decode(encode(trace), name)), trace)).toBe(true);
      }
    },
  );
});
