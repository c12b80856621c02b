import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { load } from "../../src/cli/load.ts";
import { Diagnostics } from "../../src/errors.ts";
import { policyFor, resolveTrace } from "../../src/pipeline.ts";
import { recordedPlacements } from "../../src/place/recorded.ts";
import { apply } from "../../src/space/apply.ts";
import { shared } from "../support/shared.ts";

/** Random calls on real kernels: one or two of each release and architecture. */
const chosen = /^(6.1|6.12|6.18|7.2|7.3)-probe-(11|15)-|^(arm64|riscv64)-.*-probe-11-/;

const recordings = shared === undefined ? "" : `${shared}/recordings`;
const names =
  shared === undefined ? [] : readdirSync(recordings).filter((name) => chosen.test(name));

describe.skipIf(shared === undefined)("a probe (needs ../shared/recordings)", () => {
  it.each(names)("%s has the VMAs that its kernel listed", async (name) => {
    const traces = await load(`${recordings}/${name}`, { quiet: true });
    expect(traces.length).toBeGreaterThan(0);
    for (const trace of traces) {
      const policy = policyFor(trace.facts);
      const program = resolveTrace(trace, policy, new Diagnostics());
      // Probes never touch what they map.
      const { snapshots, clobbered } = apply(program, recordedPlacements(program), policy.profile, {
        touch: "never",
      });
      expect(snapshots.length).toBeGreaterThan(0);
      for (const { source, total, exact, extra, differences } of snapshots)
        expect({ source, exact, extra, differences }).toEqual({
          source,
          exact: total,
          extra: 0,
          differences: [],
        });
      expect(clobbered).toBe(0);
    }
  });
});
