import { createReadStream } from "node:fs";
import { afterAll, describe, expect, it } from "vitest";
import { load } from "../../src/cli/load.ts";
import { Diagnostics } from "../../src/errors.ts";
import { allBytes } from "../../src/formats/text/chunks.ts";
import { decompress } from "../../src/formats/text/decompress.ts";
import { archFor, policyFor, resolveTrace } from "../../src/pipeline.ts";
import { replay } from "../../src/replay.ts";
import { cpus } from "../../src/tlb/index.ts";
import { shared } from "../support/shared.ts";

const rows: string[] = [];
afterAll(() => process.stdout.write(`\n${rows.join("\n")}\n`));

/** Bit 0 of the error code is clear where the page was not there (X86_PF_PROT). */
async function recorded(path: string): Promise<{ fresh: number; again: number }> {
  const text = new TextDecoder().decode(await allBytes(decompress(createReadStream(path), path)));
  const codes = [...text.matchAll(/page_fault_user:.*error_code=0x([0-9a-f]+)/g)];
  const again = codes.filter(([, code]) => Number.parseInt(code ?? "", 16) % 2 === 1).length;
  return { fresh: codes.length - again, again };
}

async function modelled(path: string) {
  const trace = (await load(path, { quiet: true })).find(({ facts }) => facts.recorder === "perf");
  if (trace === undefined) throw new Error("no recording of perf");
  const policy = policyFor(trace.facts);
  const program = resolveTrace(trace, policy, new Diagnostics(), true);
  // Nothing else put these files into the page cache: folios of one page.
  const population = { mode: "touched", folioOrder: 0 } as const;
  const look = { population, cpus: cpus.all };
  const { touched, misses } = replay(
    program,
    trace.facts,
    archFor(trace.facts),
    policy,
    "at-once",
    look,
  ).replay;
  if (touched === undefined) throw new Error("no page faults");
  const fresh = touched.faults.reduce((sum, { count }) => sum + count, 0);
  return { fresh, again: touched.again, outside: touched.outside, misses };
}

const without = shared === undefined ? " (skipped: no ../shared/recordings)" : "";

describe.skipIf(shared === undefined)(`page faults of real programs${without}`, () => {
  it.each(["app-rocksdb-mmapread-ext4", "app-sqlite-mmap-ext4"])(
    "of %s are those that the model takes",
    async (name) => {
      const folder = `${shared}/recordings/${name}`;
      const kernel = await recorded(`${folder}/perf-script.txt.xz`);
      const model = await modelled(folder);
      const numbers = [kernel.fresh, model.fresh, kernel.again, model.again];
      rows.push(`${name}: faults of the kernel / model, again ${numbers.join(" / ")}`);
      expect(model.fresh + model.again + model.outside).toBeGreaterThan(
        0.999 * (kernel.fresh + kernel.again),
      );
      expect(model.outside).toBeLessThan(0.001 * kernel.fresh);
      // The rest came by other ways: read by system calls, or mapped around a fault of another process.
      expect(Math.abs(model.fresh / kernel.fresh - 1)).toBeLessThan(0.04);
      // One architecture, so the Arm core has nothing to say.
      expect([...(model.misses ?? [])].map(([id]) => id)).toEqual(["zen4", "golden-cove"]);
      for (const { walks, first, accesses } of model.misses?.values() ?? []) {
        expect(walks).toBeGreaterThanOrEqual(model.fresh);
        expect(first).toBeLessThanOrEqual(accesses);
      }
    },
    120_000,
  );
});
