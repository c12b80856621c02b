/** Does the model show what the discussion measured or computed: each row replayed from calls to metrics, and printed. */

import { afterAll, describe, expect, it } from "vitest";
import { hex } from "../../src/units.ts";
import { type Asked, bar, congruent, GiB, KiB, MiB, type Outcome, run } from "./script.ts";

const rows: string[] = [];
afterAll(() => process.stdout.write(`\n${rows.join("\n")}\n`));

/** Add a row to the printed table. */
function show(name: string, found: readonly (number | string)[]): void {
  const text = found.map((one) => (typeof one === "number" ? one.toLocaleString("en-US") : one));
  rows.push(`${name.padEnd(62)} ${text.join(" / ")}`);
}

/** Entries under each policy; for device memory faults are as many. */
function entries(outcomes: readonly Outcome[]): readonly number[] {
  for (const { entries: leaves, faults } of outcomes) expect(faults).toBe(leaves);
  return outcomes.map((one) => one.entries);
}

describe("device memory on x86-64", () => {
  it.each([
    ["2 GiB", 2 * GiB, [524_288, 1024, 2]],
    ["256 MiB", 256 * MiB, [65_536, 128, 128]],
    ["128 MiB", 128 * MiB, [32_768, 64, 64]],
  ])("costs %s BARs what 4K, PMD and PUD congruence allow", (name, bytes, expected) => {
    const found = entries(
      ["linux-7.3", "vfio-thp", "start-pfn"].map((policy) =>
        run(policy, [bar(bytes)], { bar: bytes }),
      ),
    );
    show(`${name} BAR: 4K / PMD / PUD congruent`, found);
    expect(found).toEqual(expected);
  });

  it("costs a region of 0x2F00F00000 bytes by the power of two that it is aligned to", () => {
    const bytes = 0x2f00f00000;
    // The gap ends where an address congruent modulo 1 MiB is not congruent modulo 2 MiB by chance.
    const machine = { bar: bytes, below: 0x7ffff7ef0000 };
    const outcomes = [MiB, 2 * MiB, GiB].map((to) => run(congruent(to), [bar(bytes)], machine));
    expect(Number(outcomes[0]?.addresses[0]) % (2 * MiB)).toBe(MiB);
    entries(outcomes);
    const found = outcomes.map(({ sizes }) => sizes);
    show("region of 0x2F00F00000 bytes: to 1 MiB / PMD / PUD", found);
    expect(found).toEqual(["49,286,912 4K", "256 4K + 96,263 2M", "256 4K + 7 2M + 188 1G"]);
    expect(run("start-pfn", [bar(bytes)], machine).sizes).toBe(found[2]);
  });

  it("costs a mapping that holds no whole PUD its PMDs, where the aligner falls back", () => {
    const asked = [bar(GiB - 2 * MiB, 2 * MiB)];
    const policies = ["linux-7.3", "vfio-thp", "start-pfn", "core-align", "mapping-order-v1"];
    const found = entries(policies.map((policy) => run(policy, asked, { bar: GiB })));
    show("1 GiB BAR, offset 2 MiB, 1 GiB - 2 MiB: 4K / PMD / PUD aligners", found);
    expect(found).toEqual([261_632, 511, 511, 511, 511]);
  });

  it("costs a BAR less its last page what kernels were measured to take", () => {
    const asked = [bar(2 * GiB - 4 * KiB)];
    const found = entries(["linux-6.12", "vfio-thp"].map((policy) => run(policy, asked)));
    show("2 GiB BAR less its last page: 6.12 / 7.3 with vfio-thp", found);
    expect(found).toEqual([524_287, 1534]);
  });

  it.each([
    ["offset 4 KiB, 1 GiB", 4 * KiB, GiB, "512 4K + 511 2M", 1023],
    ["offset 1 MiB, 512 MiB", MiB, 512 * MiB, "512 4K + 255 2M", 767],
  ])(
    "costs a part of a BAR (%s) what kernels were measured to take",
    (name, at, bytes, sizes, total) => {
      const found = run("vfio-thp", [bar(bytes, at)]);
      show(`part of a BAR, ${name}, congruent`, [total, found.sizes]);
      expect(entries([found])).toEqual([total]);
      expect(found.sizes).toBe(sizes);
    },
  );
});

