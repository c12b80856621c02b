import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cpus } from "../../src/tlb/index.ts";
import { type Access, Tlb } from "../../src/tlb/simulate.ts";
import type { Cpu } from "../../src/tlb/types.ts";

const page = 4096;

const small: Cpu = {
  id: "small",
  title: "two levels that fit on a sheet of paper",
  archs: ["x86-64"],
  source: "none",
  assumed: "nothing",
  first: [{ entries: 2, ways: 2, sizes: [page, 2 * 2 ** 20] }],
  second: [{ entries: 8, ways: 2, sizes: [page] }],
  coalesced: 4,
};

const to = (number: number, more: Partial<Access> = {}): Access => ({
  space: 1,
  address: number * page,
  entryBytes: page,
  contiguous: 1,
  pageBytes: page,
  fresh: false,
  ...more,
});

function run(cpu: Cpu, accesses: readonly Access[]) {
  const tlb = new Tlb(cpu);
  for (const access of accesses) tlb.access(access);
  return tlb.result();
}

describe("a simulated TLB", () => {
  it("misses each page once, and hits the second level after the first forgot it", () => {
    const found = run(small, [to(1), to(2), to(3), to(1), to(1)]);
    expect(found).toEqual({ accesses: 5, first: 4, walks: 3 });
  });

  it("lets the least recently used entry of a set go", () => {
    // Four sets of two: pages 0, 4 and 8 share one. The second 0 hits the first level, which the second never sees, so
    // 8 drives 0 out, 0 then 4, and 4 then 8.
    const pages = [0, 4, 0, 8, 1, 2, 0, 4];
    const { walks } = run(
      small,
      pages.map((number) => to(number)),
    );
    expect(walks).toBe(7);
  });

  it("holds a huge page in one entry, and in small ones where a level knows no other", () => {
    const huge = { entryBytes: 2 * 2 ** 20 };
    const accesses = [to(0, huge), to(100, huge), to(511, huge)];
    expect(run(small, accesses)).toEqual({ accesses: 3, first: 1, walks: 1 });
    const pushed = [to(0, huge), to(600), to(700), to(100, huge)];
    expect(run(small, pushed).walks).toBe(4);
  });

  it("shares an entry between pages that are contiguous and aligned", () => {
    const near = { contiguous: 8 };
    const accesses = [0, 1, 2, 3, 4].map((number) => to(number, near));
    expect(
      run({ ...small, first: [{ entries: 2, ways: 2, sizes: [page, 4 * page] }] }, accesses).first,
    ).toBe(2);
  });

  it("tells address spaces apart, and walks again to a page that was mapped anew", () => {
    expect(run(small, [to(1), to(1, { space: 2 })]).walks).toBe(2);
    expect(run(small, [to(1), to(1, { fresh: true })]).walks).toBe(2);
  });

  it("never misses more often than it is asked, nor less often than there are pages", () => {
    const asked = fc.array(fc.integer({ min: 0, max: 5_000 }), { minLength: 1, maxLength: 300 });
    const sound = fc.property(asked, fc.constantFrom(...cpus.all), (pages, cpu) => {
      const { accesses, first, walks } = run(
        cpu,
        pages.map((number) => to(number)),
      );
      expect(accesses).toBe(pages.length);
      expect(first).toBeLessThanOrEqual(accesses);
      expect(walks).toBeLessThanOrEqual(first);
      expect(walks).toBeGreaterThanOrEqual(new Set(pages).size);
    });
    fc.assert(sound, { seed: 20_261_126, numRuns: 100 });
  });
});

describe.each(cpus.all)("$id", ({ title, source, assumed, first, second }) => {
  it("says where its figures come from, and what is assumed", () => {
    expect(source).toMatch(/no\. \d+/);
    expect(assumed).not.toBe("");
    expect(title).not.toBe("");
  });

  it("has whole sets, and sizes in ascending order", () => {
    for (const { entries, ways, sizes } of [...first, ...second]) {
      expect(entries % ways).toBe(0);
      expect(sizes).toEqual([...sizes].sort((a, b) => a - b));
    }
  });

  it("reaches as far as its entries do", () => {
    const [l1] = first;
    const [l2] = second;
    if (l1 === undefined || l2 === undefined) throw new Error("two levels");
    const cpu = cpus.all.find((one) => one.title === title);
    if (cpu === undefined) throw new Error("registered");
    const sweep = (pages: number) => {
      const once = Array.from({ length: pages }, (_, number) => to(number));
      return run(cpu, [...once, ...once]);
    };
    expect(sweep(l1.entries).first).toBe(l1.entries);
    expect(sweep(l2.entries).walks).toBe(l2.entries);
    expect(sweep(l2.entries * 2).walks).toBe(l2.entries * 4);
  });
});
