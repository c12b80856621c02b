/** Bad recordings: each case is refused with advice (E), counted (W) or accepted (I), and what lies around it is read. */

import { describe, expect, it } from "vitest";
import { Diagnostics, MmreplayError } from "../../src/errors.ts";
import { bundle } from "../../src/formats/bundle.ts";
import { policyFor, resolveTrace } from "../../src/pipeline.ts";
import type { Event } from "../../src/trace/event.ts";
import { eventText } from "../support/events-text.ts";
import { callCases } from "./bad-inputs/calls.ts";
import {
  after,
  before,
  type Case,
  type Files,
  log,
  map,
  perfEnter,
  perfExit,
  repeat,
  text,
} from "./bad-inputs/case.ts";
import { folderCases } from "./bad-inputs/folders.ts";
import { otherCases } from "./bad-inputs/others.ts";
import { textCases } from "./bad-inputs/text.ts";

interface Outcome {
  readonly error?: MmreplayError;
  readonly warnings: ReadonlySet<string>;
  readonly events: readonly Event[];
}

/** Files of one folder, or one file, read and resolved. */
async function readAll(files: Files): Promise<Outcome> {
  const diagnostics = new Diagnostics();
  const names = Object.keys(files);
  const sources = names.map((name) => ({
    name,
    async *open(): AsyncGenerator<Uint8Array> {
      yield Buffer.from(files[name] ?? "");
    },
  }));
  const events: Event[] = [];
  const seen = (): ReadonlySet<string> => new Set(diagnostics.warnings.keys());
  try {
    const located = { path: names[0] ?? "", folder: names.length > 1, sources };
    for (const trace of await bundle(located, diagnostics)) {
      events.push(...trace.events);
      resolveTrace(trace, policyFor(trace.facts), diagnostics);
    }
  } catch (error) {
    if (!(error instanceof MmreplayError)) throw error;
    return { error, warnings: seen(), events };
  }
  return { warnings: seen(), events };
}

/** Warnings of the log around each case. */
const usual = readAll({ "a.strace": log() });

const usualCalls = [
  "10 mmap(0x0, 4096, PROT_READ, MAP_ANONYMOUS|MAP_PRIVATE, -1, 0x0) = 0x7f0000001000",
  "10 munmap(0x7f0000001000, 4096) = 0x0",
];

/** Errors about files of which no line is to blame, or has been read. */
const ofWholeFiles: ReadonlySet<string> = new Set([
  "parse/empty",
  "import/given-twice",
  "parse/encoding",
  "parse/perf-data",
  "parse/trace-dat",
]);

async function check({ verdict, files, code, calls }: Case): Promise<void> {
  const { error, warnings, events } = await readAll(files);
  if (verdict === "E") {
    expect(error?.code ?? [...warnings]).toEqual(code ?? expect.stringMatching(/^\w+\/[a-z-]+$/));
    expect(error?.at.file).toBeDefined();
    if (!ofWholeFiles.has(error?.code ?? "")) expect(error?.at.line).toBeGreaterThan(0);
    expect(error?.hint ?? "").not.toBe("");
    return;
  }
  expect(error).toBeUndefined();
  const known = code?.startsWith("resolve/") ? new Set<string>() : (await usual).warnings;
  const more = [...warnings].filter((warning) => !known.has(warning));
  if (verdict === "I") expect(more).toEqual([]);
  else if (code !== undefined) expect([...warnings]).toContain(code);
  else expect(more).not.toEqual([]);
  if (calls !== undefined) {
    const told = events.filter((event) => event.kind === "call").map(eventText);
    expect(told.filter((line) => !usualCalls.includes(line.replace(/^[\d.]+ /, "")))).toEqual(
      calls,
    );
  }
  if (files["a.strace"]?.toString().includes(map) && files["a.strace"].toString().includes(after)) {
    const told = events.map(eventText);
    expect(told.some((line) => line.includes("mmap(0x0, 4096, PROT_READ"))).toBe(true);
    expect(told.some((line) => line.endsWith("munmap(0x7f0000001000, 4096) = 0x0"))).toBe(true);
  }
}

describe("bad input", () => {
  for (const one of [...textCases, ...callCases, ...otherCases, ...folderCases]) {
    it(`${one.is}: ${one.verdict}`, () => check(one));
  }

  it.each([
    ["parse/half-calls", 2, text("# header", perfEnter, perfEnter)],
    ["parse/half-calls", 3, text("# header", "", perfExit)],
    [
      "parse/mixed-recorders",
      23,
      log(...repeat('10 read(3, "x", 1) = 1', 20), ...repeat(perfEnter, 6)),
    ],
    ["parse/no-results", 2, text('10 read(3, "x", 1) = 1', `${map.replace(/=.*/, "= ...")}`)],
    ["parse/no-memory-calls", 2, text('10 read(3, "x", 1) = 1', "10 munmap(0x1000) = 0")],
  ])("tells with %s the line where it shows", async (code, line, content) => {
    const { error } = await readAll({ "a.txt": content });
    expect(error).toMatchObject({ code, at: { line } });
  });

  it("shows where meta.json is no JSON", async () => {
    const { error } = await readAll({ "a.strace": log(), "meta.json": '{\n  "kernel": 6.1,,\n}' });
    expect(error).toMatchObject({ code: "import/bad-meta", at: { line: 2, column: 17 } });
    expect(error?.hint).toContain("leave it out");
  });

  it("59 many lines take time in proportion", async () => {
    const pairs = (count: number): string => `${before[0]}\n${`${map}\n${after}\n`.repeat(count)}`;
    const { events, error } = await readAll({ "a.strace": pairs(50_000) });
    expect(error).toBeUndefined();
    expect(events.length).toBeGreaterThanOrEqual(100_000);
  });

  it("61 the path is exactly what the file is called", async () => {
    const mapped = (path: string): string =>
      `10 mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, 3<${path}>, 0) = 0x7f0000003000`;
    for (const [printed, path] of [
      ["/a\\76b, c) = 0\\n", "/a>b, c) = 0\n"],
      ['/x \\"q\\" \\\\ \\303\\251\\1.', '/x "q" \\ \u00e9\u0001.'],
    ] as const) {
      const { events } = await readAll({ "a.strace": log(mapped(printed)) });
      const files = events.flatMap((event) =>
        event.kind === "call" && event.call === "mmap" && event.fd === 3 ? [event.file?.path] : [],
      );
      expect(files).toEqual([path]);
    }
  });
});
