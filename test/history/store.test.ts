import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { Diagnostics, MmreplayError } from "../../src/errors.ts";
import type { Run } from "../../src/history/run.ts";
import { addRun, runsOf } from "../../src/history/store.ts";
import { type Counts, keyOf } from "../../src/reports/counts.ts";
import { type Night, runOf } from "./nights.ts";

let path = "";

beforeEach(() => {
  const folder = mkdtempSync(join(tmpdir(), "mmreplay-history-"));
  path = join(folder, "nights.jsonl");
  onTestFinished(() => rmSync(folder, { recursive: true }));
});

async function add(...runs: readonly Run[]): Promise<void> {
  for (const { line: _, ...run } of runs) await addRun(path, () => run, new Diagnostics());
}

/** What a store holds, and how many lines of it were cut. */
async function read(): Promise<{ readonly runs: readonly Run[]; readonly cut: number }> {
  const diagnostics = new Diagnostics();
  const runs: Run[] = [];
  for await (const run of runsOf(path, diagnostics)) runs.push(run);
  return { runs, cut: diagnostics.count("history/cut-line") };
}

/** The numbers, whatever the order of the rows. */
const numbersOf = ({ measures, rows }: Counts) => [
  measures,
  new Map(rows.map((row) => [keyOf(row), row.values])),
];

async function refusal(): Promise<MmreplayError> {
  const error = await read().catch((thrown: unknown) => thrown);
  if (error instanceof MmreplayError) return error;
  throw new Error("it was read");
}

const linesIn = (): string[] => readFileSync(path, "utf8").trimEnd().split("\n");

/** Twenty results, of which the first has this many entries. */
function night(entries: number): Night {
  const others = Array.from({ length: 19 }, (_, i) => [`t${i} vfio-thp`, [70_000 + i, 1]] as const);
  return { "t0 linux-7.3": [entries, 0.5], ...Object.fromEntries(others) };
}

const value = fc.option(fc.integer({ min: 0, max: 3 }), { nil: null });
const names = ["a linux-7.3", "a vfio-thp", "b linux-7.3", "b vfio-thp"] as const;
const nights = fc.array(
  fc.record(Object.fromEntries(names.map((name) => [name, fc.tuple(value, value)])), {
    requiredKeys: [],
  }),
  { minLength: 1, maxLength: 30 },
);

describe("a store", () => {
  it("gives back every run that was added, whatever comes and goes", async () => {
    await fc.assert(
      fc.asyncProperty(nights, async (all) => {
        rmSync(path, { force: true });
        const runs = all.map((one, number) => runOf(one as Night, number));
        await add(...runs);
        const { runs: found } = await read();
        expect(found.map(numbersOf)).toEqual(runs.map(numbersOf));
        expect(found.map(({ added, line }) => [added, line])).toEqual(
          runs.map(({ added, line }) => [added, line]),
        );
      }),
      { numRuns: 30 },
    );
  });

  it("grows by less than 200 bytes in a night without a change", async () => {
    await add(runOf(night(9), 0, "v1"));
    const before = readFileSync(path).length;
    await add(runOf(night(9), 1, "v2"));
    expect(readFileSync(path).length - before).toBeLessThan(200);
  });

  it("tells all numbers again before what differs takes more room than that", async () => {
    await add(...Array.from({ length: 40 }, (_, number) => runOf(night(number), number)));
    const lines = linesIn();
    const wholes = lines.filter((line) => line.includes('"measures"')).length;
    expect(wholes).toBeGreaterThan(2);
    const longest = Math.max(...lines.map((line) => line.length));
    expect(readFileSync(path).length).toBeLessThan(2 * (wholes + 1) * longest);
  });

  it("takes no run whose line is longer than it reads", async () => {
    const long = runOf({ [`${"x".repeat(10 * 2 ** 20)} p`]: [1, 1] }, 0);
    await expect(add(long)).rejects.toMatchObject({ code: "history/too-large" });
    await add(runOf(night(1), 0));
    expect((await read()).runs).toHaveLength(1);
  });

  it("tells all numbers again where other things are counted", async () => {
    const first = runOf({ "a x": [1, 2] }, 0);
    const fewer = { ...runOf({ "a x": [1] }, 1), measures: first.measures.slice(0, 1) };
    await add(first, fewer, first);
    expect((await read()).runs.map(numbersOf)).toEqual([first, fewer, first].map(numbersOf));
  });

  it("may lose the lines before one that tells all numbers", async () => {
    await add(...Array.from({ length: 40 }, (_, number) => runOf(night(number), number)));
    const lines = linesIn();
    const second = lines.findIndex((line, at) => at > 0 && line.includes('"measures"'));
    writeFileSync(path, `${lines.slice(second).join("\n")}\n`);
    expect((await read()).runs.map(({ rows }) => rows[0]?.values[0])).toEqual(
      Array.from({ length: 40 - second }, (_, at) => second + at),
    );
  });
});

