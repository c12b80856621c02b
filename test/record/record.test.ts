/** Does `mmreplay record` leave a program alone, and end with a trace that shows what it did. */

import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { Diagnostics } from "../../src/errors.ts";
import { policyFor, resolveTrace } from "../../src/pipeline.ts";
import { decode } from "../../src/trace/codec.ts";
import type { Event } from "../../src/trace/event.ts";
import { type Finished, root } from "../support/cli.ts";
import { listed } from "../support/events.ts";
import { noAttach, noPerf, noStrace } from "../support/recorders.ts";

let cwd = "";
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), "record-test-"));
});
afterEach(() => {
  rmSync(cwd, { recursive: true });
});

const command = (args: readonly string[]): string[] => [
  `${root}dist/cli/main.js`,
  "record",
  ...args,
];

function recordWith(
  args: readonly string[],
  options: { readonly input?: string; readonly env?: NodeJS.ProcessEnv },
): Finished {
  const { status, stdout, stderr } = spawnSync(process.execPath, command(args), {
    cwd,
    encoding: "utf8",
    ...options,
  });
  return { code: status, stdout, stderr };
}

function record(...args: readonly string[]): Finished {
  return recordWith(args, {});
}

function startRecord(...args: readonly string[]): ChildProcess {
  return spawn(process.execPath, command(args), { cwd, stdio: "pipe" });
}

function traceIn(file: string): ReturnType<typeof listed> {
  return listed(decode(readFileSync(join(cwd, file)), file));
}

function count(events: readonly Event[], kind: Event["kind"], name?: string): number {
  return events.filter(
    (event) => event.kind === kind && (name === undefined || JSON.stringify(event).includes(name)),
  ).length;
}

async function waitFor(condition: () => boolean): Promise<void> {
  for (let waited = 0; !condition(); waited += 20) {
    if (waited > 60_000) throw new Error("it did not happen");
    await sleep(20);
  }
}

async function ended(child: ChildProcess): Promise<{ code: number | null; stderr: string }> {
  let stderr = "";
  child.stderr?.on("data", (text: Buffer) => {
    stderr += text.toString();
  });
  await once(child, "close");
  return { code: child.exitCode, stderr };
}

/** A process that says what happens to it, and how often it has said a word. */
interface Target {
  readonly child: ChildProcess;
  readonly count: (word: string) => number;
}

const say = `const say = (word) => require("fs").writeSync(1, word + "\\n");`;

/** Node.js running this code, once it has said "ready"; "on" is what it says when it goes on after a stop. */
async function startTarget(code: string): Promise<Target> {
  const whole = `${say} process.on("SIGCONT", () => say("on")); ${code}`;
  const child = spawn(process.execPath, ["-e", whole], { stdio: ["pipe", "pipe", "ignore"] });
  onTestFinished(() => {
    child.kill("SIGKILL");
  });
  let said = "";
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  const count = (word: string): number => said.split("\n").filter((one) => one === word).length;
  await waitFor(() => count("ready") > 0);
  return { child, count };
}

const map = "new WebAssembly.Memory({ initial: 16, maximum: 16 })";

/** A process that maps memory when it gets a line, and ends when its input does. */
function mapper(): Promise<Target> {
  const answer = `kept.push(${map}); say("mapped");`;
  return startTarget(
    `const kept = []; process.stdin.on("data", () => { ${answer} }); say("ready");`,
  );
}

function isTraced(pid: number | undefined): boolean {
  return /^TracerPid:\t[1-9]/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
}

