import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { load } from "../../src/cli/load.ts";
import { Diagnostics, MmreplayError } from "../../src/errors.ts";
import { policyFor, resolveTrace } from "../../src/pipeline.ts";
import { decode, encode } from "../../src/trace/codec.ts";
import type { Event } from "../../src/trace/event.ts";
import { proven } from "../../src/trace/infer.ts";
import { merge } from "../../src/trace/merge.ts";
import { walkSpaces } from "../../src/trace/space-walk.ts";
import type { Facts, Trace } from "../../src/trace/trace.ts";
import { lifecycle, mmap, search, traceOf } from "../support/events.ts";
import { replayer } from "../support/replayed.ts";
import { shared } from "../support/shared.ts";
import { shippedTrace } from "../support/traces.ts";
import { type Mode, verifyTrace } from "../support/verified.ts";
import { trace as arbitraryTrace } from "./arbitrary.ts";

function mergedOf(traces: readonly Trace[]): ReturnType<typeof merge> {
  const [first, second, ...others] = traces.map((trace) => ({ file: trace.name, trace }));
  if (first === undefined || second === undefined) throw new Error("two traces are wanted");
  return merge([first, second, ...others], "whole");
}

/** Merged, written, and read as a user would. */
const whole = (...traces: readonly Trace[]): Trace =>
  proven(decode(encode(mergedOf(traces).trace), "whole"));

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);

/** What verify counts. */
function countsOf(traces: readonly Trace[], mode: Mode): unknown {
  const results = traces.map((trace) => verifyTrace(trace, mode));
  const total = (kind: "searches" | "placements" | "vmas", of: "total" | "exact"): number =>
    sum(results.map((result) => result[kind][of]));
  return {
    searches: [total("searches", "exact"), total("searches", "total")],
    placements: [total("placements", "exact"), total("placements", "total")],
    vmas: [total("vmas", "exact"), total("vmas", "total")],
    divergences: sum(results.map(({ divergences }) => divergences)),
    mms: sum(results.map(({ mms }) => mms)),
    excluded: sum(results.flatMap(({ excluded }) => excluded.map(({ count }) => count))),
  };
}

/** What does not depend on what else lives at the time. */
function workOf(trace: Trace, policy: string): readonly number[] {
  const replayed = replayer(trace)(policy);
  const steps = replayed.metric("search-steps");
  const { searches } = steps.more ?? {};
  const { exact, total } = replayed.metric("agreement").more ?? {};
  return [steps.value, searches, exact, total, replayed.metric("thp-risk").value].map(
    (value) => value ?? Number.NaN,
  );
}

const added = (rows: readonly (readonly number[])[]): readonly number[] =>
  (rows[0] ?? []).map((_, column) => sum(rows.map((row) => row[column] ?? Number.NaN)));

/** A trace that ends where most is mapped, with every process alive, and without times. */
function untilPeak(trace: Trace): Trace {
  const program = resolveTrace(trace, policyFor(trace.facts), new Diagnostics());
  const last = program.ops.at(program.peak)?.event ?? 0;
  const events = [...trace.events].slice(0, last + 1).map(({ time: _, ...event }) => {
    const { entryTime: __, ...untimed } = event as Event & { entryTime?: number };
    return untimed as Event;
  });
  return { ...trace, events };
}

const linux618 = ["postgres-ext4", "lmdb-ext4", "redis-ext4", "rocksdb-mmap-ext4", "postgres-ext4"];

describe("shipped traces of one machine", () => {
  const parts = linux618.map(shippedTrace);

  it("are verified as their parts are, forced and free", () => {
    const one = whole(...parts);
    for (const free of [false, true])
      expect(countsOf([one], { free })).toEqual(countsOf(parts, { free }));
  });

  it("are replayed as their parts are", () => {
    const one = whole(...parts);
    for (const policy of ["linux-6.18", "core-align"])
      expect(workOf(one, policy)).toEqual(added(parts.map((part) => workOf(part, policy))));
  });

  it("take as many entries as their parts where all live at the end", () => {
    const ended = linux618.slice(0, 4).map((name) => untilPeak(shippedTrace(name)));
    const [one, ...each] = [whole(...ended), ...ended].map((trace) => replayer(trace)("linux-7.3"));
    for (const id of ["tlb-entries", "faults", "page-tables"])
      expect(one?.metric(id).value).toBe(sum(each.map((part) => part.metric(id).value ?? 0)));
  });

  it("keep every call, those of a part in its order, on lines that go on from part to part", () => {
    const callsOf = ({ events }: Trace) =>
      [...events].flatMap((event) => (event.kind === "call" ? [event] : []));
    const calls = callsOf(whole(...parts));
    let before = 0;
    for (const part of parts) {
      const last = before + Math.max(...[...part.events].map(({ line }) => line));
      const own = calls.filter(({ line }) => line > before && line <= last);
      const printed = (all: typeof own, from: number) =>
        all.map(({ call, line, result }) => `${line - from} ${call} ${result}`);
      expect(printed(own, before)).toEqual(printed(callsOf(part), 0));
      before = last;
    }
  });
});

