/** Which page-table entries map a VMA once every page is there: all page-size rules, in one place. */

import type { Arch, Level, LevelUse } from "../arch/types.ts";
import { assumedFilesystem, barOf } from "../place/request.ts";
import type { Profile } from "../policies/types.ts";
import type { Population } from "../space/population.ts";
import { seriesNumber } from "../space/rules.ts";
import { hasFlag, type Vma } from "../space/vma.ts";
import type { Facts } from "../trace/trace.ts";
import { alignDown, alignUp, modulo } from "../units.ts";

/** What page sizes depend on beside the VMA. */
export interface Machine {
  readonly arch: Arch;
  readonly profile: Profile;
  readonly facts: Facts;
  readonly population?: Population;
}

/** The word of a report; `kernel` is what exec maps of its own (vdso, vvar). */
export type Backing = "anon" | "shmem" | "file" | "vfio" | "hugetlb" | "device" | "kernel";

/** A populated range with the sizes that its backing allows; pages. */
export interface Populated {
  readonly backing: Backing;
  readonly start: number;
  readonly end: number;
  /** Where `start` lies in what is behind it: file page, frame number, or `start` itself for anonymous memory. */
  readonly position: number;
  /** Largest first; the last is the base page, but for hugetlb. */
  readonly levels: readonly Level[];
  /** Pages that lie side by side in physical memory wherever positions are a multiple of them; 1 is none. */
  readonly contiguous: number;
}

/** Entries by name of the level. */
export type Counts = Map<string, number>;

/** The largest page-cache folio is a PMD, and order 11 at most (MAX_PAGECACHE_ORDER). */
const largestFolioOrder = 11;

/** Undefined where nothing is populated: no access at all, or not the process's own (vsyscall). */
export function populated(vma: Vma, machine: Machine): Populated | undefined {
  if (vma.prot === 0 || vma.area.name === "[vsyscall]") return undefined;
  const { backing, levels, contiguous } = sizesOf(vma, machine);
  const position = positionOf(vma, backing, machine.facts);
  return { backing, start: vma.start, end: vma.end, position, levels, contiguous };
}

interface Sizes extends Pick<Populated, "backing" | "levels" | "contiguous"> {
  /** Its own members alone: who asks may be a whole replay, which is large. */
  readonly machine: Machine;
  readonly flags: string;
}

const isSame = (one: Machine, other: Machine): boolean =>
  one.arch === other.arch &&
  one.profile === other.profile &&
  one.facts === other.facts &&
  one.population === other.population;

/** By area: what the last VMA of it could have; most VMAs of an area are alike, in a process and its children. */
const lastSizes = new WeakMap<Vma["area"], Sizes>();

function sizesOf(vma: Vma, machine: Machine): Sizes {
  const { area, flags } = vma;
  const last = lastSizes.get(area);
  if (last?.flags === flags && isSame(last.machine, machine)) return last;
  const backing = backingOf(vma);
  const levels = levelsOf(vma, backing, machine);
  const contiguous = contiguousPages(vma, backing, machine);
  const { arch, profile, facts, population } = machine;
  const own = { arch, profile, facts, ...(population !== undefined && { population }) };
  const sizes = { backing, levels, contiguous, machine: own, flags };
  lastSizes.set(area, sizes);
  return sizes;
}

