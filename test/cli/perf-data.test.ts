import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { mmreplay, root } from "../support/cli.ts";
import { works } from "../support/recorders.ts";

const samples = join(root, "test/formats/samples");
const data = join(samples, "perf-6.1-life.data");
const text = join(samples, "perf-6.1-script-life-ns-tasks.txt");
const noScript = works("perf", ["--version"]) ? "" : " (skipped: perf is missing)";

let folder = "";

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "mmreplay-perf-data-"));
});

afterAll(() => rmSync(folder, { recursive: true }));

/** Events without their lines: the text was printed with other columns and fewer kinds of records. */
function events(args: readonly string[], input?: Uint8Array): unknown[] {
  const { code, stdout, stderr } = mmreplay(["events", ...args], input);
  expect(code, stderr).toBe(0);
  return stdout
    .trimEnd()
    .split("\n")
    .map((line) => {
      const { line: _, entry_line: __, ...rest } = JSON.parse(line) as Record<string, unknown>;
      return rest;
    });
}

describe("a perf.data file", () => {
  it.skipIf(noScript !== "")(`gives the events of its text${noScript}`, () => {
    const wanted = events([text]);
    expect(wanted.length).toBeGreaterThan(20);
    expect(events([data])).toEqual(wanted);
    expect(events(["-"], readFileSync(data))).toEqual(wanted);
  });

  it.skipIf(noScript !== "")(`is refused in perf's own words if it is damaged${noScript}`, () => {
    const cut = join(folder, "cut.data");
    writeFileSync(cut, readFileSync(data).subarray(0, 60));
    const { code, stdout, stderr } = mmreplay(["events", cut]);
    expect(stderr).toMatch(/error\[io\/perf-script\]: perf script failed: \S/);
    expect(stderr).toContain(cut);
    expect(stdout).toBe("");
    expect(code).toBe(1);
  });

  it("is refused where there is no perf", () => {
    const { code, stderr } = mmreplay(["events", data], undefined, { PATH: folder });
    expect(stderr).toContain("error[io/no-perf]");
    expect(stderr).toMatch(/^hint: install it/m);
    expect(code).toBe(1);
  });

  it.skipIf(noScript !== "")(`is left out where a folder holds more${noScript}`, () => {
    const mixed = join(folder, "mixed");
    mkdirSync(mixed);
    const broken = join(mixed, "perf.data");
    writeFileSync(broken, readFileSync(data).subarray(0, 60));
    const alone = mmreplay(["events", mixed]);
    expect(alone.stderr).toMatch(/error\[io\/perf-script\]: perf script failed: \S/);
    expect(alone.code).toBe(1);
    writeFileSync(join(mixed, "perf.txt"), readFileSync(text));
    const { code, stdout, stderr } = mmreplay(["events", mixed]);
    expect(stderr).toMatch(
      /warning\[import\/left-out\] 1x: .*perf\.data is left out: perf script failed: \S/,
    );
    expect(stdout).toBe(mmreplay(["events", text]).stdout);
    expect(code).toBe(0);
  });
});
