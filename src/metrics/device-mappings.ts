/** What each large mapping of device memory costs by itself: the table in which a BAR shows its entries. */

import type { Op } from "../resolve/program.ts";
import type { Replay } from "../space/replay.ts";
import { vmaRules } from "../space/rules.ts";
import { freshVma } from "../space/vma.ts";
import { addressOf, hex } from "../units.ts";
import { type Counts, faults, leaves, populated } from "./leaves.ts";

/** A range of a device that the program mapped, once or several times; bytes and hexadecimal text. */
export interface DeviceMapping {
  /** The PCI address, or the path where the recording has no more. */
  readonly device: string;
  /** Offset in the device's file. */
  readonly offset: string;
  readonly bytes: number;
  /** How often the program mapped it. */
  readonly times: number;
  /** Of the placement that costs most: its address, the entries in total and by size, and the faults. */
  readonly address: string;
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
    device: op.area.file?.device ?? op.area.file?.path ?? "vfio",
    offset: hex(addressOf(op.area.pgoff, pageBytes)),
    bytes: op.pages * arch.pageBytes,
    times: 1,
    address: hex(addressOf(page, pageBytes)),
    entries: total(counts),
    bySize: Object.fromEntries(counts),
    faults: total(faults(range, replay)),
  };
}

/** Mappings of device memory of 2 MiB and more that were alive at any time, largest first; the same range of the same device is one. */
export function deviceMappings(replay: Replay): readonly DeviceMapping[] {
  const found = new Map<string, DeviceMapping>();
  for (const op of replay.program.ops) {
    if (op.kind !== "map" && op.kind !== "fix") continue;
    if (op.area.file?.kind !== "vfio" || op.source !== undefined) continue;
    if (op.pages * replay.program.pageBytes < leastBytes) continue;
    const page = replay.placements.objectPage[op.object] ?? -1;
    const mapping = page < 0 ? undefined : measured(op, page, replay);
    if (mapping === undefined) continue;
    const key = `${mapping.device} ${mapping.offset} ${mapping.bytes}`;
    const known = found.get(key);
    const times = (known?.times ?? 0) + 1;
    const worst = known !== undefined && known.entries >= mapping.entries ? known : mapping;
    found.set(key, { ...worst, times });
  }
  return [...found.values()].sort((a, b) => b.bytes - a.bytes);
}
