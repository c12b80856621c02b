/** Is the report the same whatever number of threads made it? */

import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { stdin } from "../../src/cli/io.ts";
import { threadsFor } from "../../src/cli/threads.ts";
import { mmreplay } from "../support/cli.ts";

const one = ["traces/redis-ext4.mmtrace"];
const three = [...one, "traces/postgres-ext4.mmtrace", "traces/qemu-7.2-vfio-7.3.mmtrace"];

function replayed(traces: readonly string[], ...more: string[]) {
  const policies = ["--policy", "unaligned,linux-7.3,vfio-thp,core-align"];
  return mmreplay(["replay", ...traces, ...policies, "--format", "json", ...more]);
}

describe("--jobs", () => {
  it.each([
    ["a trace by policies", one],
    ["traces", three],
  ])("prints the same bytes with more threads for %s", (_, traces) => {
    const alone = replayed(traces);
    expect(alone.code).toBe(0);
    expect(alone.stderr === "").toBe(traces === one);
    expect(replayed(traces, "--jobs", "2")).toEqual(alone);
    expect(replayed(traces, "--jobs=5")).toEqual(alone);
  });

  it("takes more than one thread by itself only where that pays", () => {
    const cores = Math.min(availableParallelism(), 8);
    expect(threadsFor(one, 2)).toBe(1);
    expect(threadsFor([...three, ...three], 50)).toBe(Math.min(cores, 50));
    expect(threadsFor([stdin], 50)).toBe(1);
    // A trace is read by one thread.
    expect(threadsFor(three.slice(1, 2), 50)).toBe(1);
  });

  it("takes no more threads than 1 GiB has room for", () => {
    const folder = mkdtempSync(join(tmpdir(), "mmreplay-jobs-"));
    const sized = (bytes: number): string => {
      const path = join(folder, `${bytes}.txt`);
      writeFileSync(path, "");
      truncateSync(path, bytes);
      return path;
    };
    expect(threadsFor([sized(100e6)], 12)).toBe(Math.min(availableParallelism(), 7));
    expect(threadsFor([sized(500e6)], 5)).toBe(1);
    rmSync(folder, { recursive: true });
  });

  it("refuses a damaged trace with the same words, and names what came before it", () => {
    const folder = mkdtempSync(join(tmpdir(), "mmreplay-jobs-"));
    writeFileSync(join(folder, "damaged.mmtrace"), "no trace");
    const traces = ["traces/postgres-ext4.mmtrace", join(folder, "damaged.mmtrace"), ...one];
    const alone = replayed(traces);
    expect(alone.code).toBe(1);
    expect(alone.stderr).toMatch(/^postgres-ext4: warning.*\n.*damaged\.mmtrace:1:1: error\[/);
    expect(replayed(traces, "--jobs", "2")).toEqual(alone);
    rmSync(folder, { recursive: true });
  });

  it("tells traces of one name apart", () => {
    const { stdout } = replayed([...one, ...one]);
    const { results } = JSON.parse(stdout) as { results: { trace: string }[] };
    const names = new Set(results.map(({ trace }) => trace));
    expect([...names]).toEqual(["redis-ext4", "redis-ext4 (2)"]);
  });

  it.each([
    ["0", "--quiet"],
    ["1.5", "--quiet"],
    ["2", "--latency"],
  ])("refuses --jobs %s with %s", (jobs, option) => {
    const { code, stderr } = replayed(one, "--jobs", jobs, option);
    expect(stderr).toContain("error[usage/jobs]");
    expect(code).toBe(2);
  });
});
