/** Which areas the ops of a table have: equal ones once, whichever open of their file was mapped. */

import type { OpenFile } from "../trace/file.ts";
import type { Area } from "./program.ts";

const ofNoOpen = (area: Area): Area =>
  area.file === undefined || area.file.id === -1
    ? area
    : { ...area, file: { ...area.file, id: -1 } };

/** Numbers of areas of one file, by what else they are. */
type Known = Map<number | string, number>;

/** The areas of one file, whichever open of it. */
interface OfFile {
  readonly file: OpenFile;
  readonly known: Known;
}

/** Of files with one path. */
const isSameFile = (one: OpenFile, other: OpenFile): boolean =>
  one === other ||
  (one.kind === other.kind &&
    one.filesystem === other.filesystem &&
    one.huge === other.huge &&
    one.hugePage === other.hugePage &&
    one.device === other.device);

const backings: readonly Area["backing"][] = ["anon", "shared-anon", "file"];
const mostFlags = 2 ** 21;
const mostPgoff = 2 ** 26;

/** All of an area but its file. */
function textOf({ backing, prot, shared, pgoff, flags, huge, shm, name, vmFlags }: Area): string {
  return `${backing} ${shared} ${prot} ${pgoff} ${flags} ${huge} ${shm} ${vmFlags?.join()} ${name}`;
}

/** The same in 53 bits, as most have it, since texts cost a third of all that is written; undefined where it does not fit. */
function numberOf(area: Area): number | undefined {
  const { backing, prot, shared, pgoff, flags, huge, shm, name, vmFlags } = area;
  const isPlain =
    huge === undefined && shm === undefined && name === undefined && vmFlags === undefined;
  if (!isPlain || prot >= 8 || flags >= mostFlags || pgoff >= mostPgoff) return undefined;
  const kind = 2 * backings.indexOf(backing) + (shared ? 1 : 0);
  return ((pgoff * mostFlags + flags) * 8 + prot) * 8 + kind;
}

export class OpAreas {
  readonly all: Area[] = [];
  /** Files by path. */
  readonly #byPath = new Map<string | undefined, OfFile[]>();
  readonly #ofNone: Known = new Map();
  /** The last area that needed a text: a heap's is the same object each time. */
  #last: { readonly area: Area; readonly index: number } | undefined;

  constructor(areas: readonly Area[] = []) {
    for (const area of areas)
      this.#known(area.file).set(numberOf(area) ?? textOf(area), this.all.push(area) - 1);
  }

  of(area: Area): number {
    const number = numberOf(area);
    if (number !== undefined) return this.#find(area, number);
    if (this.#last?.area === area) return this.#last.index;
    const index = this.#find(area, textOf(area));
    this.#last = { area, index };
    return index;
  }

  #find(area: Area, key: number | string): number {
    const known = this.#known(area.file);
    const same = known.get(key);
    if (same !== undefined) return same;
    const index = this.all.push(ofNoOpen(area)) - 1;
    known.set(key, index);
    return index;
  }

  #known(file: OpenFile | undefined): Known {
    if (file === undefined) return this.#ofNone;
    const files = this.#byPath.get(file.path) ?? [];
    const found = files.find((one) => isSameFile(one.file, file));
    if (found !== undefined) return found.known;
    const known: Known = new Map();
    files.push({ file, known });
    this.#byPath.set(file.path, files);
    return known;
  }
}
