/** Does a policy of userspace do what the program would: reserve, map over the aligned part, cut the rest? */

import { describe, expect, it } from "vitest";
import { Diagnostics } from "../../src/errors.ts";
import { deviceMappings } from "../../src/metrics/device-mappings.ts";
import { archFor, policyFor, resolveTrace } from "../../src/pipeline.ts";
import { intentOf } from "../../src/place/intent.ts";
import { parsePolicy } from "../../src/policies/index.ts";
import { answer, replay } from "../../src/replay.ts";
import { recognise } from "../../src/resolve/idioms/recognise.ts";
import type { IdiomMode } from "../../src/resolve/idioms/types.ts";
import { bar, GiB, KiB, MiB, run } from "../proposals/script.ts";
import { shippedTrace } from "../support/traces.ts";

describe("qemu-over-map", () => {
  it.each([
    ["qemu-over-map", 2 * GiB, 0, 2 * GiB, "0x7fff40000000", "2 1G"],
    ["qemu-over-map:version=old", 2 * GiB, 0, 2 * GiB, "0x7fff40000000", "2 1G"],
    // Behind an MSI-X hole: the area's size ends in 0x1000, so old QEMU aligned it to a page.
    [
      "qemu-over-map:version=old",
      2 * GiB - 4 * KiB,
      4 * KiB,
      2 * GiB,
      "0x7fff77e00000",
      "524,287 4K",
    ],
    [
      "qemu-over-map",
      2 * GiB - 4 * KiB,
      4 * KiB,
      2 * GiB,
      "0x7fff40001000",
      "511 4K + 511 2M + 1 1G",
    ],
    ["qemu-over-map", 64 * MiB, 0, 64 * MiB, "0x7ffff0000000", "32 2M"],
    ["qemu-over-map", GiB, 2 * MiB, 4 * GiB, "0x7ffec0200000", "512 2M"],
    // Cloud Hypervisor aligns the part itself: where it starts in the BAR is forgotten.
    ["cloud-hypervisor-over-map", 2 * GiB, 0, 2 * GiB, "0x7fff40000000", "2 1G"],
    [
      "cloud-hypervisor-over-map",
      2 * GiB - 4 * KiB,
      4 * KiB,
      2 * GiB,
      "0x7fff40000000",
      "524,287 4K",
    ],
  ])("%s puts %d bytes at offset %d of a BAR of %d", (policy, bytes, at, size, address, sizes) => {
    const found = run(policy, [bar(bytes, at)], { bar: size });
    expect([found.addresses[0], found.sizes]).toEqual([address, sizes]);
    // Nothing of the reservation is left: program, interpreter and the BAR.
    expect(found.metric("vmas").value).toBe(3);
    expect(found.replayed.applied.drift).toBeNull();
  });

  it("leaves hints, and memory below its size of guest RAM, alone", () => {
    const asked = [{ bytes: 64 * MiB }, { ...bar(2 * GiB), hint: 0x100000000 }];
    const found = run("qemu-over-map:ram=128M", asked);
    expect(found.addresses).toEqual(run("linux-7.3", asked).addresses);
  });

  it("keeps a page without access above guest RAM", () => {
    const found = run("qemu-over-map:ram=128M", [{ bytes: GiB + 68 * KiB }]);
    expect(Number(found.addresses[0]) % (2 * MiB)).toBe(0);
    expect(found.metric("vmas").value).toBe(4);
  });
});

describe("QEMU without its own alignment", () => {
  const bars = (policyId: string, mode: IdiomMode) => {
    const trace = shippedTrace("qemu-10.0-vfio-7.3");
    const policy = parsePolicy(policyId);
    const arch = archFor(trace.facts);
    const { facts } = trace;
    const program = resolveTrace(trace, policyFor(facts), new Diagnostics());
    const answers = (asked: typeof program) =>
      answer({ program: asked, facts, arch }, policy, "at-once").placements;
    const { program: asked } = intentOf(program, recognise(program, trace.events), mode)(answers);
    const { replay: finished } = replay(asked, facts, arch, policy);
    return deviceMappings(finished).map(({ address, bytes, bySize }) => ({
      address,
      bytes,
      bySize,
    }));
  };

  it("gets back from the policy what the program did: the address and the entries", () => {
    expect(bars("qemu-over-map:version=old", "drop")).toEqual([
      { ...bars("linux-7.3", "redo")[0], address: expect.any(String) },
    ]);
    expect(bars("linux-7.3", "redo")[0]?.bySize).toEqual({ "1G": 2 });
    expect(bars("linux-7.3", "drop")[0]?.bySize).toEqual({ "4K": 524_288 });
  });
});
