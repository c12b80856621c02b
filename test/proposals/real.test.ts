/** What the policies of the discussion change for real programs: QEMU with and without its own alignment, databases. */

import { describe, expect, it } from "vitest";
import { load } from "../../src/cli/load.ts";
import { policies } from "../../src/policies/index.ts";
import type { IdiomMode } from "../../src/resolve/idioms/types.ts";
import type { Trace } from "../../src/trace/trace.ts";
import { replayer } from "../support/replayed.ts";
import { shared } from "../support/shared.ts";
import { shippedTrace } from "../support/traces.ts";
import { table } from "./table.ts";

const modes: readonly IdiomMode[] = ["redo", "drop", "keep"];

describe("QEMU with a BAR of 2 GiB", () => {
  const replayed = replayer(shippedTrace("qemu-10.0-vfio-7.3"));
  const sizes = (policy: string, mode: IdiomMode): string => {
    const { mappings } = replayed(policy, mode);
    expect(mappings).toHaveLength(1);
    return Object.entries(mappings[0]?.bySize ?? {})
      .map(([size, entries]) => `${entries} ${size}`)
      .join(" + ");
  };
  const rows = policies.ids.map((policy) => [policy, ...modes.map((mode) => sizes(policy, mode))]);
  const column = (at: number) => new Map(rows.map((row) => [row[0] ?? "", row[at] ?? ""]));

  it("prints what each policy makes of it", async () => {
    const title = "QEMU 10.0, BAR of 2 GiB: its trick done anew, left out, as recorded";
    const text = table(title, ["policy", ...modes], rows);
    process.stdout.write(`\n${text}`);
    await expect(text).toMatchFileSnapshot("../golden/proposals/qemu-bar.txt");
  });

  it("has the same entries under every policy when it aligns by itself", () => {
    // Kernels without huge PFN maps have no other entries than 4K ones.
    const huge = policies.all.filter(({ profile }) => profile.hugePfnmap).map(({ id }) => id);
    const redone = column(1);
    expect(new Set(huge.map((id) => redone.get(id)))).toEqual(new Set(["2 1G"]));
    for (const { id } of policies.all)
      if (!huge.includes(id)) expect(redone.get(id)).toBe("524288 4K");
  });

  it("needs its own alignment under today's kernel, and not where the kernel aligns to the BAR", () => {
    const left = column(2);
    expect(left.get("linux-7.3")).toBe("524288 4K");
    for (const id of ["linux-6.12", "vfio-thp", "merge-first"])
      expect(left.get(id)).toBe("1024 2M");
    for (const id of ["core-align", "start-pfn", "mmap-prepare", "max-order", "exact-aligned"])
      expect(left.get(id)).toBe("2 1G");
    for (const id of ["mapping-order-v1", "mapping-order-v2", "shift-in-gap", "qemu-over-map"])
      expect(left.get(id)).toBe("2 1G");
  });
});

describe("other recordings of QEMU", () => {
  const recordings = [
    "7.3-qemu10.0-t05-strace-many",
    "6.1-qemu10.0-t03-strace-many",
    "7.2-qemu10.0-t01-strace-ram1g",
  ];
  const asked = ["linux-7.3", "vfio-thp", "core-align", "start-pfn", "unaligned", "qemu-over-map"];
  const name = `align every BAR by themselves${shared === undefined ? " (recordings not here)" : ""}`;

  it.skipIf(shared === undefined)(name, { timeout: 60_000 }, async () => {
    for (const recording of recordings) {
      const path = `${shared}/recordings/${recording}`;
      const [trace] = await load(path, { quiet: true });
      if (trace === undefined) throw new Error(`${recording} holds no trace`);
      const replayed = replayer(trace);
      const entries = (policy: string, mode: IdiomMode) =>
        replayed(policy, mode).mappings.map((one) => one.entries);
      const [today = []] = asked.map((policy) => entries(policy, "redo"));
      expect(today.length).toBeGreaterThan(0);
      for (const policy of asked) expect(entries(policy, "redo"), policy).toEqual(today);
      expect(entries("start-pfn", "drop")).toEqual(today);
      expect(entries("unaligned", "drop").every((n, at) => n > (today[at] ?? 0))).toBe(true);
    }
  });
});

/** The same calls with the files on another filesystem. */
function on(trace: Trace, filesystem: string): Trace {
  const moved = [...trace.events].map((event) => {
    if (event.kind !== "call" || event.call !== "mmap" || event.file?.kind !== "regular")
      return event;
    return { ...event, file: { ...event.file, filesystem } };
  });
  return { ...trace, name: `${trace.name} on ${filesystem}`, events: moved };
}

describe("databases", () => {
  const traces = ["postgres-ext4", "postgres-xfs", "rocksdb-mmap-ext4", "lmdb-ext4"]
    .map(shippedTrace)
    .flatMap((trace) => (trace.name.startsWith("postgres") ? [trace] : [trace, on(trace, "xfs")]));
  const asked = [
    "linux-7.3",
    "core-align",
    "core-align:hooks=kept",
    "core-align:orders=pmd,fits=block",
    "core-align:length=multiple",
    "unaligned",
  ];
  const cells = (trace: Trace, arch: string, policy: string): readonly string[] => {
    const { metric } = replay(trace)(policy, "redo", arch);
    const { value, bySize = {}, byBacking = {} } = metric("tlb-entries");
    const { file = 0 } = byBacking;
    const { searches = 0 } = metric("search-steps").more ?? {};
    const { value: holes, more: { spanOverMapped = 1 } = {} } = metric("fragmentation");
    return [
      String(value),
      String(bySize["2M"] ?? 0),
      String(bySize["64K"] ?? 0),
      String(file),
      String(metric("vmas").value),
      String(Math.round((holes ?? 0) / 2 ** 20)),
      spanOverMapped.toFixed(4),
      String(searches),
    ];
  };
  const replayers = new Map<string, ReturnType<typeof replayer>>();
  const replay = (trace: Trace) => {
    const known = replayers.get(trace.name) ?? replayer(trace);
    replayers.set(trace.name, known);
    return known;
  };

  it("prints what core alignment without hooks of filesystems changes", {
    timeout: 120_000,
  }, async () => {
    const heads = [
      "policy",
      "entries",
      "2M",
      "64K",
      "of files",
      "VMAs",
      "MiB of holes",
      "span/mapped",
      "searches",
    ];
    const parts = traces.flatMap((trace) =>
      ["x86-64", "arm64-4k"].map((arch) => {
        const rows = asked.map((policy) => [policy, ...cells(trace, arch, policy)]);
        return table(`${trace.name}, ${arch}`, heads, rows);
      }),
    );
    const text = parts.join("\n");
    process.stdout.write(`\n${text}`);
    await expect(text).toMatchFileSnapshot("../golden/proposals/databases.txt");
  });
});
