import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { metrics } from "../../src/metrics/index.ts";
import type { Replay } from "../../src/space/replay.ts";
import type { Draft } from "../space/program.ts";
import { bar, compute, fileOn, map, replayOf } from "./replays.ts";

/** Areas that merge with their like, that merge by offset, and that never merge. */
const areas = [
  {},
  { area: fileOn("ext4") },
  { area: fileOn("ext4", 300) },
  { area: fileOn("ext4", 512) },
  { area: fileOn("btrfs", 40) },
  { area: bar },
  { area: { ...bar, pgoff: 512 } },
];

const mapping = fc.record({
  kind: fc.integer({ min: 0, max: areas.length - 1 }),
  pages: fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 200, max: 1_400 })),
});

/** Gaps before each mapping, from none to beyond a PMD. */
const gap = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 1_100 }));

const drafted = fc.array(mapping, { minLength: 1, maxLength: 8 }).chain((mappings) =>
  fc.record({
    mappings: fc.constant(mappings),
    gaps: fc.array(fc.array(gap, { minLength: mappings.length, maxLength: mappings.length }), {
      minLength: 2,
      maxLength: 2,
    }),
    order: fc.shuffledSubarray(
      mappings.map((_, index) => index),
      { minLength: mappings.length, maxLength: mappings.length },
    ),
  }),
);

type Drafted = typeof drafted extends fc.Arbitrary<infer T> ? T : never;

/** The same mappings at two sets of places. */
function replays({ mappings, gaps, order }: Drafted): readonly Replay[] {
  const drafts: Draft[] = mappings.map(({ kind, pages }, index) =>
    map(index + 1, pages, areas[kind]),
  );
  return gaps.map((before, which) => {
    let page = 0;
    const places: Record<number, number> = {};
    for (const at of which === 0 ? mappings.keys() : order) {
      page += before[at] ?? 0;
      places[at + 1] = page;
      page += mappings[at]?.pages ?? 0;
    }
    return replayOf(drafts, places);
  });
}

const bounded = ["tlb-entries", "coverage", "faults", "page-tables", "fragmentation", "vmas"];

describe("a lower bound", () => {
  it.each(bounded)("of %s holds at every place, whichever place it was found at", (id) => {
    const holds = fc.property(drafted, (drawn) => {
      const values = replays(drawn).map((replay) => compute(id, replay));
      for (const { value } of values)
        for (const { lowerBound } of values) {
          expect(lowerBound).toBeTypeOf("number");
          expect(value).toBeGreaterThanOrEqual(lowerBound ?? 0);
        }
    });
    fc.assert(holds, { seed: 20_261_126, numRuns: 150 });
  });

  it("is given for every metric that counts what a placement costs", () => {
    const [replay] = replays({
      mappings: [{ kind: 0, pages: 600 }],
      gaps: [[0], [0]],
      order: [0],
    });
    if (replay === undefined) throw new Error("no replay");
    const without = metrics.all
      .filter(({ better }) => better === "less")
      .filter(({ id }) => id !== "tlb-misses")
      .filter(({ id }) => compute(id, replay).lowerBound === undefined);
    expect(without.map(({ id }) => id)).toEqual([]);
  });

  it("joins file ranges that follow each other, the longest with the longest", () => {
    const halves = [
      map(1, 300, { area: fileOn("ext4") }),
      map(2, 212, { area: fileOn("ext4", 300) }),
    ];
    const apart = replayOf(halves, { 1: 1, 2: 1_000 });
    expect(compute("tlb-entries", apart)).toMatchObject({ value: 512, lowerBound: 1 });
    expect(compute("vmas", apart)).toMatchObject({ value: 2, lowerBound: 1 });
    const joined = replayOf(halves, { 1: 0, 2: 300 });
    expect(compute("tlb-entries", joined)).toMatchObject({ value: 1, lowerBound: 1 });
    expect(compute("vmas", joined).more).toMatchObject({ merges: 1 });
  });

  it("keeps device memory apart, which never merges", () => {
    const halves = [map(1, 300, { area: bar }), map(2, 212, { area: { ...bar, pgoff: 300 } })];
    expect(compute("tlb-entries", replayOf(halves, { 1: 0, 2: 300 }))).toMatchObject({
      value: 512,
      lowerBound: 512,
    });
  });
});
