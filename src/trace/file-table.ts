/** How the files of a trace become columns of a message and come back. */

import { codes } from "./block.ts";
import type { FileKind, OpenFile } from "./file.ts";
import { Malformed } from "./varint.ts";

/** The columns of files stand under the code of no event. */
const firstColumn: number = 24 * codes;

/** Texts are places among the names plus 1, or 0 for none; the size of a huge page is -1 for none. */
const columnOf = {
  ids: firstColumn + 1,
  kinds: firstColumn + 2,
  paths: firstColumn + 3,
  filesystems: firstColumn + 4,
  huges: firstColumn + 5,
  devices: firstColumn + 6,
  hugePages: firstColumn + 7,
  /** Of each name: how much it shares with the one before, and how long the rest is, in UTF-16 units. */
  shared: firstColumn + 8,
  rests: firstColumn + 9,
} as const;

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** Files as numbers in columns by their ids, and the letters of their names. */
export interface FileTable {
  readonly count: number;
  readonly names: number;
  readonly letters: string;
  readonly columns: ReadonlyMap<number, Float64Array>;
}

/** The longest start that two texts share, and that cuts no pair of surrogates. */
function sharedLength(before: string, text: string): number {
  let length = 0;
  while (length < text.length && text[length] === before[length]) length += 1;
  const last = text.charCodeAt(length - 1);
  return last >= 0xd800 && last < 0xdc00 ? length - 1 : length;
}

export function tableOf(files: readonly OpenFile[]): FileTable {
  const names = new Map<string, number>();
  const place = (text: string | undefined): number => {
    if (text === undefined) return 0;
    const known = names.get(text) ?? names.size + 1;
    names.set(text, known);
    return known;
  };
  const each = (value: (file: OpenFile) => number): Float64Array => Float64Array.from(files, value);
  const columns = new Map([
    [columnOf.ids, each(({ id }) => id)],
    [columnOf.kinds, each(({ kind }) => place(kind))],
    [columnOf.filesystems, each(({ filesystem }) => place(filesystem))],
    [columnOf.huges, each(({ huge }) => place(huge))],
    [columnOf.devices, each(({ device }) => place(device))],
    [columnOf.paths, each(({ path }) => place(path))],
    [columnOf.hugePages, each(({ hugePage }) => hugePage ?? -1)],
  ]);
  const texts = [...names.keys()];
  const shared = texts.map((text, index) => sharedLength(texts[index - 1] ?? "", text));
  const rests = texts.map((text, index) => text.slice(shared[index]));
  columns.set(columnOf.shared, Float64Array.from(shared));
  columns.set(
    columnOf.rests,
    Float64Array.from(rests, (rest) => rest.length),
  );
  return { count: files.length, names: texts.length, letters: rests.join(""), columns };
}

/** The columns of files, and how many numbers each has. */
export function columnsOfFiles(count: number, names: number): ReadonlyMap<number, number> {
  const { shared, rests, ...others } = columnOf;
  return new Map([
    ...Object.values(others).map((id) => [id, count] as const),
    [shared, names],
    [rests, names],
  ]);
}

/** All names together have no more letters; those that share much must not fill the memory. */
const longestNames = 2 ** 27;

function namesOf({ columns, names, letters }: FileTable): readonly string[] {
  const [shared, rests] = [columns.get(columnOf.shared), columns.get(columnOf.rests)];
  // A loop, as below: `Array.from` takes a tenth of a microsecond for each element.
  const texts: string[] = [];
  let name = "";
  let at = 0;
  let all = 0;
  for (let index = 0; index < names; index++) {
    const length = shared?.[index] ?? 0;
    const end = at + (rests?.[index] ?? 0);
    if (length < 0 || length > name.length || end < at || end > letters.length) {
      throw new Malformed("a name is longer than its letters");
    }
    name = name.slice(0, length) + letters.slice(at, end);
    at = end;
    all += name.length;
    if (all > longestNames) throw new Malformed("names are too long");
    texts.push(name);
  }
  return texts;
}

/** Ids of opens are below this: VMAs number what stands behind them in 32 bits, of three kinds. */
const endOfIds = 2 ** 30;

/** The id of a file, if it is one; throws Malformed. */
export function idOf(id: number): number {
  if (!Number.isInteger(id) || Math.abs(id) >= endOfIds)
    throw new Malformed(`${id} is no id of a file, a whole number below 2^30`);
  return id;
}

/** The text at a place plus 1; undefined for 0, without looking before the list, which takes ten times as long. */
function nameAt(names: readonly string[], place = 0): string | undefined {
  if (place === 0) return undefined;
  if (place < 0 || place > names.length) throw new Malformed("a name is outside of its table");
  return names[place - 1];
}

/** The files that `tableOf` was given. */
export function filesOf(table: FileTable): readonly OpenFile[] {
  const names = namesOf(table);
  const numbers = (id: number): Float64Array => table.columns.get(id) ?? new Float64Array(0);
  const [ids, hugePages] = [numbers(columnOf.ids), numbers(columnOf.hugePages)];
  const [kinds, paths] = [numbers(columnOf.kinds), numbers(columnOf.paths)];
  const [filesystems, huges] = [numbers(columnOf.filesystems), numbers(columnOf.huges)];
  const devices = numbers(columnOf.devices);
  const files: OpenFile[] = [];
  for (let row = 0; row < table.count; row++) {
    const kind = (nameAt(names, kinds[row]) ?? "unknown") as FileKind;
    const file: Writable<OpenFile> = { id: idOf(ids[row] ?? 0), kind };
    const path = nameAt(names, paths[row]);
    if (path !== undefined) file.path = path;
    const filesystem = nameAt(names, filesystems[row]);
    if (filesystem !== undefined) file.filesystem = filesystem;
    const huge = nameAt(names, huges[row]);
    if (huge !== undefined) file.huge = huge as NonNullable<OpenFile["huge"]>;
    const hugePage = hugePages[row] ?? 0;
    if (hugePage >= 0) file.hugePage = hugePage;
    const device = nameAt(names, devices[row]);
    if (device !== undefined) file.device = device;
    files.push(file);
  }
  return files;
}
