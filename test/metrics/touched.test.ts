import { describe, expect, it } from "vitest";
import type { Touched } from "../../src/space/observed.ts";
import { at, type Draft } from "../space/program.ts";
import { anonymous, base } from "../support/layout.ts";
import { bar, compute, fileOn, from, map, replayOf } from "./replays.ts";

const touch = (object: number, offset: number, pages = 1): Draft => ({
  kind: "touch",
  at: at(offset, object),
  pages,
  ...from,
});
const part = (kind: "release" | "discard", object: number, offset: number, pages: number) =>
  ({ kind, at: at(offset, object), pages, ...from }) as Draft;

function touchedBy(
  drafts: readonly Draft[],
  pages: Readonly<Record<number, number>> = { 1: 0 },
  more: Parameters<typeof replayOf>[2] = {},
): { touched: Touched; entries: number | null; faults: number | null } {
  const replay = replayOf(drafts, pages, { ...more, population: { mode: "touched" } });
  if (replay.touched === undefined) throw new Error("nothing was watched");
  const { value: entries } = compute("tlb-entries", replay);
  return { touched: replay.touched, entries, faults: compute("faults", replay).value };
}

describe("a first touch", () => {
  it("of memory maps the huge page that fits, and later touches of it nothing", () => {
    const { touched, entries, faults } = touchedBy([map(1, 1_024), touch(1, 3), touch(1, 500)]);
    expect([entries, faults, touched.again]).toEqual([1, 1, 1]);
    expect(touched.untouched).toBe(510);
    expect(touched.peak).toMatchObject([{ start: 4_096, end: 4_608, level: { name: "2M" } }]);
  });

  it("maps one page where THP is off, or the block is not inside the mapping", () => {
    const off = { facts: { thpEnabled: "never" } };
    expect(touchedBy([map(1, 1_024), touch(1, 3), touch(1, 500)], { 1: 0 }, off)).toMatchObject({
      entries: 2,
      faults: 2,
      touched: { untouched: 0 },
    });
    const edges = [map(1, 1_024), touch(1, 0), touch(1, 600)];
    // From page 1 on: a small page at the edge, then one whole block of two.
    expect(touchedBy(edges, { 1: 1 })).toMatchObject({ entries: 2, faults: 2 });
  });

  it("maps a small page where another of its block is there already", () => {
    const grown: Draft[] = [
      map(1, 300),
      touch(1, 10),
      { ...map(2, 212), area: { ...anonymous } } as Draft,
      touch(2, 5),
    ];
    // Both are one VMA now and cover the block, but its slot is taken.
    expect(touchedBy(grown, { 1: 0, 2: 300 })).toMatchObject({ entries: 2, faults: 2 });
  });

  it("of a file maps what lies around it, within the mapping", () => {
    const file = map(1, 40, { area: fileOn("btrfs", 3) });
    expect(touchedBy([file, touch(1, 5), touch(1, 15)], { 1: 4 })).toMatchObject({
      // Pages 4 to 15 of the window that holds page 9, then 16 to 31.
      entries: 28,
      faults: 2,
    });
    expect(touchedBy([file, touch(1, 5), touch(1, 11)], { 1: 4 })).toMatchObject({
      faults: 1,
      touched: { again: 1 },
    });
  });

  it("of device memory maps its PUD, and all of it at once before 6.12", () => {
    const drafts = [map(1, 2 * 262_144, { area: bar }), touch(1, 7), touch(1, 300_000)];
    const page = { 1: 262_144 - 4_096 };
    expect(touchedBy(drafts, page)).toMatchObject({ entries: 2, faults: 2 });
    expect(touchedBy(drafts, page, { policy: "linux-6.1" })).toMatchObject({
      entries: 524_288,
      faults: 1,
    });
  });

  it("where nothing accessible is mapped is counted apart", () => {
    const reserve = map(1, 4, { area: { ...anonymous, prot: 0 } });
    expect(touchedBy([reserve, touch(1, 0)]).touched).toMatchObject({ outside: 1, faults: [] });
  });
});

describe("what was touched", () => {
  it("goes with munmap and MADV_DONTNEED, and comes again with the next touch", () => {
    const drafts = [map(1, 512), touch(1, 0), part("discard", 1, 0, 512), touch(1, 1)];
    expect(touchedBy(drafts)).toMatchObject({ entries: 1, faults: 2 });
    expect(touchedBy([map(1, 512), touch(1, 0), part("release", 1, 0, 512)])).toMatchObject({
      entries: 0,
      faults: 1,
    });
  });

  it("leaves the rest of a huge page of memory as small pages, and nothing of a file", () => {
    const cut = (area: object) =>
      touchedBy([map(1, 512, area), touch(1, 0), part("discard", 1, 8, 4)]);
    expect(cut({}).entries).toBe(508);
    expect(cut({ area: fileOn("ext4") }).entries).toBe(0);
  });

  it("moves with mremap: a huge page stays one where both places are aligned", () => {
    const moved = (to: number) => {
      const source = at(0, 1);
      const drafts: Draft[] = [
        map(1, 512),
        touch(1, 0),
        map(2, 512, { how: "grow", source }),
        part("release", 1, 0, 512),
      ];
      return touchedBy(drafts, { 1: 0, 2: to }).entries;
    };
    expect(moved(1_024)).toBe(1);
    expect(moved(1_025)).toBe(512);
  });

  it("is copied by fork for private memory, and faults again for files", () => {
    const drafts: Draft[] = [
      map(1, 16),
      map(2, 16, { area: fileOn("btrfs") }),
      map(3, 16, { area: { ...fileOn("btrfs"), prot: 3 } }),
      touch(1, 0),
      touch(2, 0),
      touch(3, 0),
      // The data of a program, once written, has private pages: its page tables are copied whole.
      { kind: "protect", at: at(0, 3), pages: 16, prot: 1, ...from },
      { kind: "fork", space: 2, ...from },
    ];
    const { touched } = touchedBy(drafts, { 1: 0, 2: 32, 3: 64 });
    const found = touched.peak.map(({ space, start }) => [space, start - base]);
    expect(found).toEqual([
      [1, 0],
      [1, 32],
      [1, 64],
      [2, 0],
      [2, 64],
    ]);
  });

  it("bounds the entries by the pages that share a largest size", () => {
    const drafts = [map(1, 2_048), touch(1, 0), touch(1, 512), touch(1, 1_024)];
    const replay = replayOf(drafts, { 1: 0 }, { population: { mode: "touched" } });
    expect(compute("tlb-entries", replay)).toMatchObject({ value: 3, lowerBound: 1 });
  });
});
