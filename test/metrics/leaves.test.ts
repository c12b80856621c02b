import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { archs } from "../../src/arch/index.ts";
import type { Arch } from "../../src/arch/types.ts";
import { faults, leaves, type Machine, populated } from "../../src/metrics/leaves.ts";
import { profile61, profile73 } from "../../src/policies/profiles.ts";
import type { Profile } from "../../src/policies/types.ts";
import type { Area } from "../../src/resolve/program.ts";
import { freshVma, type Vma } from "../../src/space/vma.ts";
import type { OpenFile } from "../../src/trace/file.ts";
import type { Facts } from "../../src/trace/trace.ts";
import { anonymous, rules } from "../support/layout.ts";

const kib = 2 ** 10;
const mib = 2 ** 20;
const gib = 2 ** 30;

/** Where the BAR lies: aligned to more than any size. */
const barStart = 0x3800_0000_0000;

function machine(arch: Arch, more: { profile?: Profile; facts?: Partial<Facts> } = {}): Machine {
  const devices = [
    { address: "0000:00:08.0", bars: [{ index: 0, start: barStart, size: 2 ** 38 }] },
  ];
  const facts: Facts = {
    pageSize: arch.pageBytes,
    recorder: "test",
    inferred: [],
    devices,
    ...more.facts,
  };
  return { arch, profile: more.profile ?? profile73, facts };
}

const x86 = machine(archs.get("x86-64"));

const vfio: OpenFile = { id: 1, kind: "vfio", device: "0000:00:08.0" };

/** A VMA of `bytes` at byte `address`, from byte `offset` of its file. */
function vma(area: Partial<Area>, address: number, bytes: number, offset = 0, page = 4 * kib): Vma {
  const whole: Area = { ...anonymous, ...area, pgoff: offset / page };
  return freshVma(whole, { object: 1, page: address / page, pages: bytes / page }, rules());
}

const bar = (address: number, bytes: number, offset = 0, page = 4 * kib): Vma =>
  vma({ backing: "file", shared: true, file: vfio, flags: 1 }, address, bytes, offset, page);

function counted(of: Vma, on: Machine = x86): { entries: number; faults: number; by: object } {
  const range = populated(of, on);
  if (range === undefined) throw new Error("nothing is populated");
  const sum = (counts: ReadonlyMap<string, number>): number =>
    [...counts.values()].reduce((all, one) => all + one, 0);
  const counts = leaves(range);
  return {
    entries: sum(counts),
    faults: sum(faults(range, on)),
    by: Object.fromEntries(counts),
  };
}

describe("a BAR on x86-64", () => {
  const at = 0x7fff_4000_0000;

  it.each([
    [2 * gib, 524_288, 1_024, 2],
    [256 * mib, 65_536, 128, 128],
    [128 * mib, 32_768, 64, 64],
  ])(
    "of %d bytes costs %d entries at 4 KiB, %d at PMD, %d at PUD congruence",
    (bytes, ...counts) => {
      const addresses = [at + 4 * kib, at + 2 * mib, at];
      expect(addresses.map((address) => counted(bar(address, bytes)).entries)).toEqual(counts);
      expect(addresses.map((address) => counted(bar(address, bytes)).faults)).toEqual(counts);
    },
  );

  it("of 188 GiB and 15 MiB falls apart at its end only, by size", () => {
    const bytes = 0x2f_00f0_0000;
    expect(counted(bar(at + mib, bytes)).by).toEqual({ "4K": 49_286_912 });
    expect(counted(bar(at + 2 * mib, bytes)).by).toEqual({ "2M": 96_263, "4K": 256 });
    expect(counted(bar(at, bytes)).by).toEqual({ "1G": 188, "2M": 7, "4K": 256 });
  });

  it("uses small entries at both ends of a part of it", () => {
    expect(counted(bar(at + 4 * kib, gib, 4 * kib)).by).toEqual({ "2M": 511, "4K": 512 });
    expect(counted(bar(at + mib, 512 * mib, mib)).by).toEqual({ "2M": 255, "4K": 512 });
  });

  it("less its last page costs 511 small entries instead of one", () => {
    expect(counted(bar(at + 4 * kib, 2 * gib - 4 * kib)).entries).toBe(524_287);
    expect(counted(bar(at + 2 * mib, 2 * gib - 4 * kib)).entries).toBe(1_534);
  });

  it("is mapped page by page in 6.1, by one fault", () => {
    const old = machine(archs.get("x86-64"), { profile: profile61 });
    expect(counted(bar(at, 2 * gib), old)).toEqual({
      entries: 524_288,
      faults: 1,
      by: { "4K": 524_288 },
    });
  });

  it("needs THP enabled before the setting was bypassed", () => {
    const facts = { thpEnabled: "madvise" };
    const profile = { ...profile73, pfnmapIgnoresThp: false };
    const before = machine(archs.get("x86-64"), { facts, profile });
    expect(counted(bar(at, 2 * gib), before).entries).toBe(524_288);
    expect(counted(bar(at, 2 * gib), machine(archs.get("x86-64"), { facts })).entries).toBe(2);
  });

  it("is judged by its frame number, which is not its offset where the BAR is rebased", () => {
    const devices = [
      { address: "0000:00:08.0", bars: [{ index: 0, start: barStart + mib, size: 2 * gib }] },
    ];
    const rebased = { ...x86, facts: { ...x86.facts, devices } };
    expect(counted(bar(at, 2 * gib), rebased).entries).toBe(524_288);
    expect(counted(bar(at + mib, 2 * gib), rebased).by).toEqual({ "1G": 1, "2M": 511, "4K": 512 });
  });

  it("is judged by its offset where the device was not recorded", () => {
    const unknown = { ...x86, facts: { ...x86.facts, devices: [] } };
    expect(counted(bar(at, 2 * gib, 2 ** 40 * 2), unknown).entries).toBe(2);
    expect(counted(bar(at + 4 * kib, 2 * gib, 2 ** 40 * 2), unknown).entries).toBe(524_288);
  });
});

