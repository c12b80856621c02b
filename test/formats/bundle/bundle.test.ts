import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { Diagnostics } from "../../../src/errors.ts";
import type { Source } from "../../../src/formats/bundle/runs.ts";
import { bundle } from "../../../src/formats/bundle.ts";
import { encode } from "../../../src/trace/codec.ts";
import { listed } from "../../support/events.ts";
import { inputOf, sample } from "../../support/samples.ts";

type Files = Readonly<Record<string, string | Uint8Array>>;

const sourcesOf = (files: Files): readonly Source[] =>
  Object.entries(files).map(([name, content]) => ({
    name,
    open: () => inputOf(content).chunks,
  }));

async function load(
  files: Files,
  diagnostics = new Diagnostics(),
): Promise<readonly ReturnType<typeof listed>[]> {
  const located = { path: "runs/demo", folder: true, sources: sourcesOf(files) };
  return (await bundle(located, diagnostics)).map(listed);
}

const perf = (...events: readonly string[]): string =>
  events.map((event, at) => `  zoo  7 [000]  ${100 + at}.5: ${event}\n`).join("");

const mmap = (fd: string, length: string, offset = "0x0"): string =>
  `syscalls:sys_enter_mmap: addr: 0x00000000, len: ${length}, prot: 0x00000003, flags: 0x00000001, fd: ${fd}, off: ${offset}`;
const brk = ["syscalls:sys_enter_brk: brk: 0x00000000", "syscalls:sys_exit_brk: 0x9000"] as const;
const call = (fd: string, length: string, result: string, offset?: string): readonly string[] => [
  mmap(fd, length, offset),
  `syscalls:sys_exit_mmap: ${result}`,
];

const area = (range: string, path: string, offset = "00000000"): string =>
  `${range} rw-s ${offset} fe:00 12 ${path}\n`;

const strace =
  "7 brk(NULL) = 0x9000\n7 mmap(NULL, 8192, PROT_READ, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0x7f0000\n";

/** Name and snapshots of each trace. */
const summary = (traces: Awaited<ReturnType<typeof load>>): readonly object[] =>
  traces.map(({ name, facts, events }) => ({
    name,
    recorder: facts.recorder,
    maps: events.flatMap((event) => (event.kind === "snapshot" ? [event.source] : [])),
  }));

