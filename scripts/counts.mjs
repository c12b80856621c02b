// @ts-check
/**
 * What do a search, a placement and a release in the gap index take, counted exactly? Nodes, bytes, and instructions if
 * valgrind is installed. Fails if a count is not that of native/core/benches/gap/counts.json.
 *
 * node scripts/counts.mjs           compare; instructions depend on the compiler and on CPU features, so those of a
 *                                   machine that is not listed are held to the limits alone
 * node scripts/counts.mjs --update  write what was counted here, after a change that explains it
 */

import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const native = join(import.meta.dirname, "../native");
const file = join(native, "core/benches/gap/counts.json");
const operations = /** @type {const} */ (["search", "place", "release"]);

/** @typedef {{ vmas: number, ops: number, steps: number, gaps: number, bytes: number }} Count */
/** @typedef {Record<(typeof operations)[number], number>} Instructions */
/** @typedef {{ about: string, limits: Instructions & { bytesPerGap: number }, count: Count, instructions: Record<string, Instructions> }} Expected */

/** The benchmark, compiled. */
function build() {
  const args = ["bench", "--locked", "-p", "mmreplay-core", "--bench", "gap", "--no-run"];
  const text = execFileSync("cargo", [...args, "--message-format", "json", "--quiet"], {
    cwd: native,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
  for (const line of text.split("\n")) {
    const { executable, target } = line.startsWith("{") ? JSON.parse(line) : {};
    if (target?.name === "gap" && typeof executable === "string") return executable;
  }
  throw new Error("cargo did not say where the benchmark is");
}

/** On what the number of instructions depends. */
function machine() {
  const [rustc = ""] = execFileSync("rustc", ["--version"], {
    cwd: native,
    encoding: "utf8",
  }).split(" (");
  const flags = process.platform === "linux" ? readFileSync("/proc/cpuinfo", "utf8") : "";
  const vectors = /\bavx2\b/.test(flags) ? "AVX2" : "baseline";
  return `${rustc}, ${process.arch}, ${vectors}`;
}

/**
 * Instructions of all operations of a kind: all, and those of the benchmark itself without the C library's, whose copies
 * take one more or less with where the stack lies.
 *
 * @param {string} bench @param {string} operation @param {number} vmas
 */
function instructionsOf(bench, operation, vmas) {
  const out = join(tmpdir(), `mmreplay-callgrind-${process.pid}`);
  const { status, stderr } = spawnSync(
    "valgrind",
    [
      ...["--tool=callgrind", `--callgrind-out-file=${out}`],
      ...[`--toggle-collect=*count_${operation}*`, bench, "count", `${vmas}`],
    ],
    { encoding: "utf8" },
  );
  if (status !== 0) throw new Error(`valgrind failed:\n${stderr}`);
  const lines = readFileSync(out, "utf8").split("\n");
  rmSync(out);
  return sumOf(lines, bench);
}

/**
 * Costs of a file in callgrind's format: `ob=(1) path` names the object of the lines that follow, `calls=` is followed by
 * a line with the cost of what was called, which has lines of its own.
 *
 * @param {readonly string[]} lines @param {string} bench
 */
function sumOf(lines, bench) {
  const sum = { all: 0, own: 0 };
  /** @type {Map<string, boolean>} */
  const objects = new Map();
  let own = false;
  let called = false;
  for (const line of lines) {
    const [, id = "", path] = /^c?ob=(\(\d+\))(?: (.*))?$/.exec(line) ?? [];
    if (path !== undefined) objects.set(id, path === bench);
    if (id !== "" && line.startsWith("ob=")) own = objects.get(id) ?? false;
    const [, cost] = /^[+*0-9-]\S* (\d+)$/.exec(line) ?? [];
    if (cost !== undefined && !called) {
      sum.all += Number(cost);
      if (own) sum.own += Number(cost);
    }
    called = line.startsWith("calls=");
  }
  return sum;
}

/** @type {Expected} */
const expected = JSON.parse(readFileSync(file, "utf8"));
const bench = build();
const { vmas } = expected.count;
const { kind: _, ...count } = JSON.parse(
  execFileSync(bench, ["count", `${vmas}`], { encoding: "utf8" }),
);
const here = machine();
const known = expected.instructions[here];
/** @type {string[]} */
const wrong = [];

/** @param {string} name @param {number} counted @param {number | undefined} before */
function compare(name, counted, before) {
  const text = before === undefined || before === counted ? "" : `, was ${before}`;
  if (text !== "") wrong.push(name);
  console.log(`${name}: ${counted}${text}`);
}
/** @param {string} name @param {number} each @param {number} limit */
function hold(name, each, limit) {
  if (each > limit) wrong.push(name);
  console.log(`  ${each.toFixed(1)} per ${name}, at most ${limit}`);
}

for (const name of /** @type {const} */ (["ops", "steps", "gaps", "bytes"])) {
  compare(name, count[name], expected.count[name]);
}
hold("gap", count.bytes / count.gaps, expected.limits.bytesPerGap);
const counts = spawnSync("valgrind", ["--version"]).status === 0;
const instructions = { search: 0, place: 0, release: 0 };
if (!counts) console.log("instructions: not counted, valgrind is not installed");
else {
  if (known === undefined) console.log(`instructions: nothing to compare with for ${here}`);
  for (const operation of operations) {
    const { own, all } = instructionsOf(bench, operation, vmas);
    instructions[operation] = own;
    compare(`instructions, ${operation}`, own, known?.[operation]);
    hold(operation, all / count.ops, expected.limits[operation]);
  }
}
if (process.argv.includes("--update")) {
  expected.count = count;
  if (counts) expected.instructions = { [here]: instructions };
  writeFileSync(file, `${JSON.stringify(expected, null, 2)}\n`);
} else if (wrong.length > 0) {
  console.error(
    `counts: ${wrong.join("; ")} changed. If that is meant: node scripts/counts.mjs --update`,
  );
  process.exit(1);
}
