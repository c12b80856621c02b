import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { metrics } from "../../src/metrics/index.ts";
import type { Report } from "../../src/reports/report.ts";
import { schemaErrors } from "../reports/schema.ts";
import { mmreplay } from "../support/cli.ts";

const trace = "traces/vfio-bar-256m-7.3.mmtrace";
const schema: unknown = JSON.parse(readFileSync("docs/schema/report.schema.json", "utf8"));

function report(...args: readonly string[]): Report {
  const { stdout, stderr, code } = mmreplay(["replay", trace, "--format", "json", ...args]);
  expect([code, stderr]).toEqual([0, ""]);
  const document: unknown = JSON.parse(stdout);
  expect(schemaErrors(schema, document)).toEqual([]);
  return document as Report;
}

/** Two of four pages are touched. */
const touching = `
  zoo 10 [001] 1.000001: syscalls:sys_enter_mmap: addr: 0x00000000, len: 0x00004000, prot: 0x00000003, flags: 0x00000022, fd: 0xffffffff, off: 0x00000000
  zoo 10 [001] 1.000002: syscalls:sys_exit_mmap: 0x7f5680000000
  zoo 10 [001] 1.000003: exceptions:page_fault_user: address=0x7f5680000000 ip=0x401000 error_code=0x6
  zoo 10 [001] 1.000004: exceptions:page_fault_user: address=0x7f5680002000 ip=0x401000 error_code=0x6
`;

const first = ({ results: [result] }: Report) => {
  if (result === undefined) throw new Error("no result");
  return result;
};

describe("replay", () => {
  it("measures what costs nothing, everything with --metrics all, or what is named", () => {
    const usual = metrics.all
      .filter(({ id, costly }) => costly !== true && id !== "tlb-misses")
      .map(({ id }) => id);
    expect(Object.keys(first(report("--policy", "linux-7.3")).metrics)).toEqual(usual);
    const all = report("--policy", "linux-7.3", "--metrics", "all");
    expect(Object.keys(first(all).metrics)).toEqual(metrics.ids);
    const named = report("--policy", "linux-7.3", "--metrics", "vmas,faults");
    expect(Object.keys(first(named).metrics)).toEqual(["vmas", "faults"]);
    expect(named.setup.metrics.map(({ id }) => id)).toEqual(["vmas", "faults"]);
  });

  it("keeps 200 moments in JSON, and as many as --points says", () => {
    const { overTime } = first(report("--policy", "linux-7.3"));
    expect(overTime?.lines.length).toBeGreaterThan(10);
    expect(overTime?.lines.length).toBeLessThanOrEqual(200);
    expect(first(report("--policy", "linux-7.3", "--points", "0")).overTime).toBeUndefined();
    const { stdout } = mmreplay(["replay", trace, "--policy", "linux-7.3", "--points", "50"]);
    expect(stdout).toMatch(/entries over time .*\n.*\n +linux-7.3 +[▁▂▃▄▅▆▇█]{10,40} /);
  });

  it("gives null with a reason for pages that nobody counts, and n/a in a table", () => {
    const none = first(report("--policy", "linux-7.3", "--populate", "none"));
    expect(none.metrics["tlb-entries"]).toEqual({
      value: null,
      unit: "entries",
      reason: "--populate none counts placement alone",
    });
    const { vmas } = none.metrics;
    expect(vmas?.value).toBeGreaterThan(0);
    const { stdout } = mmreplay([
      "replay",
      trace,
      "--policy",
      "linux-7.3",
      "--populate",
      "touched",
    ]);
    expect(stdout).toMatch(/linux-7.3 +n\/a +baseline +n\/a/);
    expect(stdout.replaceAll(/\s+/g, " ")).toContain("holds no page faults");
  });

  it("says of a simulated TLB that it is, from which figures, or that there are no page faults", () => {
    const asked = report("--policy", "linux-7.3", "--tlb", "zen4,neoverse-v2");
    expect(first(asked).metrics["tlb-misses"]).toMatchObject({
      value: null,
      reason: expect.stringContaining("page faults"),
    });
    expect(asked.setup.tlbs?.map(({ id }) => id)).toEqual(["zen4", "neoverse-v2"]);
    expect(asked.notes.join("\n")).toMatch(/AMD Zen 4, simulated from: AMD, .*57647/);
  });

  it("simulates a TLB with the recorded page faults, whatever pages are counted as populated", () => {
    const misses = (populate: string) => {
      const args = ["-", "--policy", "linux-7.3", "--tlb", "zen4", "--metrics", "tlb-misses"];
      const options = [...args, "--format", "json", "-q", "--populate", populate];
      const { stdout } = mmreplay(["replay", ...options], touching);
      return first(JSON.parse(stdout)).metrics["tlb-misses"]?.value;
    };
    expect(["full", "touched"].map(misses)).toEqual([2, 2]);
  });

  it("counts what is touched while most pages are mapped", () => {
    const args = [
      "-",
      "--policy",
      "linux-7.3",
      "--populate",
      "touched",
      "--metrics",
      "tlb-entries",
    ];
    const { stdout } = mmreplay(["replay", ...args, "--format", "json", "-q"], touching);
    expect(first(JSON.parse(stdout)).metrics["tlb-entries"]?.value).toBe(2);
  });

  it("puts BARs at the frame that --pfn gives, and folios at the order that --folio-order gives", () => {
    const entries = (...args: readonly string[]) =>
      first(report("--policy", "start-pfn", ...args)).metrics["tlb-entries"]?.value ?? 0;
    const recorded = entries();
    // An odd frame: no address of a whole page table's size is congruent with file offsets any more.
    expect(entries("--pfn", "0x12345")).not.toBe(recorded);
    expect(entries("--pfn", "0xc120000")).toBe(recorded);
    expect(entries("--folio-order", "0")).toBeGreaterThanOrEqual(recorded);
  });

  it.each([
    [["--pfn", "high"], /usage\/pfn.*"high"/],
    [["--folio-order", "12"], /usage\/folio-order.*0 to 11/],
    [["--points", "2001"], /usage\/points.*0 to 2000/],
    [["--tlb", "zen5"], /usage\/unknown-cpu.*zen5[\s\S]*did you mean zen4/],
    [["--metrics", "vma"], /usage\/unknown-metric.*vma[\s\S]*did you mean vmas/],
  ])("refuses %j with a way out", (args, message) => {
    const { code, stderr } = mmreplay(["replay", trace, ...args]);
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
  });
});

describe("list metrics", () => {
  it("describes each with its unit", () => {
    const lines = mmreplay(["list", "metrics"]).stdout.trimEnd().split("\n");
    expect(lines.map((line) => line.split(" ")[0])).toEqual(metrics.ids);
    for (const line of lines) expect(line).toMatch(/^\S+ +\S.+ \(\w+\)$/);
  });
});
