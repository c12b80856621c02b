import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { MmreplayError } from "../../src/errors.ts";
import { compare, compareJson, compareText, parseReport } from "../../src/reports/compare.ts";
import { makeReport, type Report, type Result } from "../../src/reports/report.ts";
import { runs, sample, setup } from "./sample.ts";
import { schemaErrors } from "./schema.ts";

/** The sample with one number of one result changed. */
function changed(id: string, value: number | null, policy = "vfio-thp"): Report {
  const of = (result: Result): Result => ({
    ...result,
    metrics: { ...result.metrics, [id]: { unit: "", ...result.metrics[id], value } },
  });
  const report = sample();
  return {
    ...report,
    results: report.results.map((result) =>
      result.trace === "vm" && result.policy === policy ? of(result) : result,
    ),
  };
}

function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    return error instanceof MmreplayError ? error.code : String(error);
  }
  return "none";
}

describe("compare", () => {
  it("finds no change in a report and itself", () => {
    const same = compare(sample(), sample());
    expect(same).toMatchObject({ compared: 6, changes: [], regressions: 0 });
    expect(compareText(same)).toBe("no change in 6 results\n");
  });

  it("counts one more entry as a regression, one less as none", () => {
    expect(compare(sample(), changed("tlb-entries", 2_305)).regressions).toBe(1);
    const better = compare(sample(), changed("tlb-entries", 2_303));
    expect(better.changes).toHaveLength(1);
    expect(better.regressions).toBe(0);
  });

  it("takes the direction of each metric from the report", () => {
    expect(compare(sample(), changed("agreement", 1)).regressions).toBe(0);
    expect(compare(sample(), changed("agreement", 0.5)).regressions).toBe(1);
  });

  it("does not wave a number through that is gone", () => {
    expect(compare(sample(), changed("faults", null)).regressions).toBe(1);
    expect(compare(changed("faults", null), sample()).regressions).toBe(0);
  });

  it("never gates on latency", () => {
    expect(compare(changed("latency", 90), changed("latency", 180)).changes).toEqual([]);
  });

  it("counts more lost mappings as a regression", () => {
    const lost = makeReport(
      setup,
      runs.map((run) => ({ ...run, counters: { ...run.counters, lost: 9 } })),
    );
    expect(compare(sample(), lost).regressions).toBe(6);
  });

  it.each([
    { idioms: "keep" },
    { population: "none" },
    { folioOrder: 9 },
    { pfn: "0xc080000" },
    { tlbs: [] },
  ] as const)("refuses a report of other options: %j", (other) => {
    const next: Report = { ...sample(), setup: { ...setup, ...other } };
    expect(codeOf(() => compare(sample(), next))).toBe("compare/other-input");
    expect(codeOf(() => compare(next, sample()))).toBe("compare/other-input");
  });

  it("refuses reports with nothing in common", () => {
    const other = makeReport(
      {
        ...setup,
        traces: setup.traces.map((trace) => ({ ...trace, name: `other-${trace.name}` })),
      },
      runs.map((run) => ({ ...run, trace: `other-${run.trace}` })),
    );
    expect(codeOf(() => compare(sample(), other))).toBe("compare/other-input");
  });

  it("counts a policy that only the base has as a regression, and lists a new one", () => {
    const fewer = makeReport(
      { ...setup, policies: setup.policies.slice(0, 2) },
      runs.filter(({ policy }) => policy !== "core-align:kinds=all"),
    );
    const gone = compare(sample(), fewer);
    expect(gone).toMatchObject({ compared: 4, onlyBase: ["core-align:kinds=all"], regressions: 1 });
    expect(compareText(gone)).toBe(
      "no change in 4 results; gone: policy core-align:kinds=all\n" +
        "gone: only the base report has policy core-align:kinds=all; a regression there would not be seen\n",
    );
    const added = compare(fewer, sample());
    expect(added).toMatchObject({ compared: 4, onlyNext: gone.onlyBase, regressions: 0 });
    expect(compareText(added)).toBe(
      "no change in 4 results\nnote: only the new report has policy core-align:kinds=all\n",
    );
  });

  it("counts a trace that only the base has as a regression, and lists a new one", () => {
    const fewer = makeReport(
      { ...setup, traces: setup.traces.slice(0, 1) },
      runs.filter(({ trace }) => trace === "vm"),
    );
    const gone = compare(sample(), fewer);
    expect(gone).toMatchObject({ compared: 3, onlyBaseTraces: ["db (x86-64)"], regressions: 1 });
    expect(compareText(gone)).toContain("no change in 3 results; gone: trace db (x86-64)\n");
    const added = compare(fewer, sample());
    expect(added).toMatchObject({ onlyNextTraces: ["db (x86-64)"], regressions: 0 });
    expect(compareText(added)).toContain("note: only the new report has trace db (x86-64)\n");
  });

  it("counts one trace under one policy that only the base has as a regression, and lists a new one", () => {
    const fewer = makeReport(
      setup,
      runs.filter(({ trace, policy }) => trace !== "db" || policy !== "vfio-thp"),
    );
    const pair = "db (x86-64) under policy vfio-thp";
    const gone = compare(sample(), fewer);
    expect(gone).toMatchObject({ compared: 5, onlyBase: [], onlyBaseTraces: [], regressions: 1 });
    expect(gone).toMatchObject({ onlyBasePairs: [pair], onlyNextPairs: [] });
    expect(compareText(gone)).toBe(
      `no change in 5 results; gone: trace ${pair}\n` +
        `gone: only the base report has trace ${pair}; a regression there would not be seen\n`,
    );
    const added = compare(fewer, sample());
    expect(added).toMatchObject({ onlyBasePairs: [], onlyNextPairs: [pair], regressions: 0 });
    expect(compareText(added)).toBe(
      `no change in 5 results\nnote: only the new report has trace ${pair}\n`,
    );
  });

  it("prints the worse changes first, with both numbers and the factor", () => {
    const next = changed("tlb-entries", 23_040);
    const lines = compareText(compare(sample(), next)).split("\n");
    expect(lines[0]).toBe("1 worse, 0 better, in 6 results");
    expect(lines[4]).toMatch(/worse +vm +vfio-thp +tlb-entries +2,304 +23,040 +\+20,736 +10x more/);
  });

  it("calls what only one report can give gone or new, not worse or better", () => {
    const without = changed("faults", null);
    expect(compareText(compare(sample(), without))).toMatch(
      /^0 worse, 0 better, 1 gone, in 6 results\n[\s\S]*\n {2}gone +vm +vfio-thp +faults/,
    );
    expect(compareText(compare(without, sample()))).toMatch(
      /^0 worse, 0 better, 1 new, in 6 results\n[\s\S]*\n {2}new +vm +vfio-thp +faults/,
    );
  });

  it("is what its schema describes", () => {
    const schema: unknown = JSON.parse(readFileSync("docs/schema/compare.schema.json", "utf8"));
    const document: unknown = JSON.parse(compareJson(compare(sample(), changed("faults", null))));
    expect(schemaErrors(schema, document)).toEqual([]);
    expect(schemaErrors(schema, { ...(document as object), regressions: "1" })).not.toEqual([]);
  });
});

