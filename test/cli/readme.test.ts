import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { version } from "../../src/cli/version.ts";
import { root } from "../support/cli.ts";

it("shows in the README what the command prints", () => {
  const { status, stderr } = spawnSync(process.execPath, ["scripts/readme.mjs", "--check"], {
    cwd: root,
    encoding: "utf8",
  });
  expect(stderr).toBe("");
  expect(status).toBe(0);
});

it("has the version of package.json", () => {
  const { version: packaged } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  expect(version).toBe(packaged);
});

it("tells its version where another package has installed it", () => {
  const folder = mkdtempSync(join(tmpdir(), "mmreplay-installed-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const shipped: readonly string[] = JSON.parse(
    readFileSync(join(root, "package.json"), "utf8"),
  ).files;
  for (const name of ["package.json", ...shipped]) {
    cpSync(join(root, name), join(folder, "node_modules/mmreplay", name), { recursive: true });
  }
  const { stdout } = spawnSync("npm", ["ls", "--omit=dev", "--all", "--parseable"], {
    cwd: root,
    encoding: "utf8",
  });
  for (const path of stdout.trim().split("\n").slice(1)) {
    cpSync(path, join(folder, relative(root, path)), { recursive: true });
  }
  const main = join(folder, "node_modules/mmreplay/dist/cli/main.js");
  expect(spawnSync(process.execPath, [main, "--version"], { encoding: "utf8" }).stdout).toBe(
    `${version}\n`,
  );
});
