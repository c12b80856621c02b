/** What mappings are like before anybody writes to them, found once for each area of a program. */

import type { OpTable } from "../resolve/op-table.ts";
import type { Area } from "../resolve/program.ts";
import type { NewRange } from "./quick.ts";
import type { VmaRules } from "./rules.ts";
import type { TraitsTable } from "./traits.ts";
import { fileIdentity, freshVma } from "./vma.ts";

/** What a mapping of an area is like; `file` is -1 where each has one of its own. */
interface Fresh extends Pick<NewRange, "traits" | "file" | "pgoff"> {
  readonly area: Area;
}

export class NewRanges {
  readonly #ops: OpTable;
  readonly #rules: VmaRules;
  readonly #traits: TraitsTable;
  /** By area of the program. */
  readonly #fresh: Fresh[] = [];

  #range: { -readonly [K in keyof NewRange]: NewRange[K] } | undefined;

  constructor(ops: OpTable, rules: VmaRules, traits: TraitsTable) {
    this.#ops = ops;
    this.#rules = rules;
    this.#traits = traits;
  }

  /** What a map or fix op makes at a page, until it is asked again: one object, since it is asked for each op. */
  at(index: number, page: number): NewRange {
    const number = this.#ops.area[index] ?? -1;
    const known = this.#fresh[number] ?? this.#freshOf(number);
    const { traits, file: own, pgoff, area } = known;
    const file = own < 0 ? fileIdentity(area, this.#ops.object[index] ?? 0) : own;
    const end = page + (this.#ops.pages[index] ?? 0);
    this.#range ??= { traits, file, start: page, end, pgoff };
    const range = this.#range;
    range.traits = traits;
    range.file = file;
    range.start = page;
    range.end = end;
    range.pgoff = file === 0 ? page : pgoff;
    return range;
  }

  #freshOf(number: number): Fresh {
    const area = this.#ops.areas[number];
    if (area === undefined) throw new Error(`no area ${number}`);
    const { prot, flags, pgoff } = freshVma(area, { object: 0, page: 0, pages: 1 }, this.#rules);
    const common = { prot, flags, area, forked: false, label: null, anonShift: 0 };
    const [file, other] = [fileIdentity(area, 0), fileIdentity(area, 1)];
    const traits = this.#traits.of(common);
    const fresh = { traits, file: file === other ? file : -1, pgoff, area };
    this.#fresh[number] = fresh;
    return fresh;
  }
}
