import { describe, expect, it } from "vitest";
import { eventText } from "../support/events-text.ts";
import { read as readPerf, text } from "../support/perf-text.ts";
import { between } from "../support/strace-text.ts";

const maps = "mmap(0x0, 8288, PROT_READ|PROT_WRITE, MAP_SHARED, -1, 0x0)";

describe("the ring of io_setup under strace", () => {
  it("is a mapping at its context, and io_destroy unmaps it", async () => {
    const lines = await between(
      "io_setup(128, [0x7f0000009000]) = 0",
      "io_destroy(0x7f0000009000) = 0",
    );
    expect(lines).toEqual([
      `2 - io_setup: ${maps} = 0x7f0000009000 <device "/[aio]">`,
      "3 - io_destroy: munmap(0x7f0000009000, 8288) = 0x0",
    ]);
  });

  it("is read where other tasks' lines cut the call in two", async () => {
    const lines = await between(
      "io_setup(128,  <unfinished ...>",
      "<... io_setup resumed>[0x7f0000009000]) = 0",
    );
    expect(lines[0]).toMatch(/io_setup.* = 0x7f0000009000 <device/);
  });

  it("is nothing where the call failed, nor is the end of one that was there before", async () => {
    const failed =
      "io_setup(100000, 0x7ffd683ed2d8) = -1 EAGAIN (Resource temporarily unavailable)";
    expect(await between(failed, "io_destroy(0x7f0000009000) = 0")).toEqual([]);
  });
});

describe("the ring of io_setup under perf", () => {
  const begins = "syscalls:sys_enter_io_setup: nr_events: 0x00000001, ctxp: 0x7ffee0606b20";
  const ends = "syscalls:sys_exit_io_setup: 0x0";
  const search =
    "mmap:vm_unmapped_area: addr=0x7f000 err=0 total_vm=0x102 flags=0x1 len=0x3000 lo=0x1000 hi=0x82000 mask=0x0 ofs=0x0";

  it("is where its search found room, and as long", async () => {
    const destroys = [
      "syscalls:sys_enter_io_destroy: ctx: 0x0007f000",
      "syscalls:sys_exit_io_destroy: 0x0",
    ];
    const { events } = await readPerf(text(begins, search, ends, ...destroys));
    const calls = events.filter(({ kind }) => kind === "call").map(eventText);
    expect(calls[0]).toContain(
      '12288, PROT_READ|PROT_WRITE, MAP_SHARED, -1, 0x0) = 0x7f000 <device "/[aio]">',
    );
    expect(calls[1]).toContain("munmap(0x7f000, 12288) = 0x0");
  });

  it("is a call of unknown result where no search was recorded", async () => {
    const { events } = await readPerf(text(begins, ends));
    expect(events.find(({ kind }) => kind === "call")).toMatchObject({
      call: "mmap",
      outcome: "unknown",
      result: null,
    });
  });
});
