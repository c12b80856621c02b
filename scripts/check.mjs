// @ts-check
/** Is this checkout sound: formatting, lint, types, unused code, generated code, both languages' tests, the package. */

import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");
const manifest = ["--manifest-path", "native/Cargo.toml", "--locked"];

/**
 * What each step runs, and what repairs a failure; the tests come last, so that their summary is the end of the output.
 *
 * @type {readonly { readonly name: string; readonly run: readonly string[]; readonly repair?: string }[]}
 */
const steps = [
  {
    name: "format and lint",
    run: ["biome", "ci", `--colors=${process.stdout.isTTY ? "force" : "off"}`],
    repair: "npx biome check --write",
  },
  { name: "types", run: ["tsc"] },
  // Scripts that import what is built are checked against it.
  { name: "build", run: ["scripts/build"] },
  { name: "types of the scripts", run: ["tsc", "-p", "scripts"] },
  { name: "unused code", run: ["knip"] },
  {
    name: "generated code",
    run: ["node", "scripts/proto.mjs", "--check"],
    repair: "node scripts/proto.mjs",
  },
  {
    name: "Rust format",
    run: ["cargo", "fmt", "--all", "--manifest-path", "native/Cargo.toml", "--check"],
    repair: "cargo fmt --all --manifest-path native/Cargo.toml",
  },
  {
    name: "Rust lint",
    run: ["cargo", "clippy", ...manifest, "--workspace", "--all-targets", "--", "-D", "warnings"],
  },
  { name: "Rust tests", run: ["cargo", "test", ...manifest, "--workspace", "--quiet"] },
  {
    name: "exact counts",
    run: ["node", "scripts/counts.mjs"],
    repair: "node scripts/counts.mjs --update, if the change explains them",
  },
  { name: "package", run: ["publint", "--strict"] },
  { name: "tests", run: ["vitest", "run"] },
];

const { PATH = "" } = process.env;
const env = { ...process.env, PATH: `${join(root, "node_modules/.bin")}:${PATH}` };

for (const { name, run, repair } of steps) {
  const [program = "", ...args] = run;
  console.log(`== ${name}: ${run.join(" ")}`);
  const started = performance.now();
  const { status, error } = spawnSync(program, args, {
    cwd: root,
    env,
    stdio: ["ignore", "inherit", "inherit"],
  });
  if (status !== 0) {
    const local = existsSync(join(root, "node_modules/.bin", program));
    const again = repair ?? `${local ? "npx " : ""}${run.join(" ")}`;
    if (error !== undefined) console.error(error.message);
    console.error(`check: ${name} failed; ${repair ? "repair" : "see it again"} with: ${again}`);
    process.exit(1);
  }
  console.log(`   ${((performance.now() - started) / 1000).toFixed(1)} s`);
}
console.log("check: everything passed");
