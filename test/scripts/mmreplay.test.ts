/** Does scripts/mmreplay build what it must, once, and nothing else, wherever it is called from. */

import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  appendFileSync,
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { root } from "../support/cli.ts";

interface Result {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const { PATH = "" } = process.env;

const stamps = "node_modules/.cache/mmreplay";

/** A checkout whose builds write down that they ran, and whose program prints its arguments. */
function makeCheckout(folder: string): void {
  const files: Readonly<Record<string, string>> = {
    "package.json": JSON.stringify({
      name: "mmreplay",
      version: "0.0.0",
      scripts: {
        "build:native":
          "echo native >> builds && mkdir -p native/prebuilt && touch native/prebuilt/index.cjs",
        "build:ts": "echo ts >> builds && mkdir -p dist && cp -r src/cli dist/ && cat src/gate",
      },
    }),
    "package-lock.json": JSON.stringify({
      name: "mmreplay",
      version: "0.0.0",
      lockfileVersion: 3,
      packages: { "": { name: "mmreplay", version: "0.0.0" } },
    }),
    "tsconfig.json": "{}",
    "tsconfig.build.json": "{}",
    "native/core/src/lib.rs": "",
    "src/cli/main.js": "console.log(JSON.stringify(process.argv.slice(2)));",
    "src/gate": "",
  };
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  cpSync(join(root, "scripts"), join(folder, "scripts"), { recursive: true });
  // As after an installation: there is nothing to install, and npm takes its second.
  mkdirSync(join(folder, stamps), { recursive: true });
  cpSync(join(folder, "package-lock.json"), join(folder, stamps, "package-lock.json"));
}

let scratch = "";
let checkout = "";
beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), "scripts-test-"));
  checkout = join(scratch, "a check out");
  makeCheckout(checkout);
});
afterEach(() => {
  rmSync(scratch, { recursive: true });
});

function run(args: readonly string[], path: string = PATH, program = "scripts/mmreplay"): Result {
  const { status, stdout, stderr } = spawnSync(join(checkout, program), args, {
    cwd: "/",
    encoding: "utf8",
    env: { ...process.env, PATH: path },
  });
  return { code: status, stdout, stderr };
}

/** What was built since the last question. */
function builds(): readonly string[] {
  const file = join(checkout, "builds");
  const lines = existsSync(file) ? readFileSync(file, "utf8").trim().split("\n") : [];
  rmSync(file, { force: true });
  return lines;
}

/** A folder for PATH with one program that prints a line. */
function withProgram(name: string, line: string): string {
  const folder = join(scratch, `with ${name}`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, name), `#!/bin/sh\necho '${line}'\n`);
  chmodSync(join(folder, name), 0o755);
  return folder;
}

/** A folder for PATH with what the scripts use, less one. */
function without(name: string): string {
  const folder = join(scratch, `without ${name}`);
  mkdirSync(folder);
  const used = "bash sh env node npm cargo rustc cc cmp find mktemp touch mkdir mv cp rm cat flock";
  for (const program of `${used} readlink dirname tail`.split(" ")) {
    const from = PATH.split(delimiter)
      .map((place) => join(place, program))
      .find((path) => existsSync(path));
    if (program !== name && from !== undefined) symlinkSync(from, join(folder, program));
  }
  return folder;
}

/** Newer than everything that was built so far. */
function edit(name: string): void {
  appendFileSync(join(checkout, name), " ");
  const later = Date.now() / 1000 + 1;
  utimesSync(join(checkout, name), later, later);
}

