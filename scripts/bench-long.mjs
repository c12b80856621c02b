// @ts-check
/** What do 500 MB of strace text take, from the text to the report of five policies? */

import { spawnSync } from "node:child_process";
import { closeSync, openSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { unpacked } from "./bench-reading.mjs";

const megabytes = 500;
const packed = "app-gcc-make-xfs/strace.txt.xz";
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

/**
 * Seconds of CPU of all threads, and MiB at the peak; undefined where there is no recording. `folder` is for the text.
 *
 * @param {string} recordings @param {string} folder
 */
export async function longFigures(recordings, folder) {
  const text = await unpacked(recordings, packed, folder);
  if (text === undefined) return undefined;
  const long = join(folder, "long.txt");
  const out = openSync(long, "w");
  node([script("long-text.mjs"), text, `${megabytes}`], ["ignore", out, "inherit"]);
  closeSync(out);
  const bytes = statSync(long).size;
  const command = [script("../dist/cli/main.js"), "replay", long, "--policy", policies, "-q"];
  const output = node([...usage, ...command], ["ignore", "ignore", "inherit", "pipe"]);
  rmSync(long);
  const { userCPUTime, systemCPUTime, maxRSS } = JSON.parse(output[3] ?? "");
  const seconds = (userCPUTime + systemCPUTime) / 1e6;
  return { bytes, seconds, mebibytes: maxRSS / 1024, target: { seconds: 10, mebibytes: 1024 } };
}
