/** Does a policy that keeps what merges look at the VMAs as they are when its turn comes? */

import { describe, expect, it } from "vitest";
import { Diagnostics } from "../../src/errors.ts";
import { archFor, policyFor, resolveTrace } from "../../src/pipeline.ts";
import { parsePolicy } from "../../src/policies/index.ts";
import { answer, replay } from "../../src/replay.ts";
import { vmaRules } from "../../src/space/rules.ts";
import { Run } from "../../src/space/run.ts";
import { type Asked, bar, GiB, KiB, MiB, run } from "../proposals/script.ts";
import { shippedTrace } from "../support/traces.ts";

describe("merge-first", () => {
  const anon = (count: number, bytes: number, more: Partial<Asked> = {}): readonly Asked[] =>
    Array.from({ length: count }, () => ({ bytes, ...more }));

  it("keeps what merges, and aligns what stands alone", () => {
    const found = run("merge-first", anon(3, 4632 * KiB));
    const [first, second, third] = found.addresses.map(Number);
    expect(Number(first) % (2 * MiB)).toBe(0);
    expect([second, third]).toEqual([1, 2].map((n) => Number(first) - n * 4632 * KiB));
    expect(found.metric("vmas").value).toBe(3);
  });

  it("aligns where access, sharing or the file forbid the merge", () => {
    const alternating = [3, 1, 3].map((prot) => ({ bytes: 4632 * KiB, prot }));
    for (const asked of [alternating, [bar(64 * MiB), bar(64 * MiB)]])
      for (const address of run("merge-first", asked, { bar: 2 * GiB }).addresses)
        expect(Number(address) % (2 * MiB)).toBe(0);
  });

  it("places as before where nothing that holds a block is asked for", () => {
    const asked = anon(20, 68 * KiB);
    expect(run("merge-first", asked).addresses).toEqual(run("linux-7.3", asked).addresses);
  });

  it.each(["redis-ext4", "qemu-10.0-vfio-7.3", "rocksdb-mmap-ext4"])(
    "decides in %s as the VMAs before each op, applied anew, say",
    (name) => {
      const trace = shippedTrace(name);
      const arch = archFor(trace.facts);
      const program = resolveTrace(trace, policyFor(trace.facts), new Diagnostics());
      const policy = parsePolicy("merge-first");
      const subject = { program, facts: trace.facts, arch };
      const { placements } = answer(subject, policy, "at-once");
      const rules = vmaRules(policy.profile, "at-once");
      const decided = { kept: 0, aligned: 0 };
      for (const [index, op] of [...program.ops].entries()) {
        if (op.kind !== "map" || op.how !== "place" || op.hint !== undefined) continue;
        // A private mapping that holds a block asks; two searches ran where it did not merge.
        const searches = placements.searches[index] ?? 0;
        if (op.area.backing !== "anon" || op.pages < arch.pmd || op.low32) continue;
        const fresh = new Run(program, placements, rules);
        for (let before = 0; before < index; before += 1) fresh.step(before);
        const page = placements.opPage[index] ?? -1;
        if (searches === 1) {
          decided.kept += 1;
          expect(fresh.joins(index, page)).toBe(true);
        } else {
          decided.aligned += 1;
          expect(page % arch.pmd).toBe(0);
        }
      }
      expect(decided.aligned).toBeGreaterThan(0);
      expect(replay(program, trace.facts, arch, policy).counters.lost).toBe(0);
    },
  );
});
