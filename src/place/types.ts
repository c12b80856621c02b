/** Where everything went: the answer of the gap search, or the recording's own. */

/** Pages; arrays are indexed by object id or by op of the Program. */
export interface Placements {
  readonly source: "policy" | "recorded";
  /** By object: its first page, -1 where it was lost. */
  readonly objectPage: Float64Array;
  /** By op: the page where it took effect; -1 no fit, -2 orphaned, NaN for an op that never crosses. */
  readonly opPage: Float64Array;
  /** By op: pages mapped in its space before it, NaN for an op that never crosses. Empty where nothing was counted. */
  readonly mapped: Float64Array;
  /** By op: gap searches run, and nodes visited. Empty where nothing was searched. */
  readonly searches: Uint32Array;
  readonly steps: Uint32Array;
}

/** What only the VMAs know while a policy places: a search looks at extents. */
export interface Neighbours {
  /** Whether the map op of this index, put at `page`, becomes one VMA with a neighbour. Ops are asked about in order. */
  join(op: number, page: number): boolean;
}

/** The neighbours over placements that are still growing: all ops before the one asked about have their place. */
export type NeighboursOf = (placements: Placements) => Neighbours;
