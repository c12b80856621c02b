import { describe, expect, it } from "vitest";
import { Diagnostics } from "../../../src/errors.ts";
import { matchCalls } from "../../../src/formats/bundle/match.ts";
import { type CallLog, readCallLog } from "../../../src/formats/bundle/probe-calls.ts";
import type { Call, Event, Search } from "../../../src/trace/event.ts";
import { inputOf } from "../../support/samples.ts";

const log = `# file fd=3 path=/e/probe.dat
# nofile /mnt/none/probe.dat errno=2
# memfd fd=8
# page=4096 pmd=2097152 win=0x800000000000
# probe seed=11 nops=5 mix=all kernel=6.12.107 personality=0x40000
# brk=0x45e3000
0 mmap 0x0 0x4000000 0x3 0x62 -1 0x0 = 0x40200000
1 mmap 0x2000ff2b23f8 0x1000 0x3 0x1 3 0x100000 = 0x2000ff2b2000
2 mremap 0x1000 0x2000 0x3000 0x1 0x7 = -0xe
3 mremap 0x1000 0x2000 0x3000 0x3 0x9000 = -0xe
3 munmap 0x9000 0x3000 = 0
4 brk 0x45f0000 = 0x45f0000
# end segments=2
`;

const read = (text: string): Promise<CallLog> => readCallLog(inputOf(text), new Diagnostics());

/** The events that a recorder would have seen of these calls. */
function recorded({ calls }: CallLog): Event[] {
  return calls.flatMap(({ request, result, error }, index): Event[] => {
    const line = 10 * index + 10;
    const outcome = error === null ? "ok" : "error";
    const call = {
      kind: "call",
      line,
      pid: 7,
      entryLine: line - 5,
      outcome,
      result,
      error,
      ...request,
    };
    const search = { kind: "search", line: line - 2, pid: 7 } as Search;
    return call.call === "mmap" ? [search, call as Call] : [call as Call];
  });
}

describe("the log of a program's own calls", () => {
  it("has arguments, results and errors by number", async () => {
    const { calls } = await read(log);
    expect(
      calls.map(({ number, request, result, error }) => [number, request.call, result, error]),
    ).toEqual([
      [0, "mmap", 0x4020_0000, null],
      [1, "mmap", 0x2000_ff2b_2000, null],
      [2, "mremap", null, "EFAULT"],
      [3, "mremap", null, "EFAULT"],
      [3, "munmap", 0, null],
      [4, "brk", 0x45f_0000, null],
    ]);
    expect(calls[1]?.request).toEqual({
      call: "mmap",
      addr: 0x2000_ff2b_23f8,
      length: 4096,
      prot: 3,
      flags: 1,
      fd: 3,
      offset: 0x10_0000,
    });
    expect(calls[0]?.request).toMatchObject({ fd: -1 });
  });

  it("takes the fifth argument of mremap only where the flags give it a meaning", async () => {
    const { calls } = await read(log);
    expect(calls[2]?.request).toMatchObject({ newAddr: null });
    expect(calls[3]?.request).toMatchObject({ newAddr: 0x9000 });
  });

  it("names files that stay open, and the call of the middle picture", async () => {
    const { files, middle } = await read(log);
    expect([...files]).toEqual([
      [3, "/e/probe.dat"],
      [8, "/memfd:probe (deleted)"],
    ]);
    expect(middle).toBe(2);
    expect((await read("# middle=1165 nops=1300\n")).middle).toBe(1165);
  });

  it("counts lines that are no call", async () => {
    const diagnostics = new Diagnostics();
    await readCallLog(inputOf("0 mmap 0x0 = 1\n1 frob 0x0 = 0\n"), diagnostics);
    expect(diagnostics.count("parse/unknown-line")).toBe(2);
  });
});

describe("matching the log with a recording", () => {
  it("finds every call, with the search before it as its start", async () => {
    const calls = await read(log);
    const events = recorded(calls);
    const matched = matchCalls(events, calls);
    expect(matched).toEqual({ pid: 7, starts: [0, 2, 4, 5, 6, 7], end: 8, missing: [] });
  });

  it("passes over calls of the program's own memory between them", async () => {
    const calls = await read(log);
    const events = recorded(calls);
    const own = { ...(events.at(-1) as Call), result: 0x45e_3000 };
    events.splice(0, 0, own);
    events.splice(5, 0, own);
    expect(matchCalls(events, calls).missing).toEqual([]);
  });

  it("reports a call that the recording misses and does not fill it in", async () => {
    const calls = await read(log);
    const events = recorded(calls).filter(
      (event) => event.kind !== "call" || event.call !== "munmap",
    );
    const diagnostics = new Diagnostics();
    const { missing, starts } = matchCalls(events, calls, diagnostics);
    expect(missing.map(({ line }) => line)).toEqual([11]);
    expect(starts[4]).toBeUndefined();
    expect(diagnostics.warnings.get("import/calls-differ")).toMatchObject({
      count: 1,
      lines: [11],
    });
  });
});
