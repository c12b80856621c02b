import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MmreplayError } from "../../src/errors.ts";
import { parsePerfLine } from "../../src/formats/perf/line.ts";
import { perfScript } from "../../src/formats/perf-script.ts";
import { decode, encode } from "../../src/trace/codec.ts";
import type { Call, Event, Search } from "../../src/trace/event.ts";
import { eventText } from "../support/events-text.ts";
import { readWith, sample } from "../support/samples.ts";

const read = (text: string | Uint8Array): ReturnType<typeof readWith> => readWith(perfScript, text);
const readSample = (name: string): ReturnType<typeof readWith> => read(sample(name));

/** Lines of one task in the default columns; each call takes two lines. */
function text(...events: readonly string[]): string {
  return events.map((event, at) => `  zoo  7 [000]  1.${100 + at}: ${event}\n`).join("");
}

/** `2 mmap 0x1000`: line, what, result or error. */
function brief(event: Event): string {
  switch (event.kind) {
    case "call": {
      const result = event.result === null ? event.error : `0x${event.result.toString(16)}`;
      return `${event.line} ${event.call} ${result ?? event.outcome}`;
    }
    case "search":
      return `${event.line} search ${event.result === null ? event.error : `0x${event.result.toString(16)}`}`;
    case "lifecycle":
      return `${event.line} ${event.lifecycle} ${event.child ?? event.path ?? ""}`.trimEnd();
    default:
      return `${event.line} ${event.kind}`;
  }
}

const briefly = (events: readonly Event[]): readonly string[] => events.map(brief);

/** Without what depends on columns and on lines around the events. */
function bare(events: readonly Event[]): readonly object[] {
  return events
    .filter((event) => event.kind !== "snapshot")
    .map((event) => {
      const { line: _, time: __, entryLine: ___, entryTime: ____, ...rest } = event as Call;
      return rest;
    });
}

const mmap =
  "addr: 0x00000000, len: 0x00002000, prot: 0x00000003, flags: 0x00000022, fd: 0xffffffff, off: 0x00000000";
const search =
  "mmap:vm_unmapped_area: addr=0x7f000 err=0 total_vm=0x102 flags=0x1 len=0x2000 lo=0x1000 hi=0x81000 mask=0x0 ofs=0x0";

describe("a line of perf script", () => {
  it("is split whatever the command is called", () => {
    const rest = "  123 [001]  5.250000: syscalls:sys_exit_brk: 0x1000";
    for (const comm of [
      "zoo",
      "Web Content",
      "a: b [000]",
      "12 7 [001]",
      "x 1 [000] 2.5:",
      "-1/2",
    ]) {
      expect(parsePerfLine(comm.padStart(16) + rest)).toEqual({
        comm,
        tid: 123,
        time: 5.25,
        event: "syscalls:sys_exit_brk",
        body: "0x1000",
      });
    }
  });

  it("may have process and thread, and lack command, processor or time", () => {
    const event = { event: "syscalls:sys_exit_brk", body: "0x1000" };
    const told = (line: string): object | undefined => parsePerfLine(line);
    expect(told("zoo 12/34 [001] 5.25: syscalls:sys_exit_brk: 0x1000")).toEqual({
      comm: "zoo",
      pid: 12,
      tid: 34,
      time: 5.25,
      ...event,
    });
    expect(told("  34  5.25:  syscalls:sys_exit_brk: 0x1000")).toMatchObject({ comm: "", tid: 34 });
    expect(told("zoo 34 syscalls:sys_exit_brk: 0x1000")).toEqual({
      comm: "zoo",
      tid: 34,
      ...event,
    });
  });

  it("is no event if it is a call chain or a warning", () => {
    expect(parsePerfLine("\t    7fc6c85a5c12 __mmap64+0x22 (inlined)")).toBeUndefined();
    expect(parsePerfLine("Processed 480008 samples and lost 31.40%!")).toBeUndefined();
  });
});

