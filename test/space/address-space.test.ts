import { describe, expect, it } from "vitest";
import type { Area } from "../../src/resolve/program.ts";
import { AddressSpace, sharedState } from "../../src/space/address-space.ts";
import type { OpenFile } from "../../src/trace/file.ts";
import { MAP_NORESERVE, MAP_STACK } from "../../src/trace/flags.ts";
import { base, draw, latest, layout, newRange, picture, rules, vma } from "../support/layout.ts";

const insert = (
  space: AddressSpace,
  start: number,
  end: number,
  area: Partial<Area> = {},
): void => {
  space.insert(vma(start, end, area, space.rules));
};

const remove = (space: AddressSpace, start: number, end: number): number =>
  space.remove(base + start, base + end);

const protect = (space: AddressSpace, start: number, end: number, prot: number): void => {
  space.protect(base + start, base + end, prot);
};

const ext4: OpenFile = { id: 7, kind: "regular", filesystem: "ext4", path: "/data" };
const fileArea = (pgoff: number, file: OpenFile = ext4, shared = true): Partial<Area> => ({
  backing: "file",
  file,
  shared,
  pgoff,
  flags: shared ? 1 : 2,
});

describe("a new anonymous mapping", () => {
  it("joins both neighbours", () => {
    const space = layout`AA..BB`;
    insert(space, 2, 4);
    expect(picture(space, 6)).toBe("AAAAAA");
  });

  it("joins the neighbour below, or the one above", () => {
    const space = layout`AA....BB`;
    insert(space, 2, 4);
    expect(picture(space, 8)).toBe("AAAA..BB");
    insert(space, 5, 6);
    expect(picture(space, 8)).toBe("AAAA.BBB");
  });

  it("stays apart from a neighbour with other access bits", () => {
    const space = layout`aa..BB`;
    insert(space, 2, 4);
    expect(picture(space, 6)).toBe("aaBBBB");
  });

  it("stays apart from memory without a reservation", () => {
    const space = layout`AA..`;
    insert(space, 2, 4, { flags: 0x22 + MAP_NORESERVE });
    expect(picture(space, 4)).toBe("AABB");
  });

  it("stays apart from a thread stack since 6.7, whose MAP_STACK forbids huge pages", () => {
    const space = layout`AA..`;
    insert(space, 2, 4, { flags: 0x22 + MAP_STACK });
    expect(picture(space, 4)).toBe("AABB");
    const old = draw("AA..", rules("never", { ...latest, series: "6.1" }));
    insert(old, 2, 4, { flags: 0x22 + MAP_STACK });
    expect(picture(old, 4)).toBe("AAAA");
  });

  it("replaces what lies in its place, cutting it at both edges", () => {
    const space = layout`aaaaaa`;
    expect(space.insert(vma(2, 4, {}, space.rules))).toBe(2);
    expect(picture(space, 6)).toBe("aaBBcc");
    expect(space.pages).toBe(6);
  });
});

