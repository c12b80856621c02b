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
    { name: "4K", pages: 1, kind: "base" },
    { name: "64K", pages: 16, kind: "cont-pte" },
    { name: "2M", pages: 512, kind: "pmd" },
    { name: "32M", pages: 512 * 16, kind: "cont-pmd", only: "hugetlb" },
    { name: "1G", pages: 512 * 512, kind: "pud", only: "hugetlb" },
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
    { name: "16K", pages: 1, kind: "base" },
    { name: "2M", pages: 128, kind: "cont-pte" },
    { name: "32M", pages: 2048, kind: "pmd" },
    { name: "1G", pages: 2048 * 32, kind: "cont-pmd", only: "hugetlb" },
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
    { name: "64K", pages: 1, kind: "base" },
    { name: "2M", pages: 32, kind: "cont-pte" },
    { name: "512M", pages: 8192, kind: "pmd" },
    { name: "16G", pages: 8192 * 32, kind: "cont-pmd", only: "hugetlb" },
  ],
  pmd: 8192,
  mmapRndBits: 14,
  windowBits: 48,
});