describe("Q1 to Q5", () => {
  interface Vector {
    readonly name: string;
    readonly asked: readonly Asked[];
    readonly bar: number;
    /** Policy, address of the last mmap, leaves. */
    readonly expected: readonly (readonly [string, string, string])[];
  }

  const overMap = (reserve: number, at: number, kept: Asked): readonly Asked[] => [
    { bytes: reserve, at, prot: 0 },
    kept,
  ];
  const q2 = bar(2 * GiB - 4 * KiB, 4 * KiB);
  const q2Aligned = "511 4K + 511 2M + 1 1G";

  const vectors: readonly Vector[] = [
    {
      name: "Q1",
      asked: [bar(2 * GiB)],
      bar: 2 * GiB,
      expected: [
        ["linux-7.3", "0x7fff77ff0000", "524,288 4K"],
        ["vfio-thp", "0x7fff77e00000", "1,024 2M"],
        ["core-align", "0x7fff40000000", "2 1G"],
        ["start-pfn", "0x7fff40000000", "2 1G"],
        ["mapping-order-v1", "0x7fff40000000", "2 1G"],
        ["mapping-order-v2", "0x7fff40000000", "2 1G"],
        ["max-order", "0x7fff40000000", "2 1G"],
        ["mmap-prepare", "0x7fff40000000", "2 1G"],
        ["mmap-prepare:converted=none", "0x7fff77ff0000", "524,288 4K"],
        ["merge-first", "0x7fff77e00000", "1,024 2M"],
        ["shift-in-gap", "0x7fff40000000", "2 1G"],
        ["exact-aligned", "0x7fff40000000", "2 1G"],
        ["qemu-over-map", "0x7fff40000000", "2 1G"],
        ["qemu-over-map:version=old", "0x7fff40000000", "2 1G"],
        ["cloud-hypervisor-over-map", "0x7fff40000000", "2 1G"],
      ],
    },
    {
      name: "Q1, QEMU",
      asked: overMap(3 * GiB, 0x7fff37e00000, bar(2 * GiB, 0, { at: 0x7fff40000000, fixed: true })),
      bar: 2 * GiB,
      expected: [["linux-7.3", "0x7fff40000000", "2 1G"]],
    },
    {
      name: "Q2",
      asked: [q2],
      bar: 2 * GiB,
      expected: [
        ["linux-7.3", "0x7fff77ff1000", "524,287 4K"],
        ["vfio-thp", "0x7fff77e01000", "511 4K + 1,023 2M"],
        ["core-align", "0x7fff40001000", q2Aligned],
        ["start-pfn", "0x7fff40001000", q2Aligned],
        ["mapping-order-v2", "0x7fff40001000", q2Aligned],
        ["qemu-over-map", "0x7fff40001000", q2Aligned],
        ["exact-aligned", "0x7fff40001000", q2Aligned],
      ],
    },
    {
      name: "Q4, its policy",
      asked: [q2],
      bar: 2 * GiB,
      expected: [["qemu-over-map:version=old", "0x7fff77e00000", "524,287 4K"]],
    },
    {
      name: "Q3",
      asked: [bar(64 * MiB)],
      bar: 64 * MiB,
      expected: [
        ["linux-7.3", "0x7ffff3ff0000", "16,384 4K"],
        ["vfio-thp", "0x7ffff3e00000", "32 2M"],
        ["core-align", "0x7ffff3e00000", "32 2M"],
        ["start-pfn", "0x7ffff3e00000", "32 2M"],
        ["mapping-order-v2", "0x7ffff3e00000", "32 2M"],
      ],
    },
    {
      name: "Q4, old QEMU",
      asked: overMap(2 * GiB, 0x7fff77e00000, { ...q2, at: 0x7fff77e00000, fixed: true }),
      bar: 2 * GiB,
      expected: [["linux-7.3", "0x7fff77e00000", "524,287 4K"]],
    },
    {
      name: "Q5",
      asked: [bar(GiB, 2 * MiB)],
      bar: 4 * GiB,
      expected: [
        ["linux-7.3", "0x7fffb7ff0000", "262,144 4K"],
        ["vfio-thp", "0x7fffb7e00000", "512 2M"],
        ["core-align", "0x7fff80200000", "512 2M"],
        ["mapping-order-v2", "0x7fffb7ff0000", "262,144 4K"],
        ["mapping-order-v1", "0x7fffb7e00000", "512 2M"],
        ["start-pfn", "0x7fffb7e00000", "512 2M"],
      ],
    },
  ];

  const cases = vectors.flatMap(({ name, expected, ...vector }) =>
    expected.map(([policy, address, sizes]) => ({ name, policy, address, sizes, ...vector })),
  );

  it.each(cases)("places and counts $name under $policy", ({ name, policy, asked, ...one }) => {
    const found = run(policy, asked, { bar: one.bar });
    show(`${name} under ${policy}`, [found.addresses.at(-1) ?? "", found.sizes]);
    expect(found.addresses.at(-1)).toBe(one.address);
    expect(found.sizes).toBe(one.sizes);
  });
});

