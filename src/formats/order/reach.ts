/** What a call may touch while it is under way: looked up once, and then compared with every call that overlaps it. */

import { MAP_FIXED } from "../../trace/flags.ts";
import { hasBit, type U64 } from "../../units.ts";
import type { Request } from "../request.ts";
import { smallestPage } from "./footprint.ts";

/** Of all calls of the same form, as requests are not. */
export interface Reach {
  /** The bytes that the call names, half-open: nowhere is above all, what is not looked at begins below all. */
  readonly low: number;
  readonly high: number;
  /** The kernel looks for a gap. */
  readonly searches: boolean;
  readonly frees: boolean;
  /** It maps nothing, so that its order among searches and calls elsewhere changes nothing. */
  readonly passes: boolean;
}

const everywhere = Number.POSITIVE_INFINITY;

const reach = (
  low: number,
  high: number,
  what: "searches" | "frees" | "harmless" | "maps",
): Reach => ({
  low,
  high,
  searches: what === "searches",
  frees: what === "frees",
  passes: what === "frees" || what === "harmless",
});

const nowhere = reach(everywhere, -everywhere, "harmless");
const searching = reach(everywhere, -everywhere, "searches");
const anything = reach(-everywhere, everywhere, "maps");
const moving = reach(-everywhere, everywhere, "searches");

function ranging(addr: U64, length: U64, what: "frees" | "harmless" | "maps"): Reach {
  const isNarrow = typeof addr === "number" && typeof length === "number";
  const high = isNarrow ? addr + Math.ceil(length / smallestPage) * smallestPage : everywhere;
  return reach(typeof addr === "number" ? addr : -everywhere, high, what);
}

/** How far a call reaches that has asked for this. */
export function reachOf(request: Request): Reach {
  switch (request.call) {
    case "mprotect":
      return ranging(request.addr, request.length, "harmless");
    case "munmap":
      return ranging(request.addr, request.length, "frees");
    case "mmap": {
      const { addr, flags } = request;
      const isFixed = addr !== 0 && hasBit(flags, MAP_FIXED);
      return isFixed ? ranging(addr, request.length, "maps") : searching;
    }
    case "madvise":
    case "brk":
      return nowhere;
    case "mremap":
    case "shmat":
      return moving;
    default:
      return anything;
  }
}
