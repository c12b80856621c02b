import { describe, expect, it } from "vitest";
import { asked, type Drawn, Machine } from "../support/vectors.ts";

// Computed vectors: x86-64, four levels, no ASLR; a BAR of 2 GiB or 4 GiB at 0x380000000000, file offset 2 << 40.

const set: readonly Drawn[] = [
  "400000-413000",
  "7ffff7ff0000-7ffff7fff000",
  "7ffffffde000-7ffffffff000v",
];

/** The BAR's own offset in the file and in memory. */
const bar = (offset: number, len: string, size: string) => ({
  ...asked(`bar ${len}`),
  off: (2 * 2 ** 40 + offset).toString(16),
  pa: (0x380000000000 + offset).toString(16),
  bar: size,
});

const requests = {
  Q1: bar(0, "80000000", "80000000"),
  Q2: bar(0x1000, "7ffff000", "80000000"),
  Q3: bar(0, "4000000", "4000000"),
  Q5: bar(0x200000, "40000000", "100000000"),
};

const place = (policy: string, request: keyof typeof requests): string =>
  new Machine(policy, set).ask(requests[request]).address;

describe("a BAR of 2 GiB (Q1)", () => {
  it("is not aligned by 7.3, PMD-aligned by the THP hook, PUD-aligned by the others", () => {
    expect(place("linux-7.3", "Q1")).toBe("7fff77ff0000");
    expect(place("linux-6.12", "Q1")).toBe("7fff77e00000");
    expect(place("vfio-thp", "Q1")).toBe("7fff77e00000");
    for (const policy of ["core-align", "start-pfn", "mmap-prepare", "max-order", "vfio-1g"])
      expect(place(policy, "Q1"), policy).toBe("7fff40000000");
    for (const policy of ["mapping-order-v1", "mapping-order-v2", "start-pfn:mechanism=pad"])
      expect(place(policy, "Q1"), policy).toBe("7fff40000000");
  });
});

describe("a BAR without its first page (Q2)", () => {
  it("keeps its congruence to the frames behind it", () => {
    expect(place("linux-7.3", "Q2")).toBe("7fff77ff1000");
    expect(place("linux-6.12", "Q2")).toBe("7fff77ff1000");
    expect(place("vfio-thp", "Q2")).toBe("7fff77e01000");
    for (const policy of ["core-align", "start-pfn", "mapping-order-v2", "mapping-order-v1"])
      expect(place(policy, "Q2"), policy).toBe("7fff40001000");
  });
});

describe("a BAR of 64 MiB (Q3)", () => {
  it("is PMD-aligned by every proposal", () => {
    expect(place("linux-7.3", "Q3")).toBe("7ffff3ff0000");
    for (const policy of ["vfio-thp", "core-align", "start-pfn", "mapping-order-v2", "vfio-1g"])
      expect(place(policy, "Q3"), policy).toBe("7ffff3e00000");
  });
});

describe("1 GiB at offset 2 MiB of a BAR of 4 GiB (Q5)", () => {
  it("has room for a PUD by length, but holds none", () => {
    expect(place("linux-7.3", "Q5")).toBe("7fffb7ff0000");
    expect(place("vfio-thp", "Q5")).toBe("7fffb7e00000");
    expect(place("core-align", "Q5")).toBe("7fff80200000");
    expect(place("core-align:fits=block", "Q5")).toBe("7fffb7e00000");
  });

  it("falls to the PMD in proposals that go on, to nothing in the one that names one order", () => {
    expect(place("mapping-order-v2", "Q5")).toBe("7fffb7ff0000");
    expect(place("mapping-order-v1", "Q5")).toBe("7fffb7e00000");
    expect(place("start-pfn", "Q5")).toBe("7fffb7e00000");
  });
});

describe("over-mapping in userspace (Q1, Q4)", () => {
  it("has its reserve aligned by the kernel's rule for anonymous memory", () => {
    const reserve = (len: string): string =>
      new Machine("linux-7.3", set).ask(asked(`anon ${len}`)).address;
    expect(reserve("c0000000")).toBe("7fff37e00000");
    expect(reserve("80000000")).toBe("7fff77e00000");
  });
});