describe("columns that perf script can be asked for", () => {
  it("may stand around the event: period, ip and sym", async () => {
    const lines = [
      "  odd 7/7  1.100000:   1  syscalls:sys_enter_brk: brk: 0x00000000           401540 __brk+0x12 (/bin/odd)",
      "  odd 7/7  1.200000:   1  syscalls:sys_exit_brk: 0x9000           401540 __brk+0x12 (/bin/odd)",
      "  odd 7/7  1.300000:   1  raw_syscalls:sys_enter: NR 12 (0, 1, 2, 3, 4, 5)   401540 __brk",
      "",
    ];
    const { events } = await read(lines.join("\n"));
    expect(briefly(events)).toEqual(["2 brk 0x9000"]);
  });
});

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

  it("never pairs across lost events", async () => {
    const { events, diagnostics } = await readSample("perf-7.2-script-lost.txt");
    const at = events.findIndex((event) => event.kind === "lost");
    expect(briefly(events.slice(at - 1, at + 2))).toEqual([
      "285 munmap no exit seen",
      "286 lost",
      "288 munmap 0x0",
    ]);
    expect(events[at]).toMatchObject({ count: 5081 });
    expect(diagnostics.count("parse/lost-events")).toBe(1);
  });

  it("puts a call where its search ran, whatever ended first", async () => {
    const lines = [
      "a 1 [000] 1.0: syscalls:sys_enter_munmap: addr: 0x7f000, len: 0x00002000",
      `b 2 [001] 1.1: syscalls:sys_enter_mmap: ${mmap}`,
      `b 2 [001] 1.2: ${search}`,
      `a 1 [000] 1.3: syscalls:sys_exit_munmap: 0x0`,
      `a 1 [000] 1.4: syscalls:sys_enter_mmap: ${mmap}`,
      `a 1 [000] 1.5: ${search.replace("0x7f000", "0x7d000")}`,
      "a 1 [000] 1.6: syscalls:sys_exit_mmap: 0x7d000",
      "b 2 [001] 1.7: syscalls:sys_exit_mmap: 0x7f000",
    ];
    const { events } = await read(lines.map((line) => `${line}\n`).join(""));
    expect(briefly(events)).toEqual([
      "4 munmap 0x0",
      "3 search 0x7f000",
      "8 mmap 0x7f000",
      "6 search 0x7d000",
      "7 mmap 0x7d000",
    ]);
  });

  it("puts an unmapping where the searches of other threads count its pages", async () => {
    const ordered = async (pages: string): Promise<readonly string[]> => {
      const later = search.replace("0x7f000", "0x7d000").replace("0x102", pages);
      const lines = [
        `b 2 [001] 1.0: syscalls:sys_enter_mmap: ${mmap}`,
        `b 2 [001] 1.1: ${search}`,
        "b 2 [001] 1.2: syscalls:sys_exit_mmap: 0x7f000",
        "a 1 [000] 1.3: syscalls:sys_enter_munmap: addr: 0x50000, len: 0x00003000",
        `b 2 [001] 1.4: syscalls:sys_enter_mmap: ${mmap}`,
        `b 2 [001] 1.5: ${later}`,
        "b 2 [001] 1.6: syscalls:sys_exit_mmap: 0x7d000",
        "a 1 [000] 1.7: syscalls:sys_exit_munmap: 0x0",
      ];
      const { events } = await read(lines.map((line) => `${line}\n`).join(""));
      return briefly(events.filter((event) => event.kind === "call"));
    };
    // 0x102 pages and the two of the first mapping, less the three that go.
    expect(await ordered("0x101")).toEqual(["3 mmap 0x7f000", "8 munmap 0x0", "7 mmap 0x7d000"]);
    expect(await ordered("0x104")).toEqual(["3 mmap 0x7f000", "7 mmap 0x7d000", "8 munmap 0x0"]);
    // Neither: it goes first, as unmappings do.
    expect(await ordered("0x999")).toEqual(["3 mmap 0x7f000", "8 munmap 0x0", "7 mmap 0x7d000"]);
  });

  it("takes searches before the first call of a new command as those of its exec", async () => {
    const { events } = await read(
      text(
        search,
        search,
        "syscalls:sys_enter_brk: brk: 0x00000000",
        "syscalls:sys_exit_brk: 0x9000",
      ),
    );
    expect(briefly(events)).toEqual([
      "1 exec",
      "1 search 0x7f000",
      "2 search 0x7f000",
      "4 brk 0x9000",
    ]);
  });

  it("takes searches inside execve as those of the new program, also under the same name", async () => {
    const exec = "sched:sched_process_exec: filename=/bin/zoo pid=7 old_pid=7";
    const { events } = await read(
      text(
        "syscalls:sys_enter_brk: brk: 0x00000000",
        "syscalls:sys_exit_brk: 0x9000",
        "syscalls:sys_enter_execve: filename: 0x5, argv: 0x6, envp: 0x7",
        search,
        exec,
        "syscalls:sys_exit_execve: 0x0",
      ),
    );
    expect(briefly(events)).toEqual(["2 brk 0x9000", "5 exec /bin/zoo", "4 search 0x7f000"]);
  });

  it("does not take the search of a call that began before the recording for an exec", async () => {
    const { events, diagnostics } = await read(
      text(
        search,
        "syscalls:sys_exit_mmap: 0x7f000",
        "syscalls:sys_enter_brk: brk: 0x00000000",
        "syscalls:sys_exit_brk: 0x9000",
      ),
    );
    expect(briefly(events)).toEqual(["1 search 0x7f000", "2 warning", "4 brk 0x9000"]);
    expect(diagnostics.count("parse/no-entry")).toBe(1);
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

describe("a birth that no task event tells", () => {
  const at = (tid: number, second: number, event: string): string =>
    `  odd ${tid} [000]  ${second}.000000: ${event}\n`;
  const brk = (tid: number, second: number): string =>
    at(tid, second, "syscalls:sys_enter_brk: brk: 0x00000000") +
    at(tid, second, "syscalls:sys_exit_brk: 0x9000");

  it("comes before the child's first lines though its call returns later", async () => {
    const lines = [
      brk(7, 1),
      at(7, 2, "syscalls:sys_enter_vfork: "),
      at(8, 3, "syscalls:sys_exit_vfork: 0x0"),
      brk(8, 4),
      at(7, 5, "syscalls:sys_exit_vfork: 0x8"),
      brk(7, 6),
    ];
    const { events } = await read(lines.join(""));
    expect(briefly(events)).toEqual(["2 brk 0x9000", "7 vfork 8", "6 brk 0x9000", "9 brk 0x9000"]);
  });

  it("leaves a child the program that it runs by then", async () => {
    const wide = search.replace("hi=0x81000", "hi=0x7ffff7fff000");
    const lines = [
      at(7, 1, search.replace("hi=0x81000", "hi=0xf7fdc000")),
      at(7, 1, "raw_syscalls:sys_exit: NR 11 = 0"),
      at(7, 2, "raw_syscalls:sys_enter: NR 190 (0, 0, 0, 0, 0, 0)"),
      at(8, 3, "raw_syscalls:sys_exit: NR 190 = 0"),
      at(8, 4, "raw_syscalls:sys_enter: NR 11 (0, 0, 0, 0, 0, 0)"),
      at(8, 4, wide),
      at(8, 4, "sched:sched_process_exec: filename=/bin/b pid=8 old_pid=8"),
      at(7, 5, "raw_syscalls:sys_exit: NR 190 = 8"),
      at(8, 6, "raw_syscalls:sys_enter: NR 12 (0, 0, 0, 0, 0, 0)"),
      at(8, 7, "raw_syscalls:sys_exit: NR 12 = 36864"),
    ];
    const { events } = await read(lines.join(""));
    expect(briefly(events).slice(2)).toEqual([
      "8 vfork 8",
      "7 exec /bin/b",
      "6 search 0x7f000",
      "10 brk 0x9000",
    ]);
  });

  it("is a thread's if clone3 does not show its flags", async () => {
    const lines = [
      brk(7, 1),
      at(7, 2, "syscalls:sys_enter_clone3: uargs: 0x7ffc, size: 0x58"),
      at(7, 3, "syscalls:sys_exit_clone3: 0x8"),
      brk(8, 4),
    ];
    const { events, diagnostics } = await read(lines.join(""));
    expect(briefly(events)).toEqual(["2 brk 0x9000", "4 warning", "4 thread 8", "6 brk 0x9000"]);
    expect(diagnostics.count("parse/no-clone-flags")).toBe(1);
  });

  it("makes a 32-bit task if its parent is one", async () => {
    const narrow = search.replace("hi=0x81000", "hi=0xf7fdc000");
    const raw = (tid: number, second: number, text: string): string =>
      at(tid, second, `raw_syscalls:${text}`);
    const lines = [
      at(7, 1, narrow),
      raw(7, 1, "sys_exit: NR 11 = 0"),
      raw(7, 2, "sys_enter: NR 190 (0, 0, 0, 0, 0, 0)"),
      raw(8, 3, "sys_exit: NR 190 = 0"),
      raw(8, 4, "sys_enter: NR 45 (0, 0, 0, 0, 0, 0)"),
      raw(8, 5, "sys_exit: NR 45 = 36864"),
      raw(7, 6, "sys_exit: NR 190 = 8"),
    ];
    const { events } = await read(lines.join(""));
    expect(briefly(events).slice(2)).toEqual(["7 vfork 8", "6 brk 0x9000"]);
  });
});

describe("perf lines that name process and task", () => {
  const at = (ids: string, second: number, event: string): string =>
    ` zoo ${ids} [000] ${second}.000001: ${event}\n`;

  it("tell of a thread whose birth was not recorded", async () => {
    const text = [
      at("100/101", 1, "syscalls:sys_enter_brk: brk: 0x00000000"),
      at("100/101", 2, "syscalls:sys_exit_brk: 0x9000"),
      at("100/100", 3, "syscalls:sys_enter_brk: brk: 0x0000a000"),
      at("100/100", 4, "syscalls:sys_exit_brk: 0xa000"),
    ].join("");
    const { events } = await readWith(perfScript, text);
    expect(events.map(eventText)).toEqual([
      "1 100 * thread child=101",
      "1.2 101 brk(0x0) = 0x9000",
      "3.4 100 brk(0xa000) = 0xa000",
    ]);
  });

  it("are left out, and counted, where a call cannot have happened as it is printed", async () => {
    const mmap = (length: string, flags: string, addr = "0x0"): string =>
      `syscalls:sys_enter_mmap: addr: ${addr}, len: ${length}, prot: 0x1, flags: ${flags}, fd: 0xffffffff, off: 0x0`;
    const text = [
      at("7/7", 1, mmap("0x1000", "0x22")),
      at("7/7", 2, "syscalls:sys_exit_mmap: 0x7f0000001234"),
      at("7/7", 3, mmap("0x0", "0x22")),
      at("7/7", 4, "syscalls:sys_exit_mmap: 0x7f0000001000"),
      at("7/7", 5, mmap("0x1000", "0x32", "0x7f0000002000")),
      at("7/7", 6, "syscalls:sys_exit_mmap: 0x7f0000001000"),
      at("7/7", 7, mmap("0x1000", "0x22")),
      at("7/7", 8, "syscalls:sys_exit_mmap: 0x7f0000001000"),
    ].join("");
    const { events, diagnostics } = await readWith(perfScript, text);
    const seen = events.map((event) => [event.line, event.kind, event.pid]);
    expect(seen).toEqual([
      [2, "warning", 7],
      [4, "warning", 7],
      [6, "warning", 7],
      [8, "call", 7],
    ]);
    expect([...(diagnostics.skipped.get("mmap") ?? [])]).toEqual([
      ["parse/unaligned-result", 1],
      ["parse/bad-length", 1],
      ["parse/fixed-elsewhere", 1],
    ]);
  });
});

describe("records of the stack", () => {
  const at = (second: number, event: string): string =>
    `  zoo     7 [000]  ${second}.000000: ${event}\n`;
  const stack = (start: string, length: string): string =>
    `PERF_RECORD_MMAP2 7/7: [0x${start}(0x${length}) @ 0x7ffffffde000 00:00 0 0]: rw-p [stack]`;

  it("are its growth where it begins lower than before, and no exec", async () => {
    const lines = [
      at(1, "PERF_RECORD_COMM exec: zoo:7/7"),
      at(2, stack("7ffd2553b000", "21000")),
      at(3, "syscalls:sys_enter_brk: brk: 0x00000000"),
      at(4, "syscalls:sys_exit_brk: 0x9000"),
      at(5, stack("7ffd25539000", "23000")),
      at(6, "syscalls:sys_enter_brk: brk: 0x00000000"),
      at(7, "syscalls:sys_exit_brk: 0x9000"),
    ];
    const { events } = await read(lines.join(""));
    const execs = events.filter((one) => one.kind === "lifecycle" && one.lifecycle === "exec");
    expect(execs).toHaveLength(1);
    const grown = events.filter((one) => one.kind === "snapshot" && one.source === "growth");
    expect(grown).toMatchObject([{ line: 5, areas: [{ start: 0x7ffd_2553_9000 }] }]);
  });
});

describe("a negative argument", () => {
  it("is what the register held, and none if no register holds it", async () => {
    const { events, diagnostics } = await read(
      text(
        "syscalls:sys_enter_munmap: addr: -4096, len: 0x1000",
        "syscalls:sys_exit_munmap: 0xffffffffffffffea",
        "syscalls:sys_enter_munmap: addr: -99999999999999999999, len: 0x1000",
        "syscalls:sys_exit_munmap: 0x0",
      ),
    );
    expect(events.map(eventText)).toEqual([
      "1.2 7 munmap(0xfffffffffffff000, 4096) = EINVAL",
      "3 7 ! parse/missing-argument",
    ]);
    expect(diagnostics.count("parse/missing-argument")).toBe(1);
  });
});

describe("shared memory of a 32-bit program", () => {
  it("goes through ipc, which does not tell the address: the search does", async () => {
    const { events } = await readSample("perf-7.2-script-i386.txt");
    const shared = events
      .map(eventText)
      .filter((line) => line.includes(" shm"))
      .map((line) => line.replace(" 2441", ""));
    expect(shared).toEqual([
      "119.121 shmat(98348, 0x0, 0) = 0xf7f41000",
      "122.124 shmat(98348, 0x0, SHM_RDONLY) = 0xf7e21000",
      // No search, as the address is asked for.
      "125.126 shmat(98348, 0xf7f41000, SHM_REMAP) = 0xf7f41000",
      "127.128 shmat(-1, 0x0, 0) = EINVAL",
      "129.130 shmdt(0xf7f41000) = 0x0",
    ]);
  });
});

describe("a record of a mapping", () => {
  const area = (range: string, path: string): string =>
    `PERF_RECORD_MMAP2 7/7: [${range} @ 0 00:00 0 0]: rw-p ${path}`;

  it("that ends above 64 bits is left out and counted", async () => {
    const { events, diagnostics } = await read(
      text(
        "PERF_RECORD_COMM exec: zoo:7/7",
        area("0x7ffd2553b000(0x21000)", "[stack]"),
        area("0xffffffffffffffff(0x2000)", "[vvar]"),
        "sched:sched_process_exec: filename=/zoo pid=7 old_pid=7",
        "syscalls:sys_exit_execve: 0x0",
        "syscalls:sys_enter_brk: brk: 0x00000000",
        "syscalls:sys_exit_brk: 0x9000",
      ),
    );
    const areas = events.flatMap((event) => (event.kind === "snapshot" ? event.areas : []));
    expect(areas).toMatchObject([{ line: 2, end: 0x7ffd_2555_c000 }]);
    expect(diagnostics.warnings.get("parse/bad-record")?.count).toBe(1);
  });
});
