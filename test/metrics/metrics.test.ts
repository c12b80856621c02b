import { describe, expect, it } from "vitest";
import { deviceMappings } from "../../src/metrics/device-mappings.ts";
import { measure, metrics } from "../../src/metrics/index.ts";
import type { MetricValue } from "../../src/metrics/types.ts";
import type { SpaceFacts } from "../../src/resolve/program.ts";
import type { OpenFile } from "../../src/trace/file.ts";
import { at, type Draft } from "../space/program.ts";
import { anonymous, base } from "../support/layout.ts";
import { bar, compute, from, gib, map, replayOf, up } from "./replays.ts";

describe("tlb-entries", () => {
  const id = "tlb-entries";

  it("shows 524,288, 1,024 or 2 entries for a 2 GiB BAR, and 2 as the bound of each", () => {
    const values = [1, 512, up(0, gib)].map((page) => {
      const { value, lowerBound, byBacking } = compute(
        id,
        replayOf([map(1, 2 * gib, { area: bar })], { 1: page }),
      );
      return [value, lowerBound, byBacking];
    });
    expect(values).toEqual([
      [524_288, 2, { vfio: 524_288 }],
      [1_024, 2, { vfio: 1_024 }],
      [2, 2, { vfio: 2 }],
    ]);
  });

  it("counts the peak of all processes, and the end beside it", () => {
    const drafts: Draft[] = [
      map(1, 4),
      { kind: "fork", space: 2, ...from },
      { kind: "release", at: at(0, 1), pages: 4, ...from },
    ];
    const replay = replayOf(drafts, { 1: 1 }, { of: { peak: 2 } });
    expect(compute(id, replay)).toMatchObject({ value: 8, more: { end: 4 }, bySize: { "4K": 8 } });
  });

  it("bounds anonymous neighbours as if they were merged and aligned", () => {
    const drafts = [map(1, 256), map(2, 256), map(3, 10)];
    const apart = replayOf(drafts, { 1: 1, 2: 600, 3: 1200 });
    expect(compute(id, apart)).toMatchObject({ value: 522, lowerBound: 11 });
  });

  it("leaves out what no access reaches", () => {
    const reserve = map(1, 4, { area: { ...anonymous, prot: 0 } });
    expect(compute(id, replayOf([reserve], { 1: 0 }))).toMatchObject({ value: 0, lowerBound: 0 });
  });
});

describe("faults", () => {
  it("are one per leaf of memory, and 16 pages of a file at once", () => {
    const file: OpenFile = { id: 2, kind: "regular", filesystem: "btrfs", path: "/f" };
    const area = { ...anonymous, backing: "file", file, prot: 1, flags: 2 };
    const replay = replayOf([map(1, 32), map(2, 32, { area })], { 1: 0, 2: 64 });
    expect(compute("faults", replay)).toMatchObject({
      value: 34,
      byBacking: { anon: 32, file: 2 },
    });
  });
});

describe("fragmentation", () => {
  /** Far above what lies low: 64 TiB. */
  const high = 2 ** 34;
  const spaces: readonly SpaceFacts[] = [
    {
      space: 1,
      parent: null,
      pid: 1,
      topDown: true,
      mmapBase: base + high + 9_000,
      unrecordedPages: 0,
      unknownStart: false,
      layoutFrom: "search",
    },
  ];
  const value = (pages: Readonly<Record<number, number>>): MetricValue => {
    const drafts = Object.keys(pages).map((object) => map(Number(object), 1));
    return compute("fragmentation", replayOf(drafts, pages, { of: { spaces } }));
  };

  it("counts holes from mmap_base down to the room of terabytes, and what still fits there", () => {
    const low = { 1: 0, 2: 700 };
    const near = { 3: high + 5_000, 4: high + 5_011, 5: high + 6_600 };
    const above = { 6: high + 20_000 };
    const found = value({ ...low, ...near, ...above });
    expect(found).toMatchObject({
      value: (10 + 1_588) * 4096,
      more: {
        holes: 2,
        largestHole: 1_588 * 4096,
        largestGap: (high + 4_299) * 4096,
        spanOverMapped: 1_601 / 3,
      },
      tables: { holes: { "32K": 1, "4M": 1 }, unusable: { "1G": 1 } },
    });
    const { unusable = {} } = found.tables ?? {};
    const { "2M": small, "4K": none } = unusable;
    // Two blocks of 2 MiB fit in the hole from 5,012 to 6,600, none in the other.
    expect(small).toBeCloseTo(1 - 1_024 / 1_598, 12);
    expect(none).toBe(0);
  });

  it("takes the room below everything for free where nothing is mapped low", () => {
    const found = value({ 1: high + 5_000, 2: high + 5_600 });
    expect(found).toMatchObject({
      value: 599 * 4096,
      more: { holes: 1, largestGap: (base + high + 5_000 - 16) * 4096 },
    });
  });

  it("is none where everything touches", () => {
    const touching = replayOf([map(1, 4), map(2, 4)], { 1: 0, 2: 4 });
    expect(compute("fragmentation", touching)).toMatchObject({
      value: 0,
      more: { holes: 0, spanOverMapped: 1 },
    });
  });
});

