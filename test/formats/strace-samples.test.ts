import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { Diagnostics, MmreplayError } from "../../src/errors.ts";
import { detect, formats } from "../../src/formats/index.ts";
import { strace } from "../../src/formats/strace.ts";
import type { Event } from "../../src/trace/event.ts";
import { fileOf, readWith, sample } from "../support/samples.ts";
import { shared } from "../support/shared.ts";

const samples = join(import.meta.dirname, "samples");
const listed = readdirSync(samples)
  .filter((file) => file.startsWith("strace-"))
  .map((file) => file.replace(/\.txt$/, ""));

/** The file behind each successful mapping of a descriptor: `line id kind path`. */
function files(events: readonly Event[]): string[] {
  return events.flatMap((event) =>
    event.kind === "call" && event.call === "mmap" && event.file !== undefined && !event.error
      ? [`${event.line} ${event.file.id} ${event.file.kind} ${event.file.path}`]
      : [],
  );
}

describe("strace samples", () => {
  it.each(listed)("%s is detected without its name", (name) => {
    const head = sample(`${name}.txt`).subarray(0, 65_536);
    expect(detect(head, "x").id).toBe("strace");
    expect(formats.all.filter((format) => format.sniff(head)).map(({ id }) => id)).toEqual([
      "strace",
    ]);
  });

  it("gives the same events wherever the chunks are cut", async () => {
    for (const name of ["strace-4.8-y-paths", "strace-6.13-pid-brackets-tt-T"]) {
      const whole = await readWith(strace, sample(`${name}.txt`), 1_000_000);
      for (const chunk of [1, 2, 7, 64]) {
        const cut = await readWith(strace, sample(`${name}.txt`), chunk);
        expect(cut.events).toEqual(whole.events);
      }
    }
  });

  const odd = [
    "sp ace",
    'q"uote',
    "gt>x",
    "new\nline",
    "back\\slash",
    "oct\ufffd\u0001",
    "comma, 3",
    "paren)",
    "utf-é",
    // The name really ends with what strace adds to deleted files.
    "a -> b (deleted)",
  ].map((name) => `/srv/demo/${name}`);

  it.each(["strace-4.8-y-paths", "strace-7.2-yy-paths", "strace-6.13-xx-paths"])(
    "%s names the files exactly",
    async (name) => {
      const { events } = await readWith(strace, sample(`${name}.txt`));
      const paths = files(events).map((line) => line.replace(/^\d+ /, ""));
      // Each file is opened, mapped, unlinked, mapped again and closed.
      expect(paths.slice(0, 20)).toEqual(
        odd.flatMap((path, id) => [`${id} regular ${path}`, `${id} regular ${path}`]),
      );
      expect(paths.slice(20, 22)).toEqual(["10 zero /dev/zero", "10 zero /dev/zero"]);
      expect(paths[22]).toMatch(/^\d+ socket /);
      expect(paths.slice(23).map((line) => line.replace(/^\d+ /, ""))).toEqual([
        "shmem /memfd:x",
        "shmem /memfd:x",
        'shmem /memfd:odd >," name',
      ]);
    },
  );

  it("follows descriptors without -y", async () => {
    const { events } = await readWith(strace, sample("strace-7.2-plain.txt"));
    expect(files(events)).toEqual([
      "20 0 regular data file.bin",
      "21 0 regular data file.bin",
      "22 0 regular data file.bin",
      "71 5 shmem /memfd:mem x",
      "73 0 regular data file.bin",
    ]);
    const attached = events.find((event) => event.kind === "call" && event.call === "shmat");
    expect(attached).toMatchObject({ length: 12_288, file: { kind: "shmem", huge: "internal" } });
  });

  it("tells the command", async () => {
    const { result } = await readWith(strace, sample("strace-7.2-a1-qqq.txt"));
    expect(result.facts).toEqual({
      recorder: "strace",
      command: "/srv/demo/bin/life",
    });
  });

  it("counts times over midnight and durations", async () => {
    const text = [
      "4711 23:59:59.999990 mmap(NULL, 4096, PROT_READ, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0x7f0000001000 <0.000004>",
      "4711 00:00:00.000010 munmap(0x7f0000001000, 4096) = 0 <0.000003>",
    ];
    const { events } = await readWith(strace, `${text.join("\n")}\n`);
    const calls = events.filter((event) => event.kind === "call");
    expect(calls[0]?.entryTime).toBeCloseTo(86_399.99999, 6);
    expect(calls[0]?.time).toBeCloseTo(86_399.999994, 6);
    expect(calls[1]?.time).toBeCloseTo(86_400.000013, 6);
  });
});

describe.skipIf(shared === undefined)("all samples of all recorders (needs ../shared)", () => {
  const folder = join(shared ?? "", "formats");
  const names =
    shared === undefined ? [] : readdirSync(folder).filter((n) => /\.(txt|data)$/.test(n));
  const read = (name: string): Buffer => readFileSync(join(folder, name));

  it("are claimed by at most one format", () => {
    for (const name of names) {
      const head = read(name).subarray(0, 65_536);
      const claims = formats.all.filter((format) => format.sniff(head)).map(({ id }) => id);
      const isStrace = name.startsWith("strace-") && name !== "strace-6.13-summary-only.txt";
      if (isStrace) expect(claims, name).toEqual(["strace"]);
      else expect(claims.includes("strace"), name).toBe(false);
      expect(claims.length, name).toBeLessThan(2);
    }
  });

  it("are read if they are strace's", async () => {
    for (const name of names.filter((n) => n.startsWith("strace-"))) {
      if (name === "strace-6.13-summary-only.txt") continue;
      const { events } = await readWith(strace, read(name));
      expect(events.filter((event) => event.kind === "call").length, name).toBeGreaterThan(3);
    }
  });

  it("are refused by name if nothing can be done with them", () => {
    const codeOf = (name: string): string => {
      try {
        return detect(read(name).subarray(0, 65_536), name).id;
      } catch (error) {
        return error instanceof MmreplayError ? error.code : "thrown";
      }
    };
    expect(codeOf("strace-6.13-summary-only.txt")).toBe("parse/summary-only");
    expect(codeOf("perf-7.2-trace-summary.txt")).toBe("parse/perf-summary");
    expect(codeOf("perf-7.2-life.data")).toBe("parse/perf-data");
    expect(codeOf("index.md")).toBe("parse/unknown-format");
  });

  it("one file per task gives what strace-log-merge gives", async () => {
    const set = join(folder, "strace-7.2-ff");
    const inputs = readdirSync(set).map((n) => fileOf(readFileSync(join(set, n)), n, 100));
    const events: Event[] = [];
    const diagnostics = new Diagnostics();
    await strace.perTask?.read(inputs, (event) => events.push(event), diagnostics);
    const merged = await readWith(strace, read("strace-7.2-ff-merged.txt"));
    expect(events).toEqual(merged.events);
    expect(diagnostics.warnings.size).toBe(0);
  });
});
