import { describe, expect, it } from "vitest";
import { lostAt, parseFtraceLine } from "../../src/formats/ftrace/line.ts";
import { ftrace } from "../../src/formats/ftrace.ts";
import { strace } from "../../src/formats/strace.ts";
import type { Event } from "../../src/trace/event.ts";
import { eventText } from "../support/events-text.ts";
import { readWith, sample } from "../support/samples.ts";

const readSample = (name: string): ReturnType<typeof readWith> => readWith(ftrace, sample(name));
const told = (events: readonly Event[]): string[] => events.map(eventText);

describe("a line of ftrace", () => {
  const exit = { tid: 7, event: "syscalls:sys_exit_brk", body: "0x1000", comm: "" };

  it.each([
    ["         a-b-7       [001] d..2.  5.250000: sys_brk -> 0x1000", { ...exit, time: 5.25 }],
    ["           <...>-7   [001] d..2  5.250000: sys_brk -> 0x1000", { ...exit, time: 5.25 }],
    ["   zoo-7  ( 6) [000]   5.250000: sys_brk -> 0x1000", { ...exit, pid: 6, time: 5.25 }],
    ["   zoo-7  (-----) [000] ....... 5.250000: sys_brk -> 0x1000", { ...exit, time: 5.25 }],
    ["   zoo-7  [000] ..... 5313593535849: sys_brk -> 0x1000", exit],
    ["   zoo-7  1..... 117172us!: sys_brk -> 0x1000", { ...exit, time: 0.117172 }],
    ["   zoo-7  1..... 5313593: sys_brk -> 0x1000", exit],
    ["   zoo-7  [000]  5.250000: sys_exit_brk:         0x1000", { ...exit, time: 5.25 }],
    ["   zoo-7  1.....  5.250000: sys_exit_brk:         0x1000", { ...exit, time: 5.25 }],
    ["buffer-2:   zoo-7  [000]  5.250000: sys_exit_brk:  0x1000", { ...exit, time: 5.25 }],
    ["   zoo-7  [000]-0x0  5.250000: sys_exit_brk:      0x1000", { ...exit, time: 5.25 }],
    [
      "       tr-static       7   1 0 00000000 00000004 [e17841a03] 372.493ms (+0.018ms): sys_brk -> 0x1000",
      { ...exit, time: 0.372493 },
    ],
    ["  zoo    7   1 0 00000000 00000004 [0000000e17841a03] 812 (+18)!: sys_brk -> 0x1000", exit],
  ])("is split: %s", (text, expected) => {
    expect(parseFtraceLine(text)).toEqual(expected);
  });

  it("has hexadecimal numbers with and without 0x, and with types", () => {
    for (const args of [
      "start: 4ba000, len: 10",
      "unsigned long start: 0x4ba000, size_t len: 0x10",
    ])
      expect(parseFtraceLine(`  zoo-7 [000] ..... 5.25: sys_munmap(${args})`)?.body).toMatch(
        /start: 0x4ba000, .*len: 0x10$/,
      );
  });

  it("with the option fields has all fields as they are in memory", async () => {
    const lines = [
      "sys_enter_mmap: __syscall_nr=0x9 (9) addr=0x0 (0) len=0x9437 (37943) prot=0x1 (1) flags=0x22 (34) fd=0xffffffff (4294967295) off=0x0 (0)",
      "vm_unmapped_area: addr=0x7fad8c3f5000 (140383359029248) total_vm=0x82 (130) flags=0x1 (1) length=0xa000 (40960) low_limit=0x1000 (4096) high_limit=0x7fad8c43e000 (140383359328256) align_mask=0x0 (0) align_offset=0x0 (0)",
      "sys_exit_mmap: __syscall_nr=0x9 (9) ret=0x7fad8c3f5000 (140383359029248)",
      "task_newtask: pid=0x8 (8) comm=zoo clone_flags=0x3d0f00 (4001536) oom_score_adj=0x0 (0)",
      "sys_enter_munmap: __syscall_nr=0xb (11) addr=0x1 (1) len=0x1000 (4096)",
      "sys_exit_munmap: __syscall_nr=0xb (11) ret=0xffffffffffffffea (-22)",
    ];
    const text = lines.map((line, at) => `  zoo-7  [001] ..... 5.25000${at}: ${line}\n`).join("");
    const { events, diagnostics } = await readWith(ftrace, text);
    expect(diagnostics.warnings.size).toBe(0);
    expect(told(events)).toEqual([
      "2 7 search down 40960 0x1000-0x7fad8c43e000 mask 0x0 offset 0x0 = 0x7fad8c3f5000",
      "1.3 7 mmap(0x0, 37943, PROT_READ, MAP_ANONYMOUS|MAP_PRIVATE, -1, 0x0) = 0x7fad8c3f5000",
      "4 7 * thread child=8",
      "5.6 7 munmap(0x1, 4096) = EINVAL",
    ]);
  });

  it("may tell how many events are missing", () => {
    expect(lostAt("CPU:1 [LOST 1538 EVENTS]")).toBe(1538);
    expect(lostAt("CPU:1 [7 EVENTS DROPPED]")).toBe(7);
    expect(lostAt("CPU:1 [EVENTS DROPPED]")).toBeNaN();
    expect(lostAt("CPU 1 is empty")).toBeUndefined();
  });
});

