/** Which areas the ops of a table have: equal ones once, whichever open of their file was mapped. */

import type { OpenFile } from "../trace/file.ts";
import type { Area } from "./program.ts";

const ofNoOpen = (area: Area): Area =>
  area.file === undefined || area.file.id === -1
    ? area
    : { ...area, file: { ...area.file, id: -1 } };

/** Numbers of areas of one file, by what else they are. */
type Known = Map<number | string, number>;

const backings: readonly Area["backing"][] = ["anon", "shared-anon", "file"];
const mostFlags = 2 ** 21;
const mostPgoff = 2 ** 26;

/** All of an area but its file: in 53 bits for most, since texts cost a third of all that is written. */
function keyOf({
  backing,
  prot,
  shared,
  pgoff,
  flags,
  huge,
  shm,
  name,
  vmFlags,
}: Area): number | string {
  const kind = 2 * backings.indexOf(backing) + (shared ? 1 : 0);
  const isPlain =
    huge === undefined && shm === undefined && name === undefined && vmFlags === undefined;
  if (isPlain && prot < 8 && flags < mostFlags && pgoff < mostPgoff)
    return ((pgoff * mostFlags + flags) * 8 + prot) * 8 + kind;
  return `${kind} ${prot} ${pgoff} ${flags} ${huge} ${shm} ${vmFlags?.join()} ${name}`;
}

export class OpAreas {
  readonly all: Area[] = [];
  /** By object: the files are at hand again and again. */
  readonly #ofFile = new WeakMap<OpenFile, Known>();
  readonly #byFile = new Map<string, Known>();
  readonly #ofNone: Known = new Map();

  constructor(areas: readonly Area[] = []) {
    for (const area of areas) this.#known(area.file).set(keyOf(area), this.all.push(area) - 1);
  }

  of(area: Area): number {
    const known = this.#known(area.file);
    const key = keyOf(area);
    const same = known.get(key);
    if (same !== undefined) return same;
    const index = this.all.push(ofNoOpen(area)) - 1;
    known.set(key, index);
    return index;
  }

  #known(file: OpenFile | undefined): Known {
    if (file === undefined) return this.#ofNone;
    let known = this.#ofFile.get(file);
    if (known !== undefined) return known;
    const key = JSON.stringify({ ...file, id: -1 });
    known = this.#byFile.get(key) ?? new Map();
    this.#byFile.set(key, known);
    this.#ofFile.set(file, known);
    return known;
  }
}
