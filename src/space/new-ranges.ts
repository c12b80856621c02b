/** What mappings are like before anybody writes to them, found once for each area of a program. */

import type { OpTable } from "../resolve/op-table.ts";
import type { Area } from "../resolve/program.ts";
import type { NewRange } from "./quick.ts";
import type { VmaRules } from "./rules.ts";
import type { Traits, TraitsTable } from "./traits.ts";
import { fileIdentity, filePgoff, freshVma, hasClose, hasOwnFile } from "./vma.ts";

/** What a mapping of an area is like; `file` is -1 where opens or mappings have their own. */
interface Fresh {
  readonly range: { -readonly [K in keyof NewRange]: NewRange[K] };
  readonly file: number;
  readonly isOwn: boolean;
  readonly pgoff: number;
}

/** All that the flags of a new mapping follow from. */
const looksOf = (
  { backing, prot, shared, flags, huge, file, name }: Area,
  close: boolean,
): string => `${backing} ${prot} ${shared} ${flags} ${huge} ${close} ${file?.kind} ${name}`;

export class NewRanges {
  readonly #ops: OpTable;
  readonly #rules: VmaRules;
  readonly #table: TraitsTable;
  /** By area of the program. */
  readonly #fresh: Fresh[] = [];
  /** By looks. */
  readonly #traits = new Map<string, Traits>();

  constructor(ops: OpTable, rules: VmaRules, table: TraitsTable) {
    this.#ops = ops;
    this.#rules = rules;
    this.#table = table;
  }

  /** What a map or fix op makes at a page, until it is asked again: one object for each area, since it is asked for each op. */
  at(index: number, page: number): NewRange {
    const number = this.#ops.area[index] ?? -1;
    const known = this.#fresh[number] ?? this.#freshOf(number);
    const { range, file: own } = known;
    const file = own < 0 ? this.#fileOf(known, index) : own;
    range.file = file;
    range.start = page;
    range.end = page + (this.#ops.pages[index] ?? 0);
    range.pgoff = file === 0 ? page : known.pgoff;
    return range;
  }

  #fileOf({ range, isOwn }: Fresh, index: number): number {
    const { object, open } = this.#ops;
    return fileIdentity(range.area, object[index] ?? 0, (open[index] ?? 0) - 1, isOwn);
  }

  #freshOf(number: number): Fresh {
    const area = this.#ops.areas[number];
    if (area === undefined) throw new Error(`no area ${number}`);
    const [one, other] = [fileIdentity(area, 0, 0), fileIdentity(area, 1, 1)];
    const file = one === other ? one : -1;
    const pgoff = filePgoff(area, this.#rules);
    const [traits, areaNumber] = [this.#traitsOf(area), this.#table.numberOf(area)];
    // All of one shape, doubles from the start: V8 looks up by name what has had several.
    const [start, end] = [Number.NaN, Number.NaN];
    const range = { traits, file, start, end, pgoff: Number.NaN, area, areaNumber };
    const fresh = { range, file, isOwn: hasOwnFile(area), pgoff };
    this.#fresh[number] = fresh;
    return fresh;
  }

  #traitsOf(area: Area): Traits {
    const close = hasClose({ area });
    const looks = area.vmFlags === undefined ? looksOf(area, close) : undefined;
    const known = looks === undefined ? undefined : this.#traits.get(looks);
    if (known !== undefined) return known;
    const { prot, flags } = freshVma(area, { object: 0, page: 0, pages: 1 }, this.#rules);
    const { shared } = area;
    const more = { forked: false, label: null, anonShift: 0, shared, close };
    const traits = this.#table.of({ prot, flags, ...more });
    if (looks !== undefined) this.#traits.set(looks, traits);
    return traits;
  }
}
