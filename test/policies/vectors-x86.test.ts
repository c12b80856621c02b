import { describe, expect, it } from "vitest";
import { brkRow, claimRow, growRow } from "../../src/arch/entry.ts";
import { asked, type Drawn, Machine, type MachineOptions, vectors } from "../support/vectors.ts";

// Directed vectors without ASLR, stack limit 8 MiB unless told; each was run on the kernels in its last column.

const common: readonly Drawn[] = ["400000-413000", "7ffffffde000-7ffffffff000v"];
const top = "7ffff7fff000";
const s1 = [...common, `7ffff7ff0000-${top}`];
const s2 = [...common, `7ffff7c00000-${top}`];
const s4 = [...common, "7fffb0000000-7fffb0010000v", `7fffb0010000-${top}`];
const blocker = "7ffff79ff000-7ffff7a00000";
/** A hole of exactly 2 MiB. */
const s3 = [...s2, blocker];
const s5 = [...s4, "7fffaff80000-7fffaff81000"];

const sets = {
  s1,
  s2,
  s3,
  /** 6.1 was run with a larger hole. */
  "s3 6.1": [...common, `7ffff7df0000-${top}`, blocker],
  s4,
  s5,
};

function run(
  table: string,
  areas: Readonly<Record<string, readonly Drawn[]>>,
  options?: MachineOptions,
) {
  for (const { id, set, asked, searches, address, deviates } of vectors(table))
    for (const [series, expected] of address)
      it(`places ${id} as ${series} does`, () => {
        const drawn = areas[`${set} ${series}`] ?? areas[set] ?? [];
        const answer = new Machine(`linux-${series}`, drawn, options).ask(asked);
        expect(answer.address).toBe(expected);
        if (searches.length > 0 && series !== "6.1" && !deviates(series))
          expect(answer.searches).toEqual(searches);
      });
}

