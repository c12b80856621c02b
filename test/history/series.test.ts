import { describe, expect, it } from "vitest";
import type { Run } from "../../src/history/run.ts";
import { type History, historyOf, type Wanted } from "../../src/history/series.ts";
import { measures, type Night, runOf, runsOf } from "./nights.ts";

const history = (nights: readonly Night[], wanted: Wanted = {}): Promise<History> =>
  historyOf(runsOf(nights), wanted);

/** The changes of the one series that is wanted, as `run: from -> to`. */
async function changesOf(nights: readonly Night[]): Promise<readonly string[]> {
  const { series } = await history(nights, { trace: "a", policy: "x", metric: "tlb-entries" });
  expect(series).toHaveLength(1);
  return [...(series[0]?.changes ?? [])].map(
    ({ run, base, next, worse }) => `${run}: ${base} -> ${next}${worse ? ", worse" : ""}`,
  );
}

describe("a series", () => {
  it("changes at each run whose number is another one than before, and nowhere else", async () => {
    const entries = [5, 5, 7, 7, 6, 6, 6];
    const nights = entries.map((value) => ({ "a x": [value, 1] }));
    expect(await changesOf(nights)).toEqual(["2: 5 -> 7, worse", "4: 7 -> 6"]);
  });

  it("takes the direction of its metric", async () => {
    const nights = [0.5, 0.6, 0.4].map((share) => ({ "a x": [1, share] }));
    const { series } = await history(nights, { metric: "agreement" });
    expect([...(series[0]?.changes ?? [])].map(({ worse }) => worse)).toEqual([false, true]);
  });

  it("is held against the last run that had it, after runs without", async () => {
    const other = { "b x": [1, 1] };
    const nights = [{ "a x": [5, 1], ...other }, other, other, { "a x": [9, 1], ...other }];
    expect(await changesOf(nights)).toEqual(["3: 5 -> 9, worse"]);
  });

  it("that is no longer given is worse, and is no change for the worse when it comes back", async () => {
    const nights = [{ "a x": [5, 1] }, { "a x": [null, 1] }, { "a x": [5, 1] }];
    expect(await changesOf(nights)).toEqual(["1: 5 -> null, worse", "2: null -> 5"]);
  });

  it("ends where its metric is no longer counted, and begins where it is", async () => {
    const only = (run: Run, at: number): Run => ({
      ...run,
      measures: measures.slice(at, at + 1),
      rows: run.rows.map((row) => ({ ...row, values: row.values.slice(at, at + 1) })),
    });
    const night = runOf({ "a x": [5, 1] }, 0);
    async function* runs() {
      yield only(night, 1);
      yield night;
      yield only(night, 1);
    }
    const { series } = await historyOf(runs(), { metric: "tlb-entries" });
    expect(series[0]?.changes.value).toBeNull();
    expect([...(series[0]?.changes ?? [])]).toEqual([
      { run: 1, base: null, next: 5, worse: false },
      { run: 2, base: 5, next: null, worse: true },
    ]);
  });
});

describe("a history", () => {
  const nights = [
    { "a x": [1, 1], "b x": [1, 1] },
    { "a x": [1, 1], "a y": [1, 1] },
  ];

  it("tells which traces and policies came and went", async () => {
    const { runs } = await history(nights);
    expect(runs).toMatchObject([
      { line: 1, label: "n0", gone: [], new: [] },
      { line: 2, label: "n1", gone: ["trace b (x86-64)"], new: ["policy y"] },
    ]);
  });

  it("tells that one trace has lost or gained a policy, also where only that trace is wanted", async () => {
    const all = { "a x": [1, 1], "a y": [1, 1], "b x": [1, 1], "b y": [1, 1] };
    const { "b y": _, ...three } = all;
    const pair = ["trace b (x86-64) under policy y"];
    const told = [
      { gone: [], new: [] },
      { gone: pair, new: [] },
      { gone: [], new: pair },
    ];
    expect((await history([all, three, all])).runs).toMatchObject(told);
    expect((await history([all, three, all], { trace: "b" })).runs).toMatchObject(told);
    expect((await history([all, three, all], { trace: "a" })).runs[1]).toMatchObject({ gone: [] });
  });

  it("has only what is wanted", async () => {
    const { runs, series } = await history(nights, { trace: "a", metric: "agreement" });
    const names = series.map(({ policy, metric }) => `${policy} ${metric}`);
    expect(names).toEqual(["x agreement", "y agreement"]);
    expect(runs[1]).toMatchObject({ gone: [], new: ["policy y"] });
  });

  it("refuses a name that no run has, with the nearest one", async () => {
    await expect(history(nights, { metric: "agrement" })).rejects.toMatchObject({
      code: "usage/unknown-metric",
      hint: "did you mean agreement",
    });
    await expect(history(nights, { trace: "c" })).rejects.toMatchObject({
      code: "usage/unknown-trace",
      hint: "choose one of a, b",
    });
  });
});
