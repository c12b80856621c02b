/** What one VMA is: as a call makes it, and cut, moved or with other flags. */

import { marks } from "../resolve/marks.ts";
import type { Area } from "../resolve/program.ts";
import {
  LOCKED_ON_FAULT,
  MAP_DROPPABLE,
  MAP_GROWSDOWN,
  MAP_LOCKED,
  MAP_NORESERVE,
  MAP_STACK,
  MAP_TYPE,
  PROT_WRITE,
} from "../trace/flags.ts";
import { hasBit, modulo } from "../units.ts";
import type { VmaRules } from "./rules.ts";

export interface Vma {
  /** Pages, half-open. */
  readonly start: number;
  readonly end: number;
  /** PROT_READ, PROT_WRITE and PROT_EXEC. */
  readonly prot: number;
  /** The words of smaps' VmFlags that merging looks at, sorted, one space between; `ms` is a shared mapping. */
  readonly flags: string;
  /** Which struct file: equal numbers are the same open, 0 is none. */
  readonly file: number;
  /** Page in the file of `start`; of private anonymous memory the page where it was created. */
  readonly pgoff: number;
  /** The page that `start` had when the private memory was first mapped: kept when written memory moves. */
  readonly anonOffset: number;
  /** The anon_vma, 0 while nothing private was written. */
  readonly anon: number;
  /** Inherited by fork with its anon_vma, so that the chain is not single. */
  readonly forked: boolean;
  /** PR_SET_VMA_ANON_NAME, or null. */
  readonly label: string | null;
  /** What stands behind it, as the call that made it said. */
  readonly area: Area;
}

/** Words of VmFlags that stop every merge (VM_SPECIAL: IO, DONTEXPAND, PFNMAP, MIXEDMAP). */
const special = ["io", "de", "pf", "mm"];
/** smaps words that are printed but decide nothing here: access, MAY bits and soft-dirty. */
const ignored = new Set(["rd", "wr", "ex", "mr", "mw", "me", "sh", "sd", "??"]);

export const writable = (prot: number): boolean => hasBit(prot, PROT_WRITE);

/** Every word has two letters, so none is found across a space. */
export const hasFlag = ({ flags }: Pick<Vma, "flags">, word: string): boolean =>
  flags.includes(word);

/** Words in order, each once, as one text. */
function textOf(words: readonly string[]): string {
  return words.length < 2 ? (words[0] ?? "") : [...new Set(words)].sort().join(" ");
}

/** Flags with `add` and without `drop`. */
export function changeFlags(
  flags: string,
  add: readonly string[],
  drop: readonly string[] = [],
): string {
  const same =
    add.every((word) => flags.includes(word)) && !drop.some((word) => flags.includes(word));
  if (same) return flags;
  const kept = flags.split(" ").filter((word) => word !== "" && !drop.includes(word));
  return textOf([...kept, ...add]);
}

/** Flags without the words that begin so. */
export function withoutMarks(flags: string, kind: string): string {
  if (!flags.includes(kind)) return flags;
  return textOf(flags.split(" ").filter((word) => !word.startsWith(kind)));
}

/** Neither a copy of the space nor memory that moves keeps a registration of userfaultfd (dup_userfaultfd, mremap_userfaultfd_prep). */
export const withoutWatch = (flags: string): string => withoutMarks(flags, marks.watch);

/** Private memory without a file operation behind its faults: vma_is_anonymous(), private /dev/zero included. */
export function isAnonymous({ area }: Pick<Vma, "area">): boolean {
  const { backing, file, shared } = area;
  return backing === "anon" || (!shared && file?.kind === "zero");
}

/** Private anonymous memory that no mmap made: brk, bss. */
const isData = ({ backing, flags, name }: Area): boolean =>
  backing === "anon" && flags % (MAP_TYPE + 1) === 0 && (name === undefined || name === "[heap]");

/** The flags that a mapping starts with: do_mmap() and the mmap method of its file. */
function initialFlags(area: Area, rules: VmaRules): string {
  const marks = rules.marksData && isData(area) ? [dataMark] : [];
  if (area.vmFlags !== undefined)
    return textOf([...marks, ...area.vmFlags.filter((word) => !ignored.has(word))]);
  const words = [...marks, ...fileFlags(area)];
  const has = (flag: number): boolean => hasBit(area.flags, flag);
  if (area.shared) words.push("ms");
  if (has(MAP_NORESERVE)) words.push("nr");
  if (has(MAP_GROWSDOWN)) words.push("gd");
  if (has(LOCKED_ON_FAULT)) words.push("lf");
  else if (has(MAP_LOCKED)) words.push("lo");
  if (has(MAP_STACK) && rules.stackNoHugepage) words.push("nh");
  if (area.flags % (MAP_TYPE + 1) === MAP_DROPPABLE) words.push("dd", "nr", "wf");
  const charged = !area.shared && writable(area.prot);
  if (charged && !words.includes("nr") && !words.includes("ht")) words.push("ac");
  return textOf(words);
}

