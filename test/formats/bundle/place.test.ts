import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { kinsOf } from "../../../src/formats/bundle/kin.ts";
import * as place from "../../../src/formats/bundle/place.ts";
import { covered, Measured, type Range } from "../../../src/formats/bundle/ranges.ts";
import type { Event, Lifecycle, MapsArea } from "../../../src/trace/event.ts";

const seed = 20_261_124;
const P = 4096;

let clock = 0;
const base = (): { line: number; pid: number; time: number } => {
  clock += 1;
  return { line: clock, pid: 1, time: clock };
};
const ok = { kind: "call", outcome: "ok", error: null } as const;

const map = (start: number, pages: number, pid = 1): Event => ({
  ...ok,
  ...base(),
  pid,
  call: "mmap",
  addr: 0,
  length: pages * P,
  prot: 3,
  flags: 0x22,
  fd: -1,
  offset: 0,
  result: start * P,
});
const unmap = (start: number, pages: number, pid = 1): Event => ({
  ...ok,
  ...base(),
  pid,
  call: "munmap",
  addr: start * P,
  length: pages * P,
  result: 0,
});
const fork = (child: number): Lifecycle => ({
  kind: "lifecycle",
  ...base(),
  lifecycle: "fork",
  child,
});
const exec = (path: string): Lifecycle => ({
  kind: "lifecycle",
  ...base(),
  lifecycle: "exec",
  path,
});
const areas = (...ranges: readonly (readonly [number, number])[]): readonly MapsArea[] =>
  ranges.map(([start, pages], index) => ({
    line: index + 1,
    start: start * P,
    end: (start + pages) * P,
    perms: "rw-p",
    offset: 0,
    device: "00:00",
    inode: 0,
    path: "",
  }));

function positionOf(
  events: readonly Event[],
  question: place.Question,
): place.Position | undefined {
  const { pid } = question;
  const kin = pid === null ? undefined : kinsOf(events, [pid]).get(pid);
  return place.positionOf(events, question, kin);
}

