import { describe, expect, it } from "vitest";
import { eventText } from "../support/events-text.ts";
import { read, readSample, text } from "../support/perf-text.ts";

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
    // ipc(SHMGET) tells the size.
    const file = '<shmem "/SYSV00000000" 12288>';
    expect(shared).toEqual([
      `119.121 shmat(98348, 0x0, 0) = 0xf7f41000 ${file}`,
      `122.124 shmat(98348, 0x0, SHM_RDONLY) = 0xf7e21000 ${file}`,
      // No search, as the address is asked for.
      `125.126 shmat(98348, 0xf7f41000, SHM_REMAP) = 0xf7f41000 ${file}`,
      "127.128 shmat(-1, 0x0, 0) = EINVAL",
      "129.130 shmdt(0xf7f41000) = 0x0",
    ]);
  });
});

describe("a record of a mapping", () => {
  const area = (range: string, path: string): string =>
    `PERF_RECORD_MMAP2 7/7: [${range} @ 0 00:00 0 0]: rw-p ${path}`;

  /** What an exec maps whose second record is this one. */
  async function execWith(record: string) {
    const { events, diagnostics } = await read(
      text(
        "PERF_RECORD_COMM exec: zoo:7/7",
        area("0x7ffd2553b000(0x21000)", "[stack]"),
        record,
        "sched:sched_process_exec: filename=/zoo pid=7 old_pid=7",
        "syscalls:sys_exit_execve: 0x0",
        "syscalls:sys_enter_brk: brk: 0x00000000",
        "syscalls:sys_exit_brk: 0x9000",
      ),
    );
    const areas = events.flatMap((event) => (event.kind === "snapshot" ? event.areas : []));
    return { areas, diagnostics };
  }

  it("may begin at 0, which perf prints without 0x", async () => {
    const { areas, diagnostics } = await execWith(area("0(0x1000)", "//anon"));
    expect(areas).toMatchObject([{ start: 0, end: 4096, path: "" }, { path: "[stack]" }]);
    expect([...diagnostics.warnings.keys()]).not.toContain("parse/bad-record");
  });

  it("that ends above 64 bits is left out and counted", async () => {
    const { areas, diagnostics } = await execWith(area("0xffffffffffffffff(0x2000)", "[vvar]"));
    expect(areas).toMatchObject([{ line: 2, end: 0x7ffd_2555_c000 }]);
    expect(diagnostics.warnings.get("parse/bad-record")?.count).toBe(1);
  });
});
