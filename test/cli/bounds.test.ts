import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, it } from "vitest";
import { root } from "../support/cli.ts";

it("bounds memory for endless lines, zeros, many tasks and many lines, and counts them", () => {
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [join(root, "scripts/bounds.mjs"), "0.02"],
    { encoding: "utf8" },
  );
  expect(stderr).toBe("");
  const rows = stdout.trimEnd().split("\n");
  const told = rows.map((row) => row.replace(/ +[\d.]+ s +\d+ MiB +/, " | ").replace(/ +/g, " "));
  expect(told).toEqual([
    "tasks.strace exit 0 | calls: seen 4000, used 0, failed 0, skipped 4000 (never resumed 4000)",
    "tasks.perf exit 0 | calls: seen 4000, used 1, failed 0, skipped 3999 (no exit seen 3999)",
    ...["ftrace", "bpftrace", "perf-trace"].map(
      (format) =>
        `tasks.${format} exit 0 | calls: seen 4000, used 1, failed 0, skipped 3999 (no exit seen 3999)`,
    ),
    "lines.strace exit 0 | calls: seen 100000, used 100000, failed 0, skipped 0",
    "line.strace exit 0 | calls: seen 2, used 2, failed 0, skipped 0",
    "unbroken.strace exit 1 | error[parse/no-line-end]",
    "unbroken.txt exit 1 | error[parse/unknown-format]",
    "zeros.bin exit 1 | error[parse/unknown-format]",
    "zeros.strace exit 1 | error[parse/no-line-end]",
    ...["perf", "ftrace", "bpftrace", "perf-trace", "maps"].map(
      (format) => `zeros.${format} exit 1 | error[parse/no-line-end]`,
    ),
  ]);
  // A bare Node.js has some 50 MiB.
  for (const row of rows) expect(Number(/(\d+) MiB/.exec(row)?.[1]), row).toBeLessThan(400);
}, 120_000);