describe("settings", () => {
  const address = (policy: string, words: string, arch = "x86-64"): string =>
    new Machine(policy, arch === "x86-64" ? set : [], { arch }).ask(asked(words)).address;

  it("let core-align ask for several blocks", () => {
    expect(address("core-align:orders=pmd", "bar 200000")).toBe("7ffff7c00000");
    expect(address("core-align:orders=pmd,min=2x", "bar 200000")).toBe("7ffff7df0000");
    expect(address("core-align:orders=pud+pmd,min=2x", "bar 40000000")).toBe("7fffb7e00000");
  });

  it("let core-align go down the ladder when nothing larger fits", () => {
    const crowded = [...set, "1000000-7fff40000000"];
    const place = (policy: string): string =>
      new Machine(policy, crowded).ask(asked("bar 40000000")).address;
    expect(place("core-align")).toBe("7fff80000000");
    const tight = ["10000-7fffa0000000", ...set.slice(1)];
    const within = (policy: string): string =>
      new Machine(policy, tight).ask(asked("bar 40000000")).address;
    expect(within("core-align")).toBe("7fffb7ff0000");
    expect(within("core-align:ladder=each")).toBe("7fffb7e00000");
  });

  it("let core-align leave anonymous memory to the kernel, or align any length", () => {
    expect(address("core-align", "anon 201000")).toBe("7ffff7def000");
    expect(address("core-align:anon=any", "anon 201000")).toBe("7ffff7c00000");
    expect(address("core-align:kinds=files", "anon 40000000")).toBe("7fffb7e00000");
    expect(address("core-align", "anon 40000000")).toBe("7fff80000000");
  });

  it("let mmap-prepare convert no driver", () => {
    expect(address("mmap-prepare:converted=none", "bar 80000000")).toBe("7fff77ff0000");
  });

  it("let max-order take an order literally", () => {
    const btrfs = { ...asked("ext4 400000"), filesystem: "btrfs" };
    const place = (policy: string): string => new Machine(policy, set).ask(btrfs).address;
    expect(place("max-order")).toBe("7ffff7bf0000");
    expect(place("max-order:cap=literal")).toBe("7ffff7bc0000");
    expect(place("max-order:btrfs=9")).toBe("7ffff7a00000");
  });

  it("let largest-mthp align any length", () => {
    expect(address("largest-mthp", "anon 201000")).toBe("7ffff7def000");
    expect(address("largest-mthp:length=any", "anon 201000")).toBe("7ffff7c00000");
  });
});

describe("arm64", () => {
  const place = (policy: string, words: string, arch: string): string =>
    new Machine(policy, [], { arch }).ask(asked(words)).address;

  it("aligns a library to its contiguous-PTE block with exec-folio only", () => {
    expect(place("linux-7.3", "ext4 11000", "arm64-4k")).toBe("fffff7fef000");
    expect(place("exec-folio", "ext4 11000", "arm64-4k")).toBe("fffff7fe0000");
    expect(place("exec-folio", "ext4 800000", "arm64-64k")).toBe("fffff7800000");
    expect(place("exec-folio", "ext4 11000", "riscv64-sv48")).toBe("7ffff7fef000");
  });

  it("aligns anonymous memory to its contiguous-PTE block with largest-mthp", () => {
    expect(place("linux-7.3", "anon 30000", "arm64-4k")).toBe("fffff7fd0000");
    expect(place("largest-mthp", "anon 30000", "arm64-4k")).toBe("fffff7fd0000");
    const busy = new Machine("largest-mthp", ["fffff7ff8000-fffff8000000"], { arch: "arm64-4k" });
    expect(busy.ask(asked("anon 30000")).address).toBe("fffff7fc0000");
    expect(busy.ask(asked("anon 31000")).address).toBe("fffff7fc7000");
  });

  it("aligns a BAR to the PMD at most, since it maps no PUD", () => {
    const odd = ["fffff7ff0000-fffff8000000"];
    const start = new Machine("start-pfn", odd, { arch: "arm64-4k" }).ask(asked("bar 80000000"));
    expect(start.address).toBe("ffff77e00000");
  });
});
