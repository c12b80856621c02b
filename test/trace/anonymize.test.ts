import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { load } from "../../src/cli/load.ts";
import { anonymize } from "../../src/trace/anonymize.ts";
import { decode, encode } from "../../src/trace/codec.ts";
import { readContainer } from "../../src/trace/container.ts";
import type { Event } from "../../src/trace/event.ts";
import { eventJson, jsonLine } from "../../src/trace/event-json.ts";
import { logOf } from "../../src/trace/log-writer.ts";
import { Pseudonyms } from "../../src/trace/pseudonyms.ts";
import type { Trace } from "../../src/trace/trace.ts";
import { mmreplay } from "../support/cli.ts";
import { replayer } from "../support/replayed.ts";
import { shared } from "../support/shared.ts";
import { shippedTrace, shippedTraces } from "../support/traces.ts";
import { verifyTrace } from "../support/verified.ts";
import { trace as arbitraryTrace } from "./arbitrary.ts";

/** Names of an event that are people's, and not the kernel's. */
function namesOf(event: Event): readonly string[] {
  switch (event.kind) {
    case "call":
      if (event.call === "set_vma_name") return event.label === null ? [] : [event.label];
      return "file" in event ? [event.file?.path ?? ""] : [];
    case "lifecycle":
      return [event.path ?? ""];
    case "snapshot":
      return event.areas.map(({ path }) => path);
    default:
      return [];
  }
}

/** What may be in an anonymous trace: classes of names. */
const classes: ReadonlySet<string> = new Set(
  (
    "dev shm zero null vfio devices dri hugepages sys bus pci proc [heap] [stack] [vdso] [vvar] [vvar_vclock] " +
    "[vsyscall] anon_hugepage secretmem [aio] . .."
  ).split(" "),
);

/** The parts of a name that must not go out. */
const partsOf = (name: string): readonly string[] =>
  name
    .replace(/ \(deleted\)$/, "")
    .replace(/^\/memfd:|^\/SYSV(?=.{8}$)|^anon_inode:.*|^\[anon:|\]$/g, (kept) =>
      kept === "]" && name.startsWith("[") && !name.startsWith("[anon:") ? kept : "",
    )
    .split("/")
    .filter((part) => part !== "" && part !== "00000000" && !classes.has(part));

function originalParts({ facts, events }: Trace): ReadonlySet<string> {
  const parts = new Set<string>();
  for (const event of events)
    for (const name of namesOf(event)) for (const part of partsOf(name)) parts.add(part);
  for (const word of (facts.command ?? "").split(/[\s/]+/))
    if (/^[a-z][\w.]{3,}$/.test(word) && word !== facts.recorder) parts.add(word);
  return parts;
}

/** Flags of areas, which may read like the name of a program: `rd ex mr sh`. */
const vmFlags = /^[a-z]{2}(?: [a-z]{2})*$/;

/** Every text that an encoded trace holds. */
function textsIn(bytes: Uint8Array): readonly string[] {
  const { name, facts, events } = decode(bytes, "anonymous");
  const tables = logOf(events).slots.map((slot) => slot.block().tables);
  const all = [
    ...[name, ...Object.values(facts), ...facts.inferred],
    ...tables.flatMap(({ strings, files }) => [...strings, ...files.flatMap(Object.values)]),
  ];
  return all.filter((one) => typeof one === "string" && !vmFlags.test(one));
}

/** Nothing of the original is left, whatever it is part of; a folder may be called like a filesystem. */
function expectNothingOf(trace: Trace, anonymous: Trace): void {
  const bytes = encode({ ...anonymous, name: "out" });
  const types = new Set<string | undefined>();
  for (const event of trace.events) if ("file" in event) types.add(event.file?.filesystem);
  const parts = [...originalParts(trace)].filter((part) => !types.has(part));
  const words = new Set(textsIn(bytes).flatMap((text) => text.split(/[/\s]+/)));
  expect(parts.filter((part) => words.has(part))).toEqual([]);
  const long = parts.filter((part) => part.length >= 6);
  for (const { kind, payload } of readContainer(bytes, "anonymous")) {
    if (kind === "bits") continue;
    const raw = Buffer.from(payload).toString("latin1");
    expect(long.filter((part) => raw.includes(part))).toEqual([]);
  }
}