describe("ftrace samples", () => {
  it("tell calls, searches and lives of tasks", async () => {
    const { events, diagnostics } = await readSample("ftrace-life.txt");
    expect([...diagnostics.warnings.keys()]).toEqual([]);
    expect(told(events)).toEqual([
      "13.16 16034 * exec /srv/demo/bin/life",
      "15 16034 search down 32768 0x1000-0x7f9a786b1000 mask 0x0 offset 0x0 = 0x7f9a786a9000",
      "18.19 16034 brk(0x0) = 0x21701000",
      "20.21 16034 brk(0x21701d40) = 0x21701d40",
      "22.23 16034 brk(0x0) = 0x21701d40",
      "24.25 16034 brk(0x21722d40) = 0x21722d40",
      "26.27 16034 brk(0x21723000) = 0x21723000",
      "28.29 16034 mprotect(0x4ba000, 20480, PROT_READ) = 0x0",
      "31 16034 search down 8392704 0x1000-0x7f9a786b1000 mask 0x0 offset 0x0 = 0x7f9a77ea8000",
      "30.32 16034 mmap(0x0, 8392704, PROT_READ|PROT_WRITE, MAP_ANONYMOUS|MAP_PRIVATE|MAP_STACK, -1, 0x0) = 0x7f9a77ea8000",
      "33.34 16034 * thread child=16035",
      "39 16035 search down 8192 0x1000-0x7f9a786b1000 mask 0x0 offset 0x0 = 0x7f9a77ea6000",
      "38.40 16035 mmap(0x0, 8192, PROT_READ|PROT_WRITE, MAP_ANONYMOUS|MAP_PRIVATE, -1, 0x0) = 0x7f9a77ea6000",
      "41.42 16035 munmap(0x7f9a77ea6000, 8192) = 0x0",
      "43 16035 * exit",
      "44.45 16034 * fork child=16036",
      "50 16036 search down 16384 0x1000-0x7f9a786b1000 mask 0x0 offset 0x0 = 0x7f9a77ea4000",
      "49.51 16036 mmap(0x0, 16384, PROT_READ, MAP_ANONYMOUS|MAP_PRIVATE, -1, 0x0) = 0x7f9a77ea4000",
      "52 16036 * exit",
      "54 16034 * vfork child=16037",
      "59 16037 * exit",
      "61.62 16034 * shared-mm child=16038",
      "67 16038 search down 12288 0x1000-0x7f9a786b1000 mask 0x0 offset 0x0 = 0x7f9a77ea5000",
      "66.68 16038 mmap(0x0, 12288, PROT_READ, MAP_ANONYMOUS|MAP_PRIVATE, -1, 0x0) = 0x7f9a77ea5000",
      "69 16038 * exit",
      "70.71 16034 * fork child=16039",
      "77 16039 * exit",
      "79.80 16034 * fork child=16040",
      "84 16040 * exit",
      "86 16034 * exit",
    ]);
    expect(events[8]).toMatchObject({
      kind: "search",
      time: 2045.564768,
      length: 0x801000,
      high: 0x7f9a786b1000,
      totalVm: 0x122,
      topDown: true,
      result: 0x7f9a77ea8000,
    });
  });

  it("with C types tell the same kinds of calls", async () => {
    const { events } = await readSample("ftrace-zoo-verbose.txt");
    const calls = told(events.filter(({ kind }) => kind === "call"));
    expect(calls.slice(5, 10)).toEqual([
      "18.19 16099 mprotect(0x49b000, 16384, PROT_READ) = 0x0",
      "20.22 16099 mmap(0x0, 65536, 0, MAP_ANONYMOUS|MAP_NORESERVE|MAP_PRIVATE, -1, 0x0) = 0x7fa5c2b89000",
      "23.24 16099 mprotect(0x7fa5c2b89000, 16384, PROT_READ|PROT_WRITE) = 0x0",
      "25.26 16099 mmap(0x7fa5c2b91000, 8192, PROT_READ|PROT_WRITE, MAP_ANONYMOUS|MAP_FIXED|MAP_PRIVATE, -1, 0x0) = 0x7fa5c2b91000",
      "27.28 16099 mmap(0x0, 12411, PROT_READ, MAP_PRIVATE, -1, 0x2000) = EBADF",
    ]);
  });

  it("in latency format count microseconds, and tell the kernel", async () => {
    const { events, result } = await readSample("ftrace-zoo-latency-format.txt");
    expect(result.facts).toEqual({ recorder: "ftrace", kernel: "6.18.44" });
    expect(events[0]).toMatchObject({ kind: "lifecycle", lifecycle: "exec", entryLine: 19 });
  });

  it("with a clock that only counts have no times", async () => {
    const { events, result } = await readSample("ftrace-race-clock-counter.txt");
    expect(events.length).toBeGreaterThan(30);
    expect(result.facts.inferred).toEqual([expect.stringMatching(/^times are counts, .*line 13;/)]);
    expect(events.filter(({ time }) => time !== undefined)).toEqual([]);
  });

  it("pair nothing across lost events", async () => {
    const { events, diagnostics } = await readSample("ftrace-trace_pipe-lost.txt");
    const at = events.findIndex(({ kind }) => kind === "lost");
    expect(events[at]).toMatchObject({ line: 61, count: 2975 });
    expect(events.slice(0, at).every(({ line }) => line < 61)).toBe(true);
    const begun = events.filter((event) => "entryLine" in event && (event.entryLine ?? 62) < 61);
    expect(begun.filter(({ line }) => line > 61)).toEqual([]);
    expect(diagnostics.warnings.get("parse/no-entry")?.lines).toEqual([2, 63, 66]);
  });
});