/** What the file's own mmap method adds. */
function fileFlags(area: Area): string[] {
  if (area.name !== undefined && /^\[(vdso|vvar|vsyscall|uprobes)/.test(area.name)) return ["de"];
  if (area.huge !== undefined) return ["de", "ht"];
  switch (area.file?.kind) {
    case "hugetlb":
      return ["de", "ht"];
    case "vfio":
    case "device":
      return ["dd", "de", "io", "pf"];
    case "drm":
    case "bpf-arena":
    case "bpf-map":
      return ["dd", "de"];
    case "io-uring":
    case "socket":
      return ["mm"];
    default:
      return [];
  }
}

/** Kinds of struct files, each with numbers of its own. */
const opens = { shm: 1, object: 2, file: 3, kinds: 3 } as const;

/** Ids are counted from 0, and far below 2^30; the number has 32 bits. */
const numbered = (kind: number, id: number): number => modulo(kind + opens.kinds * id, 2 ** 32);

/**
 * Every mapping has a struct file of its own, whichever open of the file it is of. On overlayfs that of the file below takes
 * the place of the one that mmap looked for neighbours with (backing_file_mmap, 6.1 to 7.3): a new mapping joins none.
 */
export const hasOwnFile = (area: Area): boolean =>
  (area.file?.kind === "zero" && area.shared) ||
  area.file?.filesystem === "overlay" ||
  isAttach(area);

/**
 * Which struct file stands behind an area, of this open of its file: every shared anonymous call and every attach has one
 * of its own.
 */
export function fileIdentity(
  area: Area,
  object: number,
  open: number,
  isOwn: boolean = hasOwnFile(area),
): number {
  if (area.backing === "shared-anon") return numbered(opens.shm, area.shm ?? object);
  const { file } = area;
  if (area.backing === "anon" || file === undefined) return 0;
  return open < 0 || isOwn ? numbered(opens.object, object) : numbered(opens.file, open);
}

const isAttach = (area: Area): boolean => area.file?.path?.startsWith("/SYSV") ?? false;

/** The VMA operations have a close method, and do not stop every merge anyway (System V attaches). */
export const hasClose = ({ area }: Pick<Vma, "area">): boolean => isAttach(area);

/** vm_pgoff of the first page of a mapping that has a file. */
export function filePgoff(area: Area, rules: VmaRules): number {
  const frame = area.file?.kind === "vfio" ? rules.vfioPgoff?.(area) : undefined;
  return frame ?? area.pgoff;
}

/** A VMA as mmap makes it at a page; unwritten anonymous memory counts its offset from there. */
export function freshVma(
  area: Area,
  at: { readonly object: number; readonly page: number; readonly pages: number },
  rules: VmaRules,
): Vma {
  const file = fileIdentity(area, at.object, area.file?.id ?? -1);
  return {
    start: at.page,
    end: at.page + at.pages,
    prot: area.prot % 8,
    flags: initialFlags(area, rules),
    file,
    pgoff: file === 0 ? at.page : filePgoff(area, rules),
    anonOffset: at.page,
    anon: 0,
    forked: false,
    label: null,
    area,
  };
}

/** The VMA as if it lay at [start, end), a part of it or more: offsets go on. */
export function resize(vma: Vma, start: number, end: number): Vma {
  if (start === vma.start && end === vma.end) return vma;
  const ahead = start - vma.start;
  return {
    ...vma,
    start,
    end,
    pgoff: vma.pgoff + ahead,
    anonOffset: vma.anonOffset + ahead,
  };
}

/** VM_SPECIAL: device memory, hugetlb and what the kernel itself mapped. */
export const neverMerges = (vma: Pick<Vma, "flags">): boolean =>
  special.some((word) => hasFlag(vma, word));

/** Stands for VM_MTE_ALLOWED, which smaps does not print. */
const dataMark = "data";

/** Flags but for the commit charge, which mprotect takes off unwritten memory, and the mark of data. */
export const withoutCharge = ({ flags }: Pick<Vma, "flags">): string =>
  changeFlags(flags, [], ["ac", dataMark]);

/** True if a write here makes a private page: PFN mappings never do. */
export const writesPrivately = (vma: Pick<Vma, "prot" | "flags">): boolean =>
  writable(vma.prot) && !hasFlag(vma, "ms") && !hasFlag(vma, "pf");

/** A VMA elsewhere, by mremap: unwritten private memory counts its offset from the new place (copy_vma). */
export function moved(vma: Vma, distance: number): Vma {
  const start = vma.start + distance;
  const end = vma.end + distance;
  const flags = withoutWatch(vma.flags);
  if (vma.anon !== 0) return { ...vma, start, end, flags };
  return {
    ...vma,
    start,
    end,
    flags,
    anonOffset: start,
    pgoff: isAnonymous(vma) ? start : vma.pgoff,
  };
}
