import { describe, expect, it } from "vitest";
import { profile61, profile72, profile73, profile618 } from "../../src/policies/profiles.ts";
import type { Profile } from "../../src/policies/types.ts";
import { OpWriter } from "../../src/resolve/op-writer.ts";
import type { Applied, ApplyOptions } from "../../src/space/applied.ts";
import { apply } from "../../src/space/apply.ts";
import type { OpenFile } from "../../src/trace/file.ts";
import { LOCKED_ON_FAULT, MAP_LOCKED } from "../../src/trace/flags.ts";
import { anonymous, base, picture } from "../support/layout.ts";
import { at, type Draft, placed, program } from "./program.ts";

const from = { event: 0, line: 0 };
const enter: Draft = { kind: "enter", space: 1, ...from };
const area = anonymous;

const map = (object: number, pages: number, more: object = {}): Draft => ({
  kind: "map",
  object,
  pages,
  area,
  ...more,
});

const fix = (object: number, page: number, pages: number, more: object = {}): Draft => ({
  kind: "fix",
  object,
  at: at(page),
  recorded: base + page,
  pages,
  guard: 0,
  area: { ...area, flags: 0x32 },
  ...from,
  ...more,
});

const release = (object: number, offset: number, pages: number, more: object = {}): Draft => ({
  kind: "release",
  at: { object, offset },
  pages,
  ...from,
  ...more,
});

function run(
  drafts: readonly Draft[],
  pages: Readonly<Record<number, number>>,
  options: ApplyOptions = { touch: "never" },
): Applied & { readonly drawn: string } {
  const of = program([enter, ...drafts]);
  const applied = apply(of, placed(of, pages), profile73, options);
  const [last] = applied.end;
  return { ...applied, drawn: last === undefined ? "" : picture(last, 12) };
}

describe("a program with places", () => {
  it("maps, unmaps a slice by its object, and moves with the object's place", () => {
    const drafts = [map(1, 6), release(1, 2, 2)];
    expect(run(drafts, { 1: 0 }).drawn).toBe("AA..BB......");
    expect(run(drafts, { 1: 4 }).drawn).toBe("....AA..BB..");
  });

  it("changes nothing on objects that were lost", () => {
    const drafts: Draft[] = [
      map(1, 4),
      map(2, 4),
      release(2, 0, 4),
      { kind: "protect", at: { object: 2, offset: 0 }, pages: 4, prot: 0, ...from },
    ];
    expect(run(drafts, { 1: 2, 2: -1 }).drawn).toBe("..AAAA......");
  });

  it("counts pages that a fixed mapping replaces though the recording released nothing there", () => {
    const applied = run([map(1, 4), fix(2, 2, 4)], { 1: 0, 2: 2 });
    expect(applied.clobbered).toBe(2);
    expect(run([map(1, 2), fix(2, 2, 4)], { 1: 0, 2: 2 }).clobbered).toBe(0);
  });

  it("keeps what moved when its source goes", () => {
    const spare = { object: 2, pages: 6 };
    const move = { source: at(0, 1), hint: at(0, 1), how: "grow", kept: 4 };
    const drafts = [map(1, 4), map(2, 6, move), release(1, 0, 4, { spare })];
    expect(run(drafts, { 1: 0, 2: 0 }).drawn).toBe("AAAAAA......");
    expect(run(drafts, { 1: 0, 2: 5 }).drawn).toBe(".....AAAAAA.");
    expect(run(drafts, { 1: 0, 2: -1 }).drawn).toBe("AAAA........");
  });

  it("makes one change of a call that reaches the model in slices", () => {
    const huge: OpenFile = { id: 9, kind: "hugetlb" };
    const hugetlb = { ...area, backing: "file", file: huge, huge: 1, flags: 0x22 };
    const slices = [0, 2].map(
      (offset): Draft => ({
        kind: "protect",
        at: { object: 1, offset },
        pages: 2,
        prot: 1,
        ...from,
      }),
    );
    const of = program([enter, map(1, 4, { area: hugetlb }), ...slices]);
    const one = { ...of, ops: OpWriter.opsOf([...of.ops].map((op) => ({ ...op, event: 0 }))) };
    const drawn = (which: typeof of): string => {
      const [space] = apply(which, placed(which, { 1: 0 }), profile73).end;
      return space === undefined ? "" : picture(space, 4);
    };
    expect(drawn(one)).toBe("aaaa");
    expect(drawn(of)).toBe("aabb");
  });
});

