import { describe, expect, it } from "vitest";
import { archs } from "../../src/arch/index.ts";
import { benchOf, explainRequest } from "../../src/policies/explain.ts";
import { parsePolicy } from "../../src/policies/index.ts";
import { requestOf } from "../../src/policies/words.ts";
import { type Asked, bar, GiB, KiB, MiB, run } from "../proposals/script.ts";

const proposals = [
  ...["core-align", "start-pfn", "mmap-prepare", "max-order", "mapping-order-v1"],
  ...["merge-first", "shift-in-gap", "exact-aligned"],
];
const set = (policy: string, setting: string) =>
  parsePolicy(`${policy}${policy.includes(":") ? "," : ":"}${setting}`);

describe("a hint", () => {
  // Room for the BAR from the hint on, and not for a PMD more.
  const asked: readonly Asked[] = [
    { bytes: 4 * KiB, at: 0x100000000 + 64 * MiB, fixed: true },
    bar(64 * MiB, 0, { hint: 0x100000000 }),
  ];
  const taken = (policy: string) => run(policy, asked).addresses.at(-1) === "0x100000000";

  it("that has room for the length alone is lost to padding, unless it is tested first", () => {
    expect(taken("mapping-order-v1")).toBe(false);
    expect(taken("start-pfn:mechanism=pad")).toBe(false);
    expect(taken("mapping-order-v1:hints=length")).toBe(true);
    expect(taken("start-pfn:mechanism=pad,hints=length")).toBe(true);
    expect(taken("start-pfn")).toBe(true);
  });

  it("is tested once, before any search", () => {
    const text = explainRequest(
      parsePolicy("mapping-order-v1:hints=length"),
      "vfio 64M hint",
      benchOf(archs.get("x86-64")),
    );
    expect(text.match(/ at len=/g)).toHaveLength(1);
    expect(text).toContain("0: the hint or nothing\n     at len=0x4000000");
  });
});

describe.each(proposals)("%s", (policy) => {
  const request = requestOf("vfio 64M bar 64M", archs.get("x86-64"));

  it("leaves a task with the bottom-up layout to what pads, or aligns it as well", () => {
    const { target } = benchOf(archs.get("x86-64"));
    const legacy = { ...target, topDown: false };
    const masks = (setting: string) =>
      set(policy, setting)
        .searches(request, legacy)
        .filter((one) => one && one.alignMask !== undefined && one.only !== "down");
    expect(masks("legacy=plain")).toEqual([]);
    const masked = set(policy, "legacy=plain").searches(request, legacy);
    const own = masked.filter((one) => one && one.alignMask !== undefined);
    expect(masks("legacy=aligned")).toHaveLength(own.length);
  });

  it("aligns a 32-bit task, or leaves it alone", () => {
    const { target } = benchOf(archs.get("i386"));
    expect(set(policy, "compat=plain").searches(request, target)).toEqual([{}]);
    expect(set(policy, "compat=aligned").searches(request, target).length).toBeGreaterThan(1);
  });
});

it("a mapping of 1 GiB finds no aligned hole of its length under a mask, and one under an exact search", () => {
  const asked: readonly Asked[] = [
    { bytes: 4 * KiB, at: 0x7fff40000000 + 2 * GiB, fixed: true },
    { bytes: 4 * KiB, at: 0x7fff40000000 - 4 * KiB, fixed: true },
    bar(2 * GiB),
  ];
  const place = (policy: string) => run(policy, asked).addresses.at(-1);
  expect(place("exact-aligned")).toBe("0x7fff40000000");
  expect(place("shift-in-gap")).toBe("0x7fff40000000");
  expect(place("core-align")).toBe("0x7ffe80000000");
});
