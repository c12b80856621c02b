// @ts-check
/** How fast are the readers of text beside their peers? */

import { spawnSync } from "node:child_process";
import { createReadStream, existsSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { perfByRegex, raced, straceByRegex } from "./bench-peers.mjs";
import { built, metered, warmRounds } from "./bench-race.mjs";

const [{ Diagnostics }, { strace }, { perfScript }, { allBytes }, { decompress }] =
  await Promise.all(
    [
      "errors.js",
      "formats/strace.js",
      "formats/perf-script.js",
      "formats/text/chunks.js",
      "formats/text/decompress.js",
    ].map(built),
  );

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
  for (const made of calls) {
    const { call, pid, line, time, entryLine, entryTime, addr, length, bits, result } = made;
    counts.set(call, (counts.get(call) ?? 0) + 1);
    const page = addr / 4096 + 3 * (result / 4096);
    const moments = Math.round(time * 1e6) + 3 * Math.round(entryTime * 1e6);
    const kind = bits * 1009 + made.flags * 2003 + made.fd * 4001 + made.offset / 4096;
    const place = pid * 13 + line * 17 + entryLine * 19 + (moments % 1e9);
    sum = (sum + page * 31 + length * 7 + kind + place) % 2_147_483_647;
  }
  return `${[...counts].sort().join(" ")}, ${sum}`;
}

/** @param {string} path */
const chunksOf = (path) => createReadStream(path, { highWaterMark: 262_144 });

/**
 * The raced calls that a reader finds, in one number.
 *
 * @param {any} format @param {string} path
 */
async function sumOfOurs(format, path) {
  /** @type {Made[]} */
  const calls = [];
  await read(format, path, (event) => {
    if (event.kind !== "call" || event.result === null || !raced.has(event.call)) return;
    const { call, pid, line, time, entryLine = line, entryTime = time, addr, result } = event;
    const { length = 0, prot, advice, flags = 0, fd = -1, offset = 0 } = event;
    const bits = prot ?? advice ?? 0;
    const asked = { addr, length, bits, flags, fd, offset };
    calls.push({ call, pid, line, time, entryLine, entryTime, ...asked, result });
  });
  return sumOf(calls);
}

/** @param {any} format @param {string} path @param {(event: any) => void} emit */
const read = (format, path, emit) =>
  format.read({ name: "text", chunks: chunksOf(path) }, emit, new Diagnostics());

/** @param {(path: string, emit: (call: Made) => void) => Promise<void>} byRegex @param {string} path */
async function sumOfPeer(byRegex, path) {
  /** @type {Made[]} */
  const calls = [];
  await byRegex(path, (call) => calls.push(call));
  return sumOf(calls);
}

/**
 * Runs a reader whose events only are counted.
 *
 * @param {(emit: (event: any) => void) => Promise<unknown>} reading
 */
async function counted(reading) {
  let events = 0;
  await reading(() => {
    events += 1;
  });
  if (events === 0) throw new Error("no events");
  return undefined;
}

/** @param {string} command @param {string} path */
const piped = (command, path) => () => {
  const { status } = spawnSync("sh", ["-c", `cat "$1" | ${command}`, "sh", path]);
  if (status !== 0) throw new Error(`${command} failed`);
  return undefined;
};

/**
 * @param {string} name @param {any} format @param {string} path
 * @param {(path: string, emit: (call: Made) => void) => Promise<void>} byRegex
 * @param {{ grep: number; regex: number }} target
 */
async function reader(name, format, path, byRegex, target) {
  const [own, peer] = [await sumOfOurs(format, path), await sumOfPeer(byRegex, path)];
  if (own !== peer) throw new Error(`${name}: mmreplay reads ${own}, its peer ${peer}`);
  const { standings, cpu, warnings } = await metered(
    [
      { name: "mmreplay", run: () => counted((emit) => read(format, path, emit)) },
      { name: "readline and regex", run: () => counted((emit) => byRegex(path, emit)) },
      { name: "grep -c mmap", run: piped("grep -c mmap", path) },
      { name: "wc -l", run: piped("wc -l", path) },
    ],
    warmRounds,
  );
  const [ours, regex, grep, wc] = standings;
  const ratios = (/** @type {"median" | "fastest"} */ by) => ({
    grep: grep[by] / ours[by],
    wc: wc[by] / ours[by],
    regex: regex[by] / ours[by],
  });
  const median = { ...ratios("median"), regexCpu: (cpu[1] ?? 0) / (cpu[0] ?? 1) };
  const reached = { grep: median.grep >= target.grep, regex: median.regex >= target.regex };
  const bytes = statSync(path).size;
  return { name, bytes, target, standings, median, fastest: ratios("fastest"), reached, warnings };
}

/** @param {string} recordings @param {string} packed @param {string} folder */
export async function unpacked(recordings, packed, folder) {
  const source = join(recordings, packed);
  if (!existsSync(source)) {
    console.error(`bench: left out, ${packed} is not among the recordings`);
    return undefined;
  }
  const path = join(folder, packed.replaceAll("/", "-"));
  writeFileSync(path, await allBytes(decompress(createReadStream(source), packed)));
  return path;
}

/**
 * The readers of text; `folder` is for what is unpacked.
 *
 * @param {string} recordings @param {string} folder
 */
export async function readerFigures(recordings, folder) {
  const text = await unpacked(recordings, "app-duckdb-node-xfs/strace.txt.xz", folder);
  const perf = await unpacked(recordings, "app-duckdb-node-xfs/perf-script.txt.xz", folder);
  const figures = [];
  if (text !== undefined) {
    const target = { grep: 0.15, regex: 3 };
    figures.push(await reader("strace text", strace, text, straceByRegex, target));
  }
  if (perf !== undefined) {
    const target = { grep: 0.22, regex: 4 };
    figures.push(await reader("perf script text", perfScript, perf, perfByRegex, target));
  }
  return figures;
}
