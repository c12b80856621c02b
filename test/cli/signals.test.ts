import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
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

/** Writes a trace that does not end, in the place of an older file. */
const endless = `
  import { readFileSync } from "node:fs";
  import { writeTrace } from "${root}dist/cli/trace-file.js";
  import { decode } from "${root}dist/trace/codec.js";
  import { EventLog } from "${root}dist/trace/log.js";
  const trace = decode(readFileSync("${root}traces/redis-ext4.mmtrace"), "redis");
  const events = new EventLog(Array(100_000).fill(trace.events.slots[0]));
  await writeTrace({ ...trace, events }, "old.mmtrace");
`;

it.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)(
  "leaves an older trace as it was, and nothing else, where %s ends the writing of a new one",
  async (signal) => {
    const folder = mkdtempSync(join(tmpdir(), "mmreplay-signals-"));
    writeFileSync(join(folder, "old.mmtrace"), "old");
    const args = ["--input-type=module", "--eval", endless];
    const child = spawn(process.execPath, args, { cwd: folder, stdio: "ignore" });
    onTestFinished(() => {
      child.kill("SIGKILL");
      rmSync(folder, { recursive: true });
    });
    const ended = once(child, "close");
    while (readdirSync(folder).length < 2 && child.exitCode === null) await sleep(5);
    child.kill(signal);
    expect(await ended).toEqual([null, signal]);
    expect(readdirSync(folder)).toEqual(["old.mmtrace"]);
    expect(readFileSync(join(folder, "old.mmtrace"), "utf8")).toBe("old");
  },
);