describe("vmas", () => {
  it("is the most of any moment, with the room to the limit", () => {
    const reader = { area: { ...anonymous, prot: 1 } };
    const drafts: Draft[] = [
      map(1, 2),
      map(2, 2, reader),
      { kind: "release", at: at(0, 2), pages: 2, ...from },
    ];
    expect(compute("vmas", replayOf(drafts, { 1: 0, 2: 2 }))).toMatchObject({
      value: 2,
      more: { end: 1, headroom: 65_528 },
    });
  });
});

describe("search-steps", () => {
  it("adds up what ran, and is not 0 but absent for the recording's own placements", () => {
    const steps = Uint32Array.from([0, 3, 5]);
    const searches = Uint32Array.from([0, 1, 2]);
    const drafts = [map(1, 1), map(2, 1)];
    const ran = replayOf(drafts, { 1: 0, 2: 4 }, { placements: { steps, searches } });
    expect(compute("search-steps", ran)).toMatchObject({
      value: 8,
      lowerBound: 2,
      more: { searches: 3 },
    });
    const recorded = replayOf(drafts, { 1: 0, 2: 4 }, { placements: { source: "recorded" } });
    expect(compute("search-steps", recorded)).toMatchObject({ value: null });
  });
});

describe("agreement", () => {
  it("is the share of the kernel's own placements that come out the same", () => {
    const drafts = [map(1, 1, { recorded: base }), map(2, 1, { recorded: base + 1 })];
    expect(compute("agreement", replayOf(drafts, { 1: 0, 2: 9 }))).toMatchObject({
      value: 0.5,
      more: { exact: 1, total: 2 },
    });
    expect(compute("agreement", replayOf([], {}))).toMatchObject({ value: null });
  });
});

describe("device mappings", () => {
  it("lists each mapping of 2 MiB and more with who chose its address, lost ones left out", () => {
    const drafts: Draft[] = [
      map(1, 2 * gib, { area: bar }),
      map(2, 512, { area: { ...bar, pgoff: 2 ** 28 + 1 }, hint: at(0) }),
      map(3, 511, { area: bar }),
      map(4, 512, { area: bar }),
      {
        kind: "fix",
        object: 5,
        at: at(0),
        recorded: 0,
        pages: 512,
        guard: 0,
        area: bar,
        ...from,
      },
    ];
    const replay = replayOf(drafts, { 1: 1, 2: 600_001, 3: 700_000, 4: -1, 5: 800_257 });
    expect(deviceMappings(replay)).toMatchObject([
      { object: 1, device: "0000:00:08.0", bytes: 2 ** 31, chosen: "kernel", entries: 524_288 },
      { object: 2, offset: "0x10000001000", chosen: "hint", bySize: { "4K": 512 } },
      { object: 5, offset: "0x0", chosen: "fixed", bySize: { "4K": 512 } },
    ]);
  });
});

describe("every metric", () => {
  const drafts = [map(1, 4, { recorded: base })];

  it("gives a number or a reason, in its own unit", () => {
    const values = measure(replayOf(drafts, { 1: 0 }), metrics.all);
    for (const metric of metrics.all) {
      const { value, unit, reason } = values[metric.id] ?? {};
      expect([metric.id, unit]).toEqual([metric.id, metric.unit]);
      expect(typeof (value ?? reason)).not.toBe("undefined");
    }
  });

  it("that counts pages is absent where none is populated, and says why", () => {
    const counting = metrics.all.filter(({ needs = [] }) => needs.includes("population"));
    const none = measure(replayOf(drafts, { 1: 0 }, { population: { mode: "none" } }), counting);
    const { touched: _, ...silent } = replayOf(
      drafts,
      { 1: 0 },
      { population: { mode: "touched" } },
    );
    const faultless = measure(silent, counting);
    expect(counting.length).toBeGreaterThan(5);
    for (const { id } of counting) {
      expect(none[id]).toMatchObject({ value: null, reason: expect.stringContaining("none") });
      expect(faultless[id]).toMatchObject({
        value: null,
        reason: expect.stringContaining("no page faults"),
      });
    }
  });

  it("that counts what calls do is absent where a recording has none", () => {
    const area = { ...anonymous, flags: 0 };
    const listed: Draft = {
      kind: "fix",
      object: 1,
      at: at(0),
      recorded: base,
      pages: 4,
      guard: 0,
      area,
      ...from,
    };
    const state = replayOf([listed], { 1: 0 });
    const values = measure(state);
    for (const id of ["search-steps", "thp-risk"])
      expect(values[id]).toMatchObject({ value: null, reason: "the recording holds no calls" });
    expect(values["tlb-entries"]).toMatchObject({ value: 4 });
    const { vmas, fragmentation } = values;
    expect(vmas?.more).not.toHaveProperty("merges");
    expect(fragmentation?.more).not.toHaveProperty("alignmentLoss");
  });

  it("is measured unless it takes longer than the replay", () => {
    const { costly } = metrics.get("aslr-bits");
    expect(costly).toBe(true);
    expect(Object.keys(measure(replayOf(drafts, { 1: 0 })))).not.toContain("aslr-bits");
  });
});
