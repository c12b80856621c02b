/** A report with numbers as real traces give them. */

import type { DeviceMapping } from "../../src/metrics/device-mappings.ts";
import type { MetricValue } from "../../src/metrics/types.ts";
import { makeReport, type Report, type Run, type Setup } from "../../src/reports/report.ts";

const policies = ["linux-7.3", "vfio-thp", "core-align:kinds=all"] as const;

export const setup: Setup = {
  version: "0.1.0",
  command: "mmreplay replay vm.mmtrace db.mmtrace --policy linux-7.3,vfio-thp,core-align:kinds=all",
  traces: [
    {
      name: "vm",
      kernel: "7.3.4",
      arch: "x86-64",
      pageSize: 4096,
      recorder: "strace",
      command: `qemu-system-x86_64 -m 1G -device ${"vfio-pci,host=0000:00:08.0,".repeat(3)}id=v0`,
      processes: 1,
      thpEnabled: "always",
      shmemEnabled: "never",
      inferred: [],
    },
    {
      name: "db",
      arch: "x86-64",
      pageSize: 4096,
      recorder: "perf",
      processes: 238,
      inferred: ["mmap_base from the first search"],
    },
  ],
  policies: policies.map((id) => ({
    id,
    summary: `what ${id} does with a mapping that has room for a huge page`,
    kernel: "mm/mmap.c",
    source: "17 June 2026",
  })),
  baseline: "linux-7.3",
  metrics: [
    { id: "tlb-entries", title: "leaf entries", unit: "entries", better: "less" },
    { id: "faults", title: "faults", unit: "faults", better: "less" },
    { id: "agreement", title: "as recorded", unit: "share", better: "more" },
  ],
  population: "full",
  idioms: "redo",
};

function metricsOf(entries: number, bySize: Record<string, number>): Record<string, MetricValue> {
  return {
    "tlb-entries": { value: entries, unit: "entries", at: "peak", lowerBound: 1_282, bySize },
    faults: { value: entries - 130, unit: "faults", at: "peak" },
    fragmentation: { value: 413_138_944, unit: "bytes", at: "peak", more: { holes: 11 } },
    vmas: { value: 319, unit: "vmas" },
    "search-steps": { value: 31_540, unit: "steps", more: { searches: 1_052 } },
    agreement: { value: 0.9654, unit: "share", more: { exact: 218, total: 226 } },
  };
}

const bar = (object: number, entries: number, bySize: Record<string, number>): DeviceMapping => ({
  object,
  line: 40 + object,
  device: "0000:00:08.0",
  offset: "0x20000000000",
  bytes: 2 ** 31,
  chosen: object === 1 ? "kernel" : "fixed",
  address: "0x7fff40000000",
  entries,
  bySize,
  faults: entries,
});

const costs: readonly (readonly [number, Record<string, number>])[] = [
  [524_288, { "4K": 524_288 }],
  [1_024, { "2M": 1_024 }],
  [2, { "1G": 2 }],
];

export const runs: readonly Run[] = setup.traces.flatMap(({ name }) =>
  policies.map((policy, i) => {
    const [entries, bySize] = costs[i] ?? [0, {}];
    return {
      trace: name,
      policy,
      arch: "x86-64",
      metrics: metricsOf(entries + 1_280, { ...bySize, "4K": (bySize["4K"] ?? 0) + 1_280 }),
      counters: { lost: i, gained: 0, orphaned: 2 * i, clobbered: 0 },
      mappings: name === "vm" ? [bar(1, entries, bySize), bar(2, 1_024, { "2M": 1_024 })] : [],
    };
  }),
);

export const sample = (): Report => makeReport(setup, runs);
