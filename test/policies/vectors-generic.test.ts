import { describe, expect, it } from "vitest";
import type { LayoutOptions } from "../../src/arch/types.ts";
import { asked, type Drawn, Machine } from "../support/vectors.ts";

// Directed vectors of arm64 7.3.4, 4 KiB pages, 52-bit addresses, no ASLR; numbers are calls of the recording they come from.

const top = "fffff8000000";
const window = "1000000000000";
const common: readonly Drawn[] = [
  "400000-413000",
  `fffff7ffa000-${top}`,
  "fffffffdf000-1000000000000v",
];
const far = { arch: "arm64-4k", layout: { taskSizeBits: 52, mmapMinAddr: 32768 } };

const arm64 = (more: readonly Drawn[] = []): Machine =>
  new Machine("linux-7.3", [...common, ...more], far);
const place = (words: string, more: readonly Drawn[] = []): string =>
  arm64(more).ask(asked(words)).address;

describe("arm64 with 52-bit addresses", () => {
  it("raises no limit for a busy hint up to the window (66, 99)", () => {
    expect(place("anon 1000 hint fffffffff000")).toBe("fffff7ff9000");
    expect(place(`anon 1000 hint ${window}`)).toBe("fffff7ff9000");
  });

  it("takes a free hint above the window, and a range may not cross it (135, 159)", () => {
    expect(place("anon 1000 hint 1000000001000")).toBe("1000000001000");
    expect(place("anon 201000 hint 1000000001000")).toBe("1000000001000");
    expect(place("anon 3000 hint 1000000000000")).toBe("fffff7ff7000");
  });

  it("raises the limit for a refused hint above the window (330)", () => {
    const answer = arm64().ask(asked("anon 200000 hint ffffffffff000"));
    expect(answer.searches).toEqual(["200000 -> ffffff7e00000"]);
  });

  it("rounds a hint of hugetlb up (1021)", () => {
    expect(place("huge2m 200000 hint 8000")).toBe("200000");
    expect(place("huge2m 200000")).toBe("fffff7c00000");
  });

  it("knows no MAP_32BIT and no MAP_ABOVE4G (1104, 1105)", () => {
    expect(place("anon 1000 32bit")).toBe("fffff7ff9000");
    expect(place("anon 200000 32bit")).toBe("fffff7c00000");
    expect(arm64().ask(asked("anon 1000 above4g")).rows[0]?.printedLow).toBe(1);
  });

  it("keeps the gap below a stack above the window (1116 to 1119)", () => {
    const stack = ["1000008000000-1000008010000v"];
    expect(place("anon 8000 hint 1000007ff8000", stack)).toBe("ffffff7ff8000");
    const more = [...stack, "ffffff7ff8000-ffffff8000000"];
    expect(place("anon 1000 hint 1000007f00000", more)).toBe("ffffff7ff7000");
    expect(place("anon 1000 hint 1000007eff000", more)).toBe("1000007eff000");
  });

  it("brings back below the window what mremap moves without a hint (1121, 1124, 1125)", () => {
    expect(place("anon 40000 mremap")).toBe("fffff7fba000");
    expect(place("anon 400000 mremap")).toBe("fffff7a00000");
    expect(place("anon 200000 hint 8000000e00000 mremap")).toBe("8000000e00000");
  });

  it("finds room for what no window holds only with a hint above it (1140 to 1153)", () => {
    const busy = [
      "fffff7bff000-fffff7ffa000",
      "8000000000000-8000000e00000",
      "ffffff7000000-ffffff8000000",
    ];
    const hint = "hint 8000000003000";
    expect(place("anon c00000000000", busy)).toBe("3ffff7a00000");
    expect(place("anon fffff0000000", busy)).toBe("7a00000");
    expect(place(`anon c00000000000 ${hint}`, busy)).toBe("f3ffff7000000");
    const none = arm64(busy).ask(asked("anon fffffffff000"));
    expect([none.address, none.rows]).toEqual(["ENOMEM", []]);
    expect(place(`anon fffffffff000 ${hint}`, busy)).toBe("efffff7001000");
    expect(place(`anon 1000000000000 ${hint}`, busy)).toBe("efffff7000000");
  });

  it("falls back to the room between base and stack once all below is full", () => {
    const { address, searches } = arm64(["8000-fffff7ffa000"]).ask(asked("anon 1000"));
    expect(searches).toEqual(["1000", "1000 -> fffff8000000"]);
    expect(address).toBe("fffff8000000");
  });

  it("prints no offset for files", () => {
    const { rows } = arm64().ask(asked("ext4 400000 off 1000"));
    expect(rows.map(({ printedOffset }) => printedOffset)).toEqual([0, 0, 0, 0]);
  });
});

