import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { schemaErrors } from "../reports/schema.ts";
import { mmreplay, root } from "../support/cli.ts";

const schema = JSON.parse(readFileSync(join(root, "docs/schema/report.schema.json"), "utf8"));
const trace = join(root, "traces/qemu-10.0-vfio-7.3.mmtrace");

function report(arch: string) {
  const args = ["replay", "-q", "--policy", "linux-7.3", "--format", "json", "--arch", arch, trace];
  return JSON.parse(mmreplay(args).stdout);
}

describe("replay --arch", () => {
  it("says what was converted, in the report and in its notes", () => {
    const converted = report("arm64-16k");
    expect(schemaErrors(schema, converted)).toEqual([]);
    const [setup] = converted.setup.traces;
    expect(setup.converted).toMatchObject({ recordedOn: "x86-64", from: 4096, to: 16_384 });
    const { lengths } = setup.converted;
    expect(lengths).toBeGreaterThan(0);
    const note = converted.notes.find((one: string) => one.includes("replayed on arm64-16k"));
    expect(note).toContain("pages of 4 KiB taken as 16 KiB");
    expect(note).toContain(`${lengths} lengths rounded up by`);
  });

  it("converts nothing on the architecture of the recording", () => {
    const own = report("x86-64");
    expect(own.setup.traces[0].converted).toBeUndefined();
    expect(own.results[0].metrics.agreement.value).toBe(1);
  });
});

it("says which address spaces are taken as those of 32-bit tasks", () => {
  const recording = "test/verify/recordings/6.18-random-i386-strace";
  const { code, stdout } = mmreplay(["replay", recording, "--policy", "linux-6.18"]);
  expect(code).toBe(0);
  expect(stdout).toContain("1 of 1 address spaces taken as those of 32-bit tasks");
});
