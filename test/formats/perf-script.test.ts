import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MmreplayError } from "../../src/errors.ts";
import { perfScript } from "../../src/formats/perf-script.ts";
import { decode, encode } from "../../src/trace/codec.ts";
import type { Call, Event, Search } from "../../src/trace/event.ts";
import { bare, briefly, mmap, read, readSample, search, text } from "../support/perf-text.ts";
import { readWith, sample } from "../support/samples.ts";

describe("perf script", () => {
  it("pairs entry and exit and keeps the search inside the call before it", async () => {
    const { events } = await read(
      text(`syscalls:sys_enter_mmap: ${mmap}`, search, "syscalls:sys_exit_mmap: 0x7f000"),
    );
    const found: Search = {
      kind: "search",
      line: 2,
      pid: 7,
      time: 1.101,
      length: 0x2000,
      low: 0x1000,
      high: 0x81000,
      topDown: true,
      alignMask: 0,
      alignOffset: 0,
      totalVm: 0x102,
      result: 0x7f000,
      error: null,
    };
    const call: Call = {
      kind: "call",
      call: "mmap",
      line: 3,
      pid: 7,
      time: 1.102,
      entryLine: 1,
      entryTime: 1.1,
      outcome: "ok",
      result: 0x7f000,
      error: null,
      addr: 0,
      length: 0x2000,
      prot: 3,
      flags: 0x22,
      fd: -1,
      offset: 0,
    };
    expect(events).toEqual([found, call]);
  });

  it("reads all errors of the zoo, and brk as the break that it left", async () => {
    const { events, diagnostics } = await readSample("perf-7.2-script-zoo.txt");
    const calls = events.filter((event) => event.kind === "call");
    const failed = calls.filter((call) => call.outcome === "error");
    expect(failed.map((call) => `${call.line} ${call.call} ${call.error}`)).toEqual([
      "34 mmap EOPNOTSUPP",
      "37 mmap ENOMEM",
      "40 mmap ENOMEM",
      "43 mmap ENOMEM",
      "45 mmap EEXIST",
      "47 mmap EINVAL",
      "49 mmap EBADF",
      "53 mmap ENOMEM",
      "59 mmap EINVAL",
      "89 mremap EFAULT",
      "91 munmap EINVAL",
      "97 mprotect ENOMEM",
      "99 mprotect EINVAL",
      "109 shmat EINVAL",
      "119 mprotect EPERM",
      "121 munmap EPERM",
    ]);
    const breaks = calls.filter((call) => call.call === "brk").slice(-3);
    expect(breaks.map((call) => [call.outcome, call.result])).toEqual([
      ["ok", 0x1f96_c000],
      ["ok", 0x1f94_b000],
      ["ok", 0x1f94_b000],
    ]);
    expect(diagnostics.warnings.size).toBe(0);
    expect(calls.length + events.filter((event) => event.kind === "search").length).toBe(51 + 23);
  });

  it("tells the lives of tasks in their order", async () => {
    const { events } = await readSample("perf-7.2-script-life-ns-tasks.txt");
    expect(briefly(events.filter((event) => event.kind === "lifecycle"))).toEqual([
      "7 exec /srv/demo/bin/life",
      "25 thread 10625",
      "35 exit",
      "38 fork 10628",
      "47 exit",
      "50 vfork 10630",
      "57 exit",
      "61 shared-mm 10631",
      "69 exit",
      "72 fork 10632",
      "79 exit",
      "82 fork 10633",
      "87 exit",
      "90 exit",
    ]);
  });

  it("reads the same events from every choice of columns", async () => {
    const life = await readSample("perf-7.2-script-life-ns-tasks.txt");
    for (const columns of ["F-pid-tid", "F-nocomm", "reltime"]) {
      const { events } = await readSample(`perf-7.2-script-${columns}.txt`);
      expect(bare(events)).toEqual(bare(life.events));
    }
    const zoo = await readSample("perf-7.2-script-zoo.txt");
    for (const columns of ["deltatime", "header"]) {
      const { events } = await readSample(`perf-7.2-script-${columns}.txt`);
      expect(bare(events)).toEqual(bare(zoo.events));
    }
  });

  it("tells times that are differences from those of a clock", async () => {
    const { result } = await readSample("perf-7.2-script-deltatime.txt");
    expect(result.facts.inferred).toEqual([expect.stringContaining("(perf script --deltatime)")]);
    for (const columns of ["reltime", "zoo"]) {
      const other = await readSample(`perf-7.2-script-${columns}.txt`);
      expect(other.result.facts.inferred).toBeUndefined();
    }
  });

  it("takes what perf says on standard error for what it is", async () => {
    // perf-7.2-record-lost.stderr.txt and perf-7.2-script-lost.stderr.txt, in front of the text.
    const said = `[ perf record: Woken up 6519 times to write data ]
Warning:
Processed 561399 events and lost 258 chunks!

Check IO/CPU overload!

Warning:
Processed 960009 samples and lost 42.42%!

Failed to open /proc/schedstat
[ perf record: Captured and wrote 52.800 MB lost.data (552816 samples) ]
`;
    const { diagnostics } = await read(`${said}${sample("perf-7.2-script-zoo.txt")}`);
    expect([...diagnostics.warnings.values()]).toEqual([
      {
        code: "parse/lost-somewhere",
        count: 2,
        lines: [3, 8],
        message: "perf does not say where: Processed 561399 events and lost 258 chunks!",
      },
    ]);
  });

  it("reads the same events however the bytes are cut", async () => {
    const bytes = sample("perf-7.2-script-d-mmap2.txt");
    const whole = await readWith(perfScript, bytes);
    const cut = await readWith(perfScript, bytes, 97);
    expect(cut.events).toEqual(whole.events);
    expect(whole.result.lines).toBe(164);
  });

  it("takes kernel, architecture and command from a header", async () => {
    const { result } = await readSample("perf-7.2-script-header.txt");
    expect(result.facts).toEqual({
      recorder: "perf",
      kernel: "6.18.44",
      arch: "x86-64",
      command: "perf",
    });
  });

  it("skips call chains", async () => {
    const { events, diagnostics } = await readSample("perf-7.2-script-callgraph.txt");
    expect(new Set(events.map((event) => event.kind))).toEqual(new Set(["call"]));
    expect(diagnostics.warnings.size).toBe(0);
  });

  it("skips call chains whose tabs were copied as blanks", async () => {
    const text = sample("perf-7.2-script-callgraph.txt").toString();
    const copied = text.replaceAll("\t", "        ");
    expect(perfScript.sniff(Buffer.from(copied))).toBe(true);
    const { events, diagnostics } = await read(copied);
    expect(events).toEqual((await read(text)).events);
    expect(diagnostics.warnings.size).toBe(0);
  });

  it("decodes raw_syscalls by the table of the architecture", async () => {
    const { events } = await readSample("perf-7.2-script-raw_syscalls.txt");
    const zoo = await readSample("perf-7.2-script-zoo.txt");
    const names = (list: readonly Event[]): readonly string[] =>
      list.flatMap((event) => (event.kind === "call" ? [`${event.call} ${event.error}`] : []));
    const common = /^(brk|mmap|munmap|mprotect|mremap|shmat|shmdt) /;
    expect(names(events).filter((name) => common.test(name))).toEqual(names(zoo.events));
  });

  it("says that the calls of a 32-bit task are missing without raw_syscalls", async () => {
    const lines = sample("perf-7.2-script-i386.txt").toString().split("\n");
    const silent = lines.filter((line) => !line.includes("raw_syscalls")).join("\n");
    const { events, diagnostics } = await read(silent);
    expect(diagnostics.count("parse/compat-task")).toBe(1);
    expect(events.filter((event) => event.kind === "call")).toEqual([]);
  });

  it("knows a 32-bit task without a search by what no other can call or get", async () => {
    const lines = sample("perf-7.2-script-i386.txt").toString().split("\n");
    const callsOf = async (text: readonly string[]) => {
      const { events, diagnostics } = await read(text.join("\n"));
      const calls = briefly(events.filter(({ kind }) => kind === "call"));
      return { calls: calls.map((call) => call.replace(/^\d+ /, "")), diagnostics };
    };
    const told = await callsOf(lines);
    const plain = await callsOf(lines.filter((line) => !line.includes("vm_unmapped_area")));
    expect(plain.diagnostics.count("parse/compat-concluded")).toBe(1);
    // Five calls of brk and one of mprotect come before the first that tells.
    const bare = (call: string): string => call.replace(/^shmat .*/, "shmat");
    expect(plain.calls.map(bare)).toEqual(told.calls.slice(6).map(bare));
    // Only a search tells where shmat went that named no address.
    expect(plain.calls.filter((call) => call === "shmat unknown").length).toBe(2);
  });

  it("takes a call of exit for an end that nothing else tells", async () => {
    const lives = (list: readonly Event[]): readonly unknown[] =>
      list.flatMap((event) =>
        event.kind === "lifecycle" && event.lifecycle === "exit" ? [[event.line, event.pid]] : [],
      );
    const { events } = await readSample("perf-7.2-script-raw_syscalls.txt");
    expect(lives(events)).toEqual([[150, 11_229]]);
    const whole = sample("perf-7.2-script-F-nocomm.txt").toString();
    const silent = await read(whole.replace(/^.*sched:sched_process_exit.*$/gm, ""));
    expect(lives(silent.events)).toEqual([
      [38, 10_628],
      [46, 10_630],
      [72, 10_620],
    ]);
  });

  it("names the file of a mapping and the areas of a new program from mmap records", async () => {
    const { events } = await readSample("perf-7.2-script-d-mmap2.txt");
    const snapshot = events.find((event) => event.kind === "snapshot");
    expect(snapshot?.areas.map(({ start, end, perms, path }) => [start, end, perms, path])).toEqual(
      [
        [0x40_0000, 0x40_1000, "r--p", "/srv/demo/bin/zoo"],
        [0x40_1000, 0x47_4000, "r-xp", "/srv/demo/bin/zoo"],
        [0x47_4000, 0x49_b000, "r--p", "/srv/demo/bin/zoo"],
        [0x49_b000, 0x4a_1000, "rw-p", "/srv/demo/bin/zoo"],
        [0x4a_1000, 0x4a_7000, "rw-p", ""],
        [0x7f72_686d_4000, 0x7f72_686d_8000, "r--p", "[vvar]"],
        [0x7f72_686d_8000, 0x7f72_686d_a000, "r--p", "[vvar_vclock]"],
        [0x7f72_686d_a000, 0x7f72_686d_c000, "r-xp", "[vdso]"],
        [0x7ffd_2553_b000, 0x7ffd_2555_c000, "rw-p", "[stack]"],
      ],
    );
    const files = events.flatMap((event) =>
      event.kind === "call" && event.call === "mmap" && event.file ? [event.file.path] : [],
    );
    expect(new Set(files)).toEqual(new Set(["/srv/demo/data file.bin", "/memfd:mem x"]));
  });

  it("drops a last line that is cut inside its number", async () => {
    const enter = "syscalls:sys_enter_brk: brk: 0x00000000";
    const exit = "syscalls:sys_exit_brk: 0x9000";
    const { events, diagnostics } = await read(text(enter, exit, enter, exit).slice(0, -3));
    expect(events).toMatchObject([
      { call: "brk", outcome: "ok", result: 0x9000 },
      { call: "brk", outcome: "no exit seen", result: null },
    ]);
    expect(diagnostics.count("parse/cut-line")).toBe(1);
  });

  it("refuses text with entries or exits only, and text without memory calls, with the command", async () => {
    const enter = "syscalls:sys_enter_brk: brk: 0x00000000";
    const exit = "syscalls:sys_exit_brk: 0x9000";
    for (const [code, lines] of [
      ["parse/half-calls", [enter, enter]],
      ["parse/half-calls", [exit, exit]],
      ["parse/no-memory-calls", ["sched:sched_switch: prev_comm=a"]],
    ] as const) {
      const error = await read(text(...lines)).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(MmreplayError);
      expect(error).toMatchObject({ code, hint: expect.stringContaining("perf record") });
    }
  });

  it("knows its texts and no others", () => {
    for (const name of ["zoo", "F-nocomm", "callgraph", "header", "lost", "raw_syscalls"]) {
      expect(perfScript.sniff(sample(`perf-7.2-script-${name}.txt`))).toBe(true);
    }
    expect(perfScript.sniff(sample("maps-hold.txt"))).toBe(false);
    expect(perfScript.sniff(Buffer.from("4711 mmap(NULL, 4096) = 0x7f\n"))).toBe(false);
    expect(perfScript.sniff(Buffer.alloc(0))).toBe(false);
  });

  it("survives lines that are missing, doubled, cut or out of place", async () => {
    const names = ["d-mmap2", "life-ns-tasks", "lost", "raw_syscalls"];
    const change = fc.record({
      at: fc.nat(1000),
      what: fc.constantFrom("drop", "double", "cut", "swap"),
      with: fc.nat(1000),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...names),
        fc.array(change, { maxLength: 30 }),
        async (name, changes) => {
          const lines = sample(`perf-7.2-script-${name}.txt`).toString().split("\n");
          for (const { at, what, with: other } of changes) {
            const index = at % lines.length;
            const line = lines[index] ?? "";
            if (what === "drop") lines.splice(index, 1);
            else if (what === "double") lines.splice(other % lines.length, 0, line);
            else if (what === "cut") lines[index] = line.slice(0, other % (line.length + 1));
            else lines.splice(other % lines.length, 0, ...lines.splice(index, 1));
          }
          const { events } = await read(lines.join("\n"));
          const trace = { name, facts: { pageSize: 4096, recorder: "perf", inferred: [] }, events };
          expect([...decode(encode(trace), name).events]).toEqual(events);
        },
      ),
      { seed: 20_261_124, numRuns: 150 },
    );
  });
});