describe("a folder", () => {
  it.each(["run.txt", "run.bpftrace", "run.json", "run.log"])(
    "takes maps that are named after %s as its own",
    async (name) => {
      const text = "100500000000 7 7 brk enter 0\n100600000000 7 7 brk exit 9000\n";
      const [trace] = await load({ [name]: text, "run.maps": area("7f000-80000", "/a") });
      const snapshots = trace?.events.filter(({ kind }) => kind === "snapshot");
      expect(snapshots).toMatchObject([{ source: "run.maps", exact: true }]);
    },
  );

  it("is one trace for each recording, with the maps that are named after it", async () => {
    const traces = await load({
      "meta.json": "{}",
      "perf-big.txt": perf(...brk),
      "perf-big.maps": area("7f000-80000", "/a"),
      "strace-mid.txt": strace,
      "strace-mid.maps": area("7f0000-7f2000", ""),
      "strace-nvme.txt": `${strace}7 munmap(0x7f0000, 8192) = 0\n`,
      "plain.txt": "nothing that a recorder wrote\n",
    });
    expect(summary(traces)).toEqual([
      { name: "demo:perf-big", recorder: "perf", maps: ["perf-big.maps"] },
      { name: "demo:strace-mid", recorder: "strace", maps: ["strace-mid.maps"] },
      { name: "demo:strace-nvme", recorder: "strace", maps: [] },
    ]);
  });

  it("gives maps that are named after no recording to the only one", async () => {
    const traces = await load({ "perf.txt": perf(...brk), "maps.txt": area("7f000-80000", "/a") });
    expect(summary(traces)).toEqual([{ name: "demo", recorder: "perf", maps: ["maps.txt"] }]);
  });

  it("tells apart the maps of two recorders", async () => {
    const traces = await load({
      "perf-script.txt": perf(...brk),
      "perf-maps.txt": area("7f000-80000", "/a"),
      "strace.txt": strace,
      "strace-smaps.txt": area("7f0000-7f2000", ""),
    });
    expect(summary(traces)).toMatchObject([
      { maps: ["perf-maps.txt"] },
      { maps: ["strace-smaps.txt"] },
    ]);
  });

  it("reads files of one task each as one recording", async () => {
    const timed = (time: number, text: string): string => `1795352${time}.000001 ${text}\n`;
    const traces = await load({
      "out.11": timed(100, "brk(NULL) = 0x9000") + timed(102, "brk(NULL) = 0x9000"),
      "out.12": timed(101, "munmap(0x7f0000, 4096) = 0"),
    });
    expect(traces).toHaveLength(1);
    const [trace] = traces;
    expect(trace?.events.flatMap((event) => (event.kind === "call" ? [event.pid] : []))).toEqual([
      11, 12, 11,
    ]);
  });

  it("names files by maps, mounts and devices", async () => {
    const meta = {
      program_cmdline: "qemu -device vfio-pci,host=0000:00:09.0",
      devices: [
        {
          bdf: "0000:00:08.0",
          bars: [{ index: 2, start: "0x100000000", size: 1048576, io: false }],
        },
        {
          bdf: "0000:00:09.0",
          bars: [{ index: 2, start: "0x200000000", size: 1048576, io: false }],
        },
      ],
    };
    const [trace] = await load({
      "meta.json": JSON.stringify(meta),
      "mounts.txt": "/dev/vda / ext4 rw 0 0\nt /mnt tmpfs rw,huge=always 0 0\n",
      "maps.txt":
        area("700000-702000", "/usr/lib/x.so", "00001000") +
        area("710000-711000", "/mnt/y") +
        area("800000-900000", "anon_inode:[vfio-device]", "20000000000"),
      "perf.txt": perf(
        ...brk,
        ...call("0x3", "0x2000", "0x700000", "0x1000"),
        ...call("0x4", "0x1000", "0x710000"),
        ...call("0x5", "0x1000", "0x720000"),
        ...call("0x6", "0x100000", "0x800000", "0x20000000000"),
      ),
    });
    const files = trace?.events.flatMap((event) =>
      event.kind === "call" && event.call === "mmap" ? [event.file] : [],
    );
    expect(files).toMatchObject([
      { kind: "regular", path: "/usr/lib/x.so", filesystem: "ext4" },
      { kind: "shmem", path: "/mnt/y", huge: "always" },
      { id: -1, kind: "unknown" },
      { kind: "vfio", device: "0000:00:09.0" },
    ]);
  });

  it("does not take a file for another that is mapped at the same place later", async () => {
    const [trace] = await load({
      "maps.txt": area("700000-701000", "/late"),
      "perf.txt": perf(
        ...call("0x3", "0x1000", "0x700000"),
        "syscalls:sys_enter_munmap: addr: 0x00700000, len: 0x00001000",
        "syscalls:sys_exit_munmap: 0x0",
        ...call("0x4", "0x1000", "0x700000"),
      ),
    });
    const files = trace?.events.flatMap((event) =>
      event.kind === "call" && event.call === "mmap" ? [event.file?.path] : [],
    );
    expect(files).toEqual([undefined, "/late"]);
  });

  it("says what was concluded, and nothing more", async () => {
    const [trace] = await load({ "perf.txt": perf(...brk) });
    expect(trace?.facts).toEqual({
      recorder: "perf",
      pageSize: 4096,
      inferred: ["page size 4096: the address on line 2 is not a multiple of 16384"],
    });
  });

  it("reads a perf.data and the text that perf printed of it once", async () => {
    const open = (): AsyncIterable<Uint8Array> => inputOf(perf(...brk)).chunks;
    const sources = [
      { name: "perf.data", open, isPrinted: () => true },
      { name: "perf.txt", open, isPrinted: () => false },
    ];
    const traces = await bundle({ path: "run", folder: true, sources }, new Diagnostics());
    expect(traces.map(({ events }) => events.length)).toEqual([1]);
  });

  it("reads a text and the same packed beside it once, and refuses the same under another name", async () => {
    const [plain, packed] = [Buffer.from(strace.repeat(9000)), gzipSync(strace.repeat(9000))];
    const once = await load({ "a.txt.gz": packed, "a.txt": plain });
    expect(once.map(({ name }) => name)).toEqual(["demo"]);
    await expect(load({ "a.txt": plain, "b.txt.gz": packed })).rejects.toMatchObject({
      code: "import/given-twice",
    });
    const other = gzipSync(`${strace.repeat(9000)}7 brk(NULL) = 0x9000\n`);
    expect(await load({ "a.txt": plain, "b.txt.gz": other })).toHaveLength(2);
  });

  it("leaves out a recording without a memory call, if there is another", async () => {
    const exec = "sched:sched_process_exec: filename=/a pid=7 old_pid=7";
    const diagnostics = new Diagnostics();
    const traces = await load({ "perf-a.txt": perf(exec), "strace-b.txt": strace }, diagnostics);
    expect(traces.map(({ name }) => name)).toEqual(["demo:strace-b"]);
    expect([...diagnostics.warnings.keys()]).toContain("import/left-out");
    await expect(load({ "perf-a.txt": perf(exec) })).rejects.toMatchObject({
      code: "parse/no-memory-calls",
    });
  });

  it("without a recording says what it does hold", async () => {
    await expect(load({ "meta.json": "{}", "bases.txt": "# 7.3\n" })).rejects.toMatchObject({
      code: "import/no-recording",
      message: "no recording among meta.json, bases.txt",
      at: { file: "runs/demo" },
    });
  });

  it("has the page size of auxv.txt, as the dynamic linker prints it", async () => {
    const auxv = "AT_HWCAP:             0xffff\nAT_PAGESZ:            65536\nAT_CLKTCK:  100\n";
    const [trace] = await load({ "auxv.txt": auxv, "run.strace": strace });
    expect(trace?.facts.pageSize).toBe(65_536);
  });

  it("with a broken meta.json is refused", async () => {
    await expect(load({ "meta.json": "[", "perf.txt": perf(...brk) })).rejects.toMatchObject({
      code: "import/bad-meta",
    });
  });
});