describe.runIf(shared !== undefined)("recordings of one machine (in ../shared)", () => {
  it.each([
    ["6.18", "app-redis-jemalloc-ext4", "app-jvm17-g1-ext4", "app-alloc-glibc-ext4"],
    ["6.18", "app-alloc-asan-ext4", "app-alloc-asan-ext4"],
    ["7.3", "7.3-qemu10.0-t02-perf-ram1g", "7.3-qemu7.2-t02-perf-memfd-two"],
  ])("of %s are verified as their parts are: %s %s %s", async (_, ...names) => {
    const folders = names.filter((name) => name !== undefined);
    const loaded: Trace[] = [];
    for (const name of folders)
      loaded.push(...(await load(join(shared ?? "", "recordings", name), { quiet: true })));
    const searched = (trace: Trace): boolean =>
      [...trace.events].some(({ kind }) => kind === "search");
    for (const kind of [true, false]) {
      const parts = loaded.filter((trace) => searched(trace) === kind);
      if (parts.length < 2) continue;
      const one = whole(...parts);
      for (const free of [false, true])
        expect(countsOf([one], { free })).toEqual(countsOf(parts, { free }));
    }
  });
});

/** Refused with this code, by a message with all of this. */
function refused(traces: readonly Trace[], code: string, ...told: readonly string[]): void {
  let error: unknown;
  try {
    mergedOf(traces);
  } catch (thrown) {
    error = thrown;
  }
  if (!(error instanceof MmreplayError)) throw new Error("it was merged");
  expect(error.code).toBe(code);
  for (const text of told) expect(error.message).toContain(text);
  expect(error.hint).not.toBe("");
}

const named = (name: string, events: readonly Event[], facts: Partial<Facts> = {}): Trace => ({
  ...traceOf(events, facts),
  name,
});

const spacesOf = ({ events }: Trace): number => {
  const spaces = new Set<number>();
  walkSpaces(events, (_, { space }) => space !== undefined && spaces.add(space));
  return spaces.size;
};

const run = [lifecycle("exec", 1), mmap(9, 1)];