describe("a 2 GiB BAR on arm64", () => {
  it("has no PUD entry with 4 KiB pages", () => {
    const arm = machine(archs.get("arm64-4k"));
    const at = 0xffff_4000_0000;
    const counts = [4 * kib, 2 * mib, 0].map(
      (shift) => counted(bar(at + shift, 2 * gib), arm).entries,
    );
    expect(counts).toEqual([524_288, 1_024, 1_024]);
  });

  it("gains from a congruence of 32 MiB with 16 KiB pages, from 2 MiB nothing", () => {
    const arm = machine(archs.get("arm64-16k"));
    const at = 0x7fff_4000_0000;
    const counts = [16 * kib, 2 * mib, 32 * mib].map(
      (shift) => counted(bar(at + shift, 2 * gib, 0, 16 * kib), arm).entries,
    );
    expect(counts).toEqual([131_072, 131_072, 64]);
  });
});

describe("anonymous memory", () => {
  it("uses the PMD blocks that it covers, wherever it begins", () => {
    expect(counted(vma({}, 2 * mib, 8 * mib)).by).toEqual({ "2M": 4 });
    expect(counted(vma({}, 2 * mib + 4 * kib, 8 * mib)).by).toEqual({ "2M": 3, "4K": 512 });
  });

  it("stays small where THP is off or the program asked for it or mapped a stack", () => {
    const at = 2 * mib;
    const off = machine(archs.get("x86-64"), { facts: { thpEnabled: "never" } });
    expect(counted(vma({}, at, 4 * mib), off).entries).toBe(1024);
    expect(counted(vma({ flags: 0x2_0022 }, at, 4 * mib)).entries).toBe(1024);
    const madvise = machine(archs.get("x86-64"), { facts: { thpEnabled: "madvise" } });
    expect(counted(vma({}, at, 4 * mib), madvise).entries).toBe(1024);
    expect(counted({ ...vma({}, at, 4 * mib), flags: "ac hg" }, madvise).entries).toBe(2);
  });

  it("has contiguous groups on arm64 where the 64 KiB size is enabled", () => {
    const thpSizes = { "65536": "always", "2097152": "never" };
    const arm = machine(archs.get("arm64-4k"), { facts: { thpSizes } });
    expect(counted(vma({}, 64 * kib, 8 * mib), arm).by).toEqual({ "64K": 128 });
    expect(counted(vma({}, 68 * kib, 8 * mib), arm).by).toEqual({ "64K": 127, "4K": 16 });
  });

  it("is not populated without access", () => {
    expect(populated(vma({ prot: 0 }, 0, mib), x86)).toBeUndefined();
  });
});

