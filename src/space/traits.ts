/** What many VMAs have in common: each combination stored once, with what merging asks of it as numbers. */

import type { Area } from "../resolve/program.ts";
import { hasClose, neverMerges, type Vma, withoutCharge, writesPrivately } from "./vma.ts";

/** What every part of a VMA has in common with it. */
export interface Common extends Pick<Vma, "prot" | "flags" | "forked" | "label" | "area"> {
  /** Pages from `start` to `anonOffset`. */
  readonly anonShift: number;
}

export interface Traits extends Common {
  readonly id: number;
  /** Equal where access, flags and label are. */
  readonly alike: number;
  /** Equal where flags are, but for the commit charge, and the label: what lending an anon_vma asks. */
  readonly kin: number;
  readonly special: boolean;
  readonly close: boolean;
  readonly writes: boolean;
  /** What a child has of it, once asked for: with an anon_vma, and without. */
  child?: Traits;
  plainChild?: Traits;
}

/** Numbers of texts, in the order in which they were met. */
class Numbers {
  readonly #known = new Map<string, number>();

  of(text: string): number {
    const known = this.#known.get(text) ?? this.#known.size;
    if (known === this.#known.size) this.#known.set(text, known);
    return known;
  }
}

const labelText = (label: string | null): string => (label === null ? "" : `=${label}`);

/** Of all spaces of a replay. */
export class TraitsTable {
  readonly #all: Traits[] = [];
  readonly #ids = new Numbers();
  readonly #alike = new Numbers();
  readonly #kin = new Numbers();
  readonly #areas = new Map<Area, { readonly number: number; latest: Traits | undefined }>();

  get(id: number): Traits {
    const traits = this.#all[id];
    if (traits === undefined) throw new Error(`no traits ${id}`);
    return traits;
  }

  /** The traits of a VMA; VMAs of one area are mostly alike. */
  of(common: Common): Traits {
    const { area } = common;
    const known = this.#areas.get(area) ?? { number: this.#areas.size, latest: undefined };
    if (known.latest !== undefined && isSame(known.latest, common)) return known.latest;
    this.#areas.set(area, known);
    known.latest = this.#find(common, known.number);
    return known.latest;
  }

  #find(common: Common, areaNumber: number): Traits {
    const { prot, flags, anonShift, forked, label, area } = common;
    const text = labelText(label);
    const id = this.#ids.of(`${areaNumber} ${prot} ${anonShift} ${forked} ${flags} ${text}`);
    if (id < this.#all.length) return this.get(id);
    const traits: Traits = {
      ...{ id, prot, flags, anonShift, forked, label, area },
      alike: this.#alike.of(`${prot} ${flags} ${text}`),
      kin: this.#kin.of(`${withoutCharge(common)} ${text}`),
      special: neverMerges(common),
      close: hasClose(common),
      writes: writesPrivately(common),
    };
    this.#all.push(traits);
    return traits;
  }
}

const isSame = (a: Common, b: Common): boolean =>
  a.prot === b.prot &&
  a.flags === b.flags &&
  a.anonShift === b.anonShift &&
  a.forked === b.forked &&
  a.label === b.label;