describe("shared and file mappings", () => {
  it("never join two shared anonymous calls", () => {
    const space = new AddressSpace(1, rules());
    insert(space, 0, 2, { backing: "shared-anon", shared: true, flags: 0x21 });
    insert(space, 2, 4, { backing: "shared-anon", shared: true, flags: 0x21 });
    expect(space.count).toBe(2);
  });

  it("join one open at contiguous offsets only", () => {
    const space = new AddressSpace(1, rules());
    insert(space, 0, 2, fileArea(10));
    insert(space, 2, 4, fileArea(12));
    expect(space.count).toBe(1);
    insert(space, 4, 6, fileArea(20));
    expect(space.count).toBe(2);
  });

  it("stay apart for two opens of one inode, and where opens cannot be told apart", () => {
    const space = new AddressSpace(1, rules());
    insert(space, 0, 2, fileArea(10));
    insert(space, 2, 4, fileArea(12, { ...ext4, id: 8 }));
    insert(space, 4, 6, fileArea(14, { ...ext4, id: -1 }));
    insert(space, 6, 8, fileArea(16, { ...ext4, id: -1 }));
    expect(space.count).toBe(4);
  });

  it("stay apart for device memory and hugetlb", () => {
    const vfio: OpenFile = { id: 3, kind: "vfio" };
    const space = new AddressSpace(1, rules());
    insert(space, 0, 2, fileArea(0, vfio));
    insert(space, 2, 4, fileArea(2, vfio));
    const huge: OpenFile = { id: 4, kind: "hugetlb" };
    insert(space, 512, 1024, { ...fileArea(0, huge), huge: 512 });
    insert(space, 1024, 1536, { ...fileArea(512, huge), huge: 512 });
    expect(space.count).toBe(4);
  });

  it("join private parts that moved together only before 7.3, which asks for anonymous offsets too", () => {
    const twoParts = (profile: typeof latest): AddressSpace => {
      const space = new AddressSpace(1, rules("never", profile));
      insert(space, 0, 2, fileArea(10, ext4, false));
      const other = vma(2, 4, fileArea(12, ext4, false), space.rules);
      space.insert({ ...other, anonOffset: other.anonOffset + 100 });
      return space;
    };
    expect(twoParts(latest).count).toBe(2);
    expect(twoParts(latest).rules.met.anonOffsets).toBe(true);
    expect(twoParts({ ...latest, series: "7.2", mergesAnonOffset: false }).count).toBe(1);
  });

  it("never join two attaches of a System V segment, nor its split parts in 6.1", () => {
    const segment: OpenFile = { id: 5, kind: "shmem", path: "/SYSV00000000", huge: "internal" };
    const attached = (profile: typeof latest): AddressSpace => {
      const space = new AddressSpace(1, rules("never", profile));
      insert(space, 0, 2, fileArea(0, segment));
      insert(space, 2, 6, fileArea(2, segment));
      return space;
    };
    const now = attached(latest);
    expect(now.count).toBe(2);
    protect(now, 3, 6, 1);
    protect(now, 3, 5, 3);
    expect(picture(now, 6)).toBe("AABBBc");
    const old = attached({ ...latest, series: "6.1", closeNeverMerges: true });
    protect(old, 3, 6, 1);
    protect(old, 3, 5, 3);
    expect(picture(old, 6)).toBe("AABCCd");
  });
});

describe("mprotect", () => {
  it("splits, and merges again when it is taken back", () => {
    const space = layout`AAAAAA`;
    protect(space, 2, 4, 1);
    expect(picture(space, 6)).toBe("AAbbCC");
    protect(space, 2, 4, 3);
    expect(picture(space, 6)).toBe("AAAAAA");
  });

  it("ends its walk where a merge reached beyond the range", () => {
    const space = layout`AAbbCCC`;
    protect(space, 2, 4, 3);
    expect(picture(space, 7)).toBe("AAAAAAA");
  });

  it("changes every VMA in the range and leaves holes alone", () => {
    const space = layout`AA.BB.CC`;
    protect(space, 1, 7, 1);
    expect(picture(space, 8)).toBe("Ab.cc.dE");
  });

  it("keeps the charge of memory that was writable, which 6.6 takes off while nothing is written", () => {
    const taken = (series: string): AddressSpace => {
      const space = draw("AA..", rules("never", { ...latest, series }));
      protect(space, 0, 2, 1);
      insert(space, 2, 4, { prot: 1 });
      return space;
    };
    expect(picture(taken("6.1"), 4)).toBe("aabb");
    expect(picture(taken("6.12"), 4)).toBe("aaaa");
  });
});