describe("x86-64, top-down", () => {
  run(
    `
V1   | s1 | anon 3000                       | 3000 -> 7ffff7fed000   | 7ffff7fed000                    | 6.1 6.12 6.18 7.3
V2   | s1 | anon 200000                     | 400000 -> 7ffff7bf0000 | 7ffff7c00000, 6.1: 7ffff7df0000 | 6.1 6.12 6.18 7.3
V3   | s2 | anon 200000                     | 400000 -> 7ffff7800000 | 7ffff7a00000                    | 6.12 6.18 7.3
V4a  | s3 | anon 200000                     | 400000 -> 7ffff75ff000 | 7ffff7600000                    | 6.12 6.18 7.3
V4b  | s3 | anon 1ff000                     | 1ff000 -> 7ffff7a01000 | 7ffff7a01000                    | 6.12 6.18 7.3
V4c  | s3 | shared 200000                   | 200000 -> 7ffff7a00000 | 7ffff7a00000                    | 6.12 6.18 7.3
V5   | s3 | ext4 400000 off 1000            | 600000 -> 7ffff73ff000 | 7ffff7401000                    | 6.1 6.12 6.18 7.3
V6   | s3 | ext4 3fe000 off 1000            | 3fe000 -> 7ffff7601000 | 7ffff7601000                    | 6.1 6.12 6.18 7.3
V7   | s3 | ext4 200000 hint 7ffff7a00000   | 400000 -> 7ffff75ff000 | 7ffff7600000                    | 6.1 6.12 6.18 7.3
V7b  | s3 | anon 200000 hint 7ffff7a00000   |                        | 7ffff7a00000                    | 6.1 6.12 6.18 7.3
V8   | s3 | anon 200000 hint 7ffff7c00000   | 200000 -> 7ffff7a00000 | 7ffff7a00000                    | 6.12 6.18 7.3
V8b  | s3 | anon 200000 hint 5              | 400000 -> 7ffff75ff000 | 7ffff7600000                    | 6.12 6.18 7.3
V9   | s3 | anon 200000 32bit               | 400000 -> 40000000     | 40200000, 6.1: 40000000         | 6.1 6.12 6.18 7.3
V10  | s3 | anon 1000 32bit                 | 1000 -> 40000000       | 40000000                        | 6.1 6.12 6.18 7.3
V11  | s3 | overlay 200000                  | 200000 -> 7ffff7a00000 | 7ffff7a00000, 6.12: 7ffff7600000 | 6.12 6.18 7.3
V11b | s3 | sysfs 200000                    | 200000 -> 7ffff7a00000 | 7ffff7a00000                    | 6.18 7.3
V12  | s3 | zero 201000                     | 401000 -> 7ffff75fe000 | 7ffff7600000, 6.12: 7ffff77fe000 | 6.12 6.18 7.3
V13  | s3 | tmpfs 200000                    | 200000 -> 7ffff7a00000 | 7ffff7a00000                    | 6.12 6.18 7.3
V13b | s3 | tmpfs 201000                    | 201000 -> 7ffff77fe000; 400000 -> 7ffff75ff000 | 7ffff7600000 | 6.1 6.12 6.18 7.3
V13c | s3 | tmpfs 202000 off 1ff000         | 202000 -> 7ffff77fd000; 401000 -> 7ffff75fe000 | 7ffff75ff000 | 6.1 6.12 6.18 7.3
V14  | s3 | huge2m 200000                   | 200000 -> 7ffff7600000 | 7ffff7600000                    | 6.1 6.12 6.18 7.3
V15  | s3 | huge1g 40000000                 |                        | 7fff80000000                    | 6.1 6.12 6.18 7.3
V16  | s3 | anon 1000 above4g               | 1000 -> 7ffff7bff000   | 7ffff7bff000                    | 6.12 6.18 7.3
V17  | s3 | anon 200000 mremap              | 400000 -> 7ffff75ff000 | 7ffff7600000                    | 6.12 6.18 7.3
V18  | s1 | overlay 201000                  | 201000 -> 7ffff7def000 | 7ffff7def000                    | 6.18
V18b | s1 | ext4 201000 mremap              | 401000 -> 7ffff7bef000 | 7ffff7c00000                    | 6.18
V19  | s4 | anon 5000                       | 5000 -> 7fffafefb000   | 7fffafefb000                    | 6.12 6.18 7.3
V20a | s5 | anon 40000                      |                        | 7fffafec0000                    | 6.12 6.18 7.3
V20b | s5 | anon 80000                      |                        | 7fffaff00000                    | 6.12 6.18 7.3
V20c | s5 | anon 1000 hint 7fffaffff000     | 1000 -> 7fffafeff000   | 7fffafeff000                    | 6.12 6.18 7.3
`,
    sets,
  );

  it("prints limits, masks and offsets as the tracepoint does", () => {
    const printed = (series: string, words: string) =>
      new Machine(`linux-${series}`, s3)
        .ask(asked(words))
        .rows.map(({ printedLow, highLimit, alignMask, printedOffset }) =>
          [printedLow, highLimit, alignMask, printedOffset].map((n) => (n * 4096).toString(16)),
        );
    const first = ["1000", top, "0", "1000"];
    const retry = ["2aaaaaaab000", "7ffffffff000", "0", "1000"];
    expect(printed("6.18", "ext4 400000 off 1000")).toEqual([first, retry, first, retry]);
    expect(printed("7.3", "anon 1000 above4g")[0]).toEqual(["100000000", top, "0", "0"]);
    expect(printed("6.1", "anon 1000 above4g")[0]).toEqual(["1000", top, "0", "0"]);
    expect(printed("6.18", "anon 1000 32bit")).toEqual([["40000000", "80000000", "0", "0"]]);
    for (const series of ["6.1", "6.12", "6.18", "7.3"])
      expect(printed(series, "huge2m 200000")[0]).toEqual(["1000", top, "1ff000", "0"]);
    expect(printed("7.3", "huge1g 40000000")[0]).toEqual(["1000", top, "3ffff000", "0"]);
    expect(printed("7.3", "tmpfs 202000 off 1ff000").map((row) => row[3])).toEqual([
      "1ff000",
      "1ff000",
      "0",
      "0",
    ]);
  });
});

describe("x86-64, legacy bottom-up", () => {
  const legacy = [...common, "2aaaaaaab000-2aaaaab00000"];
  const further = [...legacy, "2aaaaab00000-2aaaaac00000"];
  run(
    `
V22  | base  | anon 3000     | | 2aaaaab00000                    | 6.1 6.12 6.18 7.3
V22b | base  | anon 200000   | | 2aaaaac00000, 6.1: 2aaaaab00000 | 6.1 6.12 6.18 7.3
V22c | more  | anon 200000   | | 2aaaaac00000                    | 6.1 6.12 6.18 7.3
V23  | stack | anon 1ff000   | | 2aaaaac00000                    | 6.1 6.12 6.18 7.3
V23b | stack | huge2m 200000 | | 2aaaab000000                    | 6.1 6.12 6.18 7.3
`,
    { base: legacy, more: further, stack: [...further, "2aaaaaf00000-2aaaaaf10000v"] },
    { layout: { legacy: true } },
  );
});

