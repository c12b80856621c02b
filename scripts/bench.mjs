// @ts-check
/**
 * How fast are readers, replays and the gap search beside their peers? node scripts/bench.mjs [RECORDINGS] writes
 * bench/results.json, docs/growth.svg and the performance section of README.md.
 */

import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { plotOf } from "./bench-plot.mjs";
import { readerFigures, traceFigures } from "./bench-reading.mjs";
import { sectionOf } from "./bench-table.mjs";

const root = join(import.meta.dirname, "..");
const recordings = process.argv[2] ?? join(root, "../shared/recordings");
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
const results = { machine, readers, traces, bench, searches };
mkdirSync(join(root, "bench"), { recursive: true });
writeFileSync(join(root, "bench/results.json"), `${JSON.stringify(results, null, 2)}\n`);
writeFileSync(
  join(root, "docs/growth.svg"),
  plotOf(searches.filter(({ kind }) => kind === "race")),
);
const text = sectionOf(results);
console.log(text);
const readme = join(root, "README.md");
const before = readFileSync(readme, "utf8");
const section = /<!-- performance -->\n[\s\S]*?<!-- end performance -->/;
if (!section.test(before)) throw new Error("README.md has no performance section");
writeFileSync(
  readme,
  before.replace(section, () => `<!-- performance -->\n${text}\n<!-- end performance -->`),
);