describe(`record with strace${noStrace}`, () => {
  it.skipIf(noStrace)("writes a trace named after the program", () => {
    const { code, stdout, stderr } = record("--", "echo", "-p", "0x10", "--", "a  b");
    expect({ code, stdout }).toEqual({ code: 0, stdout: "-p 0x10 -- a  b\n" });
    expect(stderr).toMatch(/^echo\.mmtrace: \d+ events, \d+ bytes\n/m);
    const { events, facts } = traceIn("echo.mmtrace");
    expect(count(events, "call", '"call":"mmap"')).toBeGreaterThan(3);
    expect(facts).toMatchObject({ command: "echo -p 0x10 -- a  b", aslr: true });
    expect(facts.kernel).toMatch(/^\d+\.\d+/);
    expect(facts.maxMapCount).toBeGreaterThan(1000);
  });

  it.skipIf(noStrace)("shows what exec has mapped", () => {
    record("--", "sleep", "0.3");
    const { events } = traceIn("sleep.mmtrace");
    const first = events.find((event) => event.kind === "snapshot");
    const paths = first?.areas.map(({ path }) => path) ?? [];
    expect(paths).toContain("[stack]");
    expect(paths).toContain("[vdso]");
    expect(paths.some((path) => /\/(?:sleep|coreutils|busybox)$/.test(path))).toBe(true);
  });

  it.skipIf(noStrace)("holds a program after its exec until its maps can be read", () => {
    record("-o", "true.mmtrace", "--", "env", "true");
    const { events } = traceIn("true.mmtrace");
    const last = events.findLastIndex(({ kind }) => kind === "lifecycle");
    const began = events.findLastIndex(
      (one) => one.kind === "lifecycle" && one.lifecycle === "exec",
    );
    const [exec, call] = [
      events[began],
      events.slice(began, last).find(({ kind }) => kind === "call"),
    ];
    expect((call?.time ?? 0) - (exec?.time ?? 0)).toBeGreaterThan(0.002);
  });

  it.skipIf(noStrace)("passes on the exit code, and says it", () => {
    const { code, stderr } = record("--", "sh", "-c", "exit 3");
    expect(code).toBe(3);
    expect(stderr).toMatch(/^sh exited with 3\n(?:.*\n)?sh\.mmtrace: /);
  });

  it.skipIf(noStrace)("writes the trace of a program that is killed", () => {
    const { code, stderr } = record("--", "sh", "-c", "kill -9 $$");
    expect(code).toBe(137);
    expect(stderr).toMatch(/^sh was ended by SIGKILL\n(?:.*\n)?sh\.mmtrace: /);
  });

  it.skipIf(noStrace)("hands its input to the program", () => {
    const { stdout } = recordWith(["--", "cat"], { input: "through\n" });
    expect(stdout).toBe("through\n");
  });

  it.skipIf(noStrace)("ends the program when it is interrupted, and still writes", async () => {
    const recording = startRecord("--", "sh", "-c", "echo on; exec sleep 60");
    const result = ended(recording);
    if (recording.stdout !== null) await once(recording.stdout, "data");
    recording.kill("SIGINT");
    expect(await result).toMatchObject({ code: 130 });
    expect(count(traceIn("sh.mmtrace").events, "call")).toBeGreaterThan(5);
  });

  it.skipIf(noAttach)(`watches a process from its maps on, and lets it go${noAttach}`, async () => {
    const { child, count: said } = await mapper();
    const recording = startRecord("-p", String(child.pid), "-o", "p.mmtrace");
    const result = ended(recording);
    await waitFor(() => said("on") > 0);
    expect(isTraced(child.pid)).toBe(true);
    child.stdin?.write("\n");
    await waitFor(() => said("mapped") > 0);
    recording.kill("SIGINT");
    expect(await result).toMatchObject({ code: 0 });
    expect(child.exitCode).toBeNull();
    expect(isTraced(child.pid)).toBe(false);
    child.stdin?.end();
    await once(child, "exit");
    expect(child.exitCode).toBe(0);
    const { events } = traceIn("p.mmtrace");
    expect(events[0]).toMatchObject({ kind: "snapshot", source: "attach-maps.txt" });
    expect(count(events, "call", '"call":"mmap"')).toBeGreaterThan(0);
  });

  it.skipIf(noAttach)("takes the threads of a process that it watches for its own", async () => {
    const work = `const kept = []; setInterval(() => { kept.push(${map}); say("ready"); }, 10);`;
    const { child, count: said } = await startTarget(
      `new (require("worker_threads").Worker)(${JSON.stringify(`${say} ${work}`)}, { eval: true });`,
    );
    const recording = startRecord("-p", String(child.pid), "-o", "p.mmtrace");
    const result = ended(recording);
    await waitFor(() => said("on") > 0);
    const before = said("ready");
    await waitFor(() => said("ready") > before + 2);
    recording.kill("SIGINT");
    await result;
    const trace = decode(readFileSync(join(cwd, "p.mmtrace")), "p.mmtrace");
    const { spaces } = resolveTrace(trace, policyFor(trace.facts), new Diagnostics());
    expect(spaces.map(({ pid, unknownStart }) => [pid, unknownStart])).toEqual([
      [child.pid, false],
    ]);
  });

  it.skipIf(noStrace)("leaves nothing but the trace", () => {
    const temporary = join(cwd, "tmp");
    mkdirSync(temporary);
    recordWith(["--", "true"], { env: { ...process.env, TMPDIR: temporary } });
    expect(readdirSync(temporary)).toEqual([]);
    expect(readdirSync(cwd)).toEqual(["tmp", "true.mmtrace"]);
  });
});

describe(`record with perf${noPerf}`, () => {
  it.skipIf(noPerf)("records the searches too", () => {
    const { code } = record("--with", "perf", "-o", "p.mmtrace", "--", "sh", "-c", "exit 4");
    expect(code).toBe(4);
    const { events, facts } = traceIn("p.mmtrace");
    expect(facts.recorder).toMatch(/perf/);
    expect(count(events, "search")).toBeGreaterThan(2);
    expect(count(events, "call", '"call":"mmap"')).toBeGreaterThan(3);
  });

  it.skipIf(noPerf)("watches a process that runs", async () => {
    const { child, count: said } = await mapper();
    const recording = startRecord("--with", "perf", "-p", String(child.pid), "-o", "p.mmtrace");
    const result = ended(recording);
    await waitFor(() => said("on") > 0);
    child.stdin?.write("\n");
    await waitFor(() => said("mapped") > 0);
    recording.kill("SIGINT");
    expect(await result).toMatchObject({ code: 0 });
    expect(count(traceIn("p.mmtrace").events, "call", '"call":"mmap"')).toBeGreaterThan(0);
  });
});

describe("record", () => {
  it("names a program that does not exist", () => {
    const { code, stderr } = record("--", "no-such-program");
    expect(code).toBe(1);
    expect(stderr).toMatch(/error\[record\/no-(?:program|recorder)\]/);
    expect(readdirSync(cwd)).toEqual([]);
  });

  it("says what to install where the recorder is missing", () => {
    const { code, stderr } = recordWith(["--", "/bin/true"], {
      env: { ...process.env, PATH: "/nonexistent" },
    });
    expect(code).toBe(1);
    expect(stderr).toMatch(/error\[record\/no-recorder\].*\nhint: install it \(apt-get install/);
  });

  it("names a process that does not exist", () => {
    const { stderr } = record("-p", "4194305");
    expect(stderr).toMatch(/error\[record\/no-(?:process|recorder)\]/);
  });

  it.each([[[]], [["-p", "1", "--", "true"]], [["-p", "x"]]])("refuses %j as usage", (args) => {
    const { code, stderr } = record(...args);
    expect(code).toBe(2);
    expect(stderr).toMatch(/error\[usage\//);
  });
});
