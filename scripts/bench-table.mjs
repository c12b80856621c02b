// @ts-check
/** What do the figures of a benchmark say? The performance section of README.md, as text. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { built } from "./bench-race.mjs";

const [{ benchTable }, { left, markdownTable }] = await Promise.all(
  ["cli/bench-table.js", "reports/table.js"].map(built),
);

/** @typedef {readonly string[]} Row What was measured, its median, its best, its target and whether it is reached. */

const percent = (/** @type {number} */ share) => `${(100 * share).toFixed(0)} %`;
const times = (/** @type {number} */ ratio) => `${ratio.toFixed(1)}x`;

/** @param {string} what @param {string} median @param {string} fastest @param {string} target @param {boolean} reached @returns {Row} */
const row = (what, median, fastest, target, reached) => [
  what,
  median,
  fastest,
  target,
  reached ? "reached" : "not reached",
];

/** @param {string} what @param {{ median: number; fastest: number; target: number }} ratios */
const ratioRow = (what, { median, fastest, target }) =>
  row(what, times(median), times(fastest), times(target), median >= target);

/** @param {string} what @param {number} figure @param {number} limit @param {number} [fastest] */
const limitRow = (what, figure, limit, fastest) =>
  row(what, figure.toFixed(1), fastest?.toFixed(1) ?? "", `${limit}`, figure <= limit);

/** @param {any} one @returns {Row[]} */
function readerRows({ name, median, fastest, target, reached }) {
  const [share, best, least] = [median, fastest, target].map(({ grep }) => percent(grep));
  const regex = { median: median.regex, fastest: fastest.regex, target: target.regex };
  return [
    row(`${name}, speed of \`grep -c mmap\``, `${share}`, `${best}`, `${least}`, reached.grep),
    ratioRow(`${name}, against readline and regex`, regex),
  ];
}

/** @param {any} all @returns {Row[]} */
function traceRows({ protobufjs, load, open, target, ...all }) {
  const { rawBytesPerEvent, fileBytesPerEvent, allBytesPerEvent, textPerFile } = all;
  return [
    ratioRow("columns of .mmtrace, against the same numbers by protobufjs", protobufjs),
    ratioRow("opening .mmtrace, against opening its strace text (median of recordings)", open),
    ratioRow("decoding .mmtrace in memory, against reading the strace text alone", load),
    limitRow(
      ".mmtrace, bytes per event before compression (median of recordings)",
      rawBytesPerEvent,
      target.rawBytesPerEvent,
    ),
    limitRow(
      ".mmtrace, bytes per event in the file (median of recordings)",
      fileBytesPerEvent,
      target.fileBytesPerEvent,
    ),
    limitRow(
      ".mmtrace, bytes per event in the file, all recordings together",
      allBytesPerEvent,
      target.fileBytesPerEvent,
    ),
    row(
      "strace text, size of its .mmtrace",
      times(textPerFile),
      "",
      times(target.textPerFile),
      textPerFile >= target.textPerFile,
    ),
  ];
}

/** @param {any} long @returns {Row[]} */
function longRows({ of, bytes, seconds, fastest, mebibytes, target }) {
  const what = `${Math.round(bytes / 1e6)} MB of strace text (${of}), report of five policies`;
  const cpu = `${what}, seconds of CPU`;
  return [
    target.seconds === undefined
      ? [cpu, seconds.toFixed(1), fastest.toFixed(1), "", ""]
      : limitRow(cpu, seconds, target.seconds, fastest),
    limitRow(`${what}, MiB at the peak`, mebibytes, target.mebibytes),
  ];
}

const operations = new Map([
  ["search", "search"],
  ["pair", "store and erase"],
  ["cycle", "search, store and erase"],
]);

/** One row for the streams of an operation, size and peer: a target is reached if the slowest stream reaches it. @param {readonly any[]} streams */
function searchRow(streams) {
  const [{ op, vmas, peer, target }] = streams;
  const sorted = streams.toSorted((a, b) => a.ratio - b.ratio);
  const [least] = sorted;
  const most = sorted.at(-1);
  const named = (/** @type {any} */ { ratio, stream }) => `${times(ratio)} (${stream})`;
  return row(
    `${operations.get(op)}, ${vmas} mappings, against a ${peer === "scan" ? "BTreeMap scan" : peer}`,
    named(least),
    named(most),
    times(target),
    least.ratio >= target,
  );
}

/** @param {readonly any[]} searches @returns {Row[]} */
function searchRows(searches) {
  const raced = searches.filter(({ kind, target }) => kind === "race" && target !== null);
  const groupOf = (/** @type {any} */ { op, vmas, peer }) => `${op} ${vmas} ${peer}`;
  return [...new Set(raced.map(groupOf))].map((group) =>
    searchRow(raced.filter((one) => groupOf(one) === group)),
  );
}

/** The counts that scripts/counts.mjs holds the core to, and what a VMA takes in it and in the VMA set. @param {readonly any[]} replays @returns {Row[]} */
function countRows(replays) {
  const path = join(import.meta.dirname, "../native/core/benches/gap/counts.json");
  const { count, limits, instructions } = JSON.parse(readFileSync(path, "utf8"));
  const { vmas, ops, gaps, bytes } = count;
  const counted = Object.entries(instructions).flatMap(([machine, each]) =>
    Object.entries(each).map(([op, sum]) =>
      limitRow(`instructions per ${op}, ${vmas} mappings (${machine})`, sum / ops, limits[op]),
    ),
  );
  const most = replays.at(-1);
  const perVma = most.setBytes / most.vmas + bytes / vmas;
  return [
    ...counted,
    limitRow(`gap index, ${vmas} mappings, bytes per gap`, bytes / gaps, limits.bytesPerGap),
    limitRow(`VMA set and gap index, ${most.vmas} VMAs, bytes per VMA`, perVma, 64),
  ];
}

/** @param {any} results */
export function sectionOf({ machine, readers, traces, long, bench, searches }) {
  const warnings = [...readers, ...(traces === undefined ? [] : [traces]), ...bench.replays]
    .flatMap(({ warnings }) => warnings)
    .map((/** @type {string} */ text) => `- warning: ${text}`);
  const busy =
    machine.load > machine.cores * 0.5
      ? ` The machine was busy (load ${machine.load.toFixed(1)}): take no absolute figure from this run.`
      : "";
  const titles = [
    "what",
    "median (of a peer of the gap index: slowest stream)",
    "fastest",
    "target",
    "",
  ];
  const rows = [
    ...readers.flatMap(readerRows),
    ...(traces === undefined ? [] : traceRows(traces)),
    ...long.flatMap(longRows),
    ...benchTable(bench.replays, bench.border).rows,
    ...searchRows(searches),
    ...countRows(bench.replays),
  ];
  return [
    `${machine.cpu}, ${machine.cores} cores, Node ${machine.node}.${busy}`,
    "",
    ...markdownTable({ columns: titles.map(left), rows }),
    ...(warnings.length > 0 ? ["", ...warnings] : []),
    ...(searches.length > 0 ? ["", "![Growth with the number of mappings](docs/growth.svg)"] : []),
  ].join("\n");
}
