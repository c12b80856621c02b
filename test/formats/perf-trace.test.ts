import { describe, expect, it } from "vitest";
import { parseTraceLine, resultOf } from "../../src/formats/perf-trace/line.ts";
import { perfTrace } from "../../src/formats/perf-trace.ts";
import type { Event } from "../../src/trace/event.ts";
import { wrap64 } from "../../src/units.ts";
import { eventText } from "../support/events-text.ts";
import { readWith, sample } from "../support/samples.ts";

const readSample = (name: string): ReturnType<typeof readWith> => readWith(perfTrace, sample(name));
const told = (events: readonly Event[]): string[] => events.map(eventText);

describe("a line of perf trace", () => {
  it("is split with and without a command", () => {
    const rest = { begin: 5743, took: 17, name: "brk", part: "whole", result: "0x1000" };
    expect(
      parseTraceLine("     5.743 ( 0.017 ms): a b/1 2/13 brk(brk: 0x7) = 0x1000"),
    ).toMatchObject({ ...rest, tid: 13, args: new Map([["brk", "0x7"]]) });
    expect(parseTraceLine("     5.743 ( 0.017 ms): 13 brk()    = 0x1000")).toMatchObject({
      ...rest,
      tid: 13,
    });
  });

  it("has errors by symbol, by words, or by neither", () => {
    expect(resultOf("-1 ENOMEM (Cannot allocate memory)")).toBe(wrap64(-12n));
    expect(resultOf("-1 ENOMEM Cannot allocate memory")).toBe(wrap64(-12n));
    expect(resultOf("-1 (unknown) (Cannot allocate memory)")).toBe(wrap64(-12n));
    expect(resultOf("-1 (unknown) (Es ist kein Speicher da)")).toBe(wrap64(-4095n));
    expect(resultOf("14246 (race)")).toBe(14246);
    expect(resultOf("?")).toBeUndefined();
  });
});