describe("x86-64, unlimited stack", () => {
  run(
    `
V25  | base | anon 180000001000 | 180000001000; 180000001000 -> 2aaaaaaab000 | 2aaaaaaab000 | 6.1 6.12 6.18 7.3
V25b | base | anon 180000000000 | | 2aaaaac00000, 6.1: 2aaaaaaab000 | 6.1 6.12 6.18 7.3
V25c | more | anon 180000000000 | | 2aaaaae00000, 6.1: 2aaaaac00000 | 6.1 6.12 6.18 7.3
`,
    { base: common, more: [...common, "2aaaaaaab000-2aaaaac00000"] },
    { layout: { stackLimit: null } },
  );
});

describe("x86-64, five levels", () => {
  const busy = [...s1, "4000000000000-4000000400000"];
  run(
    `
5-free     | s1      | anon 3000 hint 4000000000000     | | 4000000000000                            | 7.3
5-busy     | busy    | anon 3000 hint 4000000000000     | 3000 -> fffffff7ffc000   | fffffff7ffc000  | 7.3
5-unpadded | placed  | anon 200000 hint 4000000000000   | 200000 -> fffffff7dfc000 | fffffff7dfc000  | 7.3
5-straddle | s1      | anon 3000 hint 7fffffffe000      | 3000 -> 7ffff7fed000     | 7ffff7fed000    | 7.3
5-at-wall  | s1      | anon 1000 hint 7ffffffff000      | 1000 -> 7ffff7fef000     | 7ffff7fef000    | 7.3
5-above    | s1      | anon 1000 hint 800000000000      | | 800000000000                             | 7.3
5-refused  | s1      | anon 3000 hint 200000000000000   | 3000 -> fffffff7ffc000   | fffffff7ffc000  | 7.3
`,
    { s1, busy, placed: [...busy, "fffffff7ffc000-fffffff7fff000"] },
    { arch: "x86-64-la57" },
  );
});

describe("rows that are not searched", () => {
  const heap = "555555577000";
  const brk = (bytes: number, next: Drawn): string => {
    const machine = new Machine("linux-6.18", [`555555576000-${heap}`, next]);
    const pages = Math.ceil(bytes / 4096);
    return machine.probe(machine.page(heap), pages, [brkRow(pages, machine.layout)]).address;
  };

  it("lets brk grow to one page below an ordinary neighbour", () => {
    expect(brk(0xf000, "555555587000-555555588000")).toBe(heap);
    expect(brk(0xf001, "555555587000-555555588000")).toBe("ENOMEM");
  });

  it("lets brk grow to the guard gap and one page below a stack", () => {
    expect(brk(0xff000, "555555777000-555555778000v")).toBe(heap);
    expect(brk(0xff001, "555555777000-555555778000v")).toBe("ENOMEM");
  });

  it("claims what is free for MAP_FIXED_NOREPLACE, in a guard gap too (V20d, V21)", () => {
    const machine = new Machine("linux-6.18", s5);
    const claim = (start: string, pages: number): string =>
      machine.probe(machine.page(start), pages, [claimRow(pages, machine.layout)]).address;
    expect(claim("7fffb0000000", 1)).toBe("ENOMEM");
    expect(claim("7fffaffff000", 1)).toBe("7fffaffff000");
    expect(claim("7fffaffff000", 2)).toBe("ENOMEM");
  });

  it("lets mremap grow in place into a guard gap, and not onto the next page mapped", () => {
    const machine = new Machine("linux-6.18", [...s4, "7fffafe00000-7fffafe10000"]);
    const grow = (pages: number): string => {
      const rows = [growRow(16, pages, machine.layout)];
      return machine.probe(machine.page("7fffafe00000"), pages, rows).address;
    };
    expect(grow(0x200)).toBe("7fffafe00000");
    expect(grow(0x201)).toBe("ENOMEM");
  });
});
