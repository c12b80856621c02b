/** What a userspace placement trick is: the ops and calls that belong to it, and what the program wanted. */

import { MAP_FIXED } from "../../trace/flags.ts";
import { hasBit } from "../../units.ts";
import type { Area, Op } from "../program.ts";

export type MapOp = Extract<Op, { kind: "map" }>;
export type ProbeOp = Extract<Op, { kind: "probe" }>;
export type FixOp = Extract<Op, { kind: "fix" }>;

/** How a trace is replayed: its literal calls, the trick for the new address, or the kept part asked for alone. */
export type IdiomMode = "keep" | "redo" | "drop";

/** More of a reservation than was wanted, cut to an aligned part; or all of it overlaid. Pages. */
export interface Trim {
  readonly class: "trim" | "placeholder";
  readonly space: number;
  /** Index of the op that made the reservation. */
  readonly op: number;
  /** What it made, and its pages. */
  readonly object: number;
  readonly pages: number;
  readonly map: MapOp;
  /** 1-based. */
  readonly line: number;
  /** Alignment of the kept part. */
  readonly align: number;
  /** Whether reserved minus kept is the alignment, or a page less. */
  readonly form: "A" | "A-P";
  /** Offset of the kept part in the reservation, and its length without the guard. */
  readonly low: number;
  readonly kept: number;
  /** Pages left without access above the kept part. */
  readonly guard: number;
  /** The one overlay that covers the kept part, and whether there is one. */
  readonly backed: FixOp | undefined;
  readonly isBacked: boolean;
  readonly regions: boolean;
  /** Ops that release the cuts, in order, and those that make gaps. */
  readonly cuts: readonly number[];
  readonly gaps: readonly number[];
  /** Calls of the trick beside the reservation and its overlays, the failed ones too. */
  readonly cutCalls: number;
  /** Ops that make the overlays, and that release what they replace. */
  readonly overlays: readonly number[];
  readonly replaced: readonly number[];
  /** Request for the kept part alone that came before and did not fit. */
  readonly firstTry: Try | undefined;
}

/** A map that is unmapped whole right after. */
export interface Try {
  readonly op: number;
  readonly map: MapOp;
  readonly releases: readonly number[];
}

/** An attempt of a ladder that failed for room: EEXIST of a claimed address, or ENOMEM. */
export interface FailedTry {
  readonly op: number;
  readonly probe: ProbeOp;
}

/** A request of a trim's kept length whose answer fitted. */
export interface Learned {
  readonly class: "learned";
  readonly space: number;
  readonly op: number;
  readonly map: MapOp;
  readonly line: number;
  readonly align: number;
  /** Pages that the program reserves where the answer does not fit, and the area of that reservation. */
  readonly reserve: number;
  readonly area: Area;
}

/** Requests at one hint after the other until one was good. */
export interface Ladder {
  readonly class: "ladder";
  readonly space: number;
  readonly op: number;
  readonly line: number;
  readonly attempts: readonly (Try | FailedTry)[];
  readonly map: MapOp;
  /** Index of the op that was kept. */
  readonly last: number;
}

/** A part was cut off, and no alignment explains it; replayed as it is. */
export interface Literal {
  readonly class: "shrink" | "unexplained";
  readonly space: number;
  readonly op: number;
  readonly line: number;
}

export type Idiom = Trim | Learned | Ladder | Literal;

export const isTrim = (idiom: Idiom): idiom is Trim =>
  idiom.class === "trim" || idiom.class === "placeholder";

/** The area as one that no MAP_FIXED put where it is. */
export const unfixed = (area: Area): Area =>
  hasBit(area.flags, MAP_FIXED) ? { ...area, flags: area.flags - MAP_FIXED } : area;

/** What a space asks for at once in place of the trick. */
export const requestArea = ({ map, backed }: Trim): Area =>
  backed === undefined ? map.area : unfixed(backed.area);

/** Sums while they are made. */
export type Mutable<T> = { -readonly [K in keyof T]: T[K] };