describe("perf trace samples", () => {
  it("tell calls and lives, in the order in which calls began", async () => {
    const { events } = await readSample("perf-7.2-trace-life.txt");
    expect(told(events)).toEqual([
      "1 13770 * exec",
      "2 13770 brk(0x0) = 0x260aa000",
      "3 13770 brk(0x260aad40) = 0x260aad40",
      "11 13770 brk(0x0) = 0x260aad40",
      "12 13770 brk(0x260cbd40) = 0x260cbd40",
      "13 13770 brk(0x260cc000) = 0x260cc000",
      "14 13770 mprotect(0x4ba000, 20480, PROT_READ) = 0x0",
      "17 13770 mmap(0x0, 8392704, PROT_READ|PROT_WRITE, MAP_ANONYMOUS|MAP_PRIVATE|MAP_STACK, -1, 0x0) = 0x7fb1b75ba000",
      "18 13770 madvise(0x7fb1b75ba000, 4096, MADV_GUARD_INSTALL) = 0x0",
      "20 13770 * thread child=13833",
      "27 13833 mmap(0x0, 8192, PROT_READ|PROT_WRITE, MAP_ANONYMOUS|MAP_PRIVATE, -1, 0x0) = 0x7fb1b75b8000",
      "28 13833 munmap(0x7fb1b75b8000, 8192) = 0x0",
      "30 13833 madvise(0x7fb1b75ba000, 8372224, MADV_DONTNEED) = 0x0",
      "31 13833 * exit",
      "34 13770 * fork child=13865",
      "40 13865 mmap(0x0, 16384, PROT_READ, MAP_ANONYMOUS|MAP_PRIVATE, -1, 0x0) = 0x7fb1b75b6000",
      "41 13865 * exit",
      "47 13770 * vfork child=13866",
      "46 13866 * exit",
      "49 13770 * shared-mm child=13867",
      "52 13867 mmap(0x0, 12288, PROT_READ, MAP_ANONYMOUS|MAP_PRIVATE, -1, 0x0) = 0x7fb1b75b7000",
      "53 13867 * exit",
      "56 13770 * fork child=13904",
      "65 13770 * fork child=13917",
      "76 13770 * exit",
    ]);
    expect(events[7]).toMatchObject({ time: 0.002816, entryTime: 0.002793 });
  });

  it("tell what is left out as zero, and warn of what they cannot tell", async () => {
    const { events, diagnostics } = await readSample("perf-6.1-trace-zoo.txt");
    const at = (line: number): string => told(events.filter((event) => event.line === line)).join();
    expect(at(17)).toBe(
      "17 13410 mmap(0x0, 65536, 0, MAP_ANONYMOUS|MAP_NORESERVE|MAP_PRIVATE, -1, 0x0) = 0x7f73af50f000",
    );
    expect(at(20)).toBe(
      "20 13410 mmap(0x0, 12411, PROT_READ, MAP_PRIVATE, 4, 0x2000) = 0x7f73af50b000",
    );
    expect(at(22)).toBe(
      "22 13410 mmap(0x0, 8192, PROT_READ|PROT_WRITE, MAP_SHARED_VALIDATE, 4, 0x0) = 0x7f73af507000",
    );
    expect(at(24)).toBe(
      "24 13410 mmap(0x0, 2097152, PROT_READ|PROT_WRITE, MAP_ANONYMOUS|MAP_HUGETLB|MAP_PRIVATE, -1, 0x0) = ENOMEM",
    );
    expect(at(28)).toBe(
      "28 13410 mmap(0x0, 0, PROT_READ, MAP_ANONYMOUS|MAP_PRIVATE, -1, 0x0) = EINVAL",
    );
    expect(at(35)).toBe(
      "35 13410 mmap(0x0, 4096, PROT_EXEC|PROT_READ|PROT_WRITE, MAP_32BIT|MAP_ANONYMOUS|MAP_PRIVATE, -1, 0x0) = 0x40e7d000",
    );
    const lossy = diagnostics.warnings.get("parse/lossy");
    expect(lossy?.count).toBe(1);
    expect(diagnostics.warnings.get("parse/huge-page-size")?.lines).toEqual([24, 25, 26]);
    expect(diagnostics.count("parse/missing-argument")).toBe(0);
  });

  it("join calls that a tracepoint has split", async () => {
    const { events } = await readSample("perf-7.2-trace-mixed-tp.txt");
    expect(told(events).slice(7, 12)).toEqual([
      "8 14465 search down 8392704 0x1000-0x7f113334b000 mask 0x0 offset 0x0 = 0x7f1132b42000",
      "7.9 14465 mmap(0x0, 8392704, PROT_READ|PROT_WRITE, MAP_ANONYMOUS|MAP_PRIVATE|MAP_STACK, -1, 0x0) = 0x7f1132b42000",
      "10 14465 * thread child=14472",
      "12 14472 search down 8192 0x1000-0x7f113334b000 mask 0x0 offset 0x0 = 0x7f1132b40000",
      "11.13 14472 mmap(0x0, 8192, PROT_READ|PROT_WRITE, MAP_ANONYMOUS|MAP_PRIVATE, -1, 0x0) = 0x7f1132b40000",
    ]);
  });
});

