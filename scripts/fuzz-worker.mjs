// @ts-check
/** Runs mutated recordings as long as it is told to, and keeps those that reach code which no other has reached. */

import { readdirSync, readFileSync } from "node:fs";
import { Session } from "node:inspector/promises";
import { join } from "node:path";
import { parentPort, workerData } from "node:worker_threads";
import { checkAlike } from "./fuzz-alike.mjs";
import { mutate, Random } from "./fuzz-mutate.mjs";
import { readBytes } from "./fuzz-target.mjs";

const { corpus, seconds, seed, input, heartbeat } = /** @type {{
  corpus: readonly string[]; seconds: number; seed: number; input: Uint8Array; heartbeat: Int32Array;
}} */ (workerData);

/** Bytes that may be alive after a run, above those before the first. */
const mostHeap = 256 * 1024 * 1024;

/** Seconds of CPU that 16 KiB may take; measured on no other clock, so that a busy machine finds nothing. */
const mostSeconds = 3;

/** Seconds between lines that say how far the run is. */
const between = 30;

const session = new Session();
session.connect();
await session.post("Profiler.enable");
await session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: true });

/** Blocks of the project's code that some input has reached, and how often within one power of two. */
const reached = new Set();

/** How many blocks the last run reached that no other had. */
async function news() {
  const { result } = await session.post("Profiler.takePreciseCoverage");
  let found = 0;
  for (const { url, functions } of result) {
    if (!url.includes("/dist/")) continue;
    for (const { ranges } of functions)
      for (const { startOffset, endOffset, count } of ranges) {
        if (count === 0) continue;
        const times = Math.min(6, Math.floor(Math.log2(count)));
        const key = `${url.slice(url.lastIndexOf("/"))}:${startOffset}:${endOffset}:${times}`;
        if (reached.has(key)) continue;
        reached.add(key);
        found += 1;
      }
  }
  return found;
}

/**
 * All that is asked of a reader: no crash, the same whatever the chunks, in time.
 *
 * @param {Uint8Array} bytes
 */
async function check(bytes) {
  const from = process.cpuUsage();
  const whole = await readBytes(bytes);
  const { user, system } = process.cpuUsage(from);
  if (user + system > mostSeconds * 1e6) throw new Error(`takes ${(user + system) / 1e6} s of CPU`);
  return whole;
}

/**
 * Read alike, however the bytes come.
 *
 * @param {Uint8Array} bytes
 */
async function compare(bytes) {
  const [whole, cut] = [await readBytes(bytes), await readBytes(bytes, 7)];
  if (whole !== cut) throw new Error("another reading in chunks of 7 bytes");
  await checkAlike(bytes);
}

/**
 * @param {Uint8Array} bytes
 * @param {(bytes: Uint8Array) => Promise<unknown>} target
 */
async function run(bytes, target = check) {
  input.set(bytes);
  Atomics.store(heartbeat, 1, bytes.length);
  Atomics.add(heartbeat, 0, 1);
  try {
    await target(bytes);
  } catch (error) {
    const told = error instanceof Error ? (error.stack ?? error.message) : String(error);
    parentPort?.postMessage({ kind: "find", bytes, told });
  }
}

/** @type {Uint8Array[]} */
const pool = [];
for (const folder of corpus)
  for (const name of readdirSync(folder)) {
    const bytes = readFileSync(join(folder, name)).subarray(0, 16_384);
    await run(bytes);
    if ((await news()) > 0 || pool.length === 0) pool.push(bytes);
  }
const seeds = pool.length;

/** @param {number} runs */
const progress = (runs) =>
  `${runs} runs, seed ${seed}: ${reached.size} blocks reached, ${pool.length - seeds} inputs found beside ${seeds}`;

const random = new Random(seed);
const before = process.memoryUsage().heapUsed;
const start = Date.now();
let told = start;
let runs = 0;
parentPort?.postMessage({ kind: "told", told: progress(0) });
while (Date.now() < start + seconds * 1000) {
  // The newest half of the pool has been tried the least.
  const from = random.below(2) === 0 ? 0 : Math.floor(pool.length / 2);
  const base = pool[from + random.below(pool.length - from)] ?? new Uint8Array();
  const bytes = mutate(base, random.pick(pool), random);
  await run(bytes);
  runs += 1;
  const isNew = (await news()) > 0;
  if (isNew) {
    pool.push(bytes);
    parentPort?.postMessage({ kind: "new", bytes });
  }
  if (isNew || runs % 8 === 0) await run(bytes, compare);
  if (Date.now() > told + between * 1000) {
    told += between * 1000;
    parentPort?.postMessage({ kind: "told", told: progress(runs) });
  }
  if (runs % 500 === 0 && process.memoryUsage().heapUsed - before > mostHeap) {
    parentPort?.postMessage({ kind: "find", bytes, told: "memory grows from run to run" });
    break;
  }
}
parentPort?.postMessage({ kind: "end", told: progress(runs) });
session.disconnect();