describe("mremap", () => {
  const protect: Draft = { kind: "protect", at: at(0, 1), pages: 4, prot: 1, ...from };
  const move = { source: at(0, 1), hint: at(0, 1), how: "grow", kept: 4 };

  it("takes access bits and flags of the VMA at its source along, not those of the call", () => {
    expect(run([map(1, 4), protect, map(2, 6, move)], { 1: 0, 2: 5 }).drawn).toBe("aaaa.bbbbbb.");
  });

  it("counts offsets of unwritten anonymous memory from its new place, of written memory from the old", () => {
    const drafts = [map(1, 4), map(2, 6, move), release(1, 0, 4)];
    const offset = (touch: "never" | "at-once"): number | undefined =>
      run(drafts, { 1: 0, 2: 5 }, { touch }).end[0]?.at(base + 5)?.pgoff;
    expect(offset("never")).toBe(base + 5);
    expect(offset("at-once")).toBe(base);
  });

  it("moves several VMAs at once where the op says how many pages move", () => {
    const half: Draft = { kind: "protect", at: at(2, 1), pages: 2, prot: 1, ...from };
    const fixed = fix(2, 6, 4, { source: at(0, 1), kept: 4 });
    expect(run([map(1, 4), half, fixed], { 1: 0, 2: 6 }).drawn).toBe("AAbb..CCdd..");
  });
});

describe("an mremap that leaves its source", () => {
  const copy = { source: at(0, 1) };
  const drawn = (profile: Profile, drafts: readonly Draft[], places: Record<number, number>) => {
    const of = program([enter, ...drafts]);
    const [space] = apply(of, placed(of, places), profile, { touch: "never" }).end;
    return space === undefined ? "" : picture(space, 12);
  };

  it("joins its source until 6.18, and since 7.2 only what else is next to it", () => {
    const beside = [map(1, 4), map(2, 2, copy)];
    expect(drawn(profile618, beside, { 1: 2, 2: 6 })).toBe("..AAAAAA....");
    expect(drawn(profile72, beside, { 1: 2, 2: 6 })).toBe("..AAAABB....");
    expect(drawn(profile72, beside, { 1: 2, 2: 0 })).toBe("AABBBB......");
    const between = [map(1, 4), map(3, 2), map(2, 2, copy)];
    expect(drawn(profile618, between, { 1: 2, 3: 8, 2: 6 })).toBe("..AAAAAAAA..");
    expect(drawn(profile72, between, { 1: 2, 3: 8, 2: 6 })).toBe("..AAAABBBB..");
  });
});

describe("memory that is locked when it is mapped", () => {
  it("has been written by the kernel, unless it is locked as its pages come", () => {
    const drawn = (flag: number): string => {
      const locked = { area: { ...area, flags: 0x22 + flag } };
      const drafts = [map(1, 2, locked), map(2, 2, locked), map(3, 2, locked)];
      return run(drafts, { 1: 0, 2: 4, 3: 2 }).drawn;
    };
    expect(drawn(MAP_LOCKED)).toBe("AAAABB......");
    expect(drawn(LOCKED_ON_FAULT)).toBe("AAAAAA......");
  });
});

describe("device memory", () => {
  it("has its frame number for an offset before huge PFN maps, and its file offset since", () => {
    const file: OpenFile = { id: 3, kind: "vfio" };
    const bar = { ...area, backing: "file", file, shared: true, flags: 1, pgoff: 16 };
    const of = program([enter, map(1, 4, { area: bar })]);
    const offset = (profile: Profile): number | undefined =>
      apply(of, placed(of, { 1: 0 }), profile, { pfnOf: () => 0xfe000 }).end[0]?.at(base)?.pgoff;
    expect(offset(profile61)).toBe(0xfe000);
    expect(offset(profile73)).toBe(16);
  });
});

