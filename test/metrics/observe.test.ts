import { describe, expect, it } from "vitest";
import type { SpaceFacts } from "../../src/resolve/program.ts";
import { at, type Draft } from "../space/program.ts";
import { anonymous, base } from "../support/layout.ts";
import { bar, compute, fileOn, from, map, replayOf } from "./replays.ts";

const part = (
  kind: "protect" | "release" | "discard",
  object: number,
  offset: number,
  pages: number,
) => ({ kind, at: at(offset, object), pages, prot: 1, ...from }) as Draft;

describe("merges", () => {
  it("are neighbours that a new mapping is joined with: one, two or none", () => {
    const unwritten = { area: { ...anonymous, prot: 1 } };
    const three = [1, 2, 3].map((object) => map(object, 4, unwritten));
    const drafts = [...three, map(4, 4, { area: fileOn("ext4") })];
    const merges = (pages: Readonly<Record<number, number>>) => {
      const { merges: joined } = compute("vmas", replayOf(drafts, pages)).more ?? {};
      return joined;
    };
    expect(merges({ 1: 0, 2: 20, 3: 40, 4: 60 })).toBe(0);
    expect(merges({ 1: 0, 2: 4, 3: 40, 4: 44 })).toBe(1);
    // The third fills the hole between the first and the second.
    expect(merges({ 1: 0, 2: 8, 3: 4, 4: 44 })).toBe(2);
  });
});

describe("thp-risk", () => {
  const splits = (drafts: readonly Draft[], page = 0) =>
    compute("thp-risk", replayOf([map(1, 2_048), ...drafts], { 1: page })).value;

  it("counts huge entries of which a part leaves, changes or is given back", () => {
    expect(splits([part("protect", 1, 100, 50)])).toBe(1);
    expect(splits([part("release", 1, 100, 600)])).toBe(2);
    expect(splits([part("discard", 1, 0, 1)])).toBe(1);
  });

  it("counts whole entries not, nor an edge twice, nor a change that changes nothing", () => {
    expect(splits([part("protect", 1, 512, 1_024)])).toBe(0);
    expect(splits([part("discard", 1, 5, 1), part("discard", 1, 9, 1)])).toBe(1);
    const same = { ...part("protect", 1, 100, 50), prot: 3 } as Draft;
    expect(splits([same])).toBe(0);
  });

  it("needs a huge entry: a congruent block that lies in the mapping", () => {
    const file = [map(1, 2_048, { area: fileOn("ext4", 1) }), part("release", 1, 100, 50)];
    const at1 = (page: number) => compute("thp-risk", replayOf(file, { 1: page })).value;
    expect(at1(0)).toBe(0);
    // Page 100 of the mapping is page 101 of the file; the block from 511 on is the first that is covered.
    expect(at1(1)).toBe(0);
    const later = [map(1, 2_048, { area: fileOn("ext4", 1) }), part("release", 1, 600, 50)];
    expect(compute("thp-risk", replayOf(later, { 1: 1 })).value).toBe(1);
    const never = { facts: { thpEnabled: "never" } };
    const off = replayOf([map(1, 2_048), part("release", 1, 100, 50)], { 1: 0 }, never);
    expect(compute("thp-risk", off).value).toBe(0);
  });

  it("says what it needs to tell untouched bytes", () => {
    expect(compute("thp-risk", replayOf([map(1, 4)], { 1: 0 })).reason).toContain("touched");
  });
});

describe("bytes lost to alignment", () => {
  const high = 2 ** 34;
  const space = (topDown: boolean, mmapBase: number): SpaceFacts => ({
    ...{ space: 1, parent: null, pid: 1, topDown, mmapBase: base + mmapBase },
    ...{ unrecordedPages: 0, unknownStart: false, layoutFrom: "search" },
  });
  const lost = (
    drafts: readonly Draft[],
    pages: Readonly<Record<number, number>>,
    spaces: readonly SpaceFacts[],
  ) => {
    const searches = new Uint32Array(drafts.length + 1).fill(1);
    const replay = replayOf(drafts, pages, { of: { spaces }, placements: { searches } });
    const { alignmentLoss } = compute("fragmentation", replay).more ?? {};
    return alignmentLoss;
  };

  it("are free pages up to the mapping above, or to mmap_base", () => {
    const top = [space(true, high + 1_000)];
    const drafts = [map(1, 512, { area: bar }), map(2, 512, { area: bar })];
    // 488 pages to mmap_base, 512 to the first mapping.
    expect(lost(drafts, { 1: high, 2: high - 1_024 }, top)).toBe((488 + 512) * 4096);
    expect(lost(drafts, { 1: high + 488, 2: high - 24 }, top)).toBe(0);
  });

  it("are found again by a later mapping that fits there", () => {
    const drafts = [map(1, 512, { area: bar }), map(2, 8), map(3, 4)];
    const pages = { 1: high, 2: high + 992, 3: high + 988 };
    expect(lost(drafts, pages, [space(true, high + 1_000)])).toBe((488 - 12) * 4096);
  });

  it("lie below a mapping in the legacy layout", () => {
    const drafts = [map(1, 8), map(2, 512, { area: bar })];
    expect(lost(drafts, { 1: high, 2: high + 512 }, [space(false, high)])).toBe(504 * 4096);
  });
});
