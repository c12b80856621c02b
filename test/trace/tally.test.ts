import { describe, expect, it } from "vitest";
import { tallyOf } from "../../src/trace/tally.ts";
import { lifecycle, mmap, munmap } from "../support/events.ts";

const nothing = new Map<string, Map<string, number>>();

describe("a tally", () => {
  it("counts each memory call once: used, failed, or skipped with its reason", () => {
    const failed = { result: null, outcome: "error", error: "ENOMEM" } as const;
    const lost = { result: null, outcome: "never resumed" } as const;
    const events = [
      mmap(16, 1),
      mmap(0, 1, failed),
      mmap(0, 1, lost),
      mmap(20, 1, { injected: true }),
    ];
    const { calls } = tallyOf(events, new Map([["mmap2", new Map([["parse/bad-length", 2]])]]));
    expect([...calls]).toEqual([
      [
        "mmap",
        {
          used: 1,
          failed: 1,
          skipped: new Map([
            ["never resumed", 1],
            ["injected", 1],
            ["parse/bad-length", 2],
          ]),
        },
      ],
    ]);
  });

  it("counts threads among the tasks and not among the processes", () => {
    const events = [
      mmap(16, 1),
      lifecycle("thread", 1, { child: 2 }),
      lifecycle("fork", 1, { child: 3 }),
      munmap(16, 1, 2),
    ];
    expect(tallyOf(events, nothing)).toMatchObject({ processes: 2, threads: 3 });
  });

  it("takes the task without an id for one only where there is no other", () => {
    const nameless = mmap(16, 1, { pid: null });
    expect(tallyOf([nameless], nothing)).toMatchObject({ processes: 1, threads: 1 });
    expect(tallyOf([nameless, mmap(17, 1)], nothing)).toMatchObject({ processes: 1, threads: 1 });
  });

  it("lasts from the first call's begin to the last line", () => {
    const events = [
      mmap(16, 1, { time: 7, entryTime: 5 }),
      mmap(17, 1, { time: 9 }),
      munmap(16, 1),
    ];
    expect(tallyOf(events, nothing)).toMatchObject({ first: 5, last: 9 });
    expect(tallyOf([munmap(16, 1)], nothing)).not.toHaveProperty("first");
  });
});
