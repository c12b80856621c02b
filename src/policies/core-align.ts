/** The mm core aligns by length alone: one more search with a mask before the ordinary ones, and no hooks of files. */

import type { Level } from "../arch/types.ts";
import { modulo } from "../units.ts";
import { dispatch } from "./kernel.ts";
import { rules73 } from "./linux-7.3.ts";
import { count, oneOf, parameterised, someOf, type Values } from "./parameters.ts";
import { align, fits, plain } from "./shapes.ts";
import type { Policy, Request, RequestKind, Target } from "./types.ts";

const kinds: readonly Level["kind"][] = ["pud", "cont-pmd", "pmd", "cont-pte"];

const parameters = {
  orders: someOf("levels to align to", kinds, "pud+pmd+cont-pte"),
  min: count("shortest mapping, in blocks of the level", "1x", { unit: "x", least: 1, most: 1024 }),
  fits: oneOf("length: any offset; block: a whole block at this offset", ["length", "block"]),
  ladder: oneOf("after a failure: best: no smaller level; each: every one", ["best", "each"]),
  kinds: oneOf("every mapping that can be anywhere, or files only", ["all", "files"]),
  anon: oneOf("anonymous memory: only multiples of the block, or any", ["multiple", "any"]),
  mask: oneOf("mask of size less a page, or less one byte", ["s-p", "s-1"]),
};

type Settings = Values<typeof parameters>;

const files: readonly RequestKind[] = [
  "regular",
  "zero",
  "vfio",
  "device",
  "drm",
  "socket",
  "unknown",
];
const memory: readonly RequestKind[] = ["anon", "shared-anon", "shmem"];

function sizesFor(request: Request, { arch }: Target, settings: Settings): readonly number[] {
  const { pages, pgoff, kind } = request;
  const suits = (size: number) =>
    size * settings.min <= pages &&
    (settings.fits === "length" || fits(size, pgoff, pages)) &&
    (kind !== "anon" || settings.anon === "any" || modulo(pages, size) === 0);
  const sizes = arch.levels
    .filter((level) => settings.orders.includes(level.kind))
    .map(({ pages: size }) => size)
    .filter(suits)
    .reverse();
  return settings.ladder === "each" ? sizes : sizes.slice(0, 1);
}

export const coreAlign: Policy = parameterised(
  {
    id: "core-align",
    summary: "the mm core aligns to the largest level that is no longer than the mapping",
    kernel: "arch_get_unmapped_area_topdown, generic_get_unmapped_area_topdown",
    source:
      "Wilcox, Re: [PATCH] vfio: Request THP-aligned mmap for device fds, 17 June 2026; no code",
    profile: rules73.profile,
    parameters,
  },
  (settings) => (request, target) => {
    const covered = settings.kinds === "all" ? [...files, ...memory] : files;
    if (!covered.includes(request.kind)) return dispatch(request, target, rules73);
    const room = settings.mask === "s-1" ? { startGap: 1 } : {};
    const sizes = sizesFor(request, target, settings);
    return [...sizes.map((size) => ({ ...align(size, request.pgoff), ...room })), plain];
  },
);
