/** What a policy is told of a map op: the call with its file and device facts, and no address. */

import type { Request, RequestKind } from "../policies/types.ts";
import type { Area, Op } from "../resolve/program.ts";
import type { Facts } from "../trace/trace.ts";
import { pageOf } from "../units.ts";

type Placing = Extract<Op, { kind: "map" | "probe" }>;

/** vfio-pci keeps the region index above bit 40 of the file offset (drivers/vfio/pci/vfio_pci_priv.h). */
const vfioRegionBytes = 2 ** 40;

export interface BarPosition {
  /** Page of the BAR's start in physical memory, undefined where the device is not known. */
  readonly start?: number;
  /** Pages of the BAR. */
  readonly pages?: number;
  /** First page of the mapping inside the BAR. */
  readonly offset: number;
}

/** Where in a BAR a vfio mapping begins. */
export function barOf(area: Area, facts: Facts): BarPosition {
  const region = vfioRegionBytes / facts.pageSize;
  const index = Math.floor(area.pgoff / region);
  const offset = area.pgoff - index * region;
  const bar = facts.devices
    ?.find((device) => device.address === area.file?.device)
    ?.bars.find((one) => one.index === index);
  const { pfn } = facts;
  if (bar === undefined) return { offset, ...(pfn !== undefined && { start: pfn }) };
  return {
    offset,
    start: pfn ?? pageOf(bar.start, facts.pageSize),
    pages: Math.ceil(bar.size / facts.pageSize),
  };
}

/** PFN of the first page of a vfio mapping, where its device is known. */
export function pfnOf(area: Area, facts: Facts): number | undefined {
  const { start, offset } = barOf(area, facts);
  return start === undefined ? undefined : start + offset;
}

function kindOf(op: Placing): RequestKind {
  const { backing, file } = op.area;
  if (backing === "anon") return "anon";
  // mremap sees the shmem file that a shared anonymous mapping was given (kernel/placement: vma.file, not fd.file).
  if (backing === "shared-anon") return op.source === undefined ? "shared-anon" : "shmem";
  return file?.kind ?? "unknown";
}

/** The filesystem that a regular file is taken to be on where none was recorded: one with a placement hook. */
export const assumedFilesystem = "ext4";

/** A mapping on overlayfs is of the file below (backing_file_mmap), which mremap asks; what that lies on is not recorded. */
function filesystemOf({ area, source }: Placing, kind: RequestKind): string | undefined {
  const filesystem = area.file?.filesystem;
  if (source !== undefined && filesystem === "overlay") return assumedFilesystem;
  return filesystem ?? (kind === "regular" ? assumedFilesystem : undefined);
}

/** Build the request of a map or probe op. */
export function requestOf(op: Placing, facts: Facts): Request {
  const { area } = op;
  const kind = kindOf(op);
  const bar = kind === "vfio" ? barOf(area, facts) : undefined;
  const pfn = kind === "vfio" ? pfnOf(area, facts) : undefined;
  const filesystem = filesystemOf(op, kind);
  const mountHuge = area.backing === "shared-anon" ? "internal" : area.file?.huge;
  return {
    kind,
    pages: op.pages,
    pgoff: area.backing === "anon" ? 0 : area.pgoff,
    ...(filesystem !== undefined && { filesystem }),
    ...(kind === "shmem" && mountHuge !== undefined && { mountHuge }),
    ...(area.huge !== undefined && { huge: area.huge }),
    ...(pfn !== undefined && { pfn }),
    ...(bar?.pages !== undefined && { barPages: bar.pages }),
    hint: op.hint !== undefined && op.how === "place",
    low32: op.low32,
    above4g: op.above4g,
    startGap: op.startGap,
    remap: op.source !== undefined,
  };
}
