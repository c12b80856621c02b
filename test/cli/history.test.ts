import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { schemaErrors } from "../reports/schema.ts";
import { type Finished, mmreplay, root } from "../support/cli.ts";

let folder = "";
const file = (name: string): string => join(folder, name);
const store = (): string => file("nights.jsonl");
const history = (...args: readonly string[]): Finished => mmreplay(["history", ...args]);

/** A policy under work: one night it forgets to align. */
const policy = (mask: string): string => `export const policy = {
  id: "mine", summary: "s", kernel: "k", source: "s", base: "linux-7.3",
  searches: ({ kind, pgoff }, { arch }) =>
    kind === "vfio" ? [{ alignMask: ${mask}, alignOffset: pgoff, only: "down" }, {}] : undefined,
};`;

const vfio = "traces/vfio-bar-256m-7.3.mmtrace";
const lmdb = "traces/lmdb-ext4.mmtrace";

function report(name: string, ...args: readonly string[]): void {
  const words = ["replay", ...args, "--format", "json", "-o", file(name)];
  expect(mmreplay(words)).toMatchObject({ code: 0 });
}

const nights = ["good", "better", "bad", "worse", "again", "fewer"] as const;
let lines: readonly string[] = [];

/** A store as it was after that night: it is only appended to. */
function storeAfter(night: (typeof nights)[number]): void {
  const until = lines.slice(0, nights.indexOf(night) + 1);
  writeFileSync(store(), until.map((line) => `${line}\n`).join(""));
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "mmreplay-history-"));
  const mine = file("mine.mjs");
  writeFileSync(mine, policy("arch.pmd - 1"));
  report("good.json", vfio, lmdb, "--policy", `linux-7.3,${mine}`);
  report("fewer.json", vfio, "--policy", `linux-7.3,${mine}`, "--latency");
  report("keep.json", vfio, "--policy", "linux-7.3", "--idioms", "keep");
  writeFileSync(mine, policy("0"));
  report("bad.json", vfio, lmdb, "--policy", `linux-7.3,${mine}`);
  const reports = { better: "good", worse: "bad", again: "good" };
  for (const label of nights) {
    const name = label in reports ? reports[label as keyof typeof reports] : label;
    const { code } = history("add", store(), file(`${name}.json`), "--label", label);
    expect(code).toBe(0);
  }
  lines = readFileSync(store(), "utf8").trimEnd().split("\n");
}, 120_000);

beforeEach(() => rmSync(store(), { force: true }));

afterAll(() => rmSync(folder, { recursive: true }));