describe("a report file", () => {
  it("is read back as it was written", () => {
    expect(parseReport(JSON.stringify(sample()), "base.json")).toEqual(sample());
  });

  it("is refused with its name and what it is", () => {
    expect(codeOf(() => parseReport("{", "base.json"))).toBe("compare/no-report");
    expect(() => parseReport('{"schema":"mmreplay.report/2"}', "base.json")).toThrow(
      'this is no report: schema "mmreplay.report/2"',
    );
    expect(() => parseReport("null", "base.json")).toThrow("this is no report: schema null");
  });

  it("is refused where a part of it is missing", () => {
    const { setup, results, ...rest } = sample();
    const partly = [
      { ...rest, results },
      { ...rest, setup },
      { ...rest, results, setup: { ...setup, metrics: undefined } },
      { ...rest, setup, results: results.map(({ counters: _, ...result }) => result) },
      { ...rest, setup, results: [null] },
    ];
    for (const report of partly)
      expect(codeOf(() => parseReport(JSON.stringify(report), "a.json"))).toBe("compare/no-report");
  });

  it("is refused where something is not what it should be", () => {
    const { setup, results, ...rest } = sample();
    const wrong: readonly unknown[] = [
      { ...rest, results, setup: { ...setup, version: 1 } },
      { ...rest, results, setup: { ...setup, metrics: [null] } },
      { ...rest, results, setup: { ...setup, tlbs: [{}] } },
      ...[
        { trace: 1 },
        { arch: null },
        { counters: { lost: "9" } },
        { metrics: { faults: 1 } },
      ].map((one) => ({ ...rest, setup, results: [{ ...results[0], ...one }] })),
      {
        ...rest,
        setup,
        results: [{ ...results[0], metrics: { faults: { value: "1", unit: "" } } }],
      },
    ];
    for (const report of wrong)
      expect(codeOf(() => parseReport(JSON.stringify(report), "a.json"))).toBe("compare/no-report");
  });
});
