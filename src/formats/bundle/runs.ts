/** Which files of a folder belong to one run: a recording and what was written down beside it. */

import { MmreplayError } from "../../errors.ts";
import { formats } from "../index.ts";
import { plainName } from "../text/packings.ts";
import type { Format } from "../types.ts";

/** A file, wherever it is. */
export interface Source {
  /** Relative to the folder. */
  readonly name: string;
  open(chunkBytes?: number): AsyncIterable<Uint8Array>;
  /** True if `open` gives what another program prints of the file (perf.data): a text beside it may be the same. */
  isPrinted?(): boolean;
}

/** What a name on the command line stands for. */
export interface Sources {
  readonly path: string;
  readonly folder: boolean;
  /** The files were named one by one: traces are called after them alone. */
  readonly apart?: boolean;
  readonly sources: readonly Source[];
}

/** A file that a format has recognised. */
export interface Recording {
  readonly source: Source;
  readonly format: Format;
}

/** One recording, or one file per task (strace -ff), and the maps that were read while it ran. */
export interface Run {
  readonly stem: string;
  readonly format: Format;
  readonly recordings: readonly Source[];
  readonly maps: readonly Source[];
}

/** What names end with that says what kind of text a file holds. */
const kinds: ReadonlySet<string> = new Set([
  ...formats.all.flatMap(({ extensions }) => extensions),
  "log",
  "tar",
]);

/** The name without packing and without the kind of text. */
export function stemOf(name: string): string {
  const plain = plainName(name);
  const dot = plain.lastIndexOf(".");
  return dot >= 0 && kinds.has(plain.slice(dot + 1)) ? plain.slice(0, dot) : plain;
}

/** Files that are read as maps: `maps.txt`, `maps.start`, `perf-big.maps`, `strace-smaps.txt`. */
export function isMaps(name: string): boolean {
  return /(?:^|[-.])s?maps(?:$|[-.])/.test(plainName(name));
}

/** True if maps of this name were taken in the run of that recording. */
function belongs(maps: string, stem: string, stems: readonly string[]): boolean {
  const name = plainName(maps);
  if (name === `${stem}.maps` || name === `${stem}.smaps`) return true;
  const family = stem.split("-")[0] ?? "";
  if (new RegExp(`^${family}-s?maps\\b`).test(name)) return true;
  const anothers = stems.some((other) => {
    const otherFamily = other.split("-")[0] ?? "";
    return name.startsWith(`${other}.`) || new RegExp(`^${otherFamily}-s?maps\\b`).test(name);
  });
  return !anothers && (stems.length === 1 || name.startsWith("attach"));
}

/** The name that a file per task shares with the others. */
const setName = ({ source, format }: Recording): string | undefined =>
  format.perTask?.setOf(source.name);

/** Files of one task each belong together. */
function groupsOf(recordings: readonly Recording[]): readonly (readonly Recording[])[] {
  const sets = new Map<string, Recording[]>();
  for (const recording of recordings) {
    const name = setName(recording) ?? `${recording.source.name}/`;
    const set = sets.get(name) ?? [];
    set.push(recording);
    sets.set(name, set);
  }
  return [...sets.values()];
}

/** The stem that maps are named after: of a set that of its folder or archive, where it has one. */
function stemOfGroup([first]: readonly Recording[]): string {
  if (first === undefined) return "";
  const set = setName(first);
  if (set === undefined) return stemOf(first.source.name);
  const slash = set.indexOf("/");
  return stemOf(slash < 0 ? set : set.slice(0, slash));
}

/** Group recordings and pair them with maps. */
export function runsOf(recordings: readonly Recording[], maps: readonly Source[]): readonly Run[] {
  const groups = groupsOf(recordings);
  const stems = groups.map(stemOfGroup);
  return groups.flatMap((group, index) => {
    const [first] = group;
    const stem = stems[index] ?? "";
    if (first === undefined) return [];
    return [
      {
        stem,
        format: first.format,
        recordings: group.map(({ source }) => source),
        maps: maps.filter(({ name }) => belongs(name, stem, stems)),
      },
    ];
  });
}

/** How many files of a folder an error names. */
const named = 5;

/** A folder without anything to replay, with the beginning of what it does hold. */
export function noRecording({ path, sources }: Sources): MmreplayError {
  const names = sources.slice(0, named).map(({ name }) => name);
  const more = sources.length - names.length;
  const list = more > 0 ? [...names, `${more} more`].join(", ") : names.join(", ");
  return new MmreplayError("import/no-recording", `no recording among ${list}`, {
    at: { file: path },
    hint: "record one: mmreplay record -o prog.mmtrace -- PROG",
  });
}