/** Equal but for names: these map one to one, those of the same class to one of it. */
function expectSameEvents(trace: Trace, anonymous: Trace): void {
  expect(anonymous.events.length).toBe(trace.events.length);
  const forth = new Map<string, string>();
  const back = new Map<string, string>();
  const bare = (event: Event): string =>
    eventJson(event)
      .map((one) => jsonLine(one).replace(/"(path|label|warning)":"(?:[^"\\]|\\.)*"/, '"$1":""'))
      .join();
  let index = 0;
  for (const event of trace.events) {
    const other = anonymous.events.at(index++);
    if (other === undefined) throw new Error("too few events");
    if (bare(other) !== bare(event)) expect(bare(other)).toBe(bare(event));
    const names = namesOf(other);
    for (const [at, name] of namesOf(event).entries()) {
      const pseudonym = names[at] ?? "";
      expect(forth.get(name) ?? pseudonym).toBe(pseudonym);
      expect(back.get(pseudonym) ?? name).toBe(name);
      forth.set(name, pseudonym);
      back.set(pseudonym, name);
    }
  }
}

/** Under the name of the original, as a user would call it. */
const made = (trace: Trace): Trace => anonymize(trace, trace.name).trace;

/** The original with the command of its anonymous copy: reports print it. */
const withCommand = (trace: Trace, { facts }: Trace): Trace => ({
  ...trace,
  facts: { ...trace.facts, ...(facts.command !== undefined && { command: facts.command }) },
});

const verifiedWithout = (trace: Trace, free: boolean): unknown =>
  JSON.parse(
    JSON.stringify(verifyTrace(trace, { free }), (key, value) =>
      ["what", "model", "kernel", "around"].includes(key) ? null : value,
    ),
  );

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "mmreplay-anonymous-"));
  for (const part of ["original", "anonymous"]) mkdirSync(join(folder, part));
  for (const name of shippedTraces) {
    const trace = shippedTrace(name);
    const anonymous = made(trace);
    writeFileSync(
      join(folder, "original", `${name}.mmtrace`),
      encode(withCommand(trace, anonymous)),
    );
    writeFileSync(join(folder, "anonymous", `${name}.mmtrace`), encode(anonymous));
  }
});
afterAll(() => rmSync(folder, { recursive: true }));

const files = shippedTraces.map((name) => `${name}.mmtrace`);

describe("the shipped traces under pseudonyms", () => {
  it.each([
    ...["text", "json", "markdown", "lkml"].map(
      (format) =>
        `replay --policy linux-6.1,linux-7.3,vfio-thp,max-order,merge-first --format ${format}`,
    ),
    "replay --policy linux-7.3 --idioms keep --populate touched --metrics all",
    "verify",
    "verify --free --format json --show 3",
  ])("are told alike by %s", (command) => {
    const run = (part: string) =>
      mmreplay([...command.split(" "), ...files], undefined, {}, join(folder, part));
    const [original, anonymous] = [run("original"), run("anonymous")];
    expect(anonymous).toEqual(original);
    expect(original.stdout).toContain("linux-7.3");
  });

  it.each(shippedTraces)("%s keeps its events and none of its names", (name) => {
    const trace = shippedTrace(name);
    const anonymous = decode(readFileSync(join(folder, "anonymous", `${name}.mmtrace`)), name);
    expectSameEvents(trace, anonymous);
    expectNothingOf(trace, anonymous);
  });
});

const recordings = join(shared ?? "", "recordings");
const chosen =
  shared === undefined
    ? []
    : readdirSync(recordings).filter((name) =>
        /^(?:app-(?:edge-ext4|jvm17|redis)|7\.3-(?:qemu10.0-t02|vfio-bars|dpdk24.11-t02)|6\.1-probe-24)/.test(
          name,
        ),
      );

