/** Which calls a program makes on the running kernel: rows that name objects, since the addresses are not known yet. */

import type { Area, Op, Position, Program } from "../resolve/program.ts";
import {
  LOCKED_ON_FAULT,
  MAP_ANONYMOUS,
  MAP_FIXED,
  MAP_FIXED_NOREPLACE,
  MAP_LOCKED,
  MAP_NORESERVE,
  MAP_POPULATE,
  MREMAP_MAYMOVE,
} from "../trace/flags.ts";
import { hasBit } from "../units.ts";

/** Kinds of rows, as native/live/src/main.rs numbers them. */
export const kind = { map: 1, unmap: 2, protect: 3, remap: 4, mapDevice: 5 } as const;

/** `kind, object, anchor, offset, length, a, b, c`; bytes. */
export const stride = 8;

export interface LiveTable {
  readonly rows: Float64Array;
  /** What the running kernel is not asked, and how often, by reason. */
  readonly left: ReadonlyMap<string, number>;
  /** Bytes of the device that stands in for every device: 0 if none is mapped. */
  readonly deviceBytes: number;
}

/**
 * Offsets of VFIO device files: the region's index, and the place in it (VFIO_PCI_OFFSET_SHIFT, linux/vfio_pci_core.h). The
 * stand-in, QEMU's pci-testdev, has its memory in region 2.
 */
const regionBytes: number = 2 ** 40;
const standInRegion = 2;
/** Most that the BAR of the stand-in can have. */
const mostDevice: number = 2 ** 36;

type Row = readonly [kind: number, object: number, at: Position, pages: number, ...rest: number[]];

/** Bits that ask for memory now, and those that a row has by its kind. */
const unasked: readonly number[] = [
  LOCKED_ON_FAULT,
  MAP_LOCKED,
  MAP_POPULATE,
  MAP_FIXED,
  MAP_FIXED_NOREPLACE,
  MAP_ANONYMOUS,
];

function flagsOf(area: Area, more: number): number {
  const recorded = area.flags === 0 ? (area.shared ? 1 : 2) : area.flags;
  const kept = unasked.reduce((flags, bit) => (hasBit(flags, bit) ? flags - bit : flags), recorded);
  const anonymous = area.backing === "file" ? 0 : MAP_ANONYMOUS;
  // Nothing is touched, so nothing need be charged for.
  const charge = hasBit(kept, MAP_NORESERVE) ? 0 : MAP_NORESERVE;
  return kept + anonymous + charge + more;
}

/** A file that every Linux has can stand in for it: placement asks for no more of it than that it is a file. */
const hasStandIn = ({ backing, huge, file }: Area): boolean =>
  huge === undefined &&
  (backing !== "file" || file === undefined || ["regular", "shmem", "unknown"].includes(file.kind));

/** Undefined if the place lies in an object; absolute places belong to the process itself. */
const ours = (at: Position): string | undefined =>
  at.object === 0 ? "places of their own: the program, its heap and stack" : undefined;

class Writer {
  readonly #rows: Row[] = [];
  readonly #left = new Map<string, number>();
  readonly #pageBytes: number;
  readonly #devices: boolean;
  #deviceBytes = 0;

  constructor(pageBytes: number, devices: boolean) {
    this.#pageBytes = pageBytes;
    this.#devices = devices;
  }

  /** True if something stands in for what is mapped there. */
  #hasStandIn(area: Area, pages: number): boolean {
    if (area.file?.kind !== "vfio") return hasStandIn(area);
    const end = this.#placeInRegion(area) + pages * this.#pageBytes;
    return this.#devices && area.shared && end <= mostDevice;
  }

  #placeInRegion({ pgoff }: Area): number {
    return (pgoff * this.#pageBytes) % regionBytes;
  }

  op(op: Op): void {
    const row = this.#row(op);
    if (typeof row === "string") this.#left.set(row, (this.#left.get(row) ?? 0) + 1);
    else if (row !== undefined) this.#rows.push(row);
  }

  /** The row of an op, or why there is none. */
  #row(op: Op): Row | string | undefined {
    switch (op.kind) {
      case "map":
        return this.#map(op);
      case "fix":
        return this.#fix(op);
      case "release":
        // What mremap moved away is gone by itself.
        if (op.spare !== undefined) return undefined;
        return ours(op.at) ?? [kind.unmap, 0, op.at, op.pages];
      case "protect":
        return ours(op.at) ?? [kind.protect, 0, op.at, op.pages, op.prot];
      case "probe":
        return "calls that failed";
      case "advise":
        return "advice and names";
      default:
        return undefined;
    }
  }

  #map(op: Extract<Op, { kind: "map" }>): Row | string {
    const { area, object, pages, source, hint } = op;
    if (!this.#hasStandIn(area, pages)) return "huge pages and devices";
    if (op.how === "brk") return "brk";
    if (source !== undefined) {
      const may = op.how === "grow" ? MREMAP_MAYMOVE : 0;
      const size = pages * this.#pageBytes;
      return ours(source) ?? [kind.remap, object, source, op.kept ?? pages, size, may];
    }
    if (op.how === "claim" && hint !== undefined)
      return ours(hint) ?? this.#mmap(object, hint, pages, area, MAP_FIXED_NOREPLACE);
    const hinted = hint !== undefined && hint.object !== 0;
    return this.#mmap(object, hinted ? hint : { object: 0, offset: 0 }, pages, area, 0);
  }

  #fix({ area, object, at, pages, source }: Extract<Op, { kind: "fix" }>): Row | string {
    if (!this.#hasStandIn(area, pages)) return "huge pages and devices";
    if (source !== undefined) return "mremap to a fixed place";
    return ours(at) ?? this.#mmap(object, at, pages, area, MAP_FIXED);
  }

  #mmap(object: number, at: Position, pages: number, area: Area, more: number): Row {
    const access = [area.prot % 8, flagsOf(area, more)] as const;
    if (area.file?.kind === "vfio") {
      const place = this.#placeInRegion(area);
      this.#deviceBytes = Math.max(this.#deviceBytes, place + pages * this.#pageBytes);
      const offset = standInRegion * regionBytes + place;
      return [kind.mapDevice, object, at, pages, ...access, offset];
    }
    const offset = area.backing === "file" ? area.pgoff * this.#pageBytes : -1;
    return [kind.map, object, at, pages, ...access, offset];
  }

  table(): LiveTable {
    const rows = new Float64Array(this.#rows.length * stride);
    this.#rows.forEach(([what, object, at, pages, ...rest], index) => {
      const place = [what, object, at.object, at.offset * this.#pageBytes];
      rows.set([...place, pages * this.#pageBytes, ...rest], index * stride);
    });
    return { rows, left: this.#left, deviceBytes: this.#deviceBytes };
  }
}

/** The space with the most ops: a process has one. */
function busiest(program: Program): number {
  const counts = new Map<number, number>();
  let space = 0;
  for (const op of program.ops) {
    if (op.kind === "enter") space = op.space;
    else counts.set(space, (counts.get(space) ?? 0) + 1);
  }
  const [first] = [...counts].sort(([, a], [, b]) => b - a);
  return first?.[0] ?? 0;
}

/** The calls of the busiest space of a program; those on VFIO devices if there is a stand-in. */
export function liveTable(program: Program, devices = false): LiveTable {
  const writer = new Writer(program.pageBytes, devices);
  const chosen = busiest(program);
  let space = 0;
  for (const op of program.ops) {
    if (op.kind === "enter") space = op.space;
    else if (space === chosen) writer.op(op);
  }
  return writer.table();
}
