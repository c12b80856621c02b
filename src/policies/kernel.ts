/** Which searches a kernel release runs for a request: __get_unmapped_area() of mm/mmap.c as flags. */

import { modulo } from "../units.ts";
import { bpfArena, devdax, ioUring } from "./hooks.ts";
import { type HugetlbRule, hugetlb } from "./hugetlb.ts";
import { type Attempts, pad, plain } from "./shapes.ts";
import { shmem } from "./shmem.ts";
import type { Policy, Profile, Request, Target } from "./types.ts";

/** When memory without a hook is PMD-aligned. All look at the length only, never at the THP setting. */
export type PmdRule =
  | "never"
  | "any" // efa7df3e3bb5 anonymous, ed48e87c7df3 files
  | "multiple" // d4148aeab412: the length is a multiple of a PMD
  | "multiple-unhinted"; // 249608ee4713: and there is no hint

/** What sets releases apart. */
export interface Rules {
  readonly profile: Profile;
  readonly anon: PmdRule;
  /** Files without a hook, VFIO among them (34d7cf637c43: never). */
  readonly noHook: PmdRule;
  /** Filesystems whose files have thp_get_unmapped_area as their hook. */
  readonly thpFilesystems: readonly string[];
  /** Private mappings of /dev/zero have it too. */
  readonly zero: "plain" | "thp";
  readonly hugetlb: HugetlbRule;
  /** Shared anonymous memory follows the per-size controls. */
  readonly shmemSizes: boolean;
  /** GEM objects are placed as their shmem file. */
  readonly drm: "no-hook" | "shmem";
  /** Private anonymous memory that mremap moves is asked for with its old page offset (until 96204e15310c). */
  readonly anonPgoff: boolean;
}

/** Files with a hook that is nothing but the plain entry point. */
const plainFilesystems = ["proc", "ramfs"];

/** True if the filesystem's files are PMD-aligned by their own hook. */
export function isThpFilesystem({ thpFilesystems }: Rules, filesystem: string): boolean {
  return thpFilesystems.includes(filesystem.split(".")[0] ?? filesystem);
}

/** thp_get_unmapped_area() of mm/huge_memory.c; 32-bit tasks are not padded (4ef9ad19e176, d9592025000b). */
export function thp(request: Request, target: Target, { profile }: Rules): Attempts {
  if (target.arch.compat) return [plain];
  const above = profile.roundsAbove && target.topDown;
  return [pad(request.pages, target.arch.pmd, request.pgoff, above), plain];
}

function applies(rule: PmdRule, { pages, hint }: Request, { arch }: Target): boolean {
  if (rule === "never" || rule === "any") return rule === "any";
  return modulo(pages, arch.pmd) === 0 && (rule === "multiple" || !hint);
}

function anonymous(request: Request, target: Target, rules: Rules): Attempts {
  const asked = rules.anonPgoff ? request : { ...request, pgoff: 0 };
  const attempts = applies(rules.anon, asked, target) ? thp(asked, target, rules) : [plain];
  if (rules.anonPgoff) return attempts;
  return attempts.map((attempt) => attempt && { ...attempt, file: false });
}

function unhooked(request: Request, target: Target, rules: Rules): Attempts {
  return applies(rules.noHook, request, target) ? thp(request, target, rules) : [plain];
}

function regular(request: Request, target: Target, rules: Rules): Attempts {
  const { filesystem = "" } = request;
  if (isThpFilesystem(rules, filesystem)) return thp(request, target, rules);
  return plainFilesystems.includes(filesystem) ? [plain] : unhooked(request, target, rules);
}

/** GEM objects: drm_gem_get_unmapped_area() hands on to the backing shmem file, offset 0. */
function drm(request: Request, target: Target, rules: Rules): Attempts {
  if (rules.drm === "no-hook") return unhooked(request, target, rules);
  const object: Request = { ...request, pgoff: 0, mountHuge: request.mountHuge ?? "internal" };
  return shmem(object, target, rules.shmemSizes).map(
    (attempt) => attempt && { ...attempt, file: false },
  );
}

/** The attempts of a release. */
export function dispatch(request: Request, target: Target, rules: Rules): Attempts {
  switch (request.kind) {
    case "anon":
      return anonymous(request, target, rules);
    case "shared-anon":
    case "shmem":
      return shmem(request, target, rules.shmemSizes);
    case "zero":
      return rules.zero === "thp" ? thp(request, target, rules) : [plain];
    case "regular":
      return regular(request, target, rules);
    case "hugetlb":
      return hugetlb(request, rules.hugetlb);
    case "drm":
      return drm(request, target, rules);
    case "devdax":
      return devdax(request);
    case "bpf-arena":
      return bpfArena(request, target);
    case "bpf-map":
      return [plain];
    case "io-uring":
      return ioUring(request);
    case "vfio":
    case "device":
    case "socket":
    case "unknown":
      return unhooked(request, target, rules);
  }
}

/** A release as a policy. */
export function release(
  about: Pick<Policy, "id" | "summary" | "source"> & Partial<Pick<Policy, "differsBy">>,
  rules: Rules,
): Policy {
  return {
    ...about,
    kernel: "mm/mmap.c __get_unmapped_area",
    profile: rules.profile,
    searches: (request, target) => dispatch(request, target, rules),
  };
}
