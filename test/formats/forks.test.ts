import { describe, expect, it } from "vitest";
import { Diagnostics } from "../../src/errors.ts";
import { placeForks } from "../../src/formats/order/forks.ts";
import type { Call, Event, Lifecycle } from "../../src/trace/event.ts";

const P = 4096;
/** Where the drawn pages begin: MAP_32BIT ends below. */
const base = 2 ** 20;
const parent = 1;
const thread = 2;
const child = 3;

const ok = { kind: "call", outcome: "ok", error: null } as const;

const map = (pid: number, lines: readonly [number, number], page: number, pages: number): Call => ({
  ...ok,
  pid,
  entryLine: lines[0],
  line: lines[1],
  call: "mmap",
  addr: 0,
  length: pages * P,
  prot: 3,
  flags: 0x22,
  fd: -1,
  offset: 0,
  result: (base + page) * P,
});
const unmap = (
  pid: number,
  lines: readonly [number, number],
  page: number,
  pages: number,
): Call => ({
  ...ok,
  pid,
  entryLine: lines[0],
  line: lines[1],
  call: "munmap",
  addr: (base + page) * P,
  length: pages * P,
  result: 0,
});
const born: Lifecycle = { kind: "lifecycle", lifecycle: "thread", line: 1, pid: parent, child: 2 };
const fork: Lifecycle = {
  kind: "lifecycle",
  lifecycle: "fork",
  entryLine: 10,
  line: 20,
  pid: parent,
  child,
};

/** Lines in the order of effect; the fork is 20. */
const order = (events: readonly Event[], topDown = true): readonly number[] =>
  [...placeForks(events, { topDown, pageSize: P }, new Diagnostics())].map(({ line }) => line);

/** During the fork a thread maps [100, 110) and unmaps it again. */
const during = [map(thread, [11, 12], 100, 10), unmap(thread, [13, 14], 100, 10)] as const;

describe("a fork while another thread maps and unmaps", () => {
  it("is copied with what the child finds occupied", () => {
    const events = [born, fork, ...during, map(child, [30, 30], 94, 6)];
    expect(order(events)).toEqual([1, 12, 20, 14, 30]);
  });

  it("is copied with what its own child finds, not one that had its id before", () => {
    const gone: Lifecycle = { kind: "lifecycle", lifecycle: "exit", line: 3, pid: child };
    const earlier = [map(child, [2, 2], 104, 6), gone];
    const events = [born, ...earlier, fork, ...during, map(child, [30, 30], 94, 6)];
    expect(order(events)).toEqual([1, 2, 3, 12, 20, 14, 30]);
  });

  it("is copied without what the child finds free", () => {
    const after = unmap(thread, [22, 23], 100, 10);
    const events = [born, during[0], fork, after, map(child, [30, 30], 104, 6)];
    expect(order(events)).toEqual([1, 20, 12, 23, 30]);
  });

  it("stays where it is if the child tells nothing, or both alike", () => {
    const smaller = map(child, [30, 30], 300, 6);
    const larger = map(child, [31, 31], 50, 40);
    expect(order([born, fork, ...during, smaller, larger])).toEqual([1, 20, 12, 14, 30, 31]);
    expect(order([born, fork, ...during])).toEqual([1, 20, 12, 14]);
  });

  it("is copied with one of two calls that overlapped, whichever the child asks for", () => {
    const gone = unmap(thread, [11, 14], 200, 10);
    const made = map(parent, [12, 15], 100, 10);
    const below = [map(child, [30, 30], 194, 6), map(child, [31, 31], 84, 16)];
    expect(order([born, gone, made, fork, ...below])).toEqual([1, 15, 20, 14, 30, 31]);
  });

  it("is judged from below where searches go up", () => {
    const events = [born, fork, ...during, map(child, [30, 30], 110, 6)];
    expect(order(events, false)).toEqual([1, 12, 20, 14, 30]);
  });

  it("does not come before a call that was over, nor after one that began when it was", () => {
    const early = map(thread, [4, 5], 100, 10);
    const late = unmap(thread, [22, 23], 200, 10);
    expect(order([born, early, fork, late, map(child, [30, 30], 104, 6)])).toEqual([
      1, 5, 20, 23, 30,
    ]);
  });

  it("is copied without what the child finds free together with what was free around it", () => {
    // [90, 100) was free when another thread unmapped [100, 106) beside it.
    const earlier = [map(parent, [2, 2], 90, 16), unmap(parent, [3, 3], 90, 10)];
    const beside = unmap(thread, [9, 11], 100, 6);
    const events = (page: number) => [
      born,
      ...earlier,
      beside,
      fork,
      map(child, [30, 30], page, 14),
    ];
    expect(order(events(92))).toEqual([1, 2, 3, 11, 20, 30]);
    expect(order(events(60))).toEqual([1, 2, 3, 20, 11, 30]);
  });

  it("is copied with one of many calls that overlapped it, where the child asks for that alone", () => {
    const many = Array.from({ length: 9 }, (_, i) => map(thread, [11, 12], 390 - 10 * i, 5));
    const gone = unmap(parent, [9, 13], 100, 10);
    const held = [map(child, [30, 30], 342, 6), map(child, [31, 31], 104, 6)];
    const lines = order([born, ...many.slice(0, 5), fork, ...many.slice(5), gone, ...held]);
    const at = (line: number): number => lines.indexOf(line);
    expect(at(13)).toBeLessThan(at(20));
    expect(lines.filter((line) => line === 12)).toHaveLength(9);
    expect(lines.slice(0, at(20)).filter((line) => line === 12)).toHaveLength(5);
  });

  it("does not come after the child's first call, though it returns later", () => {
    const first = map(child, [12, 12], 90, 2);
    const later = map(thread, [15, 16], 92, 8);
    expect(order([born, fork, first, later, map(child, [30, 30], 84, 6)])).toEqual([
      1, 20, 12, 16, 30,
    ]);
  });
});
