import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { load } from "../../src/cli/load.ts";
import { decode, encode } from "../../src/trace/codec.ts";
import type { Event } from "../../src/trace/event.ts";
import { filter, type Selection } from "../../src/trace/filter.ts";
import { proven } from "../../src/trace/infer.ts";
import { walkSpaces } from "../../src/trace/space-walk.ts";
import type { Trace } from "../../src/trace/trace.ts";
import { type Answers, answersOf, keyOf } from "../support/answers.ts";
import { lifecycle, mmap, traceOf } from "../support/events.ts";
import { shared } from "../support/shared.ts";
import { shippedTrace } from "../support/traces.ts";

/** Filtered, written, and read as a user would. */
const only = (trace: Trace, ...pids: readonly number[]): Trace =>
  proven(
    decode(
      encode(filter({ file: "a.mmtrace", trace }, { pids: new Set(pids) }, "part").trace),
      "part",
    ),
  );

/** Tasks with events of their own, those with the most first. */
function busyTasks(trace: Trace): readonly number[] {
  const counts = new Map<number, number>();
  for (const { kind, pid } of trace.events)
    if (pid !== null && kind !== "lifecycle") counts.set(pid, (counts.get(pid) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1]).map(([pid]) => pid);
}

const isWork = ({ kind }: Event): boolean =>
  kind === "call" || kind === "search" || kind === "snapshot";

/** The answers of a part are those of the whole, and nothing of the tasks is missing. */
function expectSameAnswers(whole: Trace, all: Answers, pids: readonly number[]): void {
  const part = only(whole, ...pids);
  const keys = new Set([...part.events].filter(isWork).map(keyOf));
  const missing = [...whole.events].filter(
    (event) => isWork(event) && pids.includes(event.pid ?? -1) && !keys.has(keyOf(event)),
  );
  expect(missing.filter((event) => all.has(keyOf(event)))).toEqual([]);
  const own = answersOf(part);
  expect(own.size).toBeGreaterThan(0);
  const expected = [...all].filter(([key]) => keys.has(key));
  expect(Object.fromEntries(own)).toEqual(Object.fromEntries(expected));
}

describe("a part of a shipped trace", () => {
  it.each(["postgres-ext4", "postgres-xfs", "lmdb-ext4", "redis-ext4", "rocksdb-mmap-ext4"])(
    "of %s gives the answers of the whole",
    (name) => {
      const trace = shippedTrace(name);
      const all = answersOf(trace);
      const tasks = busyTasks(trace);
      for (const pid of tasks.slice(0, 4)) expectSameAnswers(trace, all, [pid]);
      expectSameAnswers(trace, all, tasks.slice(1, 6).concat(tasks.slice(-1)));
    },
  );
});

describe.runIf(shared !== undefined)("parts of recordings (in ../shared)", () => {
  it.each([
    "app-gcc-make-xfs",
    "app-edge-ext4",
    "7.3-qemu10.0-t02-perf-ram1g",
    "7.3-dpdk24.11-t02-perf-legacy",
    "app-redis-jemalloc-ext4",
  ])("%s give the answers of the whole", async (name) => {
    for (const trace of await load(join(shared ?? "", "recordings", name), { quiet: true })) {
      const all = answersOf(trace);
      const tasks = busyTasks(trace);
      for (const pid of tasks.slice(0, 2)) expectSameAnswers(trace, all, [pid]);
      expectSameAnswers(trace, all, tasks.slice(1, 6).concat(tasks.slice(-1)));
    }
  });
});

/** What a trace of these tasks holds, event by event: `exec 2`, `mmap 2`. */
function keptOf(events: readonly Event[], selection: Partial<Selection>): readonly string[] {
  const { trace } = filter(
    { file: "a.mmtrace", trace: traceOf(events) },
    { pids: new Set(), ...selection },
    "part",
  );
  return [...trace.events].map((event) => {
    const name = event.kind === "call" ? event.call : event.kind;
    const other =
      event.kind === "lifecycle" && event.other !== undefined ? ` of ${event.other}` : "";
    return `${event.kind === "lifecycle" ? event.lifecycle : name} ${event.pid}${other}`;
  });
}

const pids = (...all: readonly number[]) => ({ pids: new Set(all) });

/** A shell that forks a program. */
const shell = [
  lifecycle("exec", 1, { path: "/bin/sh" }),
  mmap(9, 1),
  lifecycle("fork", 1, { child: 2 }),
  lifecycle("exec", 2, { path: "/usr/bin/db" }),
  mmap(7, 1, { pid: 2 }),
  lifecycle("exit", 2),
  mmap(8, 1),
];

