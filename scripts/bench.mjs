// @ts-check
/**
 * How fast are readers, replays and the gap search beside their peers?
 *
 * node scripts/bench.mjs [RECORDINGS]         writes bench/results.json, docs/growth.svg, docs/performance.json and the
 *                                             performance section of README.md
 * node scripts/bench.mjs --gate [RECORDINGS]  writes bench/results.json alone, and fails if a ratio of docs/performance.json
 *                                             has fallen by more than a quarter
 */

import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { longFigures } from "./bench-long.mjs";
import { plotOf } from "./bench-plot.mjs";
import { fallen, ratiosOf } from "./bench-ratios.mjs";
import { readerFigures } from "./bench-reading.mjs";
import { sectionOf } from "./bench-table.mjs";
import { traceFigures } from "./bench-traces.mjs";

const root = join(import.meta.dirname, "..");
const args = process.argv.slice(2);
const gate = args.includes("--gate");
const recordings = args.find((arg) => arg !== "--gate") ?? join(root, "../shared/recordings");
const published = join(root, "docs/performance.json");
const folder = mkdtempSync(join(tmpdir(), "mmreplay-bench-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));

/** @param {string} program @param {readonly string[]} args */
function output(program, args) {
  const { status, stdout, stderr } = spawnSync(program, args, {
    cwd: root,
    encoding: "utf8",
    maxBuffer: 2 ** 28,
  });
  if (status === 0) return stdout;
  throw new Error(`${program} ${args.join(" ")} failed: ${stderr}`);
}

const load = loadavg()[0] ?? 0;
const readers = await readerFigures(recordings, folder);
const traces = await traceFigures(recordings, folder);
const long = await longFigures(recordings, folder);
const bench = JSON.parse(
  output(process.execPath, ["dist/cli/main.js", "bench", "--format", "json"]),
);
const manifest = ["--quiet", "--locked", "--manifest-path", "native/Cargo.toml"];
const searches = output("cargo", ["bench", ...manifest, "-p", "mmreplay-core", "--", "--json"])
  .split("\n")
  .filter((line) => line.startsWith("{"))
  .map((line) => JSON.parse(line));
const machine = {
  cpu: cpus()[0]?.model ?? "unknown",
  cores: availableParallelism(),
  node: process.version,
  // The benchmark itself is one of the processes at the end.
  load: Math.max(load, (loadavg()[0] ?? 0) - 1),
};
const results = { machine, readers, traces, long, bench, searches };
mkdirSync(join(root, "bench"), { recursive: true });
writeFileSync(join(root, "bench/results.json"), `${JSON.stringify(results, null, 2)}\n`);
const text = sectionOf(results);
console.log(text);
if (gate) held();
else publish();

/** Fail if a ratio fell behind the published one. */
function held() {
  const worse = fallen(JSON.parse(readFileSync(published, "utf8")).ratios, ratiosOf(results));
  for (const words of worse) console.error(`bench: ${words}`);
  if (worse.length > 0) process.exitCode = 1;
}

/** Write what the documents show. */
function publish() {
  const races = searches.filter(({ kind }) => kind === "race");
  writeFileSync(join(root, "docs/growth.svg"), plotOf(races));
  const ratios = { machine, ratios: ratiosOf(results) };
  writeFileSync(published, `${JSON.stringify(ratios, null, 2)}\n`);
  const readme = join(root, "README.md");
  const before = readFileSync(readme, "utf8");
  const section = /<!-- performance -->\n[\s\S]*?<!-- end performance -->/;
  if (!section.test(before)) throw new Error("README.md has no performance section");
  const shown = `<!-- performance -->\n${text}\n<!-- end performance -->`;
  writeFileSync(
    readme,
    before.replace(section, () => shown),
  );
}
