import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { mmreplay, root } from "../support/cli.ts";
import { works } from "../support/recorders.ts";

const text = join(root, "test/formats/samples/strace-7.2-plain.txt");

let folder = "";

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "mmreplay-packed-"));
});

afterAll(() => rmSync(folder, { recursive: true }));

/** The sample as this program packs it; the name tells nothing. */
function packed(program: string): string {
  const path = join(folder, `${program}-recording`);
  writeFileSync(path, spawnSync(program, ["-c", text]).stdout);
  return path;
}

describe.each(["gzip", "xz", "zstd", "bzip2"])("a recording packed by %s", (program) => {
  const reason = works(program, ["--version"]) ? "" : ` (skipped: ${program} is missing)`;

  it.skipIf(reason !== "")(`is unpacked, from a file and from a pipe${reason}`, () => {
    const wanted = mmreplay(["events", text]).stdout;
    const path = packed(program);
    expect(mmreplay(["events", path]).stdout).toBe(wanted);
    expect(mmreplay(["events", "-"], readFileSync(path)).stdout).toBe(wanted);
  });

  it.skipIf(reason !== "")(`is refused if it is cut off${reason}`, () => {
    const path = join(folder, "cut");
    writeFileSync(path, readFileSync(packed(program)).subarray(0, -20));
    const { code, stderr } = mmreplay(["events", path]);
    expect(stderr).toMatch(/error\[input\/damaged\]: \w+ data cannot be unpacked/);
    expect(code).toBe(1);
  });
});

it("says what bzip2 data needs", () => {
  const path = join(folder, "needs-bzip2");
  writeFileSync(path, "BZh91AY&SY");
  const { code, stderr } = mmreplay(["events", path], undefined, { PATH: folder });
  expect(stderr).toContain("error[io/no-bzip2]");
  expect(code).toBe(1);
});
