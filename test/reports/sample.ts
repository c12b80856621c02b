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
  tlbs: [{ id: "zen4", title: "AMD Zen 4", source: "its guide", assumed: "LRU" }],
};

function metricsOf(entries: number, bySize: Record<string, number>): Record<string, MetricValue> {
  const curve = { "50%": 3, "90%": 1_000, "99%": entries - 9, "100%": entries };
  return {
    "tlb-entries": { value: entries, unit: "entries", at: "peak", lowerBound: 1_282, bySize },
    coverage: {
      value: 1_000,
      unit: "entries",
      at: "peak",
      lowerBound: 800,
      tables: { entries: curve, lowerBound: { ...curve, "99%": 1_270 } },
    },
    faults: { value: entries - 130, unit: "faults", at: "peak" },
    "page-tables": { value: 8 * entries, unit: "bytes", at: "peak", lowerBound: 36_864 },
    fragmentation: {
      value: 413_138_944,
      unit: "bytes",
      at: "peak",
      lowerBound: 0,
      more: { holes: 11, alignmentLoss: 2 ** 21 },
    },
    vmas: { value: 319, unit: "vmas", lowerBound: 200, more: { merges: 500 - (entries % 7) } },
    "thp-risk": { value: 12, unit: "splits", lowerBound: 0, more: { untouchedBytes: 2 ** 30 } },
    "set-conflicts": { value: 29, unit: "starts", lowerBound: 0 },
    "search-steps": { value: 31_540, unit: "steps", more: { searches: 1_052 } },
    agreement: { value: 0.9654, unit: "share", more: { exact: 218, total: 226 } },
    "aslr-bits": {
      value: 19,
      unit: "bits",
      upperBound: 22,
      tables: { classes: { stack: 22, library: 28, "file >= PMD": 19 } },
    },
    "tlb-misses": {
      value: 57_000,
      unit: "walks",
      tables: {
        zen4: { accesses: 40_000, first: 30_000, walks: 28_500 },
        "golden-cove": { accesses: 40_000, first: 30_100, walks: 28_500 },
      },
    },
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
      overTime: { lines: [1, 9, 40], values: { "tlb-entries": [0, entries, entries / 2] } },
      counters: { lost: i, gained: 0, orphaned: 2 * i, clobbered: 0 },
      mappings: name === "vm" ? [bar(1, entries, bySize), bar(2, 1_024, { "2M": 1_024 })] : [],
    };
  }),
);

export const sample = (): Report => makeReport(setup, runs);
