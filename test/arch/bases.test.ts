import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { archs } from "../../src/arch/index.ts";
import type { Layout, LayoutOptions } from "../../src/arch/types.ts";
import { shared } from "../support/shared.ts";

// Hundreds of execs per case: the vdso of a static program is the first placement, so its end is mmap_base.

const recordings = {
  "arm64-6.1-4k-bases": "arm64-4k",
  "arm64-7.3-4k-bases": "arm64-4k",
  "arm64-7.3-16k-bases": "arm64-16k",
  "riscv64-7.2-4k-bases-sv39": "riscv64-sv39",
  "riscv64-7.2-4k-bases-sv57": "riscv64-sv57",
} as const;

type Case = Omit<LayoutOptions, "random">;

const cases: Readonly<Record<string, Case>> = {
  "default layout, ASLR": { aslr: true },
  "unlimited stack, ASLR": { aslr: true, stackLimit: null },
  "stack limit 256 MiB, ASLR": { aslr: true, stackLimit: 2 ** 28 },
  "stack limit 64 MiB, no ASLR": { aslr: false, stackLimit: 2 ** 26 },
  "stack limit 256 MiB, no ASLR": { aslr: false, stackLimit: 2 ** 28 },
  "stack limit 1 TiB, no ASLR": { aslr: false, stackLimit: 2 ** 40 },
  "stack limit 2^62, no ASLR": { aslr: false, stackLimit: 2 ** 62 },
};

interface Seen {
  readonly options: Case;
  /** The vdso block of all execs: where it ended at least and at most, and started at least; bytes. */
  readonly ends: readonly [number, number];
  readonly start: number;
}

function seenIn(text: string): readonly Seen[] {
  return text
    .split("## ")
    .slice(1)
    .flatMap((block) => {
      const options = cases[block.split("\n")[0] ?? ""];
      const [, least = "", most = ""] = /vdso_end min=(\w+) max=(\w+)/.exec(block) ?? [];
      const [, start = ""] = /vvar_start min=(\w+)/.exec(block) ?? [];
      if (options === undefined) return [];
      return [{ options, ends: [Number(least), Number(most)] as const, start: Number(start) }];
    });
}

/** What the formula allows: bytes of mmap_base with no and with all random bits. */
function allowed(id: string, options: Case): { none: Layout; all: Layout; pageBytes: number } {
  const arch = archs.get(id);
  const random = options.aslr ? 2 ** arch.mmapRndBits - 1 : 0;
  return {
    none: arch.layout({ ...options, random: 0 }),
    all: arch.layout({ ...options, random }),
    pageBytes: arch.pageBytes,
  };
}

describe.skipIf(shared === undefined)("recorded bases (skipped where ../shared is absent)", () => {
  for (const [name, id] of Object.entries(recordings))
    it(`${name} lie where the formula puts them`, () => {
      const seen = seenIn(readFileSync(`${shared}/recordings/${name}/bases.txt`, "utf8"));
      expect(seen.length).toBe(Object.keys(cases).length);
      for (const { options, ends, start } of seen) {
        const { none, all, pageBytes } = allowed(id, options);
        if (none.topDown) {
          expect(ends[1]).toBeLessThanOrEqual(none.mmapBase * pageBytes);
          expect(ends[0]).toBeGreaterThanOrEqual(all.mmapBase * pageBytes);
          if (!options.aslr) expect(ends).toEqual([none.mmapBase * pageBytes, ends[0]]);
        } else {
          expect(start).toBeGreaterThanOrEqual(none.mmapBase * pageBytes);
          expect(ends[1]).toBeLessThanOrEqual(all.mmapBase * pageBytes + ends[0] - start);
        }
      }
    });
});
