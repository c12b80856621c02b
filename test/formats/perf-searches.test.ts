import { describe, expect, it } from "vitest";
import { briefly, mmap, read, readSample, search, text } from "../support/perf-text.ts";

describe("searches of perf script", () => {
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

  it("puts a mapping that had no search where it returned, unless the searches of others count its pages", async () => {
    const ordered = async (pages: string): Promise<readonly string[]> => {
      const later = search.replace("0x7f000", "0x7d000").replace("0x102", pages);
      const hinted = mmap
        .replace("addr: 0x00000000", "addr: 0x50000")
        .replace("0x00002000", "0x3000");
      const lines = [
        `b 2 [001] 1.0: syscalls:sys_enter_mmap: ${mmap}`,
        `b 2 [001] 1.1: ${search}`,
        "b 2 [001] 1.2: syscalls:sys_exit_mmap: 0x7f000",
        `a 1 [000] 1.3: syscalls:sys_enter_mmap: ${hinted}`,
        `b 2 [001] 1.4: syscalls:sys_enter_mmap: ${mmap}`,
        `b 2 [001] 1.5: ${later}`,
        "b 2 [001] 1.6: syscalls:sys_exit_mmap: 0x7d000",
        "a 1 [000] 1.7: syscalls:sys_exit_mmap: 0x50000",
      ];
      const { events } = await read(lines.map((line) => `${line}\n`).join(""));
      return briefly(events.filter((event) => event.kind === "call"));
    };
    // 0x102 pages, two of the first mapping, and the three that come.
    expect(await ordered("0x107")).toEqual(["3 mmap 0x7f000", "8 mmap 0x50000", "7 mmap 0x7d000"]);
    expect(await ordered("0x104")).toEqual(["3 mmap 0x7f000", "7 mmap 0x7d000", "8 mmap 0x50000"]);
    expect(await ordered("0x999")).toEqual(["3 mmap 0x7f000", "7 mmap 0x7d000", "8 mmap 0x50000"]);
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
});
