import { describe, expect, it } from "vitest";
import { archs } from "../../src/arch/index.ts";
import type { LayoutOptions } from "../../src/arch/types.ts";
import { addressOf, hex } from "../../src/units.ts";

const mib = 2 ** 20;

const layout = (id: string, options: Partial<LayoutOptions> = {}) => {
  const arch = archs.get(id);
  const { mmapBase, bottomUpBase, ...rest } = arch.layout({ random: 0, aslr: false, ...options });
  const text = (page: number): string => hex(addressOf(page, arch.pageBytes)).slice(2);
  return { ...rest, base: text(mmapBase), bottomUp: text(bottomUpBase) };
};

const base = (id: string, options: Partial<LayoutOptions> = {}): string => layout(id, options).base;

// Each number was read from a kernel: a `hi=` or `lo=` of its first searches.

describe("mmap_base of x86-64", () => {
  it("lies 128 MiB below the top without randomisation", () => {
    expect(base("x86-64")).toBe("7ffff7fff000");
    expect(base("x86-64-la57")).toBe("7ffff7fff000");
  });

  it("leaves room for a random stack and goes down with its own random pages", () => {
    expect(base("x86-64", { aslr: true })).toBe("7ffbff700000");
    expect(base("x86-64", { aslr: true, random: 0x700 })).toBe("7ffbff000000");
  });

  it("follows the stack limit and stays top-down without one (V24, V26)", () => {
    expect(base("x86-64", { stackLimit: 256 * mib })).toBe("7fffefeff000");
    expect(layout("x86-64", { stackLimit: null })).toMatchObject({
      base: "155555556000",
      bottomUp: "2aaaaaaab000",
      topDown: true,
    });
  });

  it("is the bottom-up base in the legacy layout", () => {
    const { base, bottomUp, topDown } = layout("x86-64", { legacy: true, random: 16, aslr: true });
    expect([base, bottomUp, topDown]).toEqual(["2aaaaaabb000", "2aaaaaabb000", false]);
  });
});

describe("mmap_base of arm64 and riscv64", () => {
  it("lies 128 MiB below the stack's top without randomisation", () => {
    expect(base("arm64-4k")).toBe("fffff8000000");
    expect(base("arm64-4k", { taskSizeBits: 52 })).toBe("fffff8000000");
    expect(base("arm64-16k")).toBe("7ffff8000000");
    expect(base("arm64-16k", { taskSizeBits: 52 })).toBe("7ffff8000000");
    expect(base("riscv64-sv39")).toBe("3ff8000000");
    expect(base("riscv64-sv48")).toBe("7ffff8000000");
    expect(base("riscv64-sv57")).toBe("7ffff8000000");
  });

  it("leaves 1 GiB for a random stack", () => {
    expect(base("arm64-4k", { aslr: true })).toBe("ffffbf701000");
    expect(base("arm64-16k", { aslr: true })).toBe("7fffbf404000");
    expect(base("riscv64-sv57", { aslr: true })).toBe("7fffbf701000");
    expect(base("riscv64-sv39", { aslr: true })).toBe("3fbf701000");
  });

  it("gives a stack limit at most five sixths of the space", () => {
    expect(base("arm64-4k", { stackLimit: 2 ** 62 })).toBe("2aaaaaaab000");
    expect(base("arm64-4k", { stackLimit: 2 ** 40 })).toBe("fefffff00000");
  });

  it("is the fixed bottom-up base plus random pages with an unlimited stack", () => {
    const unlimited = layout("arm64-4k", { stackLimit: null, random: 3, aslr: true });
    expect(unlimited).toMatchObject({
      base: "400000003000",
      bottomUp: "400000000000",
      topDown: false,
    });
    expect(layout("riscv64-sv39").bottomUp).toBe("2aaaaab000");
  });
});

describe("task size and window", () => {
  const bytes = (id: string, options?: Partial<LayoutOptions>): readonly number[] => {
    const { taskSize, window } = layout(id, options);
    return [taskSize, window].map((pages) => pages * archs.get(id).pageBytes);
  };

  it("end a page early on x86-64", () => {
    expect(bytes("x86-64")).toEqual([2 ** 47 - 4096, 2 ** 47 - 4096]);
    expect(bytes("x86-64-la57")).toEqual([2 ** 56 - 4096, 2 ** 47 - 4096]);
  });

  it("differ on arm64 where the kernel is built for 52 bits and the processor has them", () => {
    expect(bytes("arm64-4k", { taskSizeBits: 52 })).toEqual([2 ** 52, 2 ** 48]);
    expect(bytes("arm64-16k", { taskSizeBits: 52 })).toEqual([2 ** 52, 2 ** 47]);
    expect(bytes("arm64-16k")).toEqual([2 ** 47, 2 ** 47]);
    expect(bytes("arm64-4k", { taskSizeBits: 39 })).toEqual([2 ** 39, 2 ** 39]);
  });

  it("are the same on riscv64, where no hint changes a limit", () => {
    expect(bytes("riscv64-sv57")).toEqual([2 ** 56, 2 ** 56]);
  });
});

describe("every architecture", () => {
  for (const arch of archs.all) {
    it(`${arch.id} names its levels by their size, smallest first`, () => {
      const named = arch.levels.map(({ name }) => {
        const unit = { K: 10, M: 20, G: 30 }[name.at(-1) ?? ""] ?? Number.NaN;
        return (Number(name.slice(0, -1)) * 2 ** unit) / arch.pageBytes;
      });
      const sizes = arch.levels.map(({ pages }) => pages);
      expect(named).toEqual(sizes);
      expect(sizes).toEqual([...sizes].sort((a, b) => a - b));
      expect(sizes.every((pages) => Number.isInteger(Math.log2(pages)))).toBe(true);
    });

    it(`${arch.id} has its PMD among the levels, and says since when what uses them`, () => {
      const pages = (kind: string) => arch.levels.find((level) => level.kind === kind)?.pages;
      expect(pages("base")).toBe(1);
      expect(pages("pmd")).toBe(arch.pmd);
      for (const { kind, since } of arch.levels) {
        if (kind === "pmd") expect(since).toMatchObject({ folio: "0", hugetlb: "0" });
        expect(Object.values(since).every((series) => /^\d+(\.\d+)?$/.test(series))).toBe(true);
      }
    });

    it(`${arch.id} keeps its limits in order and in whole pages`, () => {
      for (const aslr of [false, true])
        for (const legacy of [false, true]) {
          const random = aslr ? 2 ** arch.mmapRndBits - 1 : 0;
          const it = arch.layout({ random, aslr, legacy });
          expect(
            Object.values(it).every((n) => typeof n === "boolean" || Number.isInteger(n)),
          ).toBe(true);
          expect(it.minPage).toBeLessThan(it.mmapBase);
          expect(it.mmapBase).toBeLessThan(it.window);
          expect(it.window).toBeLessThanOrEqual(it.taskSize);
          expect(it.topDown).toBe(!legacy);
        }
    });
  }
});
