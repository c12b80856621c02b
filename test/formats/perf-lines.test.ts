import { describe, expect, it } from "vitest";
import { parsePerfLine } from "../../src/formats/perf/line.ts";
import { perfScript } from "../../src/formats/perf-script.ts";
import { eventText } from "../support/events-text.ts";
import { briefly, read } from "../support/perf-text.ts";
import { readWith } from "../support/samples.ts";

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

  it("may tell in which mode the processor was, or what a record is", () => {
    for (const misc of ["K", "E", "Sp"])
      expect(parsePerfLine(`zoo 34 [001] ${misc}  5.25: syscalls:sys_exit_brk: 0x1000`)).toEqual({
        comm: "zoo",
        tid: 34,
        time: 5.25,
        event: "syscalls:sys_exit_brk",
        body: "0x1000",
      });
  });

  it("has narrow columns and a bare processor with --latency-format", () => {
    const event = { event: "syscalls:sys_exit_execve", body: "0x0" };
    const told = { comm: "env", tid: 24268, time: 58830.564883, ...event };
    const rest = "58830.564883:           syscalls:sys_exit_execve: 0x0";
    expect(parsePerfLine(`     env 24268   0 ${rest}`)).toEqual(told);
    expect(parsePerfLine(`     env   24268   0 ${rest}`)).toEqual(told);
    expect(parsePerfLine(`     env 24268/24268   0 ${rest}`)).toEqual({ ...told, pid: 24268 });
    // Usual columns without the processor, of a command that ends with numbers.
    expect(parsePerfLine(`      env 24268   7 24268 ${rest}`)).toEqual({
      ...told,
      comm: "env 24268   7",
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

  it("may stand behind the program of an exec", async () => {
    const exec = "sched:sched_process_exec: filename=/bin/a b pid=7 old_pid=7";
    const lines = [`zoo 7 [000]  1.1: ${exec}     ffffffff817554ea elf_load`];
    lines.push("zoo 7  1.2:  syscalls:sys_enter_brk: brk: 0x00000000 /user.slice");
    lines.push("zoo 7  1.3:  syscalls:sys_exit_brk: 0x9000 /user.slice");
    const { events } = await read([...lines, ""].join("\n"));
    expect(briefly(events)).toEqual(["1 exec /bin/a b", "3 brk 0x9000"]);
  });
});

describe("lines of perf script beside the calls", () => {
  const pair = [
    "zoo 7 [000]  1.100000: syscalls:sys_enter_brk: brk: 0x00000000",
    "zoo 7 [000]  1.200000: syscalls:sys_exit_brk: 0x9000",
  ];

  it("may be samples of events that only count", async () => {
    const samples = [
      "env 13992 59085.188213:          1                        page-faults:  ffffffff817554ea elf_load+0x28a ([kernel.kallsyms])",
      "zoo 7 [001]  1.150000:     250000 cpu-clock:pppH:  ffffffff817554ea elf_load+0x28a",
      "zoo 7 [001]  1.150000:     cycles:     7f0000001000 main+0x2 (/zoo)",
      "zoo 7 [001]  1.150000:     1 cpu/mem-loads,ldlat=30/P:     7f0000001000 main",
    ];
    const { events, diagnostics } = await read([...samples, ...pair, ...samples, ""].join("\n"));
    expect(briefly(events)).toEqual(["6 brk 0x9000"]);
    expect(diagnostics.count("parse/unknown-line")).toBe(0);
    expect(perfScript.sniff(Buffer.from([...samples, ...pair, ""].join("\n")))).toBe(true);
  });

  it("are no headers if a command begins with #, which call chains print without blanks before it", async () => {
    const lines = [
      "# cmdline : perf record",
      "#",
      ...pair.map((line) => line.replace("zoo", "#x")),
    ];
    const { events } = await read([...lines, ""].join("\n"));
    expect(briefly(events)).toEqual(["4 brk 0x9000"]);
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
