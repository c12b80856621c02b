import { describe, expect, it } from "vitest";
import { Tasks } from "../../src/formats/perf/tasks.ts";

describe("tasks of perf that have ended", () => {
  it("are forgotten when many others are, with their processes", () => {
    const tasks = new Tasks();
    const first = tasks.spaceOf(tasks.get(1), 1);
    for (let tid = 1; tid <= 10_000; tid++) tasks.ended(tasks.get(tid));
    expect([...tasks.all()].map(({ tid }) => tid)).toEqual(
      Array.from({ length: 4096 }, (_, index) => 10_000 - 4095 + index),
    );
    expect(tasks.spaceOf(tasks.get(1), 1)).not.toBe(first);
  });

  it("stay if they are alive again", () => {
    const tasks = new Tasks();
    const again = tasks.get(7);
    tasks.ended(again);
    again.alive = true;
    for (let tid = 100; tid <= 10_000; tid++) tasks.ended(tasks.get(tid));
    expect(tasks.known(7)).toBe(again);
  });
});
