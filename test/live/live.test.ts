import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { release, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { policies } from "../../src/policies/index.ts";
import { agreement, verified } from "../support/verified.ts";

const source: string = fileURLToPath(new URL("probe.c", import.meta.url));
const series: string = release().split(".").slice(0, 2).join(".");
const folder: string = mkdtempSync(join(tmpdir(), "mmreplay-live-"));
const probe: string = join(folder, "probe");
const thp = "/sys/kernel/mm/transparent_hugepage";
const compiler = "cc";
const minAddr = "/proc/sys/vm/mmap_min_addr";

function compiled(): boolean {
  const args = ["-O1", "-w", "-o", probe, source];
  return [["-static", ...args], args].some((one) => spawnSync(compiler, one).status === 0);
}

/** Why the kernel of this machine cannot be asked. */
function obstacle(): string | undefined {
  if (process.platform !== "linux") return "not Linux";
  if (process.arch !== "x64") return `no probe for ${process.arch}`;
  if (!policies.ids.includes(`linux-${series}`)) return `kernel ${series} is not modelled`;
  if (!existsSync(thp) || !existsSync(minAddr)) return "no settings of the kernel to read";
  return compiled() ? undefined : "no C compiler";
}

/** The settings of transparent huge pages as `PATH VALUE` lines. */
function settings(): string {
  const sizes = readdirSync(thp).filter((name) => name.startsWith("hugepages-"));
  return ["", ...sizes]
    .flatMap((size) => [join(thp, size, "enabled"), join(thp, size, "shmem_enabled")])
    .filter((path) => existsSync(path))
    .map((path) => `${path} ${readFileSync(path, "utf8")}`)
    .join("");
}

/** A folder with what the calls of one seed gave, and the facts of this machine beside it. */
function record(seed: number): string {
  const run = mkdtempSync(join(folder, "run-"));
  const { status } = spawnSync(probe, [run, `${seed}`, "1500"]);
  if (status !== 0) throw new Error(`the probe ended with ${status}`);
  const meta = {
    kernel: `Linux ${release()}`,
    arch: "x86_64",
    page_size: 4096,
    aslr: readFileSync("/proc/sys/kernel/randomize_va_space", "utf8").trim() !== "0",
    mmap_min_addr_in_force: Number(readFileSync(minAddr, "utf8")),
  };
  writeFileSync(join(run, "meta.json"), JSON.stringify(meta));
  writeFileSync(join(run, "thp.txt"), settings());
  return run;
}

const why = obstacle();
const title = `random calls on the running kernel${why === undefined ? "" : ` (skipped: ${why})`}`;

afterAll(() => rmSync(folder, { recursive: true }));

describe.skipIf(why !== undefined)(title, () => {
  it.each([1, 2, 3])("land where its policy puts them, as areas too (seed %i)", async (seed) => {
    const run = record(seed);
    for (const free of [false, true]) {
      const results = await verified(run, { free });
      expect(results.map((one) => one.firstDivergence)).toEqual([null]);
      expect(results[0]?.policy).toBe(`linux-${series}`);
      const { placements, vmas, excluded } = agreement(results);
      expect(placements.total).toBeGreaterThan(500);
      expect(vmas.total).toBeGreaterThan(100);
      expect(excluded).toBe(0);
    }
  });

  it("do not land where no kernel aligns", async () => {
    const unaligned = policies.get("unaligned");
    const results = await verified(record(4), { policy: () => unaligned });
    const { placements } = agreement(results);
    expect(placements.exact === placements.total).toBe(series === "6.1");
  });
});
