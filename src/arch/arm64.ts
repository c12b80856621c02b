/** What arm64 maps and where its limits lie, with 4, 16 and 64 KiB pages and 39 to 52-bit user addresses. */

import { alignUp } from "../units.ts";
import { genericLayout } from "./generic-layout.ts";
import type { Arch, Level } from "./types.ts";

interface Granule {
  readonly id: string;
  readonly summary: string;
  readonly pageBytes: number;
  readonly levels: readonly Level[];
  readonly pmd: number;
  readonly mmapRndBits: number;
  /** log2 of the window of a 52-bit build: VA_BITS_MIN. */
  readonly windowBits: number;
}

/** Contiguous PTEs map folios since 6.9 and never device memory; PMDs map device memory since 6.12, PUDs do not. */
const base = (name: string): Level => ({ name, pages: 1, kind: "base", since: {} });
const contPte = (name: string, pages: number): Level => ({
  ...{ name, pages, kind: "cont-pte", since: { folio: "6.9", hugetlb: "0" } },
});
const pmd = (name: string, pages: number): Level => ({
  ...{ name, pages, kind: "pmd", since: { folio: "0", pfnmap: "6.12", hugetlb: "0" } },
});
const forHugetlb = (kind: "cont-pmd" | "pud", name: string, pages: number): Level => ({
  ...{ name, pages, kind, since: { hugetlb: "0" } },
});

/** A kernel with 52-bit addresses gives out `windowBits` unless a hint asks for more; any other gives out all it has. */
function arm64({ windowBits, ...granule }: Granule): Arch {
  const { pageBytes } = granule;
  return {
    ...granule,
    entry: "generic",
    layout: (options) => {
      const bits = options.taskSizeBits ?? windowBits;
      const window = 2 ** (bits === 52 ? windowBits : bits);
      return genericLayout(options, {
        pageBytes,
        taskSize: 2 ** bits,
        window,
        stackTop: window,
        unmappedBase: alignUp(window / 4, pageBytes),
      });
    },
  };
}

export const arm64_4k: Arch = arm64({
  id: "arm64-4k",
  summary: "arm64 with 4 KiB pages, 48-bit user addresses unless told",
  pageBytes: 4096,
  levels: [
    base("4K"),
    contPte("64K", 16),
    pmd("2M", 512),
    forHugetlb("cont-pmd", "32M", 512 * 16),
    forHugetlb("pud", "1G", 512 * 512),
  ],
  pmd: 512,
  mmapRndBits: 18,
  windowBits: 48,
});

export const arm64_16k: Arch = arm64({
  id: "arm64-16k",
  summary: "arm64 with 16 KiB pages, 47-bit user addresses unless told",
  pageBytes: 16384,
  levels: [
    base("16K"),
    contPte("2M", 128),
    pmd("32M", 2048),
    forHugetlb("cont-pmd", "1G", 2048 * 32),
  ],
  pmd: 2048,
  mmapRndBits: 16,
  windowBits: 47,
});

export const arm64_64k: Arch = arm64({
  id: "arm64-64k",
  summary:
    "arm64 with 64 KiB pages, 48-bit user addresses unless told (never run against a kernel)",
  pageBytes: 65536,
  levels: [
    base("64K"),
    contPte("2M", 32),
    pmd("512M", 8192),
    forHugetlb("cont-pmd", "16G", 8192 * 32),
  ],
  pmd: 8192,
  mmapRndBits: 14,
  windowBits: 48,
});
