/** Does `mmreplay live` make a trace's calls, and does the model of this kernel give the same answers? */

import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { release, tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { Diagnostics } from "../../src/errors.ts";
import { churn } from "../../src/latency/churn.ts";
import { recordingOf } from "../../src/live/recording.ts";
import { kind, liveTable, stride } from "../../src/live/table.ts";
import { policyFor, resolveTrace } from "../../src/pipeline.ts";
import { policies } from "../../src/policies/index.ts";
import { thisMachine } from "../../src/record/machine.ts";
import { decode } from "../../src/trace/codec.ts";
import { mmreplay } from "../support/cli.ts";

const series: string = release().split(".").slice(0, 2).join(".");

function obstacle(): string | undefined {
  if (process.platform !== "linux") return "not Linux";
  if (!policies.ids.includes(`linux-${series}`)) return `kernel ${series} is not modelled`;
  return existsSync("/proc/self/maps") ? undefined : "no /proc";
}

const why = obstacle();

describe.skipIf(why !== undefined)(`live${why === undefined ? "" : ` (skipped: ${why})`}`, () => {
  it.each(["redis-ext4", "qemu-10.0-vfio-7.3"])("makes the calls of %s as modelled", (name) => {
    for (const free of [[], ["--free"]]) {
      const args = ["live", `traces/${name}.mmtrace`, "--format", "json", ...free];
      const { code, stdout, stderr } = mmreplay(args);
      expect(stderr).toMatch(/^\d+ calls on the running kernel, \d+ ns each\n/);
      const { total } = JSON.parse(stdout);
      expect(total.placements.total).toBeGreaterThan(50);
      expect(total.placements.exact).toBe(total.placements.total);
      expect(total.vmas.exact).toBe(total.vmas.total);
      expect(code).toBe(0);
    }
  });

  it("holds the policy that it is given against the answers", () => {
    const args = ["live", "traces/rocksdb-mmap-ext4.mmtrace", "--policy", "unaligned", "-q"];
    const { code, stdout } = mmreplay(args);
    expect(stdout).toContain("unaligned");
    expect(code).toBe(series === "6.1" ? 0 : 3);
  });

  it("keeps the recording where it is told to", () => {
    const folder = mkdtempSync(join(tmpdir(), "mmreplay-kept-"));
    mmreplay(["live", "traces/redis-ext4.mmtrace", "-o", folder]);
    expect(readFileSync(join(folder, "strace.txt"), "utf8")).toMatch(
      /^brk\(0x0\) = 0x[0-9a-f]+\nmmap\(/,
    );
    const { code, stdout } = mmreplay(["verify", folder, "--format", "json"]);
    expect(JSON.parse(stdout).recordings[0].policy).toBe(`linux-${series}`);
    expect(code).toBe(0);
    rmSync(folder, { recursive: true });
  });
});

describe("the calls of a program", () => {
  it("name what earlier calls mapped, and ask for no memory", () => {
    const { rows, left } = liveTable(churn(10, 5));
    expect(left.size).toBe(0);
    expect(rows.length).toBe(20 * stride);
    const last = [...rows.subarray(-2 * stride)];
    expect(last.slice(0, 2)).toEqual([kind.unmap, 0]);
    // A private file without pages, charged to nobody.
    expect(last.slice(stride)).toEqual([kind.map, 15, 0, 0, expect.any(Number), 1, 0x4002, 0]);
  });

  it("map a device only where there is one to stand in for it", () => {
    const { facts, ...trace } = decode(readFileSync("traces/vfio-bar-2g-7.3.mmtrace"), "bar");
    const program = resolveTrace({ facts, ...trace }, policyFor(facts), new Diagnostics());
    const kinds = (devices: boolean): readonly number[] => {
      const { rows } = liveTable(program, devices);
      return Array.from({ length: rows.length / stride }, (_, row) => rows[row * stride] ?? 0);
    };
    expect(kinds(false)).not.toContain(kind.mapDevice);
    expect(kinds(true).filter((one) => one === kind.mapDevice)).toHaveLength(10);
    const { rows, deviceBytes } = liveTable(program, true);
    expect(deviceBytes).toBe(2 ** 31);
    const at = kinds(true).indexOf(kind.mapDevice);
    expect(rows[at * stride + 7]).toBe(2 ** 41);
  });

  it("say why a device was not mapped, apart from what was not mapped before", () => {
    const rows = Float64Array.from([
      ...[kind.mapDevice, 1, 0, 0, 4096, 3, 1, 2 ** 41],
      ...[kind.unmap, 0, 1, 0, 4096, 0, 0, 0],
      ...[kind.map, 2, 0, 0, 4096, 3, 0x22, -1],
    ]);
    const notMade = -(2 ** 32);
    const { calls, left, files } = recordingOf(
      { rows, left: new Map([["brk", 3]]), deviceBytes: 4096 },
      {
        nanoseconds: 0,
        answers: Float64Array.from([notMade, notMade, 0x7f0000000000]),
        brk: 0x1000,
        before: "",
        after: "",
      },
      { command: "lab", program: "bars", machine: thisMachine, noDevice: "no vfio.ko" },
    );
    expect(calls).toBe(1);
    expect([...left]).toEqual([
      ["brk", 3],
      ["devices (no vfio.ko)", 1],
      ["calls on what was not mapped", 1],
    ]);
    expect(files["strace.txt"]).toBe(
      "brk(0x0) = 0x1000\nmmap(0x0, 0x1000, 0x3, 0x22, -1, 0x0) = 0x7f0000000000\n",
    );
  });
});
