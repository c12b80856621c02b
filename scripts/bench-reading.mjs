// @ts-check
/** How fast are the readers of text and of .mmtrace files beside their peers, and how large are the files? */

import { spawnSync } from "node:child_process";
import { createReadStream, existsSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  numbersByProtobuf,
  perfByRegex,
  protobufBytes,
  raced,
  straceByRegex,
} from "./bench-peers.mjs";

/** @param {string} path @returns {Promise<any>} */
const built = (path) => import(join(import.meta.dirname, "../dist", path));
const [
  { race },
  { Diagnostics },
  { strace },
  { perfScript },
  { bytesOf, decompress },
  { decode, encode },
  { readContainer },
  { numbersInto },
  { unitOf },
  { encodeBlock },
] = await Promise.all(
  [
    "latency/race.js",
    "errors.js",
    "formats/strace.js",
    "formats/perf-script.js",
    "formats/decompress.js",
    "trace/codec.js",
    "trace/container.js",
    "trace/decode-columns.js",
    "trace/coding.js",
    "trace/encode-events.js",
  ].map(built),
);

/** @typedef {import("./bench-peers.mjs").Made} Made */
/** @typedef {{ name: string; run: () => Promise<string | undefined> | string | undefined }} Peer */

const rounds = { rounds: 7, time: 1 };
/** Small traces load in a tenth of a millisecond: one run would say more of the timer. */
const shortRounds = { rounds: 7, time: 20 };

/** @param {readonly number[]} values */
const medianOf = (values) =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

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
    const { call, pid, time, addr, length = 0, prot, advice, result } = event;
    calls.push({ call, pid, time, addr, length, bits: prot ?? advice ?? 0, result });
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
 * Race with the processor time of this process beside the time on the clock, which other work on the machine stretches.
 *
 * @param {readonly Peer[]} peers
 * @param {{ rounds: number; time: number }} [options]
 */
async function metered(peers, options = rounds) {
  const spent = peers.map(() => /** @type {number[]} */ ([]));
  const wrapped = peers.map(({ name, run }, index) => ({
    name,
    run: async () => {
      const before = process.cpuUsage();
      const sum = await run();
      const { user, system } = process.cpuUsage(before);
      spent[index]?.push((user + system) / 1000);
      return sum;
    },
  }));
  const { standings, warnings } = await race(wrapped, options);
  return { standings, cpu: spent.map(medianOf), warnings };
}

/**
 * @param {string} name @param {any} format @param {string} path
 * @param {(path: string, emit: (call: Made) => void) => Promise<void>} byRegex
 * @param {{ grep: number; regex: number }} target
 */