describe("files", () => {
  const on = (filesystem: string): Partial<Area> => ({
    backing: "file",
    file: { id: 2, kind: "regular", filesystem, path: "/f" },
    prot: 1,
    flags: 2,
  });

  it("use huge entries if address and offset are congruent and the filesystem has such folios", () => {
    expect(counted(vma(on("ext4"), 2 * mib, 8 * mib)).by).toEqual({ "2M": 4 });
    expect(counted(vma(on("ext4"), 3 * mib, 8 * mib, mib)).by).toEqual({ "2M": 3, "4K": 512 });
    expect(counted(vma(on("ext4"), 2 * mib + 4 * kib, 8 * mib)).entries).toBe(2048);
    expect(counted(vma(on("btrfs"), 2 * mib, 8 * mib)).entries).toBe(2048);
  });

  it("fold into 256 contiguous groups or none on arm64", () => {
    const arm = machine(archs.get("arm64-4k"));
    const base = 2 * mib + 64 * kib;
    expect(counted(vma(on("btrfs"), base, 16 * mib, 64 * kib), arm).by).toEqual({ "64K": 256 });
    expect(counted(vma(on("btrfs"), base + 4 * kib, 16 * mib), arm).by).toEqual({ "4K": 4096 });
  });

  it("take the faults that 7.3 was measured to take for 16 MiB, but for up to three of the process", () => {
    const small = machine(archs.get("arm64-4k"));
    const at = (shift: number) => counted(vma(on("ext4"), 2 * mib + shift, 16 * mib), small).faults;
    // Measured: 8, 257 and 257.
    expect([at(0), at(64 * kib), at(4 * kib)]).toEqual([8, 256, 257]);
    const page = 16 * kib;
    const large = machine(archs.get("arm64-16k"));
    const file = vma(on("ext4"), 34 * mib, 16 * mib, 0, page);
    // Measured: 67.
    expect(counted(file, large)).toMatchObject({ faults: 64, by: { "2M": 8 } });
  });

  it("fault around: 16 small pages with one fault", () => {
    expect(counted(vma(on("btrfs"), 0, mib)).faults).toBe(16);
    expect(counted(vma(on("btrfs"), 60 * kib, 8 * kib)).faults).toBe(2);
  });
});

describe("shared memory and hugetlb", () => {
  const memfd: Partial<Area> = {
    backing: "file",
    shared: true,
    flags: 1,
    file: { id: 3, kind: "shmem", huge: "internal", path: "/memfd:ram" },
  };

  it("follows shmem_enabled on the kernel's own mount and huge= elsewhere", () => {
    const always = machine(archs.get("x86-64"), { facts: { shmemEnabled: "always" } });
    expect(counted(vma(memfd, 2 * mib, 4 * mib)).entries).toBe(1024);
    expect(counted(vma(memfd, 2 * mib, 4 * mib), always).entries).toBe(2);
    const tmpfs: OpenFile = { id: 4, kind: "shmem", huge: "always", path: "/mnt/f" };
    expect(counted(vma({ ...memfd, file: tmpfs }, 2 * mib, 4 * mib)).entries).toBe(2);
  });

  it("uses the huge page of hugetlb alone", () => {
    const file: OpenFile = { id: 5, kind: "hugetlb" };
    const area: Partial<Area> = { backing: "file", shared: true, flags: 1, file, huge: 262_144 };
    expect(counted(vma(area, gib, 4 * gib)).by).toEqual({ "1G": 4 });
  });
});

describe("any range", () => {
  it("is covered exactly once, and never with fewer entries than if it were congruent", () => {
    const range = fc.record({
      start: fc.integer({ min: 0, max: 2 ** 21 }),
      pages: fc.integer({ min: 1, max: 2 ** 21 }),
      offset: fc.integer({ min: 0, max: 2 ** 20 }),
    });
    const sizes = new Map(x86.arch.levels.map((level) => [level.name, level.pages]));
    const check = fc.property(range, ({ start, pages, offset }) => {
      const page = 4 * kib;
      const own = populated(bar(start * page, pages * page, offset * page), x86);
      const best = populated(bar(offset * page, pages * page, offset * page), x86);
      if (own === undefined || best === undefined) return false;
      const covered = [...leaves(own)].reduce(
        (sum, [name, n]) => sum + n * (sizes.get(name) ?? 0),
        0,
      );
      const count = (of: typeof own): number => [...leaves(of).values()].reduce((a, b) => a + b, 0);
      return covered === pages && count(own) >= count(best);
    });
    fc.assert(check, { seed: 20_261_124, numRuns: 500 });
  });
});
