/** What stands in the place of a trick's ops. */

import type { Op } from "../program.ts";
import type { Idioms } from "./idioms.ts";
import {
  type IdiomMode,
  isTrim,
  type Ladder,
  type Learned,
  type MapOp,
  requestArea,
  type Trim,
  unfixed,
} from "./types.ts";

/** What the answers of a policy made of conditional tricks, by index into the idioms. */
export type Outcomes = ReadonlyMap<number, Outcome>;

/** A first try that fits, a learned request that does not, or the rung at which a ladder ends. */
export type Outcome = { readonly rung: number } | "fits" | "misses";

/** What becomes of a trim: nothing, one request for what is kept, one for each of its regions, or the trick anew. */
export type Fate = "literal" | "request" | "regions" | "trick";

export function fateOf(trim: Trim, mode: IdiomMode, outcome: Outcome | undefined): Fate {
  if (mode === "drop") return trim.regions ? "regions" : "request";
  if (mode === "keep" || trim.class === "placeholder") return "literal";
  return outcome === "fits" ? "request" : "trick";
}

/** Pages that the trick leaves: the kept part with its guard. */
export const extent = ({ kept, guard }: Trim): number => kept + guard;

/** The kept part as one request with its hint; made by the first try, where there is one. */
function request(trim: Trim, mode: IdiomMode): Op {
  const { map, low, kept, firstTry } = trim;
  const area = mode === "drop" ? requestArea(trim) : map.area;
  const { hint: _, ...rest } = map;
  const { hint, event, line } = firstTry?.map ?? map;
  const recorded = map.recorded + low;
  const near = hint !== undefined && { hint };
  return { ...rest, area, pages: kept, recorded, ...near, event, line };
}

/** An overlay of a reservation with gaps as a request. */
function region(op: Op, trim: Trim): readonly Op[] {
  if (op.kind !== "fix") return [op];
  const { kind: _, at: __, align: ___, area, ...rest } = op;
  const { how, low32, above4g, startGap } = trim.map;
  const asked = { how, low32, above4g, startGap, area: unfixed(area), searches: [] };
  return [{ ...rest, kind: "map", ...asked }];
}

/** Reserve, take the aligned part, and give the rest back where the program first did. */
function trick(op: Op, trim: Trim, reserve: number): readonly Op[] {
  const { object, low, align, pages: reserved } = trim;
  const pages = extent(trim);
  const at = { object: reserve, offset: 0 };
  const { event, line } = op;
  if (op.kind !== "map")
    return [{ kind: "release", at, pages: reserved, spare: { object, pages }, event, line }];
  const { recorded, area, guard } = op;
  const taken = { object, at, recorded: recorded + low, pages, guard, area, align };
  return [
    { ...op, object: reserve },
    { kind: "fix", ...taken, event, line },
  ];
}

/** A request that was good in the recording and is not here: unmap it, reserve more, cut. */
function missed(
  { map, reserve, align, area }: Learned,
  tried: number,
  larger: number,
): readonly Op[] {
  const { event, line, recorded, pages, guard, object } = map;
  const { hint: _, ...rest } = map;
  const from = { event, line };
  const at = { object: larger, offset: 0 };
  return [
    { ...map, object: tried },
    { kind: "release", at: { object: tried, offset: 0 }, pages, ...from },
    { ...rest, object: larger, pages: reserve, area, searches: [] },
    { kind: "fix", object, at, recorded, pages, guard, area: map.area, align, ...from },
    { kind: "release", at, pages: reserve, spare: { object, pages }, ...from },
  ];
}

/** The attempt that is good here makes what the last one did. */
function earlier({ map: { object, recorded }, attempts }: Ladder, rung: number): readonly MapOp[] {
  const good = attempts[rung];
  if (good === undefined) return [];
  const { kind: _, ...asked } = "probe" in good ? good.probe : good.map;
  return [{ ...asked, kind: "map", object, recorded }];
}

/** Of the tricks of a program in one mode. */
export class Replacements {
  readonly #idioms: Idioms;
  readonly #mode: IdiomMode;
  readonly #outcomes: Outcomes;
  readonly #newObject: () => number;
  /** By trick that is done anew: the object that its reservation makes. */
  readonly #reserves: Int32Array;

  constructor(idioms: Idioms, mode: IdiomMode, outcomes: Outcomes, newObject: () => number) {
    this.#idioms = idioms;
    this.#mode = mode;
    this.#outcomes = outcomes;
    this.#newObject = newObject;
    this.#reserves = new Int32Array(idioms.length);
  }

  /** What stands in the place of an op of the trick with this index; asked in the order of ops. */
  of(op: Op, index: number): readonly Op[] {
    const idiom = this.#idioms.at(index);
    const outcome = this.#outcomes.get(index);
    if (idiom === undefined) return [op];
    if (isTrim(idiom)) return this.#trim(op, index, idiom, outcome);
    if (idiom.class === "learned") return missed(idiom, this.#newObject(), this.#newObject());
    return idiom.class === "ladder" && typeof outcome === "object"
      ? earlier(idiom, outcome.rung)
      : [op];
  }

  #trim(op: Op, index: number, trim: Trim, outcome: Outcome | undefined): readonly Op[] {
    switch (fateOf(trim, this.#mode, outcome)) {
      case "request":
        return [request(trim, this.#mode)];
      case "regions":
        return region(op, trim);
      case "trick":
        if (op.kind === "map") this.#reserves[index] = this.#newObject();
        return trick(op, trim, this.#reserves[index] ?? 0);
      default:
        return [op];
    }
  }
}