describe("riscv64", () => {
  const riscv = (mode: string, areas: readonly Drawn[]): Machine =>
    new Machine("linux-7.2", areas, { arch: `riscv64-${mode}`, layout: { mmapMinAddr: 32768 } });

  it("raises no limit for a refused hint (330)", () => {
    const machine = riscv("sv57", ["7ffff7ffd000-7ffff8000000"]);
    expect(machine.ask(asked("anon 200000 hint fffffffffff000")).address).toBe("7ffff7dfd000");
  });

  it("falls back to above 47 bits with five levels, to nothing with fewer", () => {
    const full = (mode: string, end: string): string =>
      riscv(mode, [`8000-${end}`]).ask(asked("anon 1000")).address;
    expect(full("sv57", "800000000000")).toBe("800000000000");
    expect(full("sv48", "800000000000")).toBe("ENOMEM");
    expect(full("sv39", "4000000000")).toBe("ENOMEM");
  });
});

describe("hugetlb of generic 6.1 and 6.12", () => {
  const old = (
    series: string,
    words: string,
    areas: readonly Drawn[],
    layout: Partial<LayoutOptions>,
  ) =>
    new Machine(`linux-${series}`, areas, {
      arch: "arm64-4k",
      layout: { ...layout, mmapMinAddr: 32768 },
    }).ask(asked(words));

  it("lands above the window when that is full, on 52 bits", () => {
    const full = [`8000-${window}`];
    expect(old("6.12", "huge2m 200000", full, { taskSizeBits: 52 }).address).toBe(window);
    expect(old("7.3", "huge2m 200000", full, { taskSizeBits: 52 }).address).toBe("ENOMEM");
  });

  it("starts its retry at mmap_base and ends it at the task size", () => {
    const retry = old("6.12", "huge2m 200000", common, { taskSizeBits: 52 }).rows[1];
    expect([retry?.printedLow, retry?.highLimit]).toEqual([0xfffff8000, 2 ** 40]);
  });

  it("takes page 0 for a hint that rounds to it in 6.1, and demands mmap_min_addr in 6.12", () => {
    const lows = ["6.1", "6.12"].map(
      (series) =>
        old(series, "huge2m 200000 hint 8000", common, { taskSizeBits: 48 }).rows[0]?.lowLimit,
    );
    expect(lows).toEqual([0, 8]);
  });

  it("prints the clamped low limit in 6.1 only", () => {
    const low = (series: string) => {
      const row = old(series, "anon 1000", common, { taskSizeBits: 48 }).rows[0];
      return [row?.lowLimit, row?.printedLow];
    };
    expect(low("6.1")).toEqual([8, 8]);
    expect(low("6.12")).toEqual([8, 1]);
  });
});

it("starts the bottom-up search of a legacy mm at its base and of any other at the fixed one", () => {
  const up = (legacy: boolean): number | undefined => {
    const layout = { legacy, random: 5, aslr: true };
    const { rows } = new Machine("linux-7.3", [], { arch: "arm64-16k", layout }).ask(
      asked("anon 4000"),
    );
    return rows.find(({ kind }) => kind === "up")?.lowLimit;
  };
  expect(up(true)).toBe(2 ** 31 + 5);
  expect(up(false)).toBe(2 ** 31);
});
