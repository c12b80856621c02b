// @ts-check
// Writes the agreement of the model with a folder of recordings into docs/fidelity.md: node scripts/fidelity.mjs FOLDER

import { execFile } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const page = join(root, "docs/fidelity.md");
const begin = "<!-- agreement: begin -->";
const end = "<!-- agreement: end -->";

/** @typedef {{ total: number, exact: number }} Count */
/** @typedef {{ path: string, searches: Count, placements: Count, vmas: Count, excluded: { reason: string, count: number }[] }} Result */
/** @typedef {{ recordings: number, counts: { searches: Count, placements: Count, vmas: Count }, excluded: Map<string, number> }} Row */

/** What made a recording, by its folder; the first that fits. @type {readonly (readonly [RegExp, string])[]} */
const kinds = [
  [/^[67][^-]*-probe-1[46]-/, "x86-64 probes, static PIE"],
  [/^[67][^-]*-probe-/, "x86-64 probes"],
  [/^[67][^-]*-vfio-/, "x86-64 VFIO"],
  [/^[67][^-]*-(qemu|dpdk)/, "x86-64 QEMU and DPDK"],
  [/^arm64-/, "arm64"],
  [/^riscv64-/, "riscv64"],
  [/lost/, "programs, events lost"],
];

/** @param {string} folder @param {Result} result */
function kindOf(folder, { path, searches }) {
  const found = kinds.find(([name]) => name.test(folder));
  if (found !== undefined) return found[1];
  if (/^app-styles/.test(folder)) return "a program in 40 output styles";
  return searches.total > 0 || /perf/.test(path) ? "programs, perf" : "programs, strace";
}

/** @param {string} folder @param {readonly string[]} mode @returns {Promise<Result[]>} */
function verify(folder, mode) {
  const args = [
    join(root, "dist/cli/main.js"),
    "verify",
    "--quiet",
    "--format",
    "json",
    ...mode,
    folder,
  ];
  return new Promise((resolve, reject) => {
    execFile(process.execPath, args, { maxBuffer: 2 ** 28 }, (error, stdout, stderr) => {
      if (stdout !== "") resolve(JSON.parse(stdout).recordings);
      else if (stderr.includes("import/no-recording")) resolve([]);
      else reject(error ?? new Error(`${folder}: no answer`));
    });
  });
}

/** @param {Map<string, Row>} rows @param {string} kind @param {Result} result */
function add(rows, kind, result) {
  const zero = () => ({ total: 0, exact: 0 });
  const row = rows.get(kind) ?? {
    recordings: 0,
    counts: { searches: zero(), placements: zero(), vmas: zero() },
    excluded: new Map(),
  };
  rows.set(kind, row);
  row.recordings += 1;
  for (const name of /** @type {const} */ (["searches", "placements", "vmas"])) {
    const sum = row.counts[name];
    sum.total += result[name].total;
    sum.exact += result[name].exact;
  }
  for (const { reason, count } of result.excluded)
    row.excluded.set(reason, (row.excluded.get(reason) ?? 0) + count);
}

/** @param {string} folder @param {readonly string[]} mode */
async function measure(folder, mode) {
  /** @type {Map<string, Row>} */
  const rows = new Map();
  for (const name of readdirSync(folder).sort()) {
    if (name.endsWith(".md")) continue;
    for (const result of await verify(join(folder, name), mode)) {
      const kind = kindOf(name, result);
      add(rows, kind, result);
      add(rows, "total", result);
    }
  }
  return rows;
}

/** @param {Count | undefined} count */
const cell = (count) => (!count || count.total === 0 ? "-" : `${count.exact} of ${count.total}`);

/** @param {string} title @param {Map<string, Row>} rows */
function table(title, rows) {
  const lines = [
    `${title}:`,
    "",
    "| recordings | runs | searches | placements | areas of maps | excluded |",
    "| --- | ---: | ---: | ---: | ---: | ---: |",
  ];
  const order = [...rows].sort(([a], [b]) => Number(a === "total") - Number(b === "total"));
  for (const [kind, { recordings, counts, excluded }] of order) {
    const left = [...excluded.values()].reduce((sum, count) => sum + count, 0);
    const cells = [counts.searches, counts.placements, counts.vmas].map(cell);
    lines.push(`| ${[kind, recordings, ...cells, left].join(" | ")} |`);
  }
  return lines.join("\n");
}

/** @param {Map<string, Row>} rows */
function reasons(rows) {
  const all = [...(rows.get("total")?.excluded ?? [])].sort(([, a], [, b]) => b - a);
  return [
    "Excluded, each for what the recording lacks:",
    "",
    ...all.map(([why, n]) => `- ${n}: ${why}`),
  ].join("\n");
}

const folder = process.argv[2];
if (folder === undefined) {
  process.stderr.write(`usage: node scripts/${basename(process.argv[1] ?? "")} FOLDER\n`);
  process.exit(2);
}
const [forced, free] = await Promise.all([measure(folder, []), measure(folder, ["--free"])]);
const text = readFileSync(page, "utf8");
const [before, after] = [text.indexOf(begin), text.indexOf(end)];
if (before < 0 || after < 0) throw new Error("docs/fidelity.md has lost its markers");
const tables = [
  table("Call by call (each placement is asked for in the recorded state)", forced),
  table("Free (the model lives in its own state from the first call to the last)", free),
  reasons(forced),
];
const written = `${text.slice(0, before)}${begin}\n\n${tables.join("\n\n")}\n\n${text.slice(after)}`;
writeFileSync(page, written);
