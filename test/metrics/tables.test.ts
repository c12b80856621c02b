import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { runsAt } from "../../src/metrics/runs.ts";
import type { Replay } from "../../src/space/replay.ts";
import type { Draft } from "../space/program.ts";
import { bar, compute, fileOn, gib, map, replayOf, up } from "./replays.ts";

const kinds = [{}, { area: fileOn("ext4", 3) }, { area: bar }, { area: fileOn("btrfs") }];

const drawn = fc.array(
  fc.record({
    kind: fc.integer({ min: 0, max: kinds.length - 1 }),
    gap: fc.oneof(fc.integer({ min: 0, max: 900 }), fc.integer({ min: 0, max: 600_000 })),
    pages: fc.oneof(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 300, max: 3_000 })),
  }),
  { minLength: 1, maxLength: 10 },
);

function replayed(mappings: typeof drawn extends fc.Arbitrary<infer T> ? T : never): Replay {
  const drafts: Draft[] = [];
  const places: Record<number, number> = {};
  let page = 0;
  for (const [index, { kind, gap, pages }] of mappings.entries()) {
    drafts.push(map(index + 1, pages, kinds[kind]));
    page += gap;
    places[index + 1] = page;
    page += pages;
  }
  return replayOf(drafts, places);
}

/** Walk every entry down from the root, one table for each prefix of its page. */
function walked(replay: Replay): Record<string, number> {
  const tables = { pte: new Set<number>(), pmd: new Set<number>(), pud: new Set<number>() };
  for (const { level, start, end } of runsAt("peak", replay)) {
    for (let page = start; page < end; page += level.pages) {
      tables.pud.add(Math.floor(page / 512 ** 3));
      if (level.kind !== "pud") tables.pmd.add(Math.floor(page / 512 ** 2));
      if (level.kind === "base") tables.pte.add(Math.floor(page / 512));
    }
  }
  const bytes = Object.entries(tables).map(([name, set]) => [name, set.size * 4096]);
  return { ...Object.fromEntries(bytes), pgd: 4096 };
}

describe("page-tables", () => {
  it("are those that a walk to every entry meets", () => {
    const same = fc.property(drawn, (mappings) => {
      const replay = replayed(mappings);
      const { value, tables } = compute("page-tables", replay);
      const levels = walked(replay);
      expect(tables).toEqual({ levels });
      expect(value).toBe(Object.values(levels).reduce((sum, bytes) => sum + bytes, 0));
    });
    fc.assert(same, { seed: 20_261_126, numRuns: 100 });
  });

  it("need no table below a huge entry, and one more level where the addresses have it", () => {
    const two = [map(1, 2 * gib, { area: bar })];
    const huge = compute("page-tables", replayOf(two, { 1: up(0, gib) }));
    expect(huge).toMatchObject({
      value: 2 * 4096,
      tables: { levels: { pud: 4096, pmd: 0, pte: 0 } },
    });
    const small = compute("page-tables", replayOf(two, { 1: up(0, gib) + 1 }));
    // 1,025 PTE tables under three PMD tables: the range begins a page into one of each.
    const bytes = { pte: 1_025 * 4096, pmd: 3 * 4096, pud: 4096, pgd: 4096 };
    expect(small.tables).toEqual({ levels: bytes });
    const levels = (arch: string) => {
      const at = { 1: up(0, gib) };
      const { levels: named = {} } =
        compute("page-tables", replayOf(two, at, { arch })).tables ?? {};
      return Object.keys(named);
    };
    expect(levels("x86-64-la57")).toEqual(["pte", "pmd", "pud", "p4d", "pgd"]);
    expect(levels("riscv64-sv39")).toEqual(["pte", "pmd", "pgd"]);
    // A 32-bit task has the tables of its 64-bit kernel.
    expect(levels("i386")).toEqual(["pte", "pmd", "pud", "pgd"]);
  });

  it("tell the table that each anonymous huge page keeps for its split", () => {
    const replay = replayOf([map(1, 1_024)], { 1: 0 });
    expect(compute("page-tables", replay).more).toEqual({ deposited: 2 * 4096 });
  });
});

describe("coverage", () => {
  it("takes the largest entries first", () => {
    // One PUD, one PMD and 512 pages: 1 GiB of 1 GiB + 4 MiB.
    const drafts = [
      map(1, gib, { area: bar }),
      map(2, 512),
      map(3, 512, { area: fileOn("btrfs") }),
    ];
    const replay = replayOf(drafts, { 1: up(0, gib), 2: 0, 3: up(0, gib) + 2 * gib });
    expect(compute("coverage", replay).tables).toMatchObject({
      entries: { "50%": 1, "90%": 1, "99%": 1, "100%": 514 },
    });
  });

  it("never falls as the share grows, and ends with every entry", () => {
    const monotone = fc.property(drawn, (mappings) => {
      const replay = replayed(mappings);
      const { entries = {} } = compute("coverage", replay).tables ?? {};
      const curve = Object.values(entries);
      expect(curve).toEqual([...curve].sort((a, b) => a - b));
      expect(entries["100%"]).toBe(compute("tlb-entries", replay).value);
    });
    fc.assert(monotone, { seed: 20_261_126, numRuns: 100 });
  });
});

describe("tlb-entries", () => {
  it("map every populated byte exactly once, by size and by backing", () => {
    const whole = fc.property(drawn, (mappings) => {
      const replay = replayed(mappings);
      const { value, bySize, byBacking, tables } = compute("tlb-entries", replay);
      const pages = mappings.reduce((sum, one) => sum + one.pages, 0);
      const sum = (of: object | undefined): number =>
        Object.values(of ?? {}).reduce((all: number, one: number) => all + one, 0);
      const { bytesBySize } = tables ?? {};
      expect(sum(bytesBySize)).toBe(pages * 4096);
      expect([sum(bySize), sum(byBacking)]).toEqual([value, value]);
    });
    fc.assert(whole, { seed: 20_261_126, numRuns: 100 });
  });
});

describe("set-conflicts", () => {
  const starts = (pages: readonly number[]) => {
    const drafts = pages.map((_, index) => map(index + 1, 1, { area: fileOn("btrfs", index * 7) }));
    const places = Object.fromEntries(pages.map((page, index) => [index + 1, page]));
    return compute("set-conflicts", replayOf(drafts, places));
  };

  it("counts starts beyond a fair share of the sets", () => {
    // Four starts at multiples of 128 pages share one set; four of 16 sets would hold one each.
    expect(starts([0, 128, 256, 384])).toMatchObject({
      value: 3,
      more: { starts: 4 },
      tables: { tlb: { "16 sets": 3, "128 sets": 3 }, cache: { "32 sets": 3 } },
    });
    expect(starts([0, 129, 258, 387])).toMatchObject({ value: 0 });
  });

  it("indexes a huge entry by its own number", () => {
    const drafts = [1, 2, 3].map((object) => map(object, 512, { area: bar }));
    const value = compute("set-conflicts", replayOf(drafts, { 1: 0, 2: 512, 3: 1_024 }));
    expect(value).toMatchObject({ value: 0, tables: { cache: { "128 sets": 2 } } });
  });
});