describe("the moment of a maps file", () => {
  it("is where the calls made just what it shows, whatever exec made beside it", () => {
    const events = [map(100, 4), map(200, 2), unmap(100, 1), map(300, 9)];
    const question = { areas: areas([5, 50], [101, 3], [200, 2]), pid: 1, pageSize: P };
    expect(positionOf(events, question)).toMatchObject({ index: 3, pid: 1 });
  });

  it("is where it fits, though another clock puts it near another call", () => {
    const events = [map(100, 4), map(200, 2), map(300, 2)];
    const [first] = events.map(({ time }) => time ?? 0);
    const moment = { time: (first ?? 0) + 0.2, slack: 0.1 };
    const question = { areas: areas([100, 4], [200, 2]), pid: 1, pageSize: P, moment };
    expect(positionOf(events, question)?.index).toBe(2);
  });

  it("is looked for near its time where the same state comes twice", () => {
    const events = [map(100, 4), map(200, 2), unmap(200, 2), map(300, 2), unmap(300, 2)];
    const question = { areas: areas([100, 4]), pid: 1, pageSize: P };
    const at = (time: number): number | undefined =>
      positionOf(events, { ...question, moment: { time, slack: 0.1 } })?.index;
    const [, second, third] = events.map(({ time }) => time ?? 0);
    expect(at((second ?? 0) - 0.5)).toBe(1);
    expect(at((third ?? 0) + 0.5)).toBe(3);
  });

  it("is where files are mapped at the offsets that it shows", () => {
    const file = { fd: 3, flags: 2 };
    const mapped = (offset: number): Event =>
      ({ ...map(100, 4), ...file, addr: 100 * P, offset: offset * P }) as Event;
    const events = [mapped(7), map(300, 1), unmap(300, 1), mapped(8), map(300, 1), unmap(300, 1)];
    const at = (offset: number): number | undefined => {
      const [area] = areas([100, 4]);
      const shown = area === undefined ? [] : [{ ...area, offset: offset * P, path: "/a" }];
      return positionOf(events, { areas: shown, pid: 1, pageSize: P })?.index;
    };
    expect([1, 3]).toContain(at(7));
    expect([4, 6]).toContain(at(8));
  });

  it("is where one mremap has moved several areas", () => {
    const readOnly = { ...map(102, 2), addr: 102 * P, prot: 1, flags: 0x32 } as Event;
    const moved = {
      ...unmap(100, 4),
      call: "mremap",
      newLength: 4 * P,
      flags: 3,
      newAddr: 200 * P,
      result: 200 * P,
    } as Event;
    const shown = areas([200, 2], [202, 2]).map((area, i) =>
      i === 1 ? { ...area, perms: "r--p" } : area,
    );
    const events = [map(100, 4), readOnly, moved, unmap(200, 4)];
    expect(positionOf(events, { areas: shown, pid: 1, pageSize: P })?.index).toBe(3);
  });

  it("is in the space of the child after a fork", () => {
    const events = [map(100, 4), fork(2), map(200, 2, 2), map(200, 8, 1)];
    const question = { areas: areas([100, 4], [200, 2]), pid: 2, pageSize: P };
    expect(positionOf(events, question)).toMatchObject({ index: 3, pid: 2 });
    const parent = { areas: areas([100, 4], [200, 8]), pid: null, pageSize: P };
    expect(positionOf(events, parent)).toMatchObject({ index: 4, pid: 1 });
  });

  it("is in the image whose program they show, however long another rests in a like state", () => {
    const events = [exec("/bin/env"), map(100, 4), exec("/bin/true"), map(200, 2)];
    clock += 1000;
    events.push(map(300, 2));
    const of = (path: string): number | undefined => {
      const [area] = areas([5, 50]);
      const shown = area === undefined ? [] : [{ ...area, path }];
      return positionOf(events, { areas: shown, pid: 1, pageSize: P })?.index;
    };
    expect(of("/bin/env")).toBe(1);
    expect(of("/bin/true")).toBe(3);
  });

  it("is in the image that a program made of itself, or named by its place below a folder", () => {
    const shown = (...ranges: readonly [number, number][]): readonly MapsArea[] =>
      areas([5, 50], ...ranges).map((area, i) => (i === 0 ? { ...area, path: "/srv/a" } : area));
    const events = [exec("./a"), map(100, 4), exec("/proc/self/exe"), map(300, 4), map(200, 2)];
    const at = (...ranges: readonly [number, number][]): number | undefined =>
      positionOf(events, { areas: shown(...ranges), pid: null, pageSize: P })?.index;
    expect(at([100, 4])).toBe(2);
    expect(at([300, 4])).toBe(4);
  });

  it("is in the image of that name where a link leads to the program, or that began with these areas", () => {
    const shown = areas([5, 50], [80, 1]).map((area) => ({ ...area, path: "/usr/bin/bash" }));
    const begun = (among: readonly MapsArea[]): Event => ({
      kind: "snapshot",
      ...base(),
      source: "perf",
      areas: among,
      exact: false,
    });
    const images = (first: string, ...begins: readonly Event[]): readonly Event[] => {
      const events = [exec(first), ...begins, map(100, 4), exec("/srv/a")];
      clock += 1000;
      return [...events, map(200, 2)];
    };
    const question = { areas: shown, pid: 1, pageSize: P };
    expect(positionOf(images("/bin/bash"), question)?.index).toBe(1);
    expect(positionOf(images("/bin/sh"), question)?.index).toBe(3);
    expect(positionOf(images("/bin/sh", begun(shown)), question)?.index).toBe(2);
  });

  it("is told by segments of System V, as they were attached and detached", () => {
    const attach = (start: number, flags: number): Event => ({
      ...ok,
      ...base(),
      call: "shmat",
      shmid: 1,
      addr: 0,
      flags,
      length: 9 * P,
      result: start * P,
    });
    const detach: Event = { ...ok, ...base(), call: "shmdt", addr: 300 * P, result: 0 };
    const events = [map(100, 4), attach(300, 0), attach(400, 0o10000), detach, map(500, 2)];
    const readable = areas([400, 9]).map((area) => ({ ...area, perms: "r--s" }));
    const question = { areas: [...areas([100, 4]), ...readable], pid: 1, pageSize: P };
    expect(positionOf(events, question)?.index).toBe(4);
  });

  it("is right behind the maps of an attach that show the same, whatever calls make anew", () => {
    const attached: Event = {
      kind: "snapshot",
      ...base(),
      source: "attach-maps.txt",
      areas: areas([100, 4], [200, 2]),
      exact: false,
    };
    const events = [attached, unmap(100, 4), map(300, 2), map(100, 4), map(200, 2)];
    const question = { areas: areas([100, 4], [200, 2]), pid: 1, pageSize: P };
    expect(positionOf(events, question)?.index).toBe(1);
  });

  it("is unknown where the process made no call", () => {
    const question = { areas: areas([100, 4]), pid: 7, pageSize: P };
    expect(positionOf([fork(2), map(100, 4)], question)).toBeUndefined();
  });
});

describe("measured ranges", () => {
  const range = fc
    .tuple(fc.nat(40), fc.nat(12))
    .map(([start, length]): Range => ({ start, end: start + length }));
  const step = fc.record({ add: fc.boolean(), range });

  it("count the same bytes as a set of them", () => {
    fc.assert(
      fc.property(fc.array(range), fc.array(step), (wanted, steps) => {
        const against = new Set<number>();
        for (const { start, end } of wanted) for (let at = start; at < end; at++) against.add(at);
        const disjoint = [...against]
          .sort((a, b) => a - b)
          .map((at) => ({ start: at, end: at + 1 }));
        const measured = new Measured(disjoint);
        const model = new Set<number>();
        for (const { add, range: some } of steps) {
          if (add) measured.add(some);
          else measured.remove(some);
          for (let at = some.start; at < some.end; at++) {
            if (add) model.add(at);
            else model.delete(at);
          }
          const common = [...model].filter((at) => against.has(at)).length;
          expect(measured.difference).toBe(model.size - 2 * common);
          expect(measured.copy().difference).toBe(measured.difference);
        }
        expect(covered(disjoint, { start: 0, end: 100 })).toBe(against.size);
      }),
      { seed },
    );
  });
});