describe("what is kept", () => {
  it("leaves out a copy in which nothing happens before its exec, and what it is a copy of", () => {
    expect(keptOf(shell, pids(2))).toEqual(["exec 2", "mmap 2", "exit 2"]);
    expect(keptOf(shell, { program: "db" })).toEqual(["exec 2", "mmap 2", "exit 2"]);
    expect(keptOf(shell, { program: "/usr/bin/db" })).toEqual(["exec 2", "mmap 2", "exit 2"]);
  });

  it("lets a fork end where its task executes a program that is left out", () => {
    expect(keptOf(shell, pids(1))).toEqual(["exec 1", "mmap 1", "fork 1", "exit 2", "mmap 1"]);
  });

  it("has all of the space that a copy is taken from", () => {
    const copy = shell.toSpliced(3, 0, mmap(6, 1, { pid: 2 }));
    expect(keptOf(copy, pids(2))).toEqual([
      "exec 1",
      "mmap 1",
      "fork 1",
      "mmap 2",
      "exec 2",
      "mmap 2",
      "exit 2",
      "mmap 1",
    ]);
  });

  it("keeps the copies of a program with it", () => {
    const workers = [...shell.slice(0, 3), mmap(6, 1, { pid: 2 })];
    expect(keptOf(workers, { program: "sh" })).toEqual(["exec 1", "mmap 1", "fork 1", "mmap 2"]);
  });

  it("takes the space that a vfork lends for none of the child's", () => {
    const spawned = shell.with(2, lifecycle("vfork", 1, { child: 2 }));
    expect(keptOf(spawned, pids(2))).toEqual(["exec 2", "mmap 2", "exit 2"]);
    expect(keptOf(spawned, pids(1))).toEqual(["exec 1", "mmap 1", "vfork 1", "exit 2", "mmap 1"]);
  });

  it("keeps every thread of a space", () => {
    const threads = [
      ...shell.slice(0, 2),
      lifecycle("thread", 1, { child: 3 }),
      mmap(5, 1, { pid: 3 }),
      lifecycle("fork", 3, { child: 4 }),
      mmap(4, 1, { pid: 4 }),
    ];
    const own = ["exec 1", "mmap 1", "thread 1", "mmap 3", "fork 3"];
    expect(keptOf(threads, pids(3))).toEqual(own);
    expect(keptOf(threads, pids(4))).toEqual([...own, "mmap 4"]);
  });

  it("lets both tasks leave where a thread executes a program that is left out", () => {
    const taken = [
      ...shell.slice(0, 2),
      lifecycle("thread", 1, { child: 3 }),
      lifecycle("exec", 1, { path: "/usr/bin/db", other: 3 }),
      mmap(7, 1),
    ];
    const own = ["exec 1", "mmap 1", "thread 1", "exit 1", "exit 3"];
    expect(keptOf(taken, { program: "sh" })).toEqual(own);
  });

  it("writes down whose process a task is where the whole told it", () => {
    const attached = [
      lifecycle("attach", 5),
      mmap(9, 1, { pid: 5 }),
      mmap(9, 1, { pid: 6 }),
      ...shell,
      mmap(8, 1, { pid: 6 }),
    ];
    expect(keptOf(attached, pids(5, 6))).toEqual([
      "attach 5 of 5",
      "mmap 5",
      "attach 6 of 6",
      "mmap 6",
      "mmap 6",
    ]);
    const { trace } = filter({ file: "a.mmtrace", trace: traceOf(attached) }, pids(5, 6), "part");
    const spaces = new Set<number>();
    walkSpaces(trace.events, (_, { space }) => space !== undefined && spaces.add(space));
    expect(spaces.size).toBe(2);
  });

  it("tells the size of a segment that another process shows", () => {
    const attach: Event = {
      ...{ kind: "call", call: "shmat", line: 1, outcome: "ok", error: null },
      ...{ shmid: 7, addr: 0, flags: 0 },
      ...{ pid: 1, result: 0x7000 },
    };
    const both = [...shell, { ...attach, pid: 1, length: 8192 }, { ...attach, pid: 9 }] as const;
    const { trace } = filter({ file: "a.mmtrace", trace: traceOf(both) }, pids(9), "part");
    expect([...trace.events].at(-1)).toMatchObject({ pid: 9, length: 8192 });
  });

  it.each([
    [pids(77), "filter/no-task", "processes are 1 (sh), 2 (sh), 2 (db)"],
    [{ program: "redis" }, "filter/no-program", "processes are 1 (sh), 2 (sh), 2 (db)"],
  ])("is refused where nothing is meant: %j", (selection, code, hint) => {
    expect(() => keptOf(shell, selection)).toThrow(
      expect.objectContaining({ code, hint, at: { file: "a.mmtrace" } }),
    );
  });
});
