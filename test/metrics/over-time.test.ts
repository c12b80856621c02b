import { describe, expect, it } from "vitest";
import { Diagnostics } from "../../src/errors.ts";
import { measure, metrics } from "../../src/metrics/index.ts";
import { archFor, policyFor, resolveTrace } from "../../src/pipeline.ts";
import { parsePolicy } from "../../src/policies/index.ts";
import { replay } from "../../src/replay.ts";
import { shippedTrace } from "../support/traces.ts";

function looked(points: number) {
  const trace = shippedTrace("vfio-bar-2g-7.3");
  const program = resolveTrace(trace, policyFor(trace.facts), new Diagnostics());
  const policy = parsePolicy("start-pfn");
  const look = { points };
  return replay(program, trace.facts, archFor(trace.facts), policy, "at-once", look).replay;
}

describe("values over time", () => {
  it("are kept at as many moments as asked for, the last op among them", () => {
    const { overTime, program } = looked(10);
    const { lines, values } = overTime ?? { lines: [], values: {} };
    expect(lines.length).toBeGreaterThan(5);
    expect(lines.length).toBeLessThanOrEqual(11);
    expect(lines.at(-1)).toBe([...program.ops].at(-1)?.line);
    for (const series of Object.values(values)) expect(series).toHaveLength(lines.length);
  });

  it("come by what the metrics say of the end and what they say of the peak", () => {
    const finished = looked(2_000);
    const {
      "tlb-entries": entries,
      vmas,
      fragmentation,
      "page-tables": tables,
    } = measure(
      finished,
      ["tlb-entries", "vmas", "fragmentation", "page-tables"].map((id) => metrics.get(id)),
    );
    const { values = {} } = finished.overTime ?? {};
    const { vmas: counts = [], fragmentation: holes = [] } = values;
    const { end } = entries?.more ?? {};
    // The recording goes on until the process has ended.
    expect(values["tlb-entries"]?.findLast((value) => value > 0)).toBe(end);
    expect(values["tlb-entries"]?.at(-1)).toBe(0);
    expect(values["tlb-entries"]).toContain(entries?.value);
    expect(values["page-tables"]).toContain(tables?.value);
    expect(holes).toContain(fragmentation?.value);
    expect(Math.max(...counts)).toBe(vmas?.value);
  });

  it("cost nothing where nobody asks", () => {
    expect(looked(0).overTime).toBeUndefined();
  });
});