describe("merging", () => {
  it.each([
    ["kernel", { kernel: "7.3.1" }, { kernel: "6.18.4" }],
    ["pageSize", {}, { pageSize: 16384 }],
    ["stackLimit", { stackLimit: 8_388_608 }, { stackLimit: null }],
    ["thpEnabled", { thpEnabled: "always" }, { thpEnabled: "never" }],
    ["policy", { kernel: "7.3.4", policy: "vfio-thp" }, { kernel: "7.3.4" }],
  ] as const)("is refused where %s differs, naming both traces", (fact, one, other) => {
    const parts = [named("a", run, one), named("b", run, other)];
    refused(parts, "merge/contradiction", fact, "in a", "in b");
  });

  it("is refused where a device differs, and where only some have gap searches", () => {
    const device = (size: number): Partial<Facts> => ({
      devices: [{ address: "0000:00:08.0", bars: [{ index: 2, start: 0, size }] }],
    });
    const parts = [named("a", run, device(4096)), named("b", run, device(8192))];
    refused(parts, "merge/contradiction", "0000:00:08.0", "in a", "in b");
    const searched = [...run, search(9, 1), mmap(8, 1)];
    refused([named("a", searched), named("b", run)], "merge/contradiction", "in a", "in b");
  });

  it("is refused where nothing tells which tasks are of one process", () => {
    const untold = [mmap(9, 1), mmap(8, 1, { pid: 2 })];
    refused([named("a", run), named("b", untold)], "merge/untold-tasks", "of one process");
  });

  it("takes what only one tells, and says so", () => {
    const parts = [named("a", run, { kernel: "7.3.1" }), named("b", run, { aslr: false })];
    const { trace, told } = mergedOf(parts);
    expect(trace.facts).toMatchObject({ kernel: "7.3.1", aslr: false });
    expect(told).toContain("kernel 7.3.1: told by a, not by all");
    expect(told).toContain("tasks of b whose ids are taken: 1 is now 2");
    expect(told).toContain("one after the other: a has no times");
  });

  it("keeps the processes of recordings without ids or births apart", () => {
    const nameless = [mmap(9, 1, { pid: null }), mmap(8, 1, { pid: null })];
    const one = whole(named("a", nameless), named("b", nameless), named("c", [mmap(9, 1)]));
    expect(spacesOf(one)).toBe(3);
    expect(new Set([...one.events].map(({ pid }) => pid)).size).toBe(3);
    expect(
      [...one.events].filter(({ kind }) => kind === "call").map((event) => "bare" in event),
    ).toEqual([true, true, true, true, false]);
  });

  it("keeps tasks that were taken for threads of a process with it", () => {
    const threads = [lifecycle("exec", 1), mmap(9, 1), mmap(8, 1, { pid: 2 })];
    const forks = [...run, lifecycle("fork", 1, { child: 2 }), mmap(7, 1, { pid: 2 })];
    expect(spacesOf(named("a", threads))).toBe(1);
    expect(spacesOf(whole(named("a", threads), named("b", forks)))).toBe(3);
  });

  it("puts parts together by time, and one after the other where events were lost", () => {
    const at = (time: number, result: number) => mmap(result, 1, { time });
    const parts = [named("a", [at(1, 10), at(4, 11)]), named("b", [at(2, 20), at(3, 21)])];
    const results = (traces: readonly Trace[]) =>
      [...mergedOf(traces).trace.events].flatMap((event) =>
        event.kind === "call" ? [Number(event.result) / 4096] : [],
      );
    expect(results(parts)).toEqual([10, 20, 21, 11]);
    const lost: Event = { kind: "lost", line: 3, pid: null };
    const [a, b] = parts;
    if (a === undefined || b === undefined) throw new Error("no parts");
    const after = { ...a, events: [...a.events, lost] };
    expect(results([after, b])).toEqual([10, 11, 20, 21]);
    expect(mergedOf([after, b]).told[0]).toBe("one after the other: events of a were lost");
  });

  it("puts events of one moment in the order of the parts", () => {
    const at = (result: number, time?: number) =>
      mmap(result, 1, time === undefined ? {} : { time });
    const a = named("a", [at(10, 1), at(11, 5), at(12), at(13, 6)]);
    const { trace } = mergedOf([a, named("b", [at(20, 1), at(21, 4), at(22, 6)])]);
    expect(
      [...trace.events].flatMap((event) =>
        event.kind === "call" ? [Number(event.result) / 4096] : [],
      ),
    ).toEqual([10, 20, 21, 11, 12, 13, 22]);
  });

  it("leaves the lines of maps files as they are", () => {
    const maps = (source: string): Event => ({
      ...{ kind: "snapshot", line: 5, pid: 1, source, areas: [], exact: true },
    });
    const parts = [named("a", run), named("b", [...run, maps("b.maps"), maps("attach")])];
    const lastLine = Math.max(...run.map(({ line }) => line));
    const snapshots = [...mergedOf(parts).trace.events].filter(({ kind }) => kind === "snapshot");
    expect(snapshots.map(({ line }) => line)).toEqual([5, lastLine + 5]);
  });

  it("gives every call a line of its own", () => {
    const lines = (trace: Trace) =>
      [...trace.events].filter(({ kind }) => kind === "call").map(({ line }) => line);
    const one = whole(shippedTrace("redis-ext4"), shippedTrace("lmdb-ext4"));
    expect(new Set(lines(one)).size).toBe(lines(one).length);
  });

  it("gives an id that any earlier part has to no other task", () => {
    const of = (pid: number) => [lifecycle("exec", pid), mmap(9, 1, { pid })];
    const { trace } = mergedOf([named("a", of(1)), named("b", of(2)), named("c", of(2))]);
    expect(new Set([...trace.events].map(({ pid }) => pid)).size).toBe(3);
    expect(spacesOf(trace)).toBe(3);
  });

  it("counts on from the highest line of a part, wherever that stands in it", () => {
    const at = (line: number) => mmap(9, 1, { line });
    const exec = lifecycle("exec", 1, { line: 1 });
    const { trace } = mergedOf([named("a", [exec, at(7), at(3)]), named("b", [exec, at(2)])]);
    expect([...trace.events].map(({ line }) => line)).toEqual([1, 7, 3, 8, 9]);
  });

  it("keeps every event of any trace, under other ids", () => {
    const toldOf = ({ events }: Trace) =>
      [...events].filter((one) => one.kind !== "lifecycle" || one.lifecycle !== "attach").length;
    fc.assert(
      fc.property(arbitraryTrace, ({ events }) => {
        // A trace whose tasks nothing tells apart is refused.
        const told = traceOf([lifecycle("exec", 2 ** 31), ...events]);
        const one = merge(
          [
            { file: "a", trace: told },
            { file: "b", trace: told },
          ],
          "whole",
        ).trace;
        expect(toldOf(decode(encode(one), "whole"))).toBe(2 * toldOf(told));
        expect(spacesOf(one)).toBe(2 * spacesOf(told));
      }),
      { numRuns: 40 },
    );
  });
});