describe("scripts/mmreplay", () => {
  it("installs and builds once, tells so in one line, and passes arguments on", () => {
    rmSync(join(checkout, "node_modules"), { recursive: true });
    const first = run(["replay", "a b", "--x=$HOME"]);
    expect(first).toMatchObject({ code: 0, stdout: '["replay","a b","--x=$HOME"]\n' });
    expect(first.stderr).toMatch(
      /^mmreplay: .* installing packages \.\.\. compiling the search \.\.\. .* done in \d+ s\n$/,
    );
    expect(builds()).toEqual(["native", "ts"]);
    expect(run(["2"])).toEqual({ code: 0, stdout: '["2"]\n', stderr: "" });
    expect(builds()).toEqual([]);
  });

  it("builds again what is older than its sources, and only that", () => {
    run([]);
    builds();
    edit("src/cli/main.js");
    run([]);
    expect(builds()).toEqual(["ts"]);
    utimesSync(join(checkout, stamps, "dist"), 2 ** 32, 2 ** 32);
    edit("native/core/src/lib.rs");
    run([]);
    expect(builds()).toEqual(["native"]);
  });

  it("installs again after the lock file has changed", () => {
    run([]);
    builds();
    edit("package-lock.json");
    expect(run([]).stderr).toMatch(/installing packages/);
    expect(builds()).toEqual(["native", "ts"]);
  });

  it("works through a link", () => {
    const link = join(scratch, "link");
    symlinkSync(join(checkout, "scripts/mmreplay"), link);
    const { stdout } = spawnSync(link, ["x"], { encoding: "utf8", cwd: scratch });
    expect(stdout).toBe('["x"]\n');
  });

  it("builds once for callers at the same time", async () => {
    const callers = [1, 2, 3].map(() => spawn(join(checkout, "scripts/mmreplay"), ["x"]));
    await Promise.all(callers.map((caller) => once(caller, "close")));
    expect(callers.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0]);
    expect(builds()).toEqual(["native", "ts"]);
  });

  it("shows the output of a build only if it fails, and tries again next time", () => {
    rmSync(join(checkout, "src/gate"));
    const failed = run(["x"]);
    expect(failed).toMatchObject({ code: 1, stdout: "" });
    expect(failed.stderr).toMatch(
      / failed\n[\s\S]*src\/gate[\s\S]*\nmmreplay: this failed: npm run/,
    );
    builds();
    writeFileSync(join(checkout, "src/gate"), "");
    expect(run(["x"]).code).toBe(0);
    expect(builds()).toEqual(["ts"]);
  });

  it("leaves standard input to the program", () => {
    writeFileSync(join(checkout, "src/cli/main.js"), "process.stdin.pipe(process.stdout);");
    const { stdout } = spawnSync(join(checkout, "scripts/mmreplay"), {
      encoding: "utf8",
      input: "data\n",
    });
    expect(stdout).toBe("data\n");
  });

  it.each([
    ["node", "v18.20.4", /^mmreplay: Node\.js v18\.20\.4 is too old; install version 20\.19/],
    ["node", "v20.9.0", /^mmreplay: Node\.js v20\.9\.0 is too old/],
    ["cargo", "cargo 1.63.0", /^mmreplay: Rust 1\.63\.0 is too old; install 1\.89/],
  ])("refuses an old %s (%s) in one line", (name, version, line) => {
    const { code, stderr } = run([], `${withProgram(name, version)}${delimiter}${PATH}`);
    expect(stderr).toMatch(line);
    expect(code).toBe(2);
  });

  it.each([
    ["node", /^mmreplay: Node\.js is missing; install version 20\.19/],
    ["npm", /^mmreplay: npm is missing/],
    ["cargo", /^mmreplay: cargo is missing; install Rust 1\.89/],
    ["cc", /^mmreplay: the C linker cc is missing/],
  ])("says what to install where %s is missing", (name, line) => {
    const { code, stderr } = run([], without(name));
    expect(stderr).toMatch(line);
    expect(code).toBe(2);
  });
});

describe("scripts/demo", () => {
  it("says so where there is nothing to replay", () => {
    expect(run([], PATH, "scripts/demo")).toMatchObject({
      code: 2,
      stderr: "mmreplay: traces/ holds no .mmtrace file\n",
    });
  });

  it("replays every trace that is there", () => {
    mkdirSync(join(checkout, "traces"));
    writeFileSync(join(checkout, "traces/b.mmtrace"), "");
    writeFileSync(join(checkout, "traces/a.mmtrace"), "");
    const { stdout } = run([], PATH, "scripts/demo");
    expect(stdout).toMatch(/^\["replay","traces\/a\.mmtrace","traces\/b\.mmtrace","--policy",/);
  });
});
