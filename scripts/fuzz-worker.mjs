// @ts-check
/** Runs mutated recordings as long as it is told to, and keeps those that reach code which no other has reached. */

import { readdirSync, readFileSync } from "node:fs";
import { Session } from "node:inspector/promises";
import { join } from "node:path";
import { parentPort, workerData } from "node:worker_threads";
import { mutate, Random } from "./fuzz-mutate.mjs";
import { readBytes } from "./fuzz-target.mjs";

const { corpus, seconds, seed, input, heartbeat } = /** @type {{
  corpus: readonly string[]; seconds: number; seed: number; input: Uint8Array; heartbeat: Int32Array;
}} */ (workerData);

/** Bytes that may be alive after a run, above those before the first. */
const mostHeap = 256 * 1024 * 1024;

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
 * Read alike, however the bytes are cut.
 *
 * @param {Uint8Array} bytes
 */
async function compare(bytes) {
  const [whole, cut] = [await readBytes(bytes), await readBytes(bytes, 7)];
  if (whole !== cut) throw new Error("another reading in chunks of 7 bytes");
}

/**
 * @param {Uint8Array} bytes
 * @param {(bytes: Uint8Array) => Promise<unknown>} target
 */
async function run(bytes, target = readBytes) {
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

const random = new Random(seed);
const before = process.memoryUsage().heapUsed;
const end = Date.now() + seconds * 1000;
let runs = 0;
while (Date.now() < end) {
  // The newest half of the pool has been tried the least.
  const from = random.below(2) === 0 ? 0 : Math.floor(pool.length / 2);
  const base = pool[from + random.below(pool.length - from)] ?? new Uint8Array();
  const bytes = mutate(base, random.pick(pool), random);
  await run(bytes);
  runs += 1;
  if ((await news()) > 0) {
    pool.push(bytes);
    await run(bytes, compare);
    parentPort?.postMessage({ kind: "new", bytes });
  }
  if (runs % 500 === 0 && process.memoryUsage().heapUsed - before > mostHeap) {
    parentPort?.postMessage({ kind: "find", bytes, told: "memory grows from run to run" });
    break;
  }
}
parentPort?.postMessage({
  kind: "end",
  told: `${runs} runs, seed ${seed}: ${reached.size} blocks reached, ${pool.length - seeds} inputs found beside ${seeds}`,
});
session.disconnect();
