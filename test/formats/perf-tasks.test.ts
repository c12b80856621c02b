import { describe, expect, it } from "vitest";
import { Diagnostics } from "../../src/errors.ts";
import { PerfReader } from "../../src/formats/perf/reader.ts";
import { Tasks } from "../../src/formats/perf/tasks.ts";
import type { Event } from "../../src/trace/event.ts";

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

  it("stay ended when the kernel tells more of them, and their ids are born again", () => {
    const events: Event[] = [];
    const reader = new PerfReader((event) => events.push(event), new Diagnostics());
    const life = (time: number) => [
      `a 1 [000] ${time}.1: task:task_newtask: pid=7 comm=a clone_flags=0 oom_score_adj=0`,
      `a 7 [000] ${time}.2: sched:sched_process_exit: comm=a pid=7 prio=120`,
      `a 7 [000] ${time}.3: mmap:exit_mmap: mt_mod 0000000050b8947a, DESTROY`,
      `a 7 [000] ${time}.4: sched:sched_process_wait: comm=a pid=7 prio=120`,
    ];
    const lines = ["a 1 [000] 1.0: syscalls:sys_exit_brk: 0x1000", ...life(1), ...life(2)];
    for (const [index, line] of lines.entries()) expect(reader.read(line, index + 1)).toBe(true);
    reader.end();
    const lives = events.flatMap((event) =>
      event.kind === "lifecycle" ? [`${event.lifecycle} ${event.line}`] : [],
    );
    expect(lives).toEqual(["fork 2", "exit 3", "fork 6", "exit 7"]);
  });
});
