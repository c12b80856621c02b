import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { bpftrace } from "../../src/formats/bpftrace.ts";
import type { Event } from "../../src/trace/event.ts";
import { eventText } from "../support/events-text.ts";
import { readWith, sample } from "../support/samples.ts";

const told = (events: readonly Event[]): string[] => events.map(eventText);

/** One line for each printf of the script, with a value for each of its conversions. */
function printed(): string {
  const script = readFileSync(join(import.meta.dirname, "../../scripts/mmreplay.bt"), "utf8");
  const formats = [...script.matchAll(/printf\("(.*?)\\n"/g)].map(([, format = ""]) => format);
  const lines = formats.map((format, index) =>
    format
      .replace("%llu", String(1000 + index))
      .replace("%s", "/bin/a b")
      .replace(/%l[xu]/g, "1000")
      .replace(/%l?d/g, "7"),
  );
  return `Attaching ${lines.length} probes...\n${lines.join("\n")}\n\n`;
}

describe("the output of scripts/mmreplay.bt", () => {
  it("is read in every line that the script can print", async () => {
    const text = printed();
    expect(text.split("\n").length).toBeGreaterThan(20);
    expect(bpftrace.sniff(Buffer.from(text))).toBe(true);
    const { diagnostics } = await readWith(bpftrace, text);
    expect(diagnostics.count("parse/unknown-line")).toBe(0);
  });

  it("tells calls, searches and lives of tasks", async () => {
    const text = [
      "Attaching 23 probes...",
      "1000 7 7 execve enter",
      "1001 7 7 search 7f000 102 1 2000 1000 81000 0 0",
      "1002 7 7 exec 7 /bin/a b",
      "1003 7 7 execve exit 0",
      "1004 7 7 newtask 8 3d0f00",
      "1006 7 8 munmap enter 7f000 8192",
      "1009 7 8 munmap exit 0",
      "1005 7 7 mremap enter 4000 4096 8192 1 0",
      "1007 7 7 mremap exit fffffffffffffff2",
      "1010 7 8 shmdt enter 5000",
      "1011 7 8 shmdt exit -22",
      "1012 7 8 exit",
      "",
    ].join("\n");
    const { events } = await readWith(bpftrace, text);
    expect(told(events)).toEqual([
      "2.4 7 * exec /bin/a b",
      "3 7 search down 8192 0x1000-0x81000 mask 0x0 offset 0x0 = 0x7f000",
      "6 7 * thread child=8",
      "7.8 8 munmap(0x7f000, 8192) = 0x0",
      "9.10 7 mremap(0x4000, 4096, 8192, MREMAP_MAYMOVE, null) = EFAULT",
      "11.12 8 shmdt(0x5000) = EINVAL",
      "13 8 * exit",
    ]);
    expect(events[1]).toMatchObject({
      length: 0x2000,
      high: 0x81000,
      totalVm: 0x102,
      time: 1.001e-6,
    });
  });

  it("tells names of ranges, sizes of segments, and what stays in memory", async () => {
    const text = [
      "1001 7 7 shmget enter 0 12288 380",
      "1002 7 7 shmget exit 5",
      "1003 7 7 shmat enter 5 0 0",
      "1004 7 7 shmat exit 7f000",
      "1005 7 7 prctl enter 53564d41 0 7f000 4096 474012",
      "1006 7 7 prctl exit -22",
      "1007 7 7 prctl exit 0",
      "1008 7 7 mlock2 enter 7f000 4096 1",
      "1009 7 7 mlock2 exit 0",
      "1010 7 7 pkey_mprotect enter 7f000 4096 1 -1",
      "1011 7 7 pkey_mprotect exit 0",
      "1012 7 7 munlockall enter",
      "1013 7 7 munlockall exit 0",
      "",
    ].join("\n");
    const { events, diagnostics } = await readWith(bpftrace, text);
    expect(told(events)).toEqual([
      '3.4 7 shmat(5, 0x0, 0) = 0x7f000 <shmem "/SYSV00000000" 12288>',
      '5.6 7 prctl: set_vma_name(0x7f000, 4096, "[0x474012]") = EINVAL',
      "8.9 7 mlock2: mlock(0x7f000, 4096, 1) = 0x0",
      "10.11 7 pkey_mprotect: mprotect(0x7f000, 4096, PROT_READ, -1) = 0x0",
      "12.13 7 munlockall() = 0x0",
    ]);
    expect([...diagnostics.warnings.keys()]).toEqual([]);
  });

  it("is read from JSON", async () => {
    const { events, diagnostics } = await readWith(bpftrace, sample("bpftrace-json.txt"));
    expect([...diagnostics.warnings.keys()]).toEqual([]);
    expect(told(events).slice(0, 8)).toEqual([
      "2.3 18793 mmap(0x0, 65536, 0, MAP_ANONYMOUS|MAP_NORESERVE|MAP_PRIVATE, -1, 0x0) = 0x7f67b5d93000",
      "4.5 18793 mmap(0x7f67b5d9b000, 8192, PROT_READ|PROT_WRITE, MAP_ANONYMOUS|MAP_FIXED|MAP_PRIVATE, -1, 0x0) = 0x7f67b5d9b000",
      "6.7 18793 mmap(0x0, 12411, PROT_READ, MAP_PRIVATE, 3, 0x2000) = 0x7f67b5d8f000",
      "8.9 18793 mmap(0x0, 8192, PROT_READ|PROT_WRITE, MAP_SHARED, 3, 0x0) = 0x7f67b5d8d000",
      "10.11 18793 mmap(0x0, 8192, PROT_READ|PROT_WRITE, MAP_SHARED_VALIDATE, 3, 0x0) = 0x7f67b5d8b000",
      "12.13 18793 mmap(0x0, 8192, PROT_READ|PROT_WRITE, MAP_SHARED_VALIDATE|MAP_SYNC, 3, 0x0) = EOPNOTSUPP",
      "14.15 18793 mmap(0x0, 2097152, PROT_READ|PROT_WRITE, MAP_ANONYMOUS|MAP_HUGETLB|MAP_PRIVATE, -1, 0x0) = ENOMEM",
      "16.17 18793 mmap(0x0, 1073741824, PROT_READ|PROT_WRITE, 30<<MAP_HUGE_SHIFT|MAP_ANONYMOUS|MAP_HUGETLB|MAP_PRIVATE, -1, 0x0) = ENOMEM",
    ]);
  });

  it("is doubtful from where events were lost", async () => {
    const { events } = await readWith(bpftrace, sample("bpftrace-lost.txt"));
    const at = events.findIndex(({ kind }) => kind === "lost");
    expect(events[at]).toMatchObject({ line: 41, count: 1876 });
    expect(events.slice(0, at).every(({ line }) => line < 41)).toBe(true);
    // Lines name process and task, so that a thread is one though its birth was lost.
    expect(events.slice(at + 1, at + 3).map(eventText)).toEqual([
      "42 18407 * thread child=18418",
      "42.43 18418 mmap(0x0, 4096, PROT_READ, MAP_ANONYMOUS|MAP_PRIVATE, -1, 0x0) = 0x7f62f2ef2000",
    ]);
  });

  it("does not trust a last line that is cut", async () => {
    const text = "1 7 7 brk enter 0\n2 7 7 brk exit 5000\n3 7 7 brk enter 60";
    const { events, diagnostics } = await readWith(bpftrace, text);
    expect(told(events)).toEqual(["1.2 7 brk(0x0) = 0x5000"]);
    expect(diagnostics.count("parse/cut-line")).toBe(1);
  });
});