describe.runIf(shared !== undefined)("recordings (in ../shared) under pseudonyms", () => {
  it.each(chosen)("%s are verified and replayed alike", async (name) => {
    for (const trace of await load(join(recordings, name), { quiet: true })) {
      const anonymous = decode(encode(made(trace)), trace.name);
      expectSameEvents(trace, anonymous);
      expectNothingOf(trace, anonymous);
      for (const free of [false, true])
        expect(verifiedWithout(anonymous, free)).toEqual(verifiedWithout(trace, free));
      const [before, after] = [replayer(trace), replayer(anonymous)];
      for (const metric of ["tlb-entries", "faults", "vmas"])
        expect(after("vfio-thp").metric(metric)).toEqual(before("vfio-thp").metric(metric));
    }
  });
});

describe("an anonymous trace", () => {
  it("begins at 0, keeps every duration, and is its own anonymous copy", () => {
    const trace = shippedTrace("redis-ext4");
    const anonymous = made(trace);
    const micro = (time: number | undefined): number => Math.round((time ?? 0) * 1e6);
    const [first, again] = [[...trace.events], [...anonymous.events]];
    const start = Math.min(
      ...first.map((event) =>
        micro(("entryTime" in event ? event.entryTime : undefined) ?? event.time),
      ),
    );
    expect(again.map(({ time }) => micro(time))).toEqual(
      first.map(({ time }) => micro(time) - start),
    );
    expect(encode(made(anonymous))).toEqual(encode(anonymous));
  });
});

describe("any trace", () => {
  it("comes back under pseudonyms as it was stored, and stays the same under new ones", () => {
    fc.assert(
      fc.property(arbitraryTrace, (trace) => {
        const anonymous = made(trace);
        const bytes = encode(anonymous);
        expectSameEvents(trace, decode(bytes, "anonymous"));
        expect(encode(made(decode(bytes, "anonymous")))).toEqual(bytes);
      }),
      { numRuns: 40 },
    );
  });
});

describe("pseudonyms", () => {
  it("stand for the parts of names that people give", () => {
    const names = new Pseudonyms();
    const pairs = [
      ["/usr/lib/libc.so.6 (deleted)", "/n1/n2/n3 (deleted)"],
      ["/usr/lib", "/n1/n2"],
      ["/lib64/ld-linux-x86-64.so.2", "/n4/ld1"],
      ["./a.out", "./n5"],
      ["//deleted", "//n6"],
      ["/", "/"],
      ["", ""],
      ["[heap]", "[heap]"],
      ["[stack:12]", "[stack:12]"],
      ["[anon:libc.so.6]", "[anon:n3]"],
      ["[anon_shmem:host]", "[anon_shmem:n7]"],
      ["[of nobody]", "n8"],
      ["/memfd:host (deleted)", "/memfd:n7 (deleted)"],
      ["/SYSV0052e2c1 (deleted)", "/SYSV00000001 (deleted)"],
      ["/SYSV00000000 (deleted)", "/SYSV00000000 (deleted)"],
      ["/dev/zero (deleted)", "/dev/zero (deleted)"],
      ["/dev/shm/host/a", "/dev/shm/n7/n9"],
      ["/dev/hugepages/host", "/dev/hugepages/n7"],
      ["/dev/dax0.0", "/dev/dax0.0"],
      ["/dev/vfio/devices/vfio0", "/dev/vfio/devices/vfio0"],
      ["/dev/host-vg/root", "/dev/n10/n11"],
      [
        "/sys/bus/pci/devices/0000:00:08.0/resource2",
        "/sys/bus/pci/devices/0000:00:08.0/resource2",
      ],
      ["/sys/fs/cgroup/host", "/sys/n12/n13/n7"],
      ["/proc/self/root/host", "/proc/n14/n11/n7"],
      ["anon_inode:[vfio-device]", "anon_inode:[vfio-device]"],
      ["socket:[TCP:[10.0.0.1:22]]", "socket:n15"],
      ["/anon_hugepage (deleted)", "/anon_hugepage (deleted)"],
    ] as const;
    expect(pairs.map(([name]) => [name, names.path(name)])).toEqual(pairs);
    expect(names.path("[0x474012]")).toBe("[0x474012]");
    expect(names.path("host")).toBe("n7");
  });
});
