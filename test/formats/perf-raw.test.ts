import { describe, expect, it } from "vitest";
import { eventText } from "../support/events-text.ts";
import { mmap, read, text } from "../support/perf-text.ts";

const enters = (number: number, args: string): string =>
  `raw_syscalls:sys_enter: NR ${number} (${args})`;
const exits = (number: number, result: number): string =>
  `raw_syscalls:sys_exit: NR ${number} = ${result}`;

describe("raw_syscalls beside the events of some calls", () => {
  const named = [`syscalls:sys_enter_mmap: ${mmap}`, "syscalls:sys_exit_mmap: 0x7f000"];
  const [enter = "", exit = ""] = named;
  const rawMmap = [enters(9, "0, 2000, 3, 22, ffffffff, 0"), exits(9, 0x7f000)] as const;
  const rawMunmap = [enters(11, "7f000, 2000, 0, 0, 0, 0"), exits(11, 0)] as const;

  it("tell the other calls, and none twice, whichever event comes first", async () => {
    const [rawEnter, rawExit] = rawMmap;
    for (const [first, second] of [
      [enter, rawEnter],
      [rawEnter, enter],
    ]) {
      const lines = text(
        first ?? "",
        second ?? "",
        rawExit,
        exit,
        ...rawMunmap,
        rawEnter,
        enter,
        exit,
        rawExit,
        ...rawMunmap,
      );
      const { events, diagnostics } = await read(lines);
      expect(events.map(eventText).map((line) => line.replace(/^\S+ 7 /, ""))).toEqual([
        "mmap(0x0, 8192, PROT_READ|PROT_WRITE, MAP_ANONYMOUS|MAP_PRIVATE, -1, 0x0) = 0x7f000",
        "munmap(0x7f000, 8192) = 0x0",
        "mmap(0x0, 8192, PROT_READ|PROT_WRITE, MAP_ANONYMOUS|MAP_PRIVATE, -1, 0x0) = 0x7f000",
        "munmap(0x7f000, 8192) = 0x0",
      ]);
      expect([...diagnostics.warnings.keys()]).toEqual([]);
    }
  });

  it("take nothing back that was begun by name", async () => {
    const brk = ["syscalls:sys_enter_brk: brk: 0x00000000", "syscalls:sys_exit_brk: 0x9000"];
    const cut = "syscalls:sys_enter_mmap: addr: 0x00000000";
    const { events } = await read(text(...brk, enter, cut));
    expect(events.map(eventText)).toEqual([
      "1.2 7 brk(0x0) = 0x9000",
      "3 7 mmap(0x0, 8192, PROT_READ|PROT_WRITE, MAP_ANONYMOUS|MAP_PRIVATE, -1, 0x0) = no exit seen",
      "4 7 ! parse/missing-argument",
    ]);
  });
});