describe("madvise and names", () => {
  it("splits by flag and clears the opposite one", () => {
    const space = layout`AAAA`;
    space.advise(base, base + 2, { set: "hg" });
    expect(picture(space, 4)).toBe("AABB");
    space.advise(base, base + 4, { set: "nh" });
    expect(picture(space, 4)).toBe("AAAA");
    expect(space.at(base)?.flags).toBe("ac nh");
  });

  it("splits by name", () => {
    const space = layout`AAAA`;
    space.advise(base + 1, base + 2, { name: "arena" });
    expect(picture(space, 4)).toBe("ABCC");
    space.advise(base + 1, base + 2, { name: null });
    expect(picture(space, 4)).toBe("AAAA");
  });

  it("leaves the VMA whole for guard pages", () => {
    const space = layout`AAAA`;
    space.advise(base + 1, base + 2, { set: "gu" });
    expect(picture(space, 4)).toBe("AAAA");
  });
});

describe("written memory", () => {
  it("is joined with the lower side only when the hole between two parts is filled", () => {
    const space = draw("AA..BB", rules("at-once"));
    insert(space, 2, 4);
    expect(picture(space, 6)).toBe("AAAABB");
  });

  it("shares its anon_vma with a neighbour that differs in access bits, so that both can merge later", () => {
    const space = draw("AA....", rules("at-once"));
    insert(space, 2, 4, { prot: 7 });
    protect(space, 2, 4, 3);
    expect(picture(space, 6)).toBe("AAAA..");
  });

  it("comes after what madvise says of a new mapping, so that shadow memory heals", () => {
    const space = draw("AAAAAA", rules("at-once"));
    space.advise(base, base + 6, { set: "dd" });
    insert(space, 2, 4);
    expect(picture(space, 6)).toBe("AABBCC");
    space.advise(base + 2, base + 4, { set: "dd" });
    expect(picture(space, 6)).toBe("AAAAAA");
  });

  it("comes before what madvise says of an arena that mprotect grew", () => {
    const space = draw("AAaa", rules("at-once"));
    space.advise(base, base + 2, { set: "hg" });
    protect(space, 2, 4, 3);
    space.advise(base + 2, base + 4, { set: "hg" });
    expect(picture(space, 4)).toBe("AABB");
  });

  it("does not merge with a new neighbour in a fork child", () => {
    const parent = draw("AA....", rules("at-once"));
    const child = parent.fork(2);
    insert(parent, 2, 4);
    insert(child, 2, 4);
    expect(picture(parent, 6)).toBe("AAAA..");
    expect(picture(child, 6)).toBe("AABB..");
  });
});

describe("heap, stack and fork", () => {
  it("grows the heap into one VMA that stays apart from the bss below", () => {
    const shared = sharedState();
    const space = draw("AA....", rules(), shared);
    space.mapHeap(newRange(shared, vma(2, 3)));
    space.mapHeap(newRange(shared, vma(3, 5)));
    expect(picture(space, 6)).toBe("AABBB.");
  });

  it("grows a stack downwards as one VMA", () => {
    const space = layout`...AA`;
    space.growDown(base + 1, base + 3);
    expect(picture(space, 5)).toBe(".AAAA");
    expect(space.pages).toBe(4);
    expect(space.at(base + 1)?.pgoff).toBe(base + 1);
  });

  it("copies all but DONTFORK areas, and locks nothing", () => {
    const space = layout`AAAA`;
    space.advise(base, base + 1, { set: "dc" });
    space.advise(base + 1, base + 2, { set: "lo" });
    const child = space.fork(2);
    expect(picture(space, 4)).toBe("ABCC");
    expect(picture(child, 4)).toBe(".ABB");
    expect(child.at(base + 1)?.flags).toBe("ac");
    expect(child.pages).toBe(3);
  });

  it("keeps a copy apart from its original", () => {
    const space = layout`AAAA`;
    const copy = space.copy();
    expect(remove(space, 1, 3)).toBe(2);
    expect(picture(space, 4)).toBe("A..B");
    expect(picture(copy, 4)).toBe("AAAA");
  });
});
