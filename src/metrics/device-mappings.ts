/** What each large mapping of device memory costs by itself: the table in which a BAR shows its entries. */

import type { Op } from "../resolve/program.ts";
import type { Replay } from "../space/replay.ts";
import { vmaRules } from "../space/rules.ts";
import { freshVma } from "../space/vma.ts";
import { addressOf, hex } from "../units.ts";
import { type Counts, faults, leaves, populated } from "./leaves.ts";

/** One mapping of a device's memory at its place; bytes and hexadecimal text. */
export interface DeviceMapping {
  /** Object of the program: the same under every policy. */
  readonly object: number;
  /** 1-based line in the recording. */
  readonly line: number;
  /** The PCI address, or the path where the recording has no more. */
  readonly device: string;
  /** Offset in the device's file. */
  readonly offset: string;
  readonly bytes: number;
  /** Who chose the address: the kernel, the program with a hint, or the program with MAP_FIXED. */
  readonly chosen: "kernel" | "hint" | "fixed";
  readonly address: string;
  /** In total, and by size. */
  readonly entries: number;
  readonly bySize: Readonly<Record<string, number>>;
  readonly faults: number;
}

type Placed = Extract<Op, { kind: "map" | "fix" }>;

const leastBytes = 2 ** 21;

const total = (counts: Counts): number => [...counts.values()].reduce((sum, one) => sum + one, 0);

function measured(op: Placed, page: number, replay: Replay): DeviceMapping | undefined {
  const { arch, profile, program } = replay;
  const at = { object: op.object, page, pages: op.pages };
  const vma = freshVma(op.area, at, vmaRules(profile, "never"));
  const range = populated(vma, replay);
  if (range === undefined) return undefined;
  const counts = leaves(range);
  const { pageBytes } = program;
  return {
    object: op.object,
    line: op.line,
    device: op.area.file?.device ?? op.area.file?.path ?? "vfio",
    offset: hex(addressOf(op.area.pgoff, pageBytes)),
    bytes: op.pages * arch.pageBytes,
    chosen: op.kind === "fix" ? "fixed" : op.hint === undefined ? "kernel" : "hint",
    address: hex(addressOf(page, pageBytes)),
    entries: total(counts),
    bySize: Object.fromEntries(counts),
    faults: total(faults(range, replay)),
  };
}

/** Mappings of device memory of 2 MiB and more that were alive at any time and found a place, in order of the recording. */
export function deviceMappings(replay: Replay): readonly DeviceMapping[] {
  const found: DeviceMapping[] = [];
  const { ops } = replay.program;
  const { areas, area } = ops.table;
  const devices = areas.map(({ file }) => file?.kind === "vfio");
  if (!devices.includes(true)) return found;
  for (let index = 0; index < ops.length; index++) {
    const op = devices[area[index] ?? -1] === true ? ops.at(index) : undefined;
    if ((op?.kind !== "map" && op?.kind !== "fix") || op.source !== undefined) continue;
    if (op.pages * replay.program.pageBytes < leastBytes) continue;
    const page = replay.placements.objectPage[op.object] ?? -1;
    const mapping = page < 0 ? undefined : measured(op, page, replay);
    if (mapping !== undefined) found.push(mapping);
  }
  return found;
}
