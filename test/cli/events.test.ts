import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { schemaErrors } from "../reports/schema.ts";
import { mmreplay, root } from "../support/cli.ts";

const schema: unknown = JSON.parse(
  readFileSync(join(root, "docs/schema/event.schema.json"), "utf8"),
);

describe("each line that events prints", () => {
  it.each([
    "traces/redis-ext4.mmtrace",
    "traces/vfio-bar-2g-7.3.mmtrace",
    "test/formats/samples/perf-7.2-script-zoo.txt",
    "test/formats/samples/strace-4.8-i386-mixed.txt",
    "test/formats/samples/maps-hold.txt",
  ])("is what the schema describes (%s)", (file) => {
    const { stdout } = mmreplay(["events", "-q", file]);
    const objects = stdout.split("\n").filter((line) => line !== "");
    expect(objects.length).toBeGreaterThan(5);
    expect(objects.flatMap((line) => schemaErrors(schema, JSON.parse(line)))).toEqual([]);
  });

  it("would not fit with an unknown outcome or member", () => {
    const call = { line: 1, call: "brk", addr: "0x0", result: "0x1", error: null, pid: 1 };
    expect(schemaErrors(schema, { ...call, outcome: "ok" })).toEqual([]);
    expect(schemaErrors(schema, { ...call, outcome: "fine" })).not.toEqual([]);
    expect(schemaErrors(schema, { ...call, outcome: "ok", adr: "0x0" })).not.toEqual([]);
  });
});
