import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Call, Event } from "../../src/trace/event.ts";
import { type EventObject, eventJson, jsonLine } from "../../src/trace/event-json.ts";
import { event } from "./arbitrary.ts";

const seed = 20_261_124;
const ok = { kind: "call", line: 36, pid: 12525, outcome: "ok", error: null } as const;

/** The one object of an event. */
function json(of: Event): object {
  const [only, ...more] = eventJson(of);
  expect(more).toEqual([]);
  if (only === undefined) throw new Error("no object");
  return only;
}

describe("the JSON of an event", () => {
  it("has the fields of the contract in its order", () => {
    const call: Call = {
      ...ok,
      call: "mremap",
      addr: 0x7f00_0000_0000,
      length: 135_168,
      newLength: 266_240,
      flags: 1,
      newAddr: null,
      result: 0x7f00_0010_0000,
    };
    expect(JSON.stringify(json(call))).toBe(
      '{"line":36,"pid":12525,"call":"mremap","addr":"0x7f0000000000","length":135168,' +
        '"new_length":266240,"flags":["MREMAP_MAYMOVE"],"new_addr":null,' +
        '"result":"0x7f0000100000","error":null,"outcome":"ok"}',
    );
  });

  it("names bits, keeps unknown ones and prints huge page sizes as a shift", () => {
    const call: Call = {
      ...ok,
      call: "mmap",
      addr: 0,
      length: 4096,
      prot: 0x1000_0001,
      flags: 0x7804_0022,
      fd: -1,
      offset: 0,
      result: null,
      outcome: "error",
      error: "ENOMEM",
    };
    expect(json(call)).toMatchObject({
      prot: ["0x10000000", "PROT_READ"],
      flags: ["30<<MAP_HUGE_SHIFT", "MAP_ANONYMOUS", "MAP_HUGETLB", "MAP_PRIVATE"],
      result: null,
      error: "ENOMEM",
      outcome: "error",
    });
  });

  it("has no names for the flags of mseal", () => {
    const call: Call = { ...ok, call: "mseal", addr: 0, length: 4096, flags: 1, result: 0 };
    expect(json(call)).toMatchObject({ flags: ["0x1"] });
    const lock: Call = { ...ok, call: "mlock", addr: 0, length: 4096, flags: 1, result: 0 };
    expect(json(lock)).toMatchObject({ flags: ["MLOCK_ONFAULT"] });
  });

  it("tells the written name and the line of the entry where they differ", () => {
    const call: Call = {
      ...ok,
      call: "mprotect",
      name: "pkey_mprotect",
      entryLine: 35,
      addr: 4096,
      length: 1,
      prot: 3,
      pkey: 1,
      result: 0,
    };
    expect(json(call)).toEqual({
      line: 36,
      entry_line: 35,
      pid: 12525,
      call: "mprotect",
      name: "pkey_mprotect",
      addr: "0x1000",
      length: 1,
      prot: ["PROT_READ", "PROT_WRITE"],
      result: "0x0",
      error: null,
      outcome: "ok",
    });
  });

  it("shows a search as a call of the kernel's function", () => {
    const search: Event = {
      kind: "search",
      line: 7,
      pid: 1,
      length: 8192,
      low: 4096,
      high: 0x7fff_f7ff_f000,
      topDown: true,
      alignMask: 0x1f_f000,
      alignOffset: 0,
      totalVm: 3,
      result: 0x7fff_f7e0_0000,
      error: null,
    };
    expect(json(search)).toEqual({
      line: 7,
      pid: 1,
      call: "vm_unmapped_area",
      length: 8192,
      low: "0x1000",
      high: "0x7ffff7fff000",
      topdown: true,
      align_mask: "0x1ff000",
      align_offset: "0x0",
      result: "0x7ffff7e00000",
      error: null,
      outcome: "ok",
    });
  });

  it("has no id where the recorder prints none", () => {
    const exit: Event = { kind: "lifecycle", line: 9, pid: 12525, lifecycle: "exit", bare: true };
    const brk: Call = { ...ok, call: "brk", addr: 0, result: 4096, bare: true };
    expect([json(exit), json(brk)]).toMatchObject([{ pid: null }, { pid: null }]);
  });

  it("prints every digit of a length above 2^53", () => {
    const call: Call = { ...ok, call: "munmap", addr: 0, length: 2n ** 64n - 4096n, result: 0 };
    expect(jsonLine(json(call) as EventObject)).toContain('"length":18446744073709547520,');
  });

  it("keeps lives and warnings short", () => {
    const exec: Event = { kind: "lifecycle", line: 3, pid: 12525, lifecycle: "exec", path: "/x" };
    const warning: Event = { kind: "warning", line: 4, pid: 12525, code: "parse/never-resumed" };
    expect(json(exec)).toEqual({ line: 3, lifecycle: "exec", pid: 12525 });
    expect(json(warning)).toEqual({ line: 4, warning: "parse/never-resumed", pid: 12525 });
  });

  it("gives one object for each area of a snapshot", () => {
    const area = { perms: "r-xp", offset: 0x1000, device: "fe:00", inode: 5, path: "/bin/x" };
    const areas = [
      { ...area, line: 1, start: 0x40_0000, end: 0x40_1000 },
      { ...area, line: 2, start: 0xffff_ffff_ff60_0000n, end: 0xffff_ffff_ff60_1000n },
    ];
    const snapshot: Event = {
      kind: "snapshot",
      line: 1,
      pid: 1,
      source: "maps",
      areas,
      exact: true,
    };
    expect(eventJson(snapshot)).toEqual([
      {
        line: 1,
        vma: {
          start: "0x400000",
          end: "0x401000",
          perms: "r-xp",
          offset: "0x1000",
          path: "/bin/x",
        },
      },
      {
        line: 2,
        vma: {
          start: "0xffffffffff600000",
          end: "0xffffffffff601000",
          perms: "r-xp",
          offset: "0x1000",
          path: "/bin/x",
        },
      },
    ]);
  });

  it("can be printed for any event", () => {
    fc.assert(
      fc.property(event, (any) => {
        for (const object of eventJson(any)) {
          const rounded = Object.entries(object).map(([name, value]) => [
            name,
            typeof value === "bigint" ? Number(value) : value,
          ]);
          expect(JSON.parse(jsonLine(object))).toEqual(Object.fromEntries(rounded));
          const { line } = object;
          expect(line).toEqual(expect.any(Number));
        }
      }),
      { seed },
    );
  });
});