describe("spaces", () => {
  it("fork into copies that live on apart", () => {
    const drafts: Draft[] = [
      map(1, 4),
      { kind: "fork", space: 2, ...from },
      release(1, 0, 2),
      { kind: "enter", space: 2, ...from },
      release(1, 2, 2),
    ];
    const { end } = run(drafts, { 1: 0 });
    expect(end.map((space) => picture(space, 4))).toEqual(["..AA", "AA.."]);
  });

  it("keep the peak as it was, and the last one that ended if none is left", () => {
    const of = program([enter, map(1, 4), release(1, 0, 2), { kind: "exit", space: 1, ...from }], {
      peak: 1,
    });
    const { peak, end, vmaPeak } = apply(of, placed(of, { 1: 0 }), profile73);
    expect(peak.map((space) => picture(space, 4))).toEqual(["AAAA"]);
    expect(end.map((space) => picture(space, 4))).toEqual(["..AA"]);
    expect(vmaPeak).toBe(1);
  });

  it("report the first op at which the placements count other mapped pages", () => {
    const of = program([enter, map(1, 4), map(2, 2)]);
    const places = placed(of, { 1: 0, 2: 6 });
    places.mapped[2] = 4;
    expect(apply(of, places, profile73).drift).toBeNull();
    places.mapped[2] = 5;
    expect(apply(of, places, profile73).drift).toEqual({
      op: 2,
      line: 3,
      vmas: 4,
      placements: 5,
    });
  });
});

describe("the heap and stacks", () => {
  it("keep areas of a snapshot apart, and grow the heap after them", () => {
    const listed = { ...area, flags: 0 };
    const drafts = [
      fix(1, 0, 2, { area: listed }),
      fix(2, 2, 2, { area: { ...listed, name: "[heap]" } }),
      map(3, 2, { how: "brk", area: { ...listed, name: "[heap]" } }),
    ];
    expect(run(drafts, { 1: 0, 2: 2, 3: 4 }).drawn).toBe("AABBBB......");
  });

  it("grow a stack downwards as one VMA", () => {
    const stack = { ...area, flags: 0x122, name: "[stack]" };
    const drafts = [
      map(1, 2, { area: stack, guard: 256 }),
      fix(2, 4, 2, { at: at(-2, 1), guard: 256, area: stack }),
    ];
    expect(run(drafts, { 1: 6, 2: 4 }).drawn).toBe("....AAAA....");
  });
});

describe("vm.max_map_count", () => {
  const reader = { area: { ...area, prot: 1 } };

  it("refuses a mapping only above the limit", () => {
    const drafts = [map(1, 1), map(2, 1, reader), map(3, 1), map(4, 1, reader)];
    const pages = { 1: 0, 2: 1, 3: 2, 4: 3 };
    expect(run(drafts, pages, { maxMapCount: 3 }).refused).toBeNull();
    expect(run(drafts, pages, { maxMapCount: 2 }).refused).toEqual({
      op: 4,
      line: 5,
      count: 3,
      limit: 2,
    });
  });

  it("refuses a split at the limit, an unmap of a whole VMA never", () => {
    const drafts = (slice: Draft): Draft[] => [map(1, 3), slice];
    expect(run(drafts(release(1, 1, 1)), { 1: 0 }, { maxMapCount: 1 }).refused?.op).toBe(2);
    expect(run(drafts(release(1, 0, 3)), { 1: 0 }, { maxMapCount: 1 }).refused).toBeNull();
  });

  it("refuses mremap four VMAs earlier", () => {
    const move = { source: at(0, 1), hint: at(0, 1), how: "grow", kept: 1 };
    const drafts = [map(1, 1), map(2, 2, move)];
    expect(run(drafts, { 1: 0, 2: 4 }, { maxMapCount: 4 }).refused?.op).toBe(2);
    expect(run(drafts, { 1: 0, 2: 4 }, { maxMapCount: 5 }).refused).toBeNull();
  });
});
