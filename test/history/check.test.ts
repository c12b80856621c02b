import { describe, expect, it } from "vitest";
import { type Check, checkLast } from "../../src/history/check.ts";
import type { Run } from "../../src/history/run.ts";
import { judge } from "../../src/reports/judge.ts";
import { type Night, runOf, runsOf } from "./nights.ts";

const entries = (...values: readonly (number | null)[]): readonly Night[] =>
  values.map((value) => ({ "a x": [value, 1] }));

/** `tlb-entries n3` for what is worse since that run. */
function sinceOf({ changes, gone }: Check): readonly string[] {
  return [
    ...changes.flatMap(({ metric, since }) => (since === null ? [] : [`${metric} ${since.label}`])),
    ...gone.map(({ what, since }) => `${what} ${since.label}`),
  ];
}

describe("the last run", () => {
  it("is held against the one before, as compare judges two reports", async () => {
    const nights = [...entries(9), { "a x": [5, 1], "b x": [1, 0.5] }, { "a x": [6, 0.5] }];
    const {
      changes,
      gone: _,
      base,
      next,
      schema: __,
      ...rest
    } = await checkLast(runsOf(nights), undefined);
    expect([base?.label, next.label]).toEqual(["n1", "n2"]);
    const [before = {}, after = {}] = nights.slice(1);
    const judged = judge(runOf(before, 1), runOf(after, 2));
    expect({ ...rest, changes: changes.map(({ since: ___, ...change }) => change) }).toEqual(
      judged,
    );
    expect(rest.regressions).toBe(3);
  });

  it("is compared with nothing where it is the first one", async () => {
    const check = await checkLast(runsOf(entries(5)), undefined);
    expect(check).toMatchObject({ base: null, regressions: 0, changes: [] });
  });

  it("is worse since the run from which on it has been", async () => {
    const since = async (...values: readonly (number | null)[]) =>
      sinceOf(await checkLast(runsOf(entries(...values)), "n0"));
    expect(await since(5, 5, 6, 6)).toEqual(["tlb-entries n2"]);
    expect(await since(5, 6, 9, 7)).toEqual(["tlb-entries n1"]);
    expect(await since(5, 6, 5, 5, 8, 8)).toEqual(["tlb-entries n4"]);
    expect(await since(5, 6, 4, 4)).toEqual([]);
    expect(await since(5, null, null)).toEqual(["tlb-entries n1"]);
  });

  it("lacks a trace or a policy since the run from which on it has", async () => {
    const all = { "a x": [1, 1], "a y": [1, 1], "b x": [1, 1], "b y": [1, 1] };
    const { "a y": _, "b y": __, ...onlyX } = all;
    const check = await checkLast(runsOf([all, all, onlyX, { "a x": [1, 1] }]), "n0");
    expect(sinceOf(check)).toEqual(["trace b (x86-64) n3", "policy y n2"]);
    expect(check.regressions).toBe(2);
  });

  it("lacks a trace under a policy that both are still there otherwise", async () => {
    const all = { "a x": [1, 1], "a y": [1, 1], "b x": [1, 1], "b y": [1, 1] };
    const { "b y": _, ...three } = all;
    const check = await checkLast(runsOf([all, three, three]), "n0");
    expect(sinceOf(check)).toEqual(["trace b (x86-64) under policy y n1"]);
    expect(check.regressions).toBe(1);
  });

  it("is worse than the latest run of a label since a run after that one", async () => {
    async function* runs(): AsyncGenerator<Run> {
      for (const [number, value] of [1, 3, 2, 3].entries())
        yield runOf({ "a x": [value, 1] }, number, number % 2 === 0 ? "base" : `n${number}`);
    }
    expect(sinceOf(await checkLast(runs(), "base"))).toEqual(["tlb-entries n3"]);
  });

  it("is held against the latest earlier run of a label", async () => {
    async function* runs(): AsyncGenerator<Run> {
      for (const [number, value] of [1, 3, 5, 5].entries())
        yield runOf({ "a x": [value, 1] }, number, number === 0 ? "old" : "v1");
    }
    expect(await checkLast(runs(), "v1")).toMatchObject({ base: { line: 3 }, regressions: 0 });
    expect(await checkLast(runs(), "old")).toMatchObject({ base: { line: 1 }, regressions: 1 });
    await expect(checkLast(runs(), "v2")).rejects.toMatchObject({
      code: "usage/unknown-label",
      hint: "did you mean v1",
    });
  });
});