describe("ftrace text", () => {
  const search =
    "vm_unmapped_area: addr=0x7f000 err=0 total_vm=0x102 flags=0x1 len=0x2000 lo=0x1000 hi=0x81000 mask=0x0 ofs=0x0";

  it("is doubtful from its first line on if the beginning was overwritten", async () => {
    const text = `# tracer: nop\n# entries-in-buffer/entries-written: 4/10   #P:2\n   a-7 [000] ..... 1.5: ${search}\n   a-7 [000] ..... 1.6: sys_mmap -> 0x7f000\n   a-7 [000] ..... 1.6: sys_brk(brk: 0)\n   a-7 [000] ..... 1.7: sys_brk -> 0x1000\n`;
    const { events, diagnostics } = await readWith(ftrace, text);
    expect(told(events)).toEqual([
      "2 - lost 6",
      "3 7 search down 8192 0x1000-0x81000 mask 0x0 offset 0x0 = 0x7f000",
      "4 7 ! parse/no-entry",
      "5.6 7 brk(0x0) = 0x1000",
    ]);
    expect(diagnostics.count("parse/overwritten")).toBe(1);
  });

  it("is put in order of time, with its own lines", async () => {
    const text =
      "cpus=2\n   a-7 [000] ..... 1.50: sys_brk(brk: 0)\n   a-7 [000] ..... 1.70: sys_brk -> 0x1000\n   b-8 [001] ..... 1.40: sys_brk(brk: 0)\n   b-8 [001] ..... 1.45: sys_brk -> 0x3000\n";
    const { events } = await readWith(ftrace, text);
    expect(told(events)).toEqual(["4.5 8 brk(0x0) = 0x3000", "2.3 7 brk(0x0) = 0x1000"]);
  });

  it("may have stack traces, of the kernel and of the program", async () => {
    const lines = [
      "# tracer: nop",
      " zoo-7 [001] ..... 60544.283723: sys_brk(brk: 0)",
      " zoo-7 [001] ..... 60544.283841: <stack trace>",
      " => ftrace_syscall_enter",
      " => do_syscall_64",
      " zoo-7 [001] ..... 60551.178938: sys_brk -> 0x9000",
      " zoo-7 [001] ..... 60551.178940: <user stack trace>",
      " =>  <00007f818b823ad7>",
      "",
    ];
    const { events, diagnostics } = await readWith(ftrace, lines.join("\n"));
    expect(told(events)).toEqual(["2.6 7 brk(0x0) = 0x9000"]);
    expect(diagnostics.warnings.size).toBe(0);
  });

  it("may be set in, as code in a mail, and have a command that begins with #", async () => {
    const lines = [
      "# tracer: nop",
      "#",
      ...new Array(20).fill("#           TASK-PID     CPU#  |||||  TIMESTAMP  FUNCTION"),
      "           #x-7     [001] ..... 60544.283723: sys_brk(brk: 0)",
      "           #x-7     [001] ..... 60551.178938: sys_brk -> 0x9000",
    ].map((line) => `    ${line}\n`);
    expect(ftrace.sniff(Buffer.from(lines.join("")))).toBe(true);
    const { events, diagnostics } = await readWith(ftrace, lines.join(""));
    expect(told(events)).toEqual(["23.24 7 brk(0x0) = 0x9000"]);
    expect(diagnostics.warnings.size).toBe(0);
  });

  it("is no text of strace, whatever commands are called", () => {
    const line = "  x(y) = 0x1: 7-31398 [001] ..... 60594.495182: sys_brk(brk: 0)";
    const lines = new Array(9).fill(line);
    expect(strace.sniff(Buffer.from(["# tracer: nop", ...lines, ""].join("\n")))).toBe(false);
  });

  it("without a memory call is refused", async () => {
    const text = "# tracer: nop\n   a-7 [000] ..... 1.50: sys_close(fd: 3)\n";
    await expect(readWith(ftrace, text)).rejects.toMatchObject({ code: "parse/no-memory-calls" });
    const half = "# tracer: nop\n   a-7 [000] ..... 1.50: sys_brk -> 0x1000\n";
    await expect(readWith(ftrace, half)).rejects.toMatchObject({ code: "parse/half-calls" });
  });
});

