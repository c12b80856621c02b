/** Which areas were there before the first recorded call: what exec made, or what an attached process had. */

import type { MapsArea } from "../trace/event.ts";
import type { OpenFile } from "../trace/file.ts";
import { MAP_GROWSDOWN, PROT_EXEC, PROT_READ, PROT_WRITE } from "../trace/flags.ts";
import { pageOf } from "../units.ts";
import type { Area } from "./program.ts";
import type { SpaceSurvey } from "./survey.ts";

/** An area at its recorded place; pages. */
export interface PlacedArea {
  readonly start: number;
  readonly end: number;
  readonly area: Area;
}

/** Ids of files that only a snapshot names start here, apart from those of recorded opens. */
const snapshotFileIds = 1e9;

/** PROT_ bits of `r-xp`. */
function protOf(perms: string): number {
  return (
    (perms[0] === "r" ? PROT_READ : 0) +
    (perms[1] === "w" ? PROT_WRITE : 0) +
    (perms[2] === "x" ? PROT_EXEC : 0)
  );
}

/** Names in brackets that are not files. */
const isPseudo = (path: string): boolean => path === "" || path.startsWith("[");

export const isVdso = (name: string | undefined): boolean =>
  name !== undefined && /^\[(?:vdso|vvar|vvar_vclock)\]$/.test(name);

export const isLoader = ({ file }: Area): boolean =>
  /\/ld(?:-linux|-musl|64|\.so|-[0-9.]+\.so)?[^/]*$/.test(file?.path ?? "");

/** The file that a line of maps names. */
export type FileOf = (area: Pick<MapsArea, "path" | "device">) => Omit<OpenFile, "id">;

export class SnapshotAreas {
  readonly #ids = new Map<string, number>();
  readonly #pageBytes: number;
  readonly #fileOf: FileOf;

  constructor(pageBytes: number, fileOf: FileOf) {
    this.#pageBytes = pageBytes;
    this.#fileOf = fileOf;
  }

  #file(area: MapsArea): OpenFile {
    const key = `${area.path} ${area.device} ${area.inode}`;
    const id = this.#ids.get(key) ?? snapshotFileIds + this.#ids.size;
    this.#ids.set(key, id);
    return { id, ...this.#fileOf(area) };
  }

  /** What a line of maps says of an area. */
  read(area: MapsArea): PlacedArea {
    const shared = area.perms[3] === "s";
    const anonymous = isPseudo(area.path);
    const sharedAnonymous = area.path.startsWith("/dev/zero") && shared;
    const file = anonymous || sharedAnonymous ? undefined : this.#file(area);
    const start = pageOf(area.start, this.#pageBytes);
    const huge =
      area.kernelPageSize !== undefined && area.kernelPageSize > this.#pageBytes
        ? area.kernelPageSize / this.#pageBytes
        : undefined;
    return {
      start,
      end: pageOf(area.end, this.#pageBytes),
      area: {
        backing: anonymous ? "anon" : sharedAnonymous ? "shared-anon" : "file",
        ...(file !== undefined && { file }),
        prot: protOf(area.perms),
        shared,
        pgoff: anonymous ? start : pageOf(area.offset, this.#pageBytes),
        flags: area.path === "[stack]" || area.vmFlags?.includes("gd") ? MAP_GROWSDOWN : 0,
        ...(huge !== undefined && { huge }),
        ...(anonymous && area.path !== "" && { name: area.path }),
        ...(area.vmFlags !== undefined && { vmFlags: area.vmFlags }),
      },
    };
  }
}

/** The part of an area between two pages. */
function clip(placed: PlacedArea, start: number, end: number): PlacedArea {
  const from = Math.max(placed.start, start);
  return {
    start: from,
    end: Math.min(placed.end, end),
    area: { ...placed.area, pgoff: placed.area.pgoff + from - placed.start },
  };
}

/**
 * maps also prints [heap] for a bss that ends where the heap begins (fs/proc/task_mmu.c, 6.1): it is no heap. A program
 * that ran before its first recorded brk may have grown the heap to there; only a bss follows the image at once.
 */
function withoutHeapName(placed: PlacedArea, survey: SpaceSurvey): PlacedArea {
  const { name, ...area } = placed.area;
  const { brkStart, snapshot, exec } = survey;
  if (name !== "[heap]" || brkStart === undefined || placed.end > brkStart) return placed;
  const lines = snapshot?.areas ?? [];
  const at = lines.findIndex(({ path }) => path === "[heap]");
  const before = lines[at - 1];
  const follows = before?.end === lines[at]?.start && !isPseudo(before?.path ?? "");
  return exec || follows ? { ...placed, area } : placed;
}

/** The first state less what calls had placed by then, writable again where RELRO took that away. */
export function initialAreas(survey: SpaceSurvey, areas: SnapshotAreas): readonly PlacedArea[] {
  const found: PlacedArea[] = [];
  const named = (placed: PlacedArea) => withoutHeapName(placed, survey);
  for (const line of survey.snapshot?.areas ?? []) {
    if (line.path === "[vsyscall]") continue;
    const whole = areas.read(line);
    let from = whole.start;
    const known = survey.placed?.over(whole.start, whole.end) ?? [];
    for (const placed of [...known, undefined]) {
      const to = placed?.start ?? whole.end;
      if (to > from) found.push(clip(whole, from, to));
      from = placed?.end ?? whole.end;
    }
  }
  return found.map(named).map((placed) => {
    const relro =
      survey.relro?.some(({ start, end }) => start <= placed.start && placed.end <= end) ?? false;
    const { area } = placed;
    return relro && area.backing === "file" && !area.shared
      ? { ...placed, area: { ...area, prot: PROT_READ + PROT_WRITE } }
      : placed;
  });
}
