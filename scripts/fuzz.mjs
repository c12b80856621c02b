// @ts-check
/** Which recordings break a reader? node scripts/fuzz.mjs [SECONDS] [SEED] [KEEP]: finds go to test/fuzz/finds, new inputs to the folder KEEP. */

import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Worker } from "node:worker_threads";

const root = join(import.meta.dirname, "..");
const seconds = Number(process.argv[2] ?? 60);
const seed = Number(process.argv[3] ?? Math.floor(Math.random() * 2 ** 31));
const keep = process.argv[4];

/** Milliseconds after which a run hangs. */
const patience = 10_000;
const largest = 65_536;

const input = new Uint8Array(new SharedArrayBuffer(largest));
/** Runs so far, and the length of the input under way. */
const heartbeat = new Int32Array(new SharedArrayBuffer(8));

const corpus = ["test/fuzz/corpus", "test/fuzz/finds", "test/formats/samples", "traces"].map(
  (folder) => join(root, folder),
);
const worker = new Worker(join(import.meta.dirname, "fuzz-worker.mjs"), {
  workerData: { corpus, seconds, seed, input, heartbeat },
  resourceLimits: { maxOldGenerationSizeMb: 1024 },
});

/** @type {Map<string, string>} by where in the code it was thrown */
const finds = new Map();

/**
 * @param {string} folder
 * @param {Uint8Array} bytes
 */
function save(folder, bytes) {
  mkdirSync(folder, { recursive: true });
  const name = createHash("sha256").update(bytes).digest("hex").slice(0, 12);
  writeFileSync(join(folder, name), bytes);
  return join(folder, name);
}

/**
 * @param {Uint8Array} bytes
 * @param {string} told
 */
function find(bytes, told) {
  const [what = "", where = ""] = told.split("\n");
  const key = where.trim() || what;
  if (finds.has(key)) return;
  finds.set(key, save(join(root, "test/fuzz/finds"), bytes));
  process.stderr.write(`${finds.get(key)}: ${told}\n`);
}

const underWay = () => input.slice(0, heartbeat[1]);

let last = -1;
const watch = setInterval(() => {
  const now = Atomics.load(heartbeat, 0);
  if (now === last) {
    find(underWay(), `no end after ${patience / 1000} s`);
    process.exit(1);
  }
  last = now;
}, patience);

worker.on("message", ({ kind, bytes, told }) => {
  if (kind === "find") find(bytes, told);
  else if (kind === "new" && keep !== undefined) save(keep, bytes);
  else if (kind === "told") process.stdout.write(`${told}\n`);
  else if (kind === "end") process.stdout.write(`${told}\n${finds.size} finds\n`);
});
worker.on("error", (error) => find(underWay(), error.stack ?? error.message));
worker.on("exit", () => {
  clearInterval(watch);
  process.exitCode = finds.size > 0 ? 1 : 0;
});
