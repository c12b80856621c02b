import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { mmreplay } from "../support/cli.ts";

let folder = "";

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "mmreplay-summary-"));
});

afterAll(() => rmSync(folder, { recursive: true }));

/** A file of these lines. */
function file(name: string, ...lines: readonly string[]): string {
  const path = join(folder, name);
  writeFileSync(path, `${lines.join("\n")}\n`);
  return path;
}

const map = (result: string): string =>
  `mmap(NULL, 4096, PROT_READ, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = ${result}`;

const mixed = [
  '10 1795351501.0 execve("/bin/a", ["a"], 0x7ffe /* 9 vars */) = 0',
  `10 1795351501.5 ${map("0x7f0000001000")}`,
  `10 1795351502.0 ${map("0x7f0000003123")}`,
  `10 1795351502.5 ${map("-1 ENOMEM (Cannot allocate memory)")}`,
  "10 1795351503.0 clone3({flags=CLONE_VM|CLONE_THREAD, exit_signal=0}, 88) = 11",
  "10 1795351503.5 clone(child_stack=NULL, flags=SIGCHLD) = 12",
  "11 1795351504.0 munmap(0x7f0000001000, 4096 <unfinished ...>",
  "12 1795351504.25 brk(0) = 0x555000",
];

describe("the summary after a recording", () => {
  it("has every field, on standard error", () => {
    const path = file("mixed.strace", ...mixed);
    for (const command of [["events"], ["import", "-o", join(folder, "mixed.mmtrace")]]) {
      const { code, stderr } = mmreplay([...command, path]);
      expect(code).toBe(0);
      expect(stderr.slice(stderr.indexOf(`${path}:\n`))).toBe(`${path}:
  lines read: 8
  calls: seen 5, used 2, failed 1, skipped 2 (parse/unaligned-result 1, never resumed 1)
    mmap: seen 3, used 1, failed 1, skipped 1 (parse/unaligned-result 1)
    brk: seen 1, used 1, failed 0, skipped 0
    munmap: seen 1, used 0, failed 0, skipped 1 (never resumed 1)
  processes: 2, threads: 3
  time: 1795351501 to 1795351504.25 s
  page size 4096: the address on line 2 is not a multiple of 16384
  warnings: 4 of 4 kinds
`);
    }
  });

  it("is left out where nothing but data is wanted", () => {
    const path = file("quiet.strace", ...mixed);
    expect(mmreplay(["events", "--quiet", path]).stderr).toBe("");
    expect(mmreplay(["import", "--quiet", path, "-o", `${path}.mmtrace`]).stderr).toBe("");
  });

  it("counts calls that took effect in another order, and those of which nobody knows", () => {
    const fixed = (flags: string): string =>
      `mmap(0x7f0000001000, 4096, PROT_READ, MAP_PRIVATE|MAP_FIXED|${flags}, -1, 0`;
    const path = file(
      "order.strace",
      '10 execve("/bin/a", ["a"], 0x7ffe /* 9 vars */) = 0',
      `10 ${map("0x7f0000001000")}`,
      "10 clone(child_stack=0x7f, flags=CLONE_VM|CLONE_THREAD) = 11",
      "10 munmap(0x7f0000001000, 4096 <unfinished ...>",
      `11 ${map("0x7f0000001000")}`,
      "10 <... munmap resumed>) = 0",
      `10 ${fixed("MAP_ANONYMOUS")} <unfinished ...>`,
      `11 ${fixed("MAP_ANONYMOUS|MAP_NORESERVE")}) = 0x7f0000001000`,
      "10 <... mmap resumed>) = 0x7f0000001000",
    );
    const told = [
      "order of 1 concurrent calls: by addresses",
      "order of 1 concurrent calls: undecided, kept as they returned",
    ];
    const { stderr } = mmreplay(["events", path]);
    for (const one of told) expect(stderr).toContain(`  ${one}\n`);
    const { stdout } = mmreplay(["trace", "info", path]);
    for (const one of told) expect(stdout).toContain(`inferred: ${one}\n`);
  });

  it("of a trace has no lines", () => {
    const path = file("lines.strace", ...mixed);
    const trace = join(folder, "lines.mmtrace");
    mmreplay(["import", "-o", trace, path]);
    expect(mmreplay(["events", trace]).stderr).toContain("  lines read: none, this is a trace\n");
  });
});

describe("--strict", () => {
  it("refuses what else would be counted, with the line and a mark", () => {
    const path = file("strict.strace", ...mixed);
    for (const command of [["events"], ["import", "-o", join(folder, "strict.mmtrace")]]) {
      const { code, stdout, stderr } = mmreplay([...command, "--strict", "-q", path]);
      expect(code).toBe(1);
      expect(stdout).toBe("");
      expect(
        stderr,
      ).toBe(`${path}:3:17: error[parse/unaligned-result]: mmap cannot return the middle of a page
    3 | 10 1795351502.0 ${map("0x7f0000003123")}
      |                 ^^^^
hint: leave out --strict to go on; it is counted then
`);
    }
  });

  it("accepts a recording without a warning", () => {
    const path = file("calm.maps", "1000-3000 rw-p 00000000 00:00 0 ");
    const { code, stdout } = mmreplay(["events", "--strict", path]);
    expect(code).toBe(0);
    expect(stdout).toContain('"vma"');
  });
});

describe("an error about a line", () => {
  it("shows the line and where on it the token stands", () => {
    const path = file(
      "areas.maps",
      "1000-3000 rw-p 00000000 00:00 0 ",
      "2000-4000 rw-p 00000000 00:00 0 ",
    );
    expect(mmreplay(["events", path]).stderr).toMatch(
      /areas\.maps:1:\d+: error\[parse\/bad-maps\]: .*\n {4}1 \| 1000-3000 rw-p .*\n {6}\| \^/,
    );
  });

  it("shows no more of a long line than a terminal holds", () => {
    const path = file(
      "long.maps",
      `1000-3000 rw-p 00000000 00:00 0 /${"x".repeat(5000)}`,
      "2000-4000 rw-p 00000000 00:00 0 ",
    );
    const lines = mmreplay(["events", path]).stderr.split("\n");
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThan(200);
  });
});
