import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { schemaErrors } from "../reports/schema.ts";
import { mmreplay } from "../support/cli.ts";

const here: string = fileURLToPath(new URL("recordings/", import.meta.url));
const file = new URL("../../docs/schema/verify.schema.json", import.meta.url);
const schema: unknown = JSON.parse(readFileSync(file, "utf8"));

const recording = `${here}7.3-vfio-bars-a`;

describe("the document of verify", () => {
  it("follows its schema, and the exit code is 0 where nothing diverges", () => {
    const { code, stdout } = mmreplay(["verify", recording, "--format", "json"]);
    expect(schemaErrors(schema, JSON.parse(stdout))).toEqual([]);
    expect(code).toBe(0);
  });

  it("follows its schema with a divergence, and the exit code is 3", () => {
    const args = ["verify", recording, "--policy", "linux-6.1", "--free", "--format", "json"];
    const { code, stdout } = mmreplay(args);
    const document = JSON.parse(stdout);
    expect(schemaErrors(schema, document)).toEqual([]);
    expect(document.recordings[0].firstDivergence).not.toBeNull();
    expect(code).toBe(3);
  });

  it("has one divergence where one address is another, and the exit code is 3", () => {
    const anon = (page: number) =>
      `7 mmap(NULL, 4096, PROT_READ, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0x7f000000${page}000\n`;
    const exec = '7 execve("/bin/a", ["a"], 0x7ffe /* 9 vars */) = 0\n';
    const text = [exec, ...[9, 8, 5].map(anon)].join("");
    const { code, stdout } = mmreplay(["verify", "-", "-q", "--format", "json"], text);
    expect(JSON.parse(stdout).recordings[0].divergences).toBe(1);
    expect(code).toBe(3);
  });

  it("explains as many divergences as are asked for, each with areas about it", () => {
    const args = ["verify", recording, "--policy", "linux-6.1", "--format", "json"];
    const { stdout } = mmreplay([...args, "--show", "3"]);
    const document = JSON.parse(stdout);
    const [{ explained, firstDivergence, divergences }] = document.recordings;
    expect(schemaErrors(schema, document)).toEqual([]);
    expect(divergences).toBeGreaterThan(3);
    expect(explained).toHaveLength(3);
    expect(explained[0]).toEqual(firstDivergence);
    for (const { around, rule } of explained) {
      expect(around.length).toBeGreaterThan(0);
      expect(rule.length).toBeGreaterThan(0);
    }
  });

  it("breaks the schema when a count is missing", () => {
    const { stdout } = mmreplay(["verify", recording, "--format", "json"]);
    const { total, ...rest } = JSON.parse(stdout);
    expect(schemaErrors(schema, { ...rest, total: { ...total, vmas: {} } })).toEqual([
      "$.total.vmas: without total",
      "$.total.vmas: without exact",
    ]);
  });
});
