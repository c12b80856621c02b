/** When may the replay of one policy stand for another: only where the same calls went to the same places. */

import { describe, expect, it } from "vitest";
import { asksAlike, goesAlike, wayOf } from "../../src/cli/alike.ts";
import { Diagnostics } from "../../src/errors.ts";
import { measure } from "../../src/metrics/index.ts";
import { archFor, policyFor, resolveTrace } from "../../src/pipeline.ts";
import { parsePolicies } from "../../src/policies/index.ts";
import type { Policy } from "../../src/policies/types.ts";
import { answer, replay } from "../../src/replay.ts";
import { shippedTrace, shippedTraces } from "../support/traces.ts";

const [first, ...others] = parsePolicies(
  "linux-7.3,vfio-thp,start-pfn,core-align,unaligned,linux-6.12,linux-6.18,qemu-over-map",
) as [Policy, ...Policy[]];

/** A trace under linux-7.3: what the others are held against. */
function followed(name: string) {
  const { facts, ...trace } = shippedTrace(name);
  const program = resolveTrace({ facts, ...trace }, policyFor(facts), new Diagnostics());
  const arch = archFor(facts);
  const { replay: done, applied } = replay(program, facts, arch, first);
  const way = (policy: Policy) =>
    wayOf(answer({ program, facts, arch }, policy, "at-once"), policy);
  const { met } = applied;
  return { program, facts, arch, done, way, expected: { ...way(first), arch, met } };
}

/** Ids of the policies that go as linux-7.3 does; each is measured alone, too. */
function alike(name: string): string[] {
  const { program, facts, arch, done, way, expected } = followed(name);
  return others
    .filter((policy) => {
      const goes = goesAlike(expected, way(policy));
      // Who says the same to every request goes alike; the reverse need not be.
      if (asksAlike(expected, program, policy)) expect(goes).toBe(true);
      if (!goes) return false;
      const { replay: own, applied } = replay(program, facts, arch, policy);
      expect(measure(own)).toEqual(measure(done));
      expect(applied.met).toEqual(expected.met);
      return true;
    })
    .map(({ id }) => id);
}

describe("policies go alike", () => {
  it.each(shippedTraces)("in %s only with the same metrics", (name) => {
    expect(alike(name)).not.toContain("linux-6.12"); // smaller folios on ext4 and xfs
  });

  it("where no device is mapped, if they differ for devices only", () => {
    expect(alike("redis-ext4")).toEqual([
      "vfio-thp",
      "start-pfn",
      "core-align",
      "linux-6.18",
      "qemu-over-map",
    ]);
  });

  it("where they say the same to every request, which is known before anything is placed", () => {
    const asks = (name: string) => {
      const { program, expected } = followed(name);
      return others.filter((policy) => asksAlike(expected, program, policy)).map(({ id }) => id);
    };
    expect(asks("redis-ext4")).toEqual(["vfio-thp", "start-pfn", "linux-6.18"]);
    expect(asks("vfio-bar-2g-7.3")).toEqual(["linux-6.18"]);
  });

  it("not where they met what their rules make different things of", () => {
    const { program, expected, way } = followed("redis-ext4");
    const [before] = parsePolicies("linux-6.18") as [Policy];
    const met = { ...expected.met, anonOffsets: true };
    for (const [followed, goes] of [
      [expected, true],
      [{ ...expected, met }, false],
    ] as const) {
      expect(asksAlike(followed, program, before)).toBe(goes);
      expect(goesAlike(followed, way(before))).toBe(goes);
    }
  });

  it.each(["opPage", "searches", "steps"] as const)("not where they differ in one %s", (column) => {
    const { program, facts, arch, expected } = followed("redis-ext4");
    const answered = answer({ program, facts, arch }, first, "at-once");
    const { [column]: same } = answered.placements;
    const wayWith = (values: typeof same) =>
      wayOf({ ...answered, placements: { ...answered.placements, [column]: values } }, first);
    expect(goesAlike(expected, wayWith(same.slice()))).toBe(true);
    const other = same.slice();
    other[0] = 12_345;
    expect(goesAlike(expected, wayWith(other))).toBe(false);
  });

  it("never where one of them places a device otherwise", () => {
    expect(alike("vfio-bar-2g-7.3")).toEqual(["linux-6.18"]); // all others do
  });
});
