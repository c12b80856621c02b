// @ts-check
/** How fast are the readers and replays beside their peers? node scripts/bench.mjs [RECORDINGS] writes bench/results.json and README.md. */

import { spawnSync } from "node:child_process";
import {
  createReadStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { availableParallelism, cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { perfByRegex, raced, straceByRegex } from "./bench-peers.mjs";

const root = join(import.meta.dirname, "..");
/** @param {string} path @returns {Promise<any>} */
const built = (path) => import(join(root, "dist", path));
const [{ race }, { Diagnostics }, { strace }, { perfScript }, { bytesOf, decompress }] =
  await Promise.all(
    [
      "latency/race.js",
      "errors.js",
      "formats/strace.js",
      "formats/perf-script.js",
      "formats/decompress.js",
    ].map(built),
  );
const recordings = process.argv[2] ?? join(root, "../shared/recordings");
const folder = mkdtempSync(join(tmpdir(), "mmreplay-bench-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));

/** @typedef {import("./bench-peers.mjs").Made} Made */

/**
 * How many of each call, and all arguments and results in one number that does not depend on their order.
 *
 * @param {readonly Made[]} calls
 */
function sumOf(calls) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  let sum = 0;
  for (const { call, pid, addr, length, bits, result } of calls) {
    counts.set(call, (counts.get(call) ?? 0) + 1);
    const page = addr / 4096 + 3 * (result / 4096);
    sum = (sum + page * 31 + length * 7 + bits * 1009 + pid * 13) % 2_147_483_647;
  }
  return `${[...counts].sort().join(" ")}, ${sum}`;
}

/** @param {any} format @param {string} path */
async function ours(format, path) {
  /** @type {Made[]} */
  const calls = [];
  const emit = (/** @type {any} */ event) => {
    if (event.kind !== "call" || event.result === null || !raced.has(event.call)) return;
    const { call, pid, time, addr, length = 0, prot, advice, result } = event;
    calls.push({ call, pid, time, addr, length, bits: prot ?? advice ?? 0, result });
  };
  const chunks = createReadStream(path, { highWaterMark: 262_144 });
  await format.read({ name: "text", chunks }, emit, new Diagnostics());
  return sumOf(calls);
}

/** @param {string} command @param {string} path */
const piped = (command, path) => () => {
  const { status } = spawnSync("sh", ["-c", `cat "$1" | ${command}`, "sh", path]);
  if (status !== 0) throw new Error(`${command} failed`);
};

/**
 * @param {string} name @param {any} format @param {string} packed
 * @param {(path: string) => Promise<Made[]>} byRegex @param {{ grep: number; regex: number }} target
 */
async function reader(name, format, packed, byRegex, target) {
  const source = join(recordings, packed);
  if (!existsSync(source)) {
    console.error(`bench: ${name} is left out, ${packed} is not among the recordings`);
    return undefined;
  }
  const path = join(folder, name);
  writeFileSync(path, await bytesOf(decompress(createReadStream(source), packed)));
  const peers = [
    { name: "mmreplay", run: () => ours(format, path) },
    { name: "readline and regex", run: async () => sumOf(await byRegex(path)) },
    { name: "grep -c mmap", run: piped("grep -c mmap", path) },
    { name: "wc -l", run: piped("wc -l", path) },
  ];
  const { standings, warnings } = await race(peers, { rounds: 7, time: 1 });
  const [own, regex, grep, wc] = standings;
  const ratios = (/** @type {"median" | "fastest"} */ by) => ({
    grep: grep[by] / own[by],
    wc: wc[by] / own[by],
    regex: regex[by] / own[by],
  });
  const median = ratios("median");
  const reached = { grep: median.grep >= target.grep, regex: median.regex >= target.regex };
  const bytes = readFileSync(path).length;
  return { name, bytes, target, standings, median, fastest: ratios("fastest"), reached, warnings };
}

const load = loadavg()[0] ?? 0;
const readers = [
  await reader("strace text", strace, "app-duckdb-node-xfs/strace.txt.xz", straceByRegex, {
    grep: 0.15,
    regex: 3,
  }),
  await reader(
    "perf script text",
    perfScript,
    "app-duckdb-node-xfs/perf-script.txt.xz",
    perfByRegex,
    { grep: 0.22, regex: 4 },
  ),
].filter((one) => one !== undefined);
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
  `${JSON.stringify({ machine, readers, replays }, null, 2)}\n`,
);

const percent = (/** @type {number} */ share) => `${(100 * share).toFixed(0)} %`;
const times = (/** @type {number} */ ratio) => `${ratio.toFixed(1)}x`;
const verdict = (/** @type {boolean} */ yes) => (yes ? "reached" : "not reached");
const rows = [
  "| what | median | fastest | target | |",
  "| --- | --- | --- | --- | --- |",
  ...readers.flatMap(({ name, median, fastest, target, reached }) => [
    `| ${name}, speed of \`grep -c mmap\` | ${percent(median.grep)} | ${percent(fastest.grep)} | ${percent(target.grep)} | ${verdict(reached.grep)} |`,
    `| ${name}, against readline and regex | ${times(median.regex)} | ${times(fastest.regex)} | ${times(target.regex)} | ${verdict(reached.regex)} |`,
  ]),
  ...replays.flatMap((/** @type {any} */ { vmas, operations, standings }) =>
    standings.map(
      (/** @type {any} */ one) =>
        `| ${one.name}, ${vmas} VMAs, million ops/s | ${(operations / one.median / 1000).toFixed(2)} | ${(operations / one.fastest / 1000).toFixed(2)} | | |`,
    ),
  ),
];
const warnings = [...readers, ...replays]
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