describe("a file", () => {
  const one = async (
    name: string,
    content: string | Uint8Array,
  ): Promise<readonly ReturnType<typeof listed>[]> => {
    const sources = sourcesOf({ [name]: content });
    const traces = await bundle(
      { path: `runs/${name}`, folder: false, sources },
      new Diagnostics(),
    );
    return traces.map(listed);
  };

  it("is a trace of its own name, whatever its format", async () => {
    const [trace] = await one("zoo.txt", sample("perf-7.2-script-zoo.txt"));
    expect(trace?.name).toBe("zoo.txt");
    const [maps] = await one("maps", sample("maps-hold.txt"));
    expect(maps?.events).toMatchObject([{ kind: "snapshot" }]);
  });

  it("of mmreplay's own comes back with name and facts", async () => {
    const [original] = await load({ "perf.txt": perf(...brk), "mounts.txt": "" });
    if (original === undefined) throw new Error("no trace");
    const [again] = await one("x.mmtrace", encode(original));
    expect({ ...again, events: [...(again?.events ?? [])] }).toEqual({
      ...original,
      events: [...original.events],
    });
  });

  it("that no format reads is refused by name", async () => {
    await expect(one("notes.txt", "some notes\n")).rejects.toMatchObject({
      at: { file: "notes.txt" },
    });
  });
});