describe("perf trace text", () => {
  it("with page faults only is refused", async () => {
    const text = "1998.359 ( 0.000 ms): zoo/14325 minfault [elf_load+0x28a] => 0x4a0a48 (?k)\n";
    expect(perfTrace.sniff(Buffer.from(text))).toBe(true);
    await expect(readWith(perfTrace, text)).rejects.toMatchObject({
      code: "parse/no-memory-calls",
    });
  });

  it("takes a child of clone3 that execs for a process", async () => {
    const text = [
      " 1.000 ( 0.100 ms): a/7 clone3(uargs: 0x7ff, size: 88)   = 8",
      " ? (         ): a/8  ... [continued]: clone3())   = 0",
      " 1.200 ( 0.100 ms): a/8 execve(filename: 0x1)   = 0",
      " 1.400 ( 0.010 ms): a/8 brk()   = 0x5000",
      "",
    ].join("\n");
    const { events } = await readWith(perfTrace, text);
    expect(told(events)).toEqual(["1 7 * vfork child=8", "3 8 * exec", "4 8 brk(0x0) = 0x5000"]);
  });

  it("prints lengths as if they were signed, and bits without a name as 0x", async () => {
    const text = [
      " 1.000 ( 0.100 ms): a/7 mmap(len: -4096, prot: READ, flags: PRIVATE|ANONYMOUS|0x)   = -1 ENOMEM (Cannot allocate memory)",
      "",
    ].join("\n");
    const { events } = await readWith(perfTrace, text);
    expect(events).toMatchObject([{ length: 2n ** 64n - 4096n, flags: 0x22, error: "ENOMEM" }]);
  });

  it("may be followed by the table of perf trace -S", async () => {
    const calls = [
      "     3.972 ( 0.022 ms): zoo/54 mmap(len: 8192, prot: READ, flags: PRIVATE|ANONYMOUS) = 0x7fc2a236f000",
      "     4.001 ( 0.009 ms): zoo/54 munmap(addr: 0x7fc2a236f000, len: 8192) = 0",
    ];
    const rows = ["", " zoo (54), 4 events, 99.0%", "   mmap     1      0     0.022   0.022"];
    const text = [...calls, "", " Summary of events:", ...rows, ...rows, ""].join("\n");
    expect(perfTrace.sniff(Buffer.from(text))).toBe(true);
    const { events, diagnostics } = await readWith(perfTrace, text);
    expect(told(events)).toEqual([
      "1 54 mmap(0x0, 8192, PROT_READ, MAP_ANONYMOUS|MAP_PRIVATE, -1, 0x0) = 0x7fc2a236f000",
      "2 54 munmap(0x7fc2a236f000, 8192) = 0x0",
    ]);
    expect([...diagnostics.warnings.keys()]).toEqual(["parse/lossy"]);
  });

  it("may name no task, as of one that it was attached to alone, and fill up arguments with blanks", async () => {
    const text = [
      "         ? (         ):  ... [continued]: clock_nanosleep())                                  = 0",
      "     0.033 ( 0.034 ms): munmap(addr: 0x7fbafa3d9000, len: 4096)                               = 0",
      "     0.081 ( 0.026 ms): mmap(len: 122880, prot: READ|WRITE, flags: PRIVATE|ANONYMOUS)         = 0x7fbafa3bc000",
      "     0.120 (51.888 ms): brk(                                                                  ) = 0x9d0000",
      "    52.434 ( 0.010 ms): mmap(len: 4096, prot: READ|WRITE, flags: PRIVATE|ANONYMOUS, fd: -1    ) = 0xb3775000",
      "",
    ].join("\n");
    expect(perfTrace.sniff(Buffer.from(text))).toBe(true);
    const { events, diagnostics } = await readWith(perfTrace, text);
    expect(events.map(({ pid }) => pid)).toEqual([null, null, null, null]);
    expect(told(events)).toEqual([
      "2 - munmap(0x7fbafa3d9000, 4096) = 0x0",
      "3 - mmap(0x0, 122880, PROT_READ|PROT_WRITE, MAP_ANONYMOUS|MAP_PRIVATE, -1, 0x0) = 0x7fbafa3bc000",
      "4 - brk(0x0) = 0x9d0000",
      "5 - mmap(0x0, 4096, PROT_READ|PROT_WRITE, MAP_ANONYMOUS|MAP_PRIVATE, -1, 0x0) = 0xb3775000",
    ]);
    expect([...diagnostics.warnings.keys()]).toEqual(["parse/lossy"]);
  });

  it("is doubtful from lost events on", async () => {
    const text =
      " 1.000 ( 0.100 ms): a/7 brk()   = 0x5000\nLOST 57 events!\n 2.000 ( 0.100 ms): a/7 brk()   = 0x6000\n";
    const { events } = await readWith(perfTrace, text);
    expect(told(events)).toEqual(["1 7 brk(0x0) = 0x5000", "2 - lost 57", "3 7 brk(0x0) = 0x6000"]);
  });
});
