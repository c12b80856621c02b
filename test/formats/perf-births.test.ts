import { describe, expect, it } from "vitest";
import { briefly, read, search } from "../support/perf-text.ts";

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
