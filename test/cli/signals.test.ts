import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { root } from "../support/cli.ts";

const onLinux = process.platform === "linux";

it.skipIf(!onLinux).each(["SIGINT", "SIGTERM", "SIGHUP", "SIGKILL"] as const)(
  "leaves nothing of standard input behind where %s ends it (skipped elsewhere than on Linux)",
  async (signal) => {
    const folder = mkdtempSync(join(tmpdir(), "mmreplay-signals-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const child = spawn(process.execPath, [join(root, "dist/cli/main.js"), "events", "-"], {
      env: { ...process.env, TMPDIR: folder },
      stdio: ["pipe", "ignore", "ignore"],
    });
    // More than a pipe holds: when all of it is written, most of it was read.
    const text = "10 brk(NULL) = 0x1000\n".repeat(100_000);
    await new Promise((resolve) => child.stdin.write(text, resolve));
    expect(readdirSync(folder)).toEqual([]);
    child.kill(signal);
    expect(await once(child, "close")).toEqual([null, signal]);
    expect(readdirSync(folder)).toEqual([]);
  },
);