describe("a line that counts from an earlier one", () => {
  /** A store in a file of its own, as its lines. */
  async function linesOf(...runs: readonly Run[]): Promise<readonly string[]> {
    rmSync(path, { force: true });
    await add(...runs);
    return linesIn();
  }

  /** Another whole line than any other. */
  async function whole(number: number): Promise<string> {
    const [line = ""] = await linesOf(runOf(night(number), number));
    return line;
  }

  it("may have whole ones of other jobs in between, up to sixteen with its own", async () => {
    const [first = "", part = ""] = await linesOf(runOf(night(1), 0), runOf(night(2), 1));
    const others = [];
    for (let number = 3; number < 19; number++) others.push(await whole(number));
    writeFileSync(path, `${[first, ...others.slice(1), part].join("\n")}\n`);
    expect((await read()).runs.at(-1)?.rows[0]?.values[0]).toBe(2);
    writeFileSync(path, `${[first, ...others, part].join("\n")}\n`);
    expect(await refusal()).toMatchObject({ code: "history/damaged-line", at: { line: 18 } });
  });
});

describe("a line that was cut", () => {
  it("costs its own run alone, wherever it was cut", async () => {
    await add(runOf(night(1), 0), runOf(night(2), 1));
    const whole = readFileSync(path);
    const before = whole.indexOf("\n") + 1;
    for (let end = before + 2; end < whole.length - 1; end += 7) {
      writeFileSync(path, whole);
      truncateSync(path, end);
      expect(await read()).toMatchObject({ cut: 1, runs: [{ line: 1 }] });
      await add(runOf(night(3), 2));
      const { runs, cut } = await read();
      expect(cut).toBe(1);
      expect(runs.map(({ line, rows }) => [line, rows[0]?.values[0]])).toEqual([
        [1, 1],
        [3, 3],
      ]);
    }
  });

  it("may be the first one, or be full of NUL after a crash", async () => {
    writeFileSync(path, '{"schema":"mmrep');
    await add(runOf(night(1), 0));
    writeFileSync(path, Buffer.concat([readFileSync(path), Buffer.alloc(100)]));
    await add(runOf(night(2), 1));
    const { runs, cut } = await read();
    expect([runs.length, cut]).toEqual([2, 2]);
  });

  it("needs nothing but its end to be a run", async () => {
    await add(runOf(night(1), 0), runOf(night(2), 1));
    truncateSync(path, readFileSync(path).length - 1);
    expect((await read()).runs).toHaveLength(2);
    await add(runOf(night(3), 2));
    expect((await read()).runs).toHaveLength(3);
  });
});

describe("a damaged store", () => {
  it("is refused at the line that is no run, with a way on", async () => {
    await add(runOf(night(1), 0), runOf(night(2), 1));
    const [first = "", second = ""] = linesIn();
    for (const bad of [
      "notes",
      "{}",
      '{"schema":"mmreplay.run/1"}',
      second.replace("[2,", '["2",'),
    ]) {
      writeFileSync(path, `${first}\n${bad}\n`);
      const { code, at, hint } = await refusal();
      expect([code, at.file, at.line]).toEqual(["history/damaged-line", path, 2]);
      expect(hint).toBe("go on without it: sed -i 2d STORE");
    }
  });

  it("is refused where the line is gone that another counts from", async () => {
    await add(runOf(night(1), 0), runOf(night(2), 1));
    const [first = "", second = ""] = linesIn();
    writeFileSync(path, `${first.replace("0.5", "0.6")}\n${second}\n`);
    const { code, at, hint } = await refusal();
    expect([code, at.line]).toEqual(["history/damaged-line", 2]);
    const [, mark] = /"since":"(\w+)"/.exec(second) ?? [];
    expect(hint).toContain(`sed -i /${mark}/d STORE`);
  });

  it("is refused where values are missing from a row", async () => {
    await add(runOf(night(1), 0), runOf(night(2), 1));
    const [first = "", second = ""] = linesIn();
    writeFileSync(path, `${first}\n${second.replace("[2,0.5]", "[2]")}\n`);
    expect((await refusal()).code).toBe("history/damaged-line");
  });

  it("is refused where runs were made with other options", async () => {
    await add(runOf(night(1), 0));
    const other = linesIn().map((line) => line.replace("redo", "keep"));
    writeFileSync(path, `${[...linesIn(), ...other].join("\n")}\n`);
    expect(await refusal()).toMatchObject({ code: "history/other-options", at: { line: 2 } });
  });

  it("is told from one that a later version has written", async () => {
    await add(runOf(night(1), 0));
    const later = '{"schema":"mmreplay.run/2"}';
    writeFileSync(path, `${linesIn()[0]}\n${later}\n`);
    expect(await refusal()).toMatchObject({ code: "history/newer", at: { line: 2 } });
    writeFileSync(path, `${later}\n`);
    expect(await refusal()).toMatchObject({ code: "history/newer", at: { line: 1 } });
  });
});

it("is no store what begins with something else, and none that is empty holds a run", async () => {
  for (const text of ["notes\n", "{}\n", '{\n  "schema": "mmreplay.report/1"\n}\n', "[1]\n"]) {
    writeFileSync(path, text);
    expect((await refusal()).code).toBe("history/no-store");
    await expect(add(runOf(night(1), 0))).rejects.toMatchObject({ code: "history/no-store" });
    expect(readFileSync(path, "utf8")).toBe(text);
  }
  writeFileSync(path, "");
  expect((await refusal()).code).toBe("history/empty");
  await add(runOf(night(1), 0));
  expect((await read()).runs).toHaveLength(1);
});
