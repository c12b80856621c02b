/** Writes recordings of a few calls and replays them through every stage, for the tables of the discussion. */

import { parseArch } from "../../src/arch/index.ts";
import { Diagnostics } from "../../src/errors.ts";
import { metrics } from "../../src/metrics/index.ts";
import type { MetricValue } from "../../src/metrics/types.ts";
import { policyFor, resolveTrace } from "../../src/pipeline.ts";
import { parsePolicy, policies } from "../../src/policies/index.ts";
import type { Policy } from "../../src/policies/types.ts";
import { type Replayed, replay } from "../../src/replay.ts";
import type { Event } from "../../src/trace/event.ts";
import type { OpenFile } from "../../src/trace/file.ts";
import type { Facts } from "../../src/trace/trace.ts";
import { hex } from "../../src/units.ts";
import { mmap, traceOf } from "../support/events.ts";

export const KiB: number = 2 ** 10;
export const MiB: number = 2 ** 20;
export const GiB: number = 2 ** 30;

type Mmap = Extract<Event, { kind: "call"; call: "mmap" }>;

/** One mmap: what is asked, in bytes. */
export interface Asked {
  readonly bytes: number;
  readonly offset?: number;
  readonly file?: OpenFile;
  readonly hint?: number;
  /** Where it was recorded; default: right below the one before. */
  readonly at?: number;
  readonly fixed?: boolean;
  readonly prot?: number;
}

/** vfio-pci's BAR 2. */
const region = 2 * 2 ** 40;
const vfio: OpenFile = { id: 7, kind: "vfio", device: "0000:00:08.0" };
const loader: OpenFile = { id: 6, kind: "regular", filesystem: "ext4" };

/** A mapping of a BAR from an offset on. */
export const bar = (bytes: number, offset = 0, more: Partial<Asked> = {}): Asked => ({
  bytes,
  offset: region + offset,
  file: vfio,
  ...more,
});

export interface Machine {
  readonly arch?: string;
  /** Bytes of the BAR; it lies at 0x380000000000. */
  readonly bar?: number;
  /** Where the first gap ends; default 0x7ffff7ff0000 with mmap_base 0x7ffff7fff000. */
  readonly below?: number;
  readonly base?: number;
}

const flags = ({ file, fixed }: Asked): number =>
  (file === undefined ? 0x22 : file.kind === "vfio" ? 1 : 2) + (fixed === true ? 0x10 : 0);

/** The calls of a process: its program lies low, its interpreter from `below` to mmap_base, both without access. */
function recording(asked: readonly Asked[], machine: Machine, arch: string): readonly Event[] {
  const { pageBytes } = parseArch(arch);
  const { mmapBase } = parseArch(arch).layout({ random: 0, aslr: false });
  const base = machine.base ?? mmapBase * pageBytes;
  let next = machine.below ?? base - 15 * pageBytes;
  const call = (one: Asked): Event => {
    const at = one.at ?? next - Math.ceil(one.bytes / pageBytes) * pageBytes;
    if (one.at === undefined) next = at;
    const more: Partial<Mmap> = {
      addr: one.fixed === true ? at : (one.hint ?? 0),
      length: one.bytes,
      flags: flags(one),
      prot: one.prot ?? 3,
      offset: one.offset ?? 0,
      result: at,
      ...(one.file !== undefined && { file: one.file, fd: one.file.id }),
    };
    return mmap(0, 0, more);
  };
  const interpreter = call({ bytes: base - next, file: loader, prot: 0, at: next });
  const program = call({ bytes: 64 * KiB, file: loader, prot: 0, at: 0x8000000, fixed: true });
  return [interpreter, program, ...asked.map(call)];
}

export interface Outcome {
  readonly replayed: Replayed;
  /** Entries by size, as `511 4K + 1,023 2M`. */
  readonly sizes: string;
  readonly entries: number;
  readonly faults: number;
  /** By call: its address. */
  readonly addresses: readonly string[];
  metric(id: string): MetricValue;
}

const number = (value: number): string => value.toLocaleString("en-US");

function sizesText({ bySize = {} }: MetricValue): string {
  return Object.entries(bySize)
    .map(([size, entries]) => `${number(entries)} ${size}`)
    .join(" + ");
}

/** Replay calls under a policy. */
export function run(
  policy: Policy | string,
  asked: readonly Asked[],
  machine: Machine = {},
): Outcome {
  const chosen = typeof policy === "string" ? parsePolicy(policy) : policy;
  const arch = machine.arch ?? "x86-64";
  const facts: Partial<Facts> = {
    kernel: "7.3.4",
    aslr: false,
    pageSize: parseArch(arch).pageBytes,
    thpEnabled: "always",
    shmemEnabled: "never",
    devices: [
      {
        address: "0000:00:08.0",
        bars: [{ index: 2, start: 0x380000000000, size: machine.bar ?? GiB * 2 }],
      },
    ],
  };
  const trace = traceOf(recording(asked, machine, arch), facts);
  const program = resolveTrace(trace, policyFor(trace.facts), new Diagnostics());
  const replayed = replay(program, trace.facts, parseArch(arch), chosen);
  const metric = (id: string) => metrics.get(id).compute(replayed.replay);
  const pageBytes = parseArch(arch).pageBytes;
  const pages = [...replayed.replay.placements.objectPage].slice(3);
  return {
    replayed,
    sizes: sizesText(metric("tlb-entries")),
    entries: metric("tlb-entries").value ?? 0,
    faults: metric("faults").value ?? 0,
    addresses: pages.map((page) => hex(page * pageBytes)),
    metric,
  };
}

/** A policy for one row: device memory congruent to its file offset modulo some bytes. */
export function congruent(bytes: number, pageBytes = 4096): Policy {
  const base = policies.get("linux-7.3");
  const alignMask = bytes / pageBytes - 1;
  return {
    ...base,
    id: `congruent-${bytes}`,
    searches: (request, target) =>
      request.kind === "vfio"
        ? [{ alignMask, alignOffset: request.pgoff, only: "down" }, {}]
        : base.searches(request, target),
  };
}
