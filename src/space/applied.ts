/** What running ops over VMAs is told, and what it tells. */

import type { Area } from "../resolve/program.ts";
import type { AddressSpace } from "./address-space.ts";
import type { MapsComparison } from "./compare-maps.ts";
import type { MapCountLimit } from "./map-count.ts";
import type { Met, Touch } from "./rules.ts";
import type { Watch } from "./watch.ts";

export interface ApplyOptions {
  /** Default `at-once`. */
  readonly touch?: Touch;
  /** Compare with the recorded snapshots, and take from them what was written; default true. */
  readonly compare?: boolean;
  /** sysctl vm.max_map_count; default 65530. */
  readonly maxMapCount?: number;
  /** Page frame number of the first page of a vfio mapping, where its device is known. */
  readonly pfnOf?: (area: Area) => number | undefined;
  /** The kernel is of arm64, where brk and exec mark their memory. */
  readonly marksData?: boolean;
  /** Indices of ops before which the current space is to be kept. */
  readonly lookAt?: ReadonlySet<number>;
  /** Snapshots that were read while calls went on, by op: the op from which on they show nothing for sure. */
  readonly torn?: ReadonlyMap<number, number>;
  readonly watches?: readonly Watch[];
}

/** The state that one recorded snapshot is compared with. */
export interface SnapshotComparison extends MapsComparison {
  /** Index of the op. */
  readonly op: number;
  readonly line: number;
  readonly space: number;
  readonly source: string;
  readonly exactMoment: boolean;
}

/** An op at which two counts of mapped pages part: a defect of the model, not of the recording. */
export interface Drift {
  readonly op: number;
  readonly line: number;
  /** Pages by the VMAs, and by the placements. */
  readonly vmas: number;
  readonly placements: number;
}

export interface Applied {
  readonly peak: readonly AddressSpace[];
  readonly end: readonly AddressSpace[];
  readonly vmaPeak: number;
  readonly snapshots: readonly SnapshotComparison[];
  /** Pages that a fixed mapping replaced here but not in the recording. */
  readonly clobbered: number;
  /** The first op that the kernel would have refused for max_map_count. */
  readonly refused: MapCountLimit | null;
  readonly drift: Drift | null;
  readonly met: Readonly<Met>;
  /** Copies of the space that was current before each op of `lookAt`. */
  readonly seen: ReadonlyMap<number, AddressSpace>;
}
