/** Which levels the mm core would align a mapping to, where it decides by length: parameters that several proposals share. */

import type { Level } from "../arch/types.ts";
import { modulo } from "../units.ts";
import { isThpFilesystem } from "./kernel.ts";
import { rules73 } from "./linux-7.3.ts";
import { count, oneOf, someOf, type Values } from "./parameters.ts";
import { fits } from "./shapes.ts";
import type { Parameter, Request, RequestKind, Target } from "./types.ts";

const levels: readonly Level["kind"][] = ["pud", "cont-pmd", "pmd", "cont-pte"];

export type CoreParameters = {
  readonly orders: Parameter<readonly Level["kind"][]>;
  readonly min: Parameter<number>;
  readonly fits: Parameter<"length" | "block">;
  readonly length: Parameter<"any" | "multiple">;
  readonly ladder: Parameter<"best" | "each">;
  readonly kinds: Parameter<"all" | "files">;
  readonly anon: Parameter<"multiple" | "any">;
  readonly hooks: Parameter<"removed" | "kept">;
};

export const coreParameters: CoreParameters = {
  orders: someOf("levels to align to", levels, "pud+pmd+cont-pte"),
  min: count("shortest mapping, in blocks of the level", "1x", { unit: "x", least: 1, most: 1024 }),
  fits: oneOf("length: any offset; block: a whole block at this offset", ["length", "block"]),
  length: oneOf("any length, or whole multiples of the level only", ["any", "multiple"]),
  ladder: oneOf("after a failure: best: no smaller level; each: every one", ["best", "each"]),
  kinds: oneOf("every mapping that can be anywhere, or files only", ["all", "files"]),
  anon: oneOf("anonymous memory: only multiples of the block, or any", ["multiple", "any"]),
  hooks: oneOf("files with a placement hook lose it, or keep it and are left alone", [
    "removed",
    "kept",
  ]),
};

export type CoreSettings = Values<CoreParameters>;

const files: readonly RequestKind[] = [
  "regular",
  "zero",
  "vfio",
  "device",
  "drm",
  "bpf-map",
  "socket",
  "unknown",
];
const memory: readonly RequestKind[] = ["anon", "shared-anon", "shmem"];

/** Files whose owner has a get_unmapped_area of its own in 7.3. */
function hasHook({ kind, filesystem = "" }: Request): boolean {
  if (kind === "regular")
    return isThpFilesystem(rules73, filesystem) || filesystem === "proc" || filesystem === "ramfs";
  return ["zero", "drm", "bpf-map", "shmem", "shared-anon"].includes(kind);
}

/** True if the core would decide: nothing else has to be asked first. */
export function isCovered(request: Request, { kinds, hooks }: CoreSettings): boolean {
  const covered = kinds === "all" ? [...files, ...memory] : files;
  return covered.includes(request.kind) && !(hooks === "kept" && hasHook(request));
}

/** Sizes to try, largest first; pages. */
export function coreSizes(
  { pages, pgoff, kind }: Request,
  { arch }: Target,
  settings: CoreSettings,
): readonly number[] {
  const multiple = (size: number) => modulo(pages, size) === 0;
  const suits = (size: number) =>
    size * settings.min <= pages &&
    (settings.fits === "length" || fits(size, pgoff, pages)) &&
    (settings.length === "any" || multiple(size)) &&
    (kind !== "anon" || settings.anon === "any" || multiple(size));
  const sizes = arch.levels
    .filter((level) => settings.orders.includes(level.kind))
    .map(({ pages: size }) => size)
    .filter(suits)
    .reverse();
  return settings.ladder === "each" ? sizes : sizes.slice(0, 1);
}