function backingOf(vma: Vma): Backing {
  const { area } = vma;
  if (area.name !== undefined && /^\[(vdso|vvar|vsyscall|uprobes)/.test(area.name)) return "kernel";
  if (area.huge !== undefined) return "hugetlb";
  if (area.backing === "anon") return "anon";
  if (area.backing === "shared-anon") return "shmem";
  switch (area.file?.kind) {
    case "shmem":
    case "hugetlb":
    case "vfio":
      return area.file.kind;
    case "zero":
      return "anon";
    case "regular":
    case "unknown":
    case undefined:
      return "file";
    default:
      return "device";
  }
}

function positionOf(vma: Vma, backing: Backing, facts: Facts): number {
  if (backing === "anon" || backing === "kernel") return vma.start;
  if (backing !== "vfio") return vma.pgoff;
  // Without the BAR's address its offset decides alike: a BAR is aligned to its size.
  const bar = barOf({ ...vma.area, pgoff: vma.pgoff }, facts);
  return (bar.start ?? 0) + bar.offset;
}

function levelsOf(vma: Vma, backing: Backing, machine: Machine): readonly Level[] {
  const { arch } = machine;
  if (backing === "hugetlb") return [hugetlbLevel(vma, arch)];
  const use = backing === "vfio" ? "pfnmap" : "folio";
  const allowed: Level[] = [];
  for (let at = arch.levels.length - 1; at >= 0; at--) {
    const level = arch.levels[at];
    if (level === undefined) continue;
    const large = level.kind !== "base";
    if (large && !(usable(level, use, machine) && allows(vma, backing, level, machine))) continue;
    allowed.push(level);
  }
  return allowed;
}

/** A BAR is one piece; a folio is one; memory that comes page by page is in none. */
function contiguousPages(vma: Vma, backing: Backing, machine: Machine): number {
  if (backing === "vfio") return 2 ** 30;
  return backing === "file" ? folioPages(vma, machine) : 1;
}

function hugetlbLevel(vma: Vma, arch: Arch): Level {
  const pages = vma.area.huge ?? arch.pmd;
  const level = arch.levels.find((one) => one.pages === pages);
  return level ?? { name: "hugetlb", pages, kind: "pmd", since: {} };
}

/** Whether the release maps such things with entries of this size. */
function usable({ since }: Level, use: LevelUse, { profile }: Machine): boolean {
  const first = since[use];
  return first !== undefined && seriesNumber(profile.series) >= seriesNumber(first);
}

function allows(vma: Vma, backing: Backing, level: Level, machine: Machine): boolean {
  switch (backing) {
    case "anon":
      return someSize(level, machine, (size) => thpAllows(vma, size, machine));
    case "shmem":
      return someSize(level, machine, (size) => shmemAllows(vma, size, machine));
    case "file":
      return level.pages <= folioPages(vma, machine);
    case "vfio":
      return pfnmapAllows(vma, machine);
    case "device":
      return level.kind === "pmd" && vma.area.file?.kind === "devdax";
    default:
      return false;
  }
}

/**
 * A contiguous group of PTEs needs one folio over it: any enabled size from the group's to just below the PMD's. No folio
 * is larger than a PMD: a contiguous group of PMDs is as many PMD folios, taken to lie side by side.
 */
function someSize(level: Level, { arch }: Machine, allowed: (pages: number) => boolean): boolean {
  if (level.pages >= arch.pmd) return allowed(arch.pmd);
  for (let pages = level.pages; pages < arch.pmd; pages *= 2) if (allowed(pages)) return true;
  return false;
}

/** `always`, or `madvise` where the program asked; MADV_NOHUGEPAGE and MAP_STACK forbid (thp_vma_allowable_orders). */
function wordAllows(vma: Vma, word: string | undefined): boolean {
  if (hasFlag(vma, "nh")) return false;
  if (word === "always" || word === "within_size" || word === "force") return true;
  return (word === "madvise" || word === "advise") && hasFlag(vma, "hg");
}

/** By size as kernels start: the PMD's inherits, the others are off. */
function sizeWord(
  sizes: Facts["thpSizes"],
  pages: number,
  { arch }: Machine,
  inherited: string,
): string {
  const word =
    sizes?.[String(pages * arch.pageBytes)] ?? (pages === arch.pmd ? "inherit" : "never");
  return word === "inherit" ? inherited : word;
}

function thpAllows(vma: Vma, pages: number, machine: Machine): boolean {
  const { thpEnabled = "always", thpSizes } = machine.facts;
  return wordAllows(vma, sizeWord(thpSizes, pages, machine, thpEnabled));
}

/** The mount's huge= option; the kernel's own mount (memfd, System V, anonymous) follows shmem_enabled. */
function shmemAllows(vma: Vma, pages: number, machine: Machine): boolean {
  const { shmemEnabled = "never", shmemSizes } = machine.facts;
  if (shmemEnabled === "deny") return false;
  if (shmemEnabled === "force") return pages === machine.arch.pmd;
  const mount = vma.area.file?.huge;
  const internal = vma.area.backing === "shared-anon" || mount === "internal";
  if (internal) return wordAllows(vma, sizeWord(shmemSizes, pages, machine, shmemEnabled));
  return pages === machine.arch.pmd && wordAllows(vma, mount);
}

/** The filesystem whose folios a mapping would have. */
export const filesystemOf = ({ file }: Vma["area"]): string =>
  file?.filesystem ?? assumedFilesystem;

/** Pages of the largest folio that the filesystem makes. */
function folioPages(vma: Vma, { arch, profile, population }: Machine): number {
  const bytes = profile.folioBytes[filesystemOf(vma.area)] ?? arch.pageBytes;
  const order = Math.min(population?.folioOrder ?? largestFolioOrder, largestFolioOrder);
  return Math.min(bytes / arch.pageBytes, arch.pmd, 2 ** order);
}

/** Huge PFN maps exist; before e384abeb559d the setting of THP decided about them too. */
function pfnmapAllows(vma: Vma, { profile, facts }: Machine): boolean {
  if (!profile.hugePfnmap) return false;
  return profile.pfnmapIgnoresThp !== false || wordAllows(vma, facts.thpEnabled ?? "always");
}

function add(counts: Counts, name: string, entries: number): void {
  counts.set(name, (counts.get(name) ?? 0) + entries);
}

/** Visit the largest entries that cover a range, as runs of equal ones in order of their pages. */
export function eachLeaf(
  range: Populated,
  visit: (level: Level, start: number, end: number) => void,
): void {
  const fill = (start: number, end: number, rank: number): void => {
    const level = range.levels[rank];
    if (level === undefined || start >= end) return;
    const last = rank === range.levels.length - 1;
    const congruent = last || modulo(range.start - range.position, level.pages) === 0;
    const from = last ? start : alignUp(start, level.pages);
    const to = last ? end : alignDown(end, level.pages);
    if (congruent && from < to) {
      fill(start, from, rank + 1);
      visit(level, from, to);
      fill(to, end, rank + 1);
    } else fill(start, end, rank + 1);
  };
  fill(range.start, range.end, 0);
}

/** Entries by level for a populated range. */
export function leaves(range: Populated): Counts {
  const counts: Counts = new Map();
  eachLeaf(range, (level, start, end) => add(counts, level.name, (end - start) / level.pages));
  return counts;
}

/**
 * Pages around a read fault that are mapped with it if the page cache has them: 64 KiB of 4 KiB pages (fault_around_bytes).
 * 7.3 was measured to take 16 pages with 16 KiB pages too: 64 faults for 16 MiB.
 */
export const faultAroundPages = 16;

/** Windows that hold the pages; packed: as if they began with one. */
function windows(start: number, end: number, how: "placed" | "packed"): number {
  if (how === "packed") return Math.ceil((end - start) / faultAroundPages);
  return Math.ceil(end / faultAroundPages) - Math.floor(start / faultAroundPages);
}

/** Visit the faults that touch every page once, reading, with everything in the page cache: the level, and how many. */
export function eachFault(
  range: Populated,
  { arch, profile }: Machine,
  visit: (level: Level, count: number) => void,
  how: "placed" | "packed" = "placed",
): void {
  const { backing } = range;
  if (backing === "device" || backing === "kernel") return; // mapped by mmap itself
  const [base] = arch.levels;
  if (backing === "vfio" && !profile.hugePfnmap && base !== undefined) {
    visit(base, 1); // io_remap_pfn_range of the whole VMA in its first fault
    return;
  }
  eachLeaf(range, (level, start, end) => {
    const around = backing === "file" && (level.kind === "base" || level.kind === "cont-pte");
    visit(level, around ? windows(start, end, how) : (end - start) / level.pages);
  });
}

/** Those faults by level. */
export function faults(range: Populated, machine: Machine): Counts {
  const counts: Counts = new Map();
  eachFault(range, machine, (level, count) => add(counts, level.name, count));
  return counts;
}