describe("trace-cmd report", () => {
  const events = [
    [
      "1.000001",
      "0",
      "sys_enter_mmap:        ",
      "addr: 0x00000000, len: 0x00002000, prot: 0x00000003, flags: 0x00000022, fd: 0xffffffff, off: 0x00000000",
      "addr=0x00000000 len=0x00002000 prot=0x00000003 flags=0x00000022 fd=0xffffffff off=0x00000000",
    ],
    [
      "1.000002",
      "1",
      "vm_unmapped_area:      ",
      "addr=0x7f0000000000 err=0 total_vm=0x43 flags=0x1 len=0x2000 lo=0x1000 hi=0x7f0000002000 mask=0x0 ofs=0x0",
      "addr=0x7f0000000000 total_vm=0x43 flags=0x1 length=0x2000 low_limit=0x1000 high_limit=0x7f0000002000 align_mask=0x0 align_offset=0x0",
    ],
    ["1.000005", "3", "sys_exit_mmap:         ", "0x7f0000000000", "ret=0x7f0000000000"],
    ["1.000009", "4", "sys_exit_brk:          ", "0x5000", "ret=0x5000"],
  ] as const;
  const line = (
    columns: string,
    raw: boolean,
    [time, step, name, plain, fields]: (typeof events)[number],
  ): string => {
    const call = name.startsWith("sys_") ? "__syscall_nr=9 " : "";
    return `a-10 ${columns.replace("TIME", time).replace("NANO", time.replace(".", "")).replace("STEP", step)} ${name}${raw ? call + fields : plain}`;
  };

  it.each([
    ["plainly", "[001] TIME:", false],
    ["with --ts-diff", "[001] TIME: (+STEP)", false],
    ["with -l --ts-diff", "  1..... TIME: (+STEP)", false],
    ["with --raw-ts", "[001]NANO000:", false],
    ["with -R", "[001] TIME:", true],
  ])("tells the same %s", async (_, columns, raw) => {
    const lines = [
      "version = 7",
      "registering plugin: /usr/lib/a.so",
      "cpus=2",
      ...events.map((event) => line(columns, raw, event)),
      "",
    ];
    expect(ftrace.sniff(Buffer.from(lines.join("\n")))).toBe(true);
    const { events: read, diagnostics } = await readWith(ftrace, lines.join("\n"));
    expect(read.map(eventText)).toEqual([
      "5 10 search down 8192 0x1000-0x7f0000002000 mask 0x0 offset 0x0 = 0x7f0000000000",
      "4.6 10 mmap(0x0, 8192, PROT_READ|PROT_WRITE, MAP_ANONYMOUS|MAP_PRIVATE, -1, 0x0) = 0x7f0000000000",
      "7 10 ! parse/no-entry",
    ]);
    expect([...diagnostics.warnings.keys()]).toEqual(["parse/no-entry"]);
  });
});
