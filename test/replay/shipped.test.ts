import { describe, expect, it } from "vitest";
import { Diagnostics } from "../../src/errors.ts";
import { deviceMappings } from "../../src/metrics/device-mappings.ts";
import { measure } from "../../src/metrics/index.ts";
import { archFor, policyFor, resolveTrace } from "../../src/pipeline.ts";
import { parsePolicies } from "../../src/policies/index.ts";
import { rebuild, replay, touchOf } from "../../src/replay.ts";
import { verify } from "../../src/verify/verify.ts";
import { shippedTrace, shippedTraces } from "../support/traces.ts";

const policies = parsePolicies("unaligned,linux-7.3,vfio-thp,core-align,start-pfn");

function prepared(name: string) {
  const trace = shippedTrace(name);
  const policy = policyFor(trace.facts);
  const program = resolveTrace(trace, policy, new Diagnostics());
  return { trace, policy, program, arch: archFor(trace.facts) };
}

describe.each(shippedTraces)("%s", (name) => {
  it("is rebuilt exactly by its recorded placements", () => {
    const { trace, program, policy } = prepared(name);
    const { applied } = rebuild(program, trace.facts, policy);
    expect(applied.snapshots.length).toBeGreaterThan(0);
    for (const { total, exact, extra, differences } of applied.snapshots)
      expect({ exact, extra, differences }).toEqual({ exact: total, extra: 0, differences: [] });
  });

  it("tells by its snapshots, and only by them, when memory was written", () => {
    const { trace, program, policy } = prepared(name);
    expect(touchOf(program, trace.facts, policy)).toBe(rebuild(program, trace.facts, policy).touch);
    const events = [...trace.events].filter(({ kind }) => kind !== "snapshot");
    const blind = resolveTrace({ ...trace, events }, policy, new Diagnostics());
    expect(touchOf(blind, trace.facts, policy)).toBe("at-once");
  });

  it("leaves no placements behind in what was seen on the way", () => {
    const { trace, program, arch, policy } = prepared(name);
    const { observed } = replay(program, trace.facts, arch, policy).replay;
    expect(Object.getPrototypeOf(observed)).toBe(Object.prototype);
    expect(Object.keys(observed)).toEqual(["merges", "splits", "skipped"]);
  });

  it.each([false, true])("is placed by its kernel's policy as recorded (free: %s)", (free) => {
    const result = verify({ ...prepared(name), free });
    expect(result.firstDivergence).toBeNull();
    expect(result.excluded).toEqual([]);
    expect(result.placements.exact).toBe(result.placements.total);
    expect(result.placements.total).toBeGreaterThan(0);
  });

  it("has the same exact metrics as ever under the policies of the discussion", async () => {
    const { trace, program, arch } = prepared(name);
    const measured = policies.map((policy) => {
      const { replay: finished, counters } = replay(program, trace.facts, arch, policy);
      return { policy: policy.id, metrics: measure(finished), counters };
    });
    const text = `${JSON.stringify(measured, null, 2)}\n`;
    await expect(text).toMatchFileSnapshot(`../golden/traces/${name}.json`);
  });
});

describe("a BAR that the kernel places", () => {
  const entries = (name: string, policy: string, bytes: number) => {
    const { trace, program, arch } = prepared(name);
    const [chosen] = parsePolicies(policy);
    if (chosen === undefined) throw new Error("no policy");
    const { replay: finished } = replay(program, trace.facts, arch, chosen);
    return deviceMappings(finished).find((one) => one.bytes === bytes)?.entries;
  };

  it.each([
    ["vfio-bar-2g-7.3", 2 ** 31, 524_288, 1024, 2],
    ["vfio-bar-256m-7.3", 2 ** 28, 65_536, 128, 128],
  ])("costs in %s what the kernels were measured to take", (name, bytes, plain, thp, pfn) => {
    expect(entries(name, "linux-7.3", bytes)).toBe(plain);
    expect(entries(name, "vfio-thp", bytes)).toBe(thp);
    expect(entries(name, "start-pfn", bytes)).toBe(pfn);
  });
});