describe("anonymous memory", () => {
  const repeated = (count: number, ...sizes: readonly number[]): readonly Asked[] =>
    Array.from({ length: count }, (_, index) => ({ bytes: sizes[index % sizes.length] ?? 0 }));
  /** VMAs without program and interpreter; the span of the maps alone over their bytes, four digits. */
  const shape = (outcome: Outcome, asked: readonly Asked[]): readonly [number, string] => {
    const starts = outcome.addresses.map(Number);
    const end = Math.max(...starts.map((start, index) => start + (asked[index]?.bytes ?? 0)));
    const mapped = asked.reduce((sum, { bytes }) => sum + bytes, 0);
    const span = (end - Math.min(...starts)) / mapped;
    // The metric's span begins at mmap_base: one more hole, below the interpreter.
    const { spanOverMapped = 0 } = outcome.metric("fragmentation").more ?? {};
    expect(Math.abs(spanOverMapped - span)).toBeLessThan((2 * MiB) / mapped);
    return [(outcome.metric("vmas").value ?? 0) - 2, span.toFixed(4)];
  };

  it("of 4,632 KiB, 2,000 times, is one VMA or 2,000 with holes", () => {
    const asked = repeated(2000, 4632 * KiB);
    const merged = ["linux-6.12.0", "linux-6.12", "linux-6.18", "linux-7.3"];
    for (const policy of merged) {
      const found = shape(run(policy, asked), asked);
      show(`anonymous 4,632 KiB x 2,000 under ${policy}: VMAs, span/mapped`, found);
      expect(found).toEqual([1, "1.0000"]);
    }
    const mergeFirst = shape(run("merge-first", asked), asked);
    show("anonymous 4,632 KiB x 2,000 under merge-first: VMAs, span/mapped", mergeFirst);
    expect(mergeFirst).toEqual([1, "1.0000"]);
    for (const policy of ["linux-6.7", "linux-6.8", "linux-6.10"]) {
      const [vmas, span] = shape(run(policy, asked), asked);
      show(`anonymous 4,632 KiB x 2,000 under ${policy}: VMAs, span/mapped`, [vmas, span]);
      expect(vmas).toBe(2000);
      expect(Number(span).toFixed(3)).toBe("1.326");
    }
  });

  it("of 4 MiB and 4,632 KiB in turn is aligned every second time", () => {
    const asked = repeated(2000, 4 * MiB, 4632 * KiB);
    const found = run("linux-6.18", asked);
    const aligned = found.addresses.filter((address) => Number(address) % (2 * MiB) === 0);
    const [, span] = shape(found, asked);
    show("anonymous 4 MiB and 4,632 KiB in turn, 6.18: aligned, span/mapped", [
      aligned.length,
      span,
    ]);
    expect(aligned).toHaveLength(1000);
    expect(span).toBe("1.1731");
  });

  it("in blocks of 1 GiB has a hole of 2 MiB each before 96204e15, and none after", () => {
    const asked = repeated(20, GiB);
    const holes = (policy: string) => {
      const pages = run(policy, asked).addresses.map(Number);
      return pages.slice(1).map((page, index) => (pages[index] ?? 0) - page - GiB);
    };
    expect(new Set(holes("linux-6.7"))).toEqual(new Set([2 * MiB]));
    expect(new Set(holes("linux-6.8"))).toEqual(new Set([0]));
    const [before, after] = ["linux-6.7", "linux-6.8"].map(
      (policy) => shape(run(policy, asked), asked)[0],
    );
    show("1 GiB anonymous blocks, 20: VMAs before 96204e15 / after", [before ?? 0, after ?? 0]);
    expect([before, after]).toEqual([20, 1]);
  });

  it("with a hint keeps it, loses it under efa7df3e, and keeps it again", () => {
    const asked: readonly Asked[] = [
      { bytes: 4 * KiB, at: 0x600000, fixed: true },
      { bytes: 2 * MiB, hint: 0x400000 },
    ];
    const honoured = (policy: string): boolean =>
      run(policy, asked).addresses.at(-1) === hex(0x400000);
    const policies = ["6.1", "6.7", "6.8", "6.10", "6.12.0", "6.12", "6.13", "6.18", "7.3"];
    const found = policies.map((policy) => [policy, honoured(`linux-${policy}`)]);
    const words = found.map(([policy, yes]) => `${policy} ${yes ? "honoured" : "ignored"}`);
    show("hint 0x400000, neighbour at 0x600000", words);
    expect(found.filter(([, yes]) => yes).map(([policy]) => policy)).toEqual([
      "6.1",
      "6.12",
      "6.13",
      "6.18",
      "7.3",
    ]);
  });
});

