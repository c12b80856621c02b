import { describe, expect, it } from "vitest";
import { profile61, profile73 } from "../../src/policies/profiles.ts";
import { AddressSpace } from "../../src/space/address-space.ts";
import { apply } from "../../src/space/apply.ts";
import { Borders } from "../../src/space/borders.ts";
import { vmaRules } from "../../src/space/rules.ts";
import type { MapsArea } from "../../src/trace/event.ts";
import { anonymous, base, draw, latest, picture, vma } from "../support/layout.ts";
import { type Draft, placed, program } from "./program.ts";

const area = (start: number, end: number, more: Partial<MapsArea> = {}): MapsArea => ({
  line: 1,
  start: (base + start) * 4096,
  end: (base + end) * 4096,
  perms: "rw-p",
  offset: 0,
  device: "00:00",
  inode: 0,
  path: "",
  ...more,
});

describe("what a snapshot shows of a page", () => {
  const file = { inode: 7, path: "/f" };
  const shown = new Borders(
    [
      area(0, 4),
      area(4, 6),
      area(6, 8, { perms: "r--p" }),
      area(10, 12, { ...file, offset: 0x1000 }),
      area(12, 14, { ...file, offset: 0x3000 }),
      area(14, 16, { ...file, offset: 0x9000 }),
    ],
    4096,
  );
  const at = (page: number) => shown.joined(base + page);

  it("is that areas are one about it, or apart though alike", () => {
    expect([at(2), at(4), at(12)]).toEqual([true, false, false]);
  });

  it("is nothing where the areas differ, where one is missing, and outside of all", () => {
    expect([at(6), at(0), at(8), at(9), at(14), at(99)]).toEqual(Array(6).fill(undefined));
  });
});

const from = { event: 0, line: 0 };
const enter = (space: number): Draft => ({ kind: "enter", space, ...from });
const map = (object: number, pages: number): Draft => ({
  kind: "map",
  object,
  pages,
  area: anonymous,
});
const snapshot = (...areas: readonly MapsArea[]): Draft => ({
  kind: "snapshot",
  source: "maps",
  exact: true,
  areas,
  ...from,
});

describe("memory of which nobody knows whether it was written", () => {
  /** A child maps three pages above what it inherited. */
  function child(shown: Draft): { readonly drawn: string; readonly exact: number } {
    const forked = { kind: "fork", space: 2, ...from } as const;
    const of = program([enter(1), map(1, 3), forked, enter(2), map(2, 3), shown]);
    const applied = apply(of, placed(of, { 1: 0, 2: 3 }), profile73, { touch: "at-once" });
    const space = applied.end.find(({ id }) => id === 2);
    const exact = applied.snapshots.reduce((sum, one) => sum + one.exact, 0);
    return { drawn: space === undefined ? "" : picture(space, 8), exact };
  }

  it("is joined where the next snapshot shows one area", () => {
    expect(child(snapshot(area(0, 6)))).toEqual({ drawn: "AAAAAA..", exact: 1 });
  });

  it("is apart where the next snapshot shows two, as written memory of a child is", () => {
    expect(child(snapshot(area(0, 3), area(3, 6)))).toEqual({ drawn: "AAABBB..", exact: 2 });
    expect(child(snapshot())).toEqual({ drawn: "AAABBB..", exact: 0 });
  });

  it("was written on both sides of a hole where the snapshot of a child shows a border", () => {
    const forked = { kind: "fork", space: 2, ...from } as const;
    const hole: Draft = { kind: "release", at: { object: 1, offset: 2 }, pages: 1, ...from };
    const drawn = (...shown: readonly Draft[]): string => {
      const of = program([enter(1), map(1, 5), hole, map(2, 1), forked, enter(2), ...shown]);
      const [parent] = apply(of, placed(of, { 1: 0, 2: 2 }), profile73, { touch: "at-once" }).end;
      return parent === undefined ? "" : picture(parent, 6);
    };
    expect(drawn()).toBe("AAAAA.");
    expect(drawn(snapshot(area(0, 3), area(3, 5)))).toBe("AAABB.");
  });

  it("was not written on either side where the snapshot shows that a mapping joined the side that a release asks last", () => {
    const hole: Draft = { kind: "release", at: { object: 1, offset: 2 }, pages: 1, ...from };
    const above = { at: { object: 1, offset: 3 }, pages: 2, ...from };
    const kept: Draft = { kind: "advise", ...above, change: { set: "dd" } };
    const shown = snapshot(area(0, 3), area(3, 5));
    const of = program([enter(1), map(1, 5), hole, map(2, 1), kept, shown]);
    const applied = apply(of, placed(of, { 1: 0, 2: 2 }), profile61, { touch: "at-once" });
    expect(applied.end.map((space) => picture(space, 5))).toEqual(["AAABB"]);
  });

  it("meets no snapshot's word where flags or files differ", () => {
    const of = program([
      enter(1),
      map(1, 3),
      { ...map(2, 3), area: { ...anonymous, flags: 0x4022 } } as Draft,
      snapshot(area(0, 6)),
    ]);
    const applied = apply(of, placed(of, { 1: 0, 2: 3 }), profile73, { touch: "at-once" });
    expect(applied.end.map((space) => picture(space, 8))).toEqual(["AAABBB.."]);
  });
});

describe("a hole between two written areas", () => {
  const filled = (series: string, mergesAnonOffset = false): string => {
    const of = vmaRules(
      { series, mergesAnonOffset, closeNeverMerges: false, hugePfnmap: true },
      "at-once",
    );
    const space = draw("AA.CC", of);
    space.insert(vma(2, 3, {}, of));
    return picture(space, 5);
  };

  it("is joined to the lower, until 6.11 to the upper", () => {
    expect(["6.1", "6.10", "6.12", "7.3"].map((series) => filled(series))).toEqual([
      "AABBB",
      "AABBB",
      "AAABB",
      "AAABB",
    ]);
  });
});

describe("memory that mlock had the kernel write", () => {
  const unlocked = (series: string): string => {
    const of = vmaRules({ ...latest, series }, "never");
    const space = draw("AAAAAA", of);
    space.advise(base + 2, base + 4, { set: "lo" });
    space.advise(base + 2, base + 4, { populate: true });
    space.advise(base, base + 6, { clear: "lo" });
    return picture(space, 6);
  };

  it("joins what nobody has written to since 6.16", () => {
    expect(["6.12", "6.18"].map(unlocked)).toEqual(["AABBCC", "AAAAAA"]);
  });
});

describe("brk and bss on arm64", () => {
  it("do not merge with what mmap made, for their memory tags", () => {
    const joined = [true, false].map((marksData) => {
      const of = vmaRules(latest, "never", { marksData });
      const space = new AddressSpace(1, of);
      space.insert(vma(0, 2, { flags: 0 }, of));
      space.insert(vma(2, 4, {}, of));
      return picture(space, 4);
    });
    expect(joined).toEqual(["AABB", "AAAA"]);
  });
});