async function reader(name, format, path, byRegex, target) {
  const [own, peer] = [await sumOfOurs(format, path), await sumOfPeer(byRegex, path)];
  if (own !== peer) throw new Error(`${name}: mmreplay reads ${own}, its peer ${peer}`);
  const { standings, cpu, warnings } = await metered([
    { name: "mmreplay", run: () => counted((emit) => read(format, path, emit)) },
    { name: "readline and regex", run: () => counted((emit) => byRegex(path, emit)) },
    { name: "grep -c mmap", run: piped("grep -c mmap", path) },
    { name: "wc -l", run: piped("wc -l", path) },
  ]);
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
async function unpacked(recordings, packed, folder) {
  const source = join(recordings, packed);
  if (!existsSync(source)) {
    console.error(`bench: left out, ${packed} is not among the recordings`);
    return undefined;
  }
  const path = join(folder, packed.replaceAll("/", "-"));
  writeFileSync(path, await bytesOf(decompress(createReadStream(source), packed)));
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

/** @param {any} format @param {AsyncIterable<Uint8Array>} chunks */
async function traceOf(format, chunks) {
  /** @type {any[]} */
  const events = [];
  const { facts } = await format.read(
    { name: "text", chunks },
    (/** @type {any} */ event) => events.push(event),
    new Diagnostics(),
  );
  return { name: "text", facts: { pageSize: 4096, recorder: "", inferred: [], ...facts }, events };
}

/** What the blocks hold before they are compressed. @param {Uint8Array} file @returns {any[]} */
const blocksOf = (file) =>
  [...readContainer(file, "trace")].filter(({ kind }) => kind !== "header");

/** @param {any} column @param {number} count */
function decodeNumbers(column, count) {
  const values = new Float64Array(count);
  numbersInto(column, values);
  return values;
}

/** All numbers of all columns. @param {readonly { column: any; count: number }[]} columns */
function numbersOf(columns) {
  let sum = 0;
  for (const { column, count } of columns) {
    for (const value of decodeNumbers(column, count)) sum += value % 65_521;
  }
  return String(sum);
}

/** @param {readonly { stored: any; count: number; unit: number }[]} columns */
function protobufNumbersOf(columns) {
  let sum = 0;
  for (const { stored, count, unit } of columns) {
    for (const value of numbersByProtobuf(stored, count, unit)) sum += value % 65_521;
  }
  return String(sum);
}

/** The columns of a trace file as both write them; those of doubles are left out. @param {any} trace */
function columnsOf(trace) {
  const written = { strings: 0, files: 0 };
  return trace.events.slots.flatMap((/** @type {any} */ slot) => {
    const block = slot.block();
    return encodeBlock(block, written).columns.flatMap((/** @type {any} */ column) => {
      if (column.coding === 3) return [];
      const count = column.id === 0 ? block.count : block.columns.get(column.id).count;
      const unit = unitOf(column);
      const values = decodeNumbers(column, count).map(
        (/** @type {number} */ value) => value / unit,
      );
      return [{ column, count, unit, stored: protobufBytes(values) }];
    });
  });
}

/** @typedef {Awaited<ReturnType<typeof metered>>} Metered */

/** How much longer the second peer takes. @param {Metered} metered */
const ratioOf = ({ standings, cpu }) => ({
  median: standings[1].median / standings[0].median,
  fastest: standings[1].fastest / standings[0].fastest,
  cpu: (cpu[1] ?? 0) / (cpu[0] ?? 1),
});

/** Columns against protobufjs, which decodes the same numbers. @param {Uint8Array} file */
async function decoding(file) {
  const columns = columnsOf(decode(file, "trace"));
  const raced = await metered([
    { name: "mmreplay", run: () => numbersOf(columns) },
    { name: "protobufjs", run: () => protobufNumbersOf(columns) },
  ]);
  return { ...ratioOf(raced), standings: raced.standings, warnings: raced.warnings };
}

/** Loading a file against reading the text that it was made of. @param {Uint8Array} text @param {Uint8Array} file */
async function loading(text, file) {
  const peers = [
    { name: "load .mmtrace", run: () => String(decode(file, "trace").events.length) },
    {
      name: "read text",
      run: async () => String((await traceOf(strace, whole(text))).events.length),
    },
  ];
  const raced = await metered(peers, shortRounds);
  return { ...ratioOf(raced), warnings: raced.warnings };
}

/** @param {Uint8Array} text */
async function* whole(text) {
  yield text;
}

/** @param {string} recordings @param {string} packed */
async function figuresOf(recordings, packed) {
  const text = await bytesOf(decompress(createReadStream(join(recordings, packed)), packed));
  const trace = await traceOf(strace, whole(text));
  const bytes = encode(trace);
  const raw = blocksOf(bytes).reduce((sum, { payload }) => sum + payload.length, 0);
  const events = trace.events.length;
  const load = await loading(text, bytes);
  return { packed, events, text: text.length, raw, file: bytes.length, load, bytes };
}

/**
 * Sizes of .mmtrace files and how fast they load, over all recordings of strace text, and how fast the columns of the largest are decoded.
 *
 * @param {string} recordings
 */
export async function traceFigures(recordings) {
  /** @type {Awaited<ReturnType<typeof figuresOf>>[]} */
  const all = [];
  for (const run of readdirSync(recordings)) {
    const packed = `${run}/strace.txt.xz`;
    if (existsSync(join(recordings, packed))) all.push(await figuresOf(recordings, packed));
  }
  const largest = all.toSorted((a, b) => b.events - a.events)[0];
  if (largest === undefined) return undefined;
  const protobufjs = await decoding(largest.bytes);
  const load = (/** @type {"median" | "fastest" | "cpu"} */ by) =>
    medianOf(all.map((one) => one.load[by]));
  return {
    rawBytesPerEvent: medianOf(all.map(({ raw, events }) => raw / events)),
    fileBytesPerEvent: medianOf(all.map(({ file, events }) => file / events)),
    textPerFile: medianOf(all.map(({ text, file }) => text / file)),
    target: { rawBytesPerEvent: 9, fileBytesPerEvent: 5, textPerFile: 15 },
    sizes: all.map(({ bytes, load: { warnings, ...ratios }, ...one }) => ({
      ...one,
      load: ratios,
    })),
    protobufjs: { ...protobufjs, target: 4.5 },
    load: { median: load("median"), fastest: load("fastest"), cpu: load("cpu"), target: 10 },
    warnings: [...protobufjs.warnings, ...all.flatMap((one) => one.load.warnings)],
  };
}
