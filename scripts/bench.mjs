// @ts-check
/** How fast are the readers and replays beside their peers? node scripts/bench.mjs [RECORDINGS] writes bench/results.json and README.md. */

import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { readerFigures, traceFigures } from "./bench-reading.mjs";

const root = join(import.meta.dirname, "..");
const recordings = process.argv[2] ?? join(root, "../shared/recordings");
const folder = mkdtempSync(join(tmpdir(), "mmreplay-bench-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));

const load = loadavg()[0] ?? 0;
const readers = await readerFigures(recordings, folder);
const traces = await traceFigures(recordings, folder);
const { stdout } = spawnSync(
  process.execPath,
  [join(root, "dist/cli/main.js"), "bench", "--format", "json"],
  { encoding: "utf8" },
);
const replays = JSON.parse(stdout);
const machine = {
  cpu: cpus()[0]?.model ?? "unknown",
  cores: availableParallelism(),
  node: process.version,
  load,
};
mkdirSync(join(root, "bench"), { recursive: true });
writeFileSync(
  join(root, "bench/results.json"),
  `${JSON.stringify({ machine, readers, traces, replays }, null, 2)}\n`,
);

const percent = (/** @type {number} */ share) => `${(100 * share).toFixed(0)} %`;
const times = (/** @type {number} */ ratio) => `${ratio.toFixed(1)}x`;
const verdict = (/** @type {boolean} */ yes) => (yes ? "reached" : "not reached");
/** @param {NonNullable<typeof traces>} all */
const traceRows = ({
  protobufjs,
  load,
  rawBytesPerEvent,
  fileBytesPerEvent,
  textPerFile,
  target,
}) => [
  `| columns of .mmtrace, against protobufjs | ${times(protobufjs.median)} | ${times(protobufjs.fastest)} | ${times(protobufjs.target)} | ${verdict(protobufjs.median >= protobufjs.target)} |`,
  `| loading .mmtrace, against reading the strace text | ${times(load.median)} | ${times(load.fastest)} | ${times(load.target)} | ${verdict(load.median >= load.target)} |`,
  `| .mmtrace, bytes per event before compression (median of recordings) | ${rawBytesPerEvent.toFixed(1)} | | ${target.rawBytesPerEvent} | ${verdict(rawBytesPerEvent <= target.rawBytesPerEvent)} |`,
  `| .mmtrace, bytes per event in the file | ${fileBytesPerEvent.toFixed(1)} | | ${target.fileBytesPerEvent} | ${verdict(fileBytesPerEvent <= target.fileBytesPerEvent)} |`,
  `| strace text, size of its .mmtrace | ${times(textPerFile)} | | ${times(target.textPerFile)} | ${verdict(textPerFile >= target.textPerFile)} |`,
];
const rows = [
  "| what | median | fastest | target | |",
  "| --- | --- | --- | --- | --- |",
  ...readers.flatMap(({ name, median, fastest, target, reached }) => [
    `| ${name}, speed of \`grep -c mmap\` | ${percent(median.grep)} | ${percent(fastest.grep)} | ${percent(target.grep)} | ${verdict(reached.grep)} |`,
    `| ${name}, against readline and regex | ${times(median.regex)} | ${times(fastest.regex)} | ${times(target.regex)} | ${verdict(reached.regex)} |`,
  ]),
  ...(traces === undefined ? [] : traceRows(traces)),
  ...replays.flatMap((/** @type {any} */ { vmas, operations, standings }) =>
    standings.map(
      (/** @type {any} */ one) =>
        `| ${one.name}, ${vmas} VMAs, million ops/s | ${(operations / one.median / 1000).toFixed(2)} | ${(operations / one.fastest / 1000).toFixed(2)} | | |`,
    ),
  ),
];
const warnings = [...readers, ...(traces === undefined ? [] : [traces]), ...replays]
  .flatMap(({ warnings }) => warnings)
  .map((text) => `- warning: ${text}`);
const busy =
  load > machine.cores * 0.5
    ? ` The machine was busy (load ${load.toFixed(1)}): take no absolute figure from this run.`
    : "";
const text = [
  `${machine.cpu}, ${machine.cores} cores, Node ${machine.node}.${busy}`,
  "",
  ...rows,
  ...(warnings.length > 0 ? ["", ...warnings] : []),
].join("\n");
console.log(text);
const readme = join(root, "README.md");
const before = readFileSync(readme, "utf8");
const section = /<!-- performance -->\n[\s\S]*?<!-- end performance -->/;
if (!section.test(before)) throw new Error("README.md has no performance section");
writeFileSync(
  readme,
  before.replace(section, () => `<!-- performance -->\n${text}\n<!-- end performance -->`),
);
