/** Whether the model has the VMAs that the kernel printed, area by area. */

import type { MapsArea } from "../trace/event.ts";
import { addressOf, hasBit, type U64 } from "../units.ts";
import type { AddressSpace } from "./address-space.ts";
import { hasFlag, isAnonymous, type Vma } from "./vma.ts";

/** One area that only one side has, or that the sides describe differently; lines as maps prints them. */
export interface MapsDifference {
  /** Bytes: where the area starts. */
  readonly start: U64;
  readonly model: string | null;
  readonly kernel: string | null;
}

export interface MapsComparison {
  /** Areas that the kernel printed, without vsyscall. */
  readonly total: number;
  /** Of those, areas that the model has with the same start, end, permissions and offset. */
  readonly exact: number;
  /** Areas that only the model has. */
  readonly extra: number;
  /** The first few, in order of address. */
  readonly differences: readonly MapsDifference[];
}

interface Line {
  readonly start: U64;
  readonly key: string;
  readonly text: string;
}

const firstDifferences = 5;

function line(start: U64, end: U64, perms: string, offset: U64, name: string): Line {
  const digits = (value: U64): string => value.toString(16).padStart(8, "0");
  const key = `${digits(start)}-${digits(end)} ${perms} ${digits(offset)}`;
  return { start, key, text: name === "" ? key : `${key} ${name}` };
}

function permissions(vma: Vma): string {
  const bit = (flag: number, letter: string): string => (hasBit(vma.prot, flag) ? letter : "-");
  return `${bit(1, "r")}${bit(2, "w")}${bit(4, "x")}${hasFlag(vma, "ms") ? "s" : "p"}`;
}

/** The offset that maps prints: zero for what has no file, whatever its vm_pgoff (show_map_vma). */
function printedOffset(vma: Vma, pageBytes: number): U64 {
  const hasFile = !isAnonymous(vma) || vma.area.file !== undefined;
  return hasFile && vma.area.name === undefined ? addressOf(vma.pgoff, pageBytes) : 0;
}

/** The line of maps that the model expects; without device and inode. */
export function mapsLine(vma: Vma, pageBytes: number): string {
  return modelLine(vma, pageBytes).text;
}

function modelLine(vma: Vma, pageBytes: number): Line {
  const { area } = vma;
  return line(
    addressOf(vma.start, pageBytes),
    addressOf(vma.end, pageBytes),
    permissions(vma),
    printedOffset(vma, pageBytes),
    area.name ?? area.file?.path ?? "",
  );
}

/** A line of maps, without device and inode, and where it starts. */
export type MapsKey = Line;

function linesOf(areas: readonly MapsArea[]): readonly Line[] {
  return areas
    .filter((area) => area.path !== "[vsyscall]")
    .map((area) => line(area.start, area.end, area.perms, area.offset, area.path));
}

/** What the kernel printed, in order of address. */
export const keysOfMaps = (areas: readonly MapsArea[]): readonly MapsKey[] => linesOf(areas);

/** What the model would print. */
export const keysOfModel = (space: AddressSpace, pageBytes: number): ReadonlySet<string> =>
  new Set([...space].map((vma) => modelLine(vma, pageBytes).key));

/** Compare in order of address; the names only make a difference readable. */
export function compareMaps(
  space: AddressSpace,
  areas: readonly MapsArea[],
  pageBytes: number,
): MapsComparison {
  const kernel = linesOf(areas);
  const model = [...space]
    .filter((vma) => vma.area.name !== "[vsyscall]")
    .map((vma) => modelLine(vma, pageBytes));
  const differences: MapsDifference[] = [];
  const differ = (ours: Line | undefined, theirs: Line | undefined): void => {
    if (differences.length < firstDifferences)
      differences.push({
        start: ours?.start ?? theirs?.start ?? 0,
        model: ours?.text ?? null,
        kernel: theirs?.text ?? null,
      });
  };
  let exact = 0;
  let m = 0;
  let k = 0;
  while (m < model.length || k < kernel.length) {
    const ours = model[m];
    const theirs = kernel[k];
    if (ours?.key === theirs?.key) exact += 1;
    const step = order(ours, theirs);
    if (step !== 0 || ours?.key !== theirs?.key)
      differ(step <= 0 ? ours : undefined, step >= 0 ? theirs : undefined);
    if (step <= 0) m += 1;
    if (step >= 0) k += 1;
  }
  return { total: kernel.length, exact, extra: model.length - exact, differences };
}

/** Which of two lines comes first by address: -1 ours, 1 theirs, 0 both start there. */
function order(ours: Line | undefined, theirs: Line | undefined): number {
  if (ours === undefined) return 1;
  if (theirs === undefined) return -1;
  if (ours.start === theirs.start) return 0;
  return ours.start < theirs.start ? -1 : 1;
}
