// @ts-check
/** What do 500 MB of strace text take, from the text to the report of five policies? */

import { spawnSync } from "node:child_process";
import { closeSync, openSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { unpacked } from "./bench-reading.mjs";

const megabytes = 500;

/**
 * A build, which makes calls of all kinds, and a JavaScript engine, which makes three times as many calls of memory to the
 * megabyte: its CPU is shown, and held to nothing.
 *
 * @type {readonly { readonly of: string; readonly packed: string; readonly runs: number; readonly target: Target }[]}
 */
const texts = [
  {
    of: "gcc and make",
    packed: "app-gcc-make-xfs/strace.txt.xz",
    runs: 5,
    target: { seconds: 10, mebibytes: 1024 },
  },
  { of: "node", packed: "app-node-v8-ext4/strace.txt.xz", runs: 1, target: { mebibytes: 1024 } },
];
const policies = "linux-7.3,vfio-thp,start-pfn,core-align,linux-6.1";
const script = (/** @type {string} */ name) => join(import.meta.dirname, name);
const usage = ["--import", pathToFileURL(script("usage.mjs")).href];

/** @param {readonly string[]} args @param {readonly (number | "ignore" | "inherit" | "pipe")[]} stdio */
function node(args, stdio) {
  const { status, output } = spawnSync(process.execPath, args, {
    stdio: [...stdio],
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`node ${args.join(" ")} ended with ${status}`);
  return output;
}

/** What one run takes. @param {string} text */
function usageOf(text) {
  const command = [script("../dist/cli/main.js"), "replay", text, "--policy", policies, "-q"];
  const output = node([...usage, ...command], ["ignore", "ignore", "inherit", "pipe"]);
  const { userCPUTime, systemCPUTime, maxRSS } = JSON.parse(output[3] ?? "");
  return { seconds: (userCPUTime + systemCPUTime) / 1e6, mebibytes: maxRSS / 1024 };
}

/** @typedef {{ readonly seconds?: number; readonly mebibytes: number }} Target Most that is asked for. */

/**
 * What the replays of each long text take: seconds of CPU of all threads, the median and the least of the runs, and MiB at the
 * highest peak. Texts without a recording are left out; `folder` is for the text.
 *
 * @param {string} recordings @param {string} folder
 */
export async function longFigures(recordings, folder) {
  const figures = [];
  for (const { packed, runs, ...named } of texts) {
    const text = await unpacked(recordings, packed, folder);
    if (text !== undefined) figures.push({ ...named, ...replays(text, runs, folder) });
  }
  return figures;
}

/** @param {string} text @param {number} runs @param {string} folder */
function replays(text, runs, folder) {
  const long = join(folder, "long.txt");
  const out = openSync(long, "w");
  node([script("long-text.mjs"), text, `${megabytes}`], ["ignore", out, "inherit"]);
  closeSync(out);
  const bytes = statSync(long).size;
  const taken = Array.from({ length: runs }, () => usageOf(long));
  rmSync(long);
  const sorted = taken.map(({ seconds }) => seconds).sort((a, b) => a - b);
  return {
    bytes,
    seconds: sorted[Math.floor(runs / 2)] ?? 0,
    fastest: sorted[0] ?? 0,
    mebibytes: Math.max(...taken.map(({ mebibytes }) => mebibytes)),
  };
}