describe("history check", () => {
  it("ends with 1 in the night of a regression and names it, not in the nights around", () => {
    storeAfter("good");
    expect(history("check", store())).toMatchObject({ code: 0, stderr: "" });
    storeAfter("better");
    const calm = history("check", store());
    expect(calm.code).toBe(0);
    expect(calm.stdout).toMatch(/^better \(.*\) against good \(.*\)\nno change in 4 results\n$/);
    storeAfter("bad");
    const { code, stdout } = history("check", store());
    expect(code).toBe(1);
    expect(stdout).toMatch(
      / {2}worse +vfio-bar-256m-7.3 +mine +tlb-entries +2,442 .* bad \(.*\)\n/,
    );
    storeAfter("worse");
    expect(history("check", store())).toMatchObject({ code: 0 });
  });

  it("finds against an older run what compare finds, and since when", () => {
    storeAfter("worse");
    const { code, stdout } = history("check", store(), "--since", "good", "--format", "json");
    const { changes, base, next, gone, schema, ...rest } = JSON.parse(stdout);
    const compared = mmreplay(["compare", file("good.json"), file("bad.json"), "--format", "json"]);
    const { base: _, next: __, schema: ___, ...expected } = JSON.parse(compared.stdout);
    expect([code, compared.code]).toEqual([1, 1]);
    const all: readonly { worse: boolean; since: { label: string } | null }[] = changes;
    expect({ ...rest, changes: all.map(({ since: ____, ...change }) => change) }).toEqual(expected);
    for (const { worse, since } of all) expect(since?.label).toBe(worse ? "bad" : undefined);
    const ends = [base.label, next.label, gone, schema];
    expect(ends).toEqual(["good", "worse", [], "mmreplay.history-check/1"]);
  });

  it("ends with 1 where a trace is gone", () => {
    storeAfter("fewer");
    const { code, stdout } = history("check", store());
    expect(code).toBe(1);
    expect(stdout).toMatch(
      /gone: only the base run has trace lmdb-ext4 \(x86-64\), since fewer \(.*; /,
    );
  });

  it("ends with 1, as compare does, where one trace under one policy is gone", () => {
    const { results, ...rest } = JSON.parse(readFileSync(file("good.json"), "utf8"));
    const pair = "trace lmdb-ext4 (x86-64) under policy mine";
    const kept = results.filter(
      ({ trace, policy: id }: { trace: string; policy: string }) =>
        trace !== "lmdb-ext4" || id !== "mine",
    );
    writeFileSync(file("three.json"), JSON.stringify({ ...rest, results: kept }));
    storeAfter("good");
    expect(history("add", store(), file("three.json"), "--label", "three")).toMatchObject({
      code: 0,
      stderr: expect.stringContaining(`: no change in 3 results; gone: ${pair}\n`),
    });
    const checked = history("check", store());
    const compared = mmreplay(["compare", file("good.json"), file("three.json")]);
    expect([checked.code, compared.code]).toEqual([1, 1]);
    expect(checked.stdout).toContain(`gone: only the base run has ${pair}, since three (`);
    expect(compared.stdout).toContain(`gone: only the base report has ${pair}; `);
  });
});

describe("history show", () => {
  it("prints the change points with labels, both numbers and percent", () => {
    storeAfter("again");
    const { stdout } = history("show", store(), "--metric", "tlb-entries", "--policy", "mine");
    const [headline, , , , ...rows] = stdout.trimEnd().split("\n");
    expect(headline).toMatch(/^5 runs from .* to .*: 1 of 2 series changed$/);
    const series = "vfio-bar-256m-7.3 mine tlb-entries";
    expect(
      rows.map((row) => row.replace(/\d+-\d\d-\d\d \d\d:\d\d/, "").replace(/\s+/g, " ")),
    ).toEqual([
      ` worse bad ${series} 2,442 189,979 +187,537 +7,680%`,
      ` better again ${series} 189,979 2,442 -187,537 -98.7%`,
      " lmdb-ext4 mine tlb-entries 97,586 no change",
    ]);
  });

  it("prints nothing of series without a change unless they are named", () => {
    storeAfter("better");
    expect(history("show", store()).stdout).toMatch(/^2 runs from .*: 0 of 88 series changed\n$/);
    const named = history("show", store(), "--trace", "lmdb-ext4", "--metric", "vmas");
    expect(named.stdout).toMatch(/linux-7.3 +vmas +60 +no change/);
  });

  it("is a table of Markdown, too", () => {
    storeAfter("fewer");
    const { stdout } = history("show", store(), "--metric", "tlb-entries", "--format", "markdown");
    expect(stdout).toMatch(
      /\n\| worse \| .* \| bad \| vfio-bar-256m-7.3 \| mine \| tlb-entries \|/,
    );
    expect(stdout).toMatch(/\n- gone: trace lmdb-ext4 \(x86-64\), in fewer \(.*\)\n$/);
  });
});

describe("a history of hundreds of thousands of changes", () => {
  it("is shown in all formats with 64 MiB of heap", () => {
    const head = { schema: "mmreplay.run/1", version: "0.1.0", options: [] };
    const ids = Array.from({ length: 24 }, (_, i) => i);
    const measures = ids.map((i) => ({ id: `m${i}`, unit: "entries", better: "less" }));
    const run = (night: number): string => {
      const added = new Date(Date.UTC(2026, 0, 1 + night)).toISOString().slice(0, 19);
      const rows = Array.from({ length: 100 }, (_, i) => {
        const values = ids.map((id) => 5000 + ((night * (id + 7)) % 4999));
        return { trace: `t${i}`, policy: "linux-7.3", arch: "x86-64", values };
      });
      return `${JSON.stringify({ ...head, added: `${added}Z`, measures, rows })}\n`;
    };
    writeFileSync(store(), Array.from({ length: 200 }, (_, night) => run(night)).join(""));
    for (const format of ["text", "markdown", "json"]) {
      const words = ["history", "show", store(), "--format", format];
      const small = { NODE_OPTIONS: "--max-old-space-size=64" };
      const { code, stdout, stderr } = mmreplay(words, undefined, small);
      expect([code, stderr]).toEqual([0, ""]);
      expect(stdout.match(/t99\b/g)?.length).toBe(format === "json" ? 24 : 24 * 199);
    }
  });
});

describe("the JSON of history", () => {
  const schema = (kind: string): unknown =>
    JSON.parse(readFileSync(join(root, `docs/schema/${kind}.schema.json`), "utf8"));

  it("is what its schemas describe, the lines of the store too", () => {
    storeAfter("fewer");
    for (const line of lines) expect(schemaErrors(schema("run"), JSON.parse(line))).toEqual([]);
    const { stdout } = history("show", store(), "--format", "json");
    const shown = JSON.parse(stdout);
    expect(stdout).toBe(`${JSON.stringify(shown, null, 2)}\n`);
    expect(schemaErrors(schema("history"), shown)).toEqual([]);
    expect(schemaErrors(schema("history"), { ...shown, runs: [{}] })).not.toEqual([]);
    for (const since of [[], ["--since", "good"]]) {
      const check = JSON.parse(history("check", store(), ...since, "--format", "json").stdout);
      expect(schemaErrors(schema("history-check"), check)).toEqual([]);
      expect(schemaErrors(schema("history-check"), { ...check, base: 1 })).not.toEqual([]);
    }
  });

  it("holds no latency, which differs from run to run", () => {
    expect(readFileSync(file("fewer.json"), "utf8")).toContain('"latency"');
    expect(lines.join("\n")).not.toContain("latency");
  });
});

describe("history add", () => {
  it("says what the run changes, and takes a report from standard input", () => {
    const first = history("add", store(), file("good.json"), "--label", "v1");
    expect(first.stderr).toMatch(/nights\.jsonl: run 1, v1 \(.*\): the first one\n$/);
    const piped = mmreplay(["history", "add", store(), "-"], readFileSync(file("bad.json")));
    expect(piped.stderr).toMatch(/run 2, [-\d]+ [:\d]+: \d worse, \d better, in 4 results\n$/);
    expect([first.stdout, piped.stdout, piped.code]).toEqual(["", "", 0]);
    expect(history("add", "-q", store(), file("bad.json")).stderr).toBe("");
  });

  it("loses no run where jobs add at the same moment", async () => {
    storeAfter("good");
    const main = join(root, "dist/cli/main.js");
    const jobs = Array.from({ length: 6 }, (_, job) => {
      const args = [main, "history", "add", store(), file(job < 3 ? "bad.json" : "good.json")];
      const child = spawn(process.execPath, [...args, "--label", `job${job}`, "-q"]);
      return new Promise((resolve) => child.on("close", resolve));
    });
    expect(await Promise.all(jobs)).toEqual([0, 0, 0, 0, 0, 0]);
    const { runs } = JSON.parse(history("show", store(), "--format", "json").stdout);
    const labels: readonly string[] = runs.map(({ label }: { label: string }) => label).slice(1);
    expect(labels.toSorted()).toEqual(["job0", "job1", "job2", "job3", "job4", "job5"]);
  });

  it("goes on after a line that was cut, and tells that a run is missing", () => {
    storeAfter("better");
    const whole = readFileSync(store());
    writeFileSync(store(), whole.subarray(0, whole.length - 20));
    const warning = "warning[history/cut-line] 1x: a line was cut while it was written";
    const { code, stderr } = history("check", store());
    expect([code, stderr]).toEqual([0, `${store()}: ${warning}, its run is left out (line 2)\n`]);
    expect(history("add", store(), file("bad.json")).stderr).toContain(warning);
    expect(history("check", store())).toMatchObject({ code: 1 });
  });
});

/** A refusal: the code, what it says, a hint, nothing on stdout, no stack, and the store as it was. */
function refused(args: readonly string[], code: string, says: string): void {
  const before = readFileSync(store());
  const { code: exit, stdout, stderr } = history(...args);
  expect(stderr).toContain(`error[${code}]`);
  expect(stderr).toContain(says);
  expect(stderr).toMatch(/^hint: /m);
  expect(stderr).not.toMatch(/^\s+at /m);
  expect([stdout, exit]).toEqual(["", code.startsWith("usage/") ? 2 : 1]);
  expect(readFileSync(store())).toEqual(before);
}

describe("history refuses", () => {
  it("what is no store, no report, or the report of other options", () => {
    storeAfter("good");
    const good = file("good.json");
    refused(["add", good, store()], "history/no-store", "name the store first");
    refused(["add", join(root, "README.md"), good], "history/no-store", "README.md");
    refused(["add", folder, good], "history/no-store", folder);
    refused(["show", file("none")], "io/missing", "history add STORE REPORT.json");
    refused(["add", store(), file("mine.mjs")], "compare/no-report", "mine.mjs");
    refused(["add", store(), file("none")], "io/missing", "none");
    refused(["add", file("no/such"), good], "io/unwritable", file("no/such"));
    refused(["add", store(), file("keep.json")], "history/other-options", "--idioms keep");
  });

  it("a damaged line with its place and what to do", () => {
    writeFileSync(store(), `${lines[0]}\n{"schema":"mmreplay.run/1","added":"yesterday"}\n`);
    for (const command of ["show", "check"])
      refused([command, store()], "history/damaged-line", `${store()}:2: error`);
    refused(["add", store(), file("good.json")], "history/damaged-line", "sed -i 2d STORE");
  });

  it("names and labels that are not there, and labels that are no line", () => {
    storeAfter("bad");
    refused(["show", store(), "--policy", "min"], "usage/unknown-policy", "did you mean mine");
    refused(["check", store(), "--since", "god"], "usage/unknown-label", "did you mean good");
    refused(["add", store(), file("good.json"), "--label", "a\nb"], "usage/label", "one line");
    refused(["add", store()], "usage/arguments", "mmreplay history add <store> <report>");
    refused(["check", store(), "--sinse", "x"], "usage/arguments", "did you mean --since");
    refused([], "usage/arguments", "name what to do: add, show, check");
  });
});
