import { describe, expect, it } from "vitest";
import type { Event } from "../../src/trace/event.ts";
import { lifecycle, mmap, munmap } from "../support/events.ts";
import { drawn, resolved } from "./drawn.ts";

describe("a fork", () => {
  it("gives a fork a copy, a thread the same space and an exec a new one", () => {
    const { program } = resolved([
      mmap(100, 4),
      lifecycle("thread", 1, { child: 2 }),
      munmap(100, 1, 2),
      lifecycle("fork", 1, { child: 3 }),
      munmap(101, 1, 3),
      lifecycle("exec", 3),
      lifecycle("exit", 3),
      munmap(101, 1),
    ]);
    expect(drawn(program.ops)).toEqual([
      "enter 1",
      "place 1 100+4",
      "release 1+0 1",
      "fork 2",
      "enter 2",
      "release 1+1 1",
      "exit 2",
      "enter 3",
      "exit 3",
      "enter 1",
      "release 1+1 1",
    ]);
  });

  it("keeps from a child what MADV_DONTFORK marks, as far as it is still there", () => {
    const advise = (page: number, pages: number, advice: number): Event => ({
      kind: "call",
      call: "madvise",
      outcome: "ok",
      error: null,
      line: 9,
      pid: 1,
      addr: page * 4096,
      length: pages * 4096,
      advice,
      result: 0,
    });
    const { program } = resolved([
      mmap(100, 8),
      advise(100, 6, 10),
      advise(104, 1, 11),
      munmap(100, 1),
      lifecycle("fork", 1, { child: 2 }),
      munmap(107, 1),
    ]);
    expect(drawn(program.ops).filter((op) => op !== "advise")).toEqual([
      "enter 1",
      "place 1 100+8",
      "release 1+0 1",
      "fork 2",
      "enter 2",
      "release 1+1 3",
      "release 1+5 1",
      "enter 1",
      "release 1+7 1",
    ]);
  });
});
