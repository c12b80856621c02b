/** Every sample of every recorder: claimed by one format or refused, and read alike however it comes. */

import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { Diagnostics, MmreplayError } from "../../src/errors.ts";
import { bundle } from "../../src/formats/bundle.ts";
import { detect, formats } from "../../src/formats/index.ts";
import { decode, encode } from "../../src/trace/codec.ts";
import { listed } from "../support/events.ts";
import { shared } from "../support/shared.ts";

const folder = join(shared ?? "", "formats");
const here = join(import.meta.dirname, "samples");

/** What is no recording, or cannot be used, by the whole name. */
const refused: ReadonlyMap<string, string> = new Map([
  ["strace-6.13-summary-only.txt", "parse/summary-only"],
  ["perf-7.2-trace-summary.txt", "parse/perf-summary"],
  ["perf-7.2-trace-F-zoo.txt", "parse/no-memory-calls"],
  ["perf-6.1-life.data", "parse/perf-data"],
  ["perf-6.12-life.data", "parse/perf-data"],
  ["perf-7.2-life.data", "parse/perf-data"],
  ["perf-7.2-race-monotonic.data", "parse/perf-data"],
  ["perf-6.1-script-lost.stderr.txt", "parse/unknown-format"],
  ["perf-7.2-script-lost.stderr.txt", "parse/unknown-format"],
  ["perf-7.2-record-lost.stderr.txt", "parse/unknown-format"],
  ["bpftrace-mem.bt", "parse/unknown-format"],
  ["fdinfo-hold.txt", "parse/unknown-format"],
  ["numa_maps-hold.txt", "parse/numa-maps"],
  ["stat-fields-hold.txt", "parse/unknown-format"],
  ["index.md", "parse/unknown-format"],
]);

/** The format of all other samples, by how their names begin. */
const families: readonly (readonly [RegExp, string])[] = [
  [/^strace-/, "strace"],
  [/^perf-[\d.]+-script-/, "perf-script"],
  [/^perf-[\d.]+-trace-/, "perf-trace"],
  [/^ftrace-/, "ftrace"],
  [/^bpftrace-/, "bpftrace"],
  [/^pmap-/, "pmap"],
  [/^s?maps-/, "maps"],
];

const filesIn = (path: string): string[] =>
  readdirSync(path).filter((name) => statSync(join(path, name)).isFile());

/** Read a file under a name, as the command line does. */
async function read(path: string, name: string): Promise<ReturnType<typeof listed>> {
  async function* open(): AsyncGenerator<Uint8Array> {
    yield readFileSync(path);
  }
  const sources = { path: name, folder: false, sources: [{ name, open }] };
  const [trace] = await bundle(sources, new Diagnostics());
  if (trace === undefined) throw new Error("no trace");
  return listed(trace);
}

async function check(path: string, name: string): Promise<void> {
  const head = readFileSync(path).subarray(0, 65_536);
  const claims = formats.all.filter((format) => format.sniff(head)).map(({ id }) => id);
  const code = refused.get(name);
  if (code !== undefined) {
    const error = await read(path, name).catch((thrown: unknown) => thrown);
    expect(error, name).toBeInstanceOf(MmreplayError);
    expect((error as MmreplayError).code, name).toBe(code);
    return;
  }
  const format = families.find(([pattern]) => pattern.test(name))?.[1];
  expect(claims, name).toEqual([format]);
  expect(detect(head, "x").id, name).toBe(format);
  const named = await read(path, name);
  const nameless = await read(path, "x");
  expect(named.events.length, name).toBeGreaterThan(0);
  const withoutSource = (trace: Awaited<ReturnType<typeof read>>): unknown[] =>
    trace.events.map((event) => (event.kind === "snapshot" ? { ...event, source: "" } : event));
  expect(withoutSource(nameless), name).toEqual(withoutSource(named));
  expect(listed(decode(encode(named), name)), name).toEqual(named);
}

describe("every sample beside the tests", () => {
  it.each(filesIn(here))("%s is read alike by name, without, and from a trace", async (name) => {
    await check(join(here, name), name);
  });
});

const reason = shared === undefined ? " (skipped: ../shared/formats is missing)" : "";

describe.skipIf(shared === undefined)(`every sample of the laboratory${reason}`, () => {
  it.each(shared === undefined ? [] : filesIn(folder))(
    "%s is read alike by name, without, and from a trace",
    async (name) => {
      await check(join(folder, name), name);
    },
  );

  it("in a folder of one file per task is strace's", async () => {
    for (const set of ["strace-7.2-ff", "strace-7.2-ff-thread-exec"]) {
      const path = join(folder, set);
      const sources = filesIn(path).map((name) => ({
        name,
        async *open(): AsyncGenerator<Uint8Array> {
          yield readFileSync(join(path, name));
        },
      }));
      const traces = await bundle({ path: set, folder: true, sources }, new Diagnostics());
      expect(traces.length, set).toBe(1);
      const [trace] = traces;
      if (trace === undefined) throw new Error("no trace");
      expect(trace.facts.recorder, set).toBe("strace");
      expect(listed(decode(encode(trace), set)), set).toEqual(listed(trace));
    }
  });
});
