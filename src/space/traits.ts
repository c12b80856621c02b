/** What many VMAs have in common: each combination stored once, with what merging asks of it as numbers. */

import { Numbers } from "../resolve/numbers.ts";
import type { Advice, Area } from "../resolve/program.ts";
import { hasClose, neverMerges, type Vma, withoutCharge, writesPrivately } from "./vma.ts";

/** What every part of a VMA has in common with it. */
export interface Common extends Pick<Vma, "prot" | "flags" | "forked" | "label"> {
  /** Pages from `start` to `anonOffset`. */
  readonly anonShift: number;
  /** Of its area. */
  readonly shared: boolean;
  readonly close: boolean;
}

export interface Traits extends Common {
  readonly id: number;
  /** Equal where access, flags and label are. */
  readonly alike: number;
  /** Equal where flags are, but for the commit charge, and the label: what lending an anon_vma asks. */
  readonly kin: number;
  readonly special: boolean;
  readonly writes: boolean;
  /** What a child has of it, once asked for: with an anon_vma, and without. */
  child: Traits | undefined;
  plainChild: Traits | undefined;
  /** What mprotect has made of it, and what madvise and the like have. */
  readonly protected: Map<number, Traits>;
  readonly advised: Map<Advice, Traits>;
}

const labelText = (label: string | null): string => (label === null ? "" : `=${label}`);

/** Of all spaces of a replay: traits and areas by number. */
export class TraitsTable {
  readonly #all: Traits[] = [];
  readonly #ids = new Numbers<string>();
  readonly #alike = new Numbers<string>();
  readonly #kin = new Numbers<string>();
  readonly #areas: Area[] = [];
  readonly #areaNumbers = new Map<Area, number>();
  /** By area: the traits that a VMA of it had last. */
  readonly #latest: Traits[] = [];

  get(id: number): Traits {
    const traits = this.#all[id];
    if (traits === undefined) throw new Error(`no traits ${id}`);
    return traits;
  }

  area(number: number): Area {
    const area = this.#areas[number];
    if (area === undefined) throw new Error(`no area ${number}`);
    return area;
  }

  numberOf(area: Area): number {
    const known = this.#areaNumbers.get(area);
    if (known !== undefined) return known;
    const number = this.#areas.push(area) - 1;
    this.#areaNumbers.set(area, number);
    return number;
  }

  /** The traits of a VMA; VMAs of one area are mostly alike. */
  ofVma(vma: Vma, areaNumber: number): Traits {
    const { prot, flags, forked, label, area, anonOffset, start } = vma;
    const latest = this.#latest[areaNumber];
    const anonShift = anonOffset - start;
    const isSame =
      latest?.prot === prot &&
      latest.flags === flags &&
      latest.anonShift === anonShift &&
      latest.forked === forked &&
      latest.label === label;
    if (isSame) return latest;
    const { shared } = area;
    const traits = this.of({ prot, flags, forked, label, anonShift, shared, close: hasClose(vma) });
    this.#latest[areaNumber] = traits;
    return traits;
  }

  of(common: Common): Traits {
    const { prot, flags, anonShift, forked, label, shared, close } = common;
    const text = labelText(label);
    const id = this.#ids.of(`${prot} ${anonShift} ${forked} ${shared} ${close} ${flags} ${text}`);
    if (id < this.#all.length) return this.get(id);
    const traits: Traits = {
      ...{ id, prot, flags, anonShift, forked, label, shared, close },
      alike: this.#alike.of(`${prot} ${flags} ${text}`),
      kin: this.#kin.of(`${withoutCharge(common)} ${text}`),
      special: neverMerges(common),
      writes: writesPrivately(common),
      ...{ child: undefined, plainChild: undefined, protected: new Map(), advised: new Map() },
    };
    this.#all.push(traits);
    return traits;
  }
}