describe("PMD-aligned libraries", () => {
  const library = { id: 9, kind: "regular", filesystem: "ext4" } as const;
  /** Bits that a 4 MiB library loses over successive bases, whole blocks of them: one base per value of the random bits. */
  const lost = (count: number): number => {
    const addresses = Array.from({ length: count }, (_, random) => {
      const below = 0x7ffff7e00000 - (random + 1) * 4 * KiB;
      const asked = [{ bytes: 4 * MiB, file: library }];
      return run("linux-7.3", asked, { base: below + 60 * KiB, below }).addresses[0];
    });
    return Math.log2(count / new Set(addresses).size);
  };

  it("keep 19 of 28 random bits", () => {
    const left = 28 - lost(2048);
    show("PMD-aligned library, 28 random bits: left", [left]);
    expect(left).toBe(19);
  });

  it("would keep none of the 8 of a 32-bit task, which the kernel spares since 4ef9ad19e176", () => {
    const left = 8 - lost(256);
    show("the same with 8 random bits: left", [left]);
    expect(left).toBe(0);
  });
});

describe("a BAR of 2 GiB on arm64", () => {
  it.each([
    ["arm64-4k", 4 * KiB, [2 * MiB, GiB], ["524,288 4K", "1,024 2M", "1,024 2M"]],
    ["arm64-16k", 16 * KiB, [2 * MiB, 32 * MiB], ["131,072 16K", "131,072 16K", "64 32M"]],
  ] as const)("has on %s no PUD and no contiguous entries", (arch, page, aligns, expected) => {
    const asked = [bar(2 * GiB)];
    const policies = ["linux-7.3", ...aligns.map((bytes) => congruent(bytes, page))];
    const found = policies.map((policy) => run(policy, asked, { arch }).sizes);
    const names = aligns.map((bytes) => `${bytes / MiB}M`).join(" / ");
    show(`2 GiB BAR, ${arch}, 7.3: plain / ${names} congruent`, found);
    expect(found).toEqual(expected);
  });
});
