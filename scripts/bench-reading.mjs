// @ts-check
/** How fast are the readers of text and of .mmtrace files beside their peers, and how large are the files? */

import { spawnSync } from "node:child_process";
import { createReadStream, existsSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bytesByProtobuf, perfByRegex, raced, straceByRegex } from "./bench-peers.mjs";

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
  { decodeInto, unitOf },
  { mmreplay },
] = await Promise.all(
  [
    "latency/race.js",
    "errors.js",
    "formats/strace.js",
    "formats/perf-script.js",
    "formats/decompress.js",
    "trace/codec.js",
    "trace/container.js",
    "trace/columns.js",
    "trace/generated/trace.js",
  ].map(built),
);

/** @typedef {import("./bench-peers.mjs").Made} Made */
/** @typedef {{ name: string; run: () => Promise<string | undefined> | string | undefined }} Peer */

const rounds = { rounds: 7, time: 1 };

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
 */
async function metered(peers) {
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
  const { standings, warnings } = await race(wrapped, rounds);
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

/** @param {Uint8Array} file @returns {any[]} */
const blocksOf = (file) =>
  [...readContainer(file, "trace")].filter(({ kind }) => kind === "events");

/** All numbers of all columns of these blocks. @param {readonly any[]} columns */
function numbersOf(columns) {
  let sum = 0;
  for (const { coding, data, count } of columns) {
    const values = new Float64Array(count);
    decodeInto({ coding, data }, values);
    const unit = unitOf({ coding, data });
    for (const value of values) sum += (value * unit) % 65_521;
  }
  return String(sum);
}

/** @param {readonly any[]} columns */
function protobufNumbersOf(columns) {
  let sum = 0;
  for (const { coding, data, count } of columns) {
    for (const value of bytesByProtobuf(coding, data, count)) sum += value % 65_521;
  }
  return String(sum);
}

/** @param {string} path @param {string} file */
async function decoding(path, file) {
  const bytes = await bytesOf(createReadStream(file));
  const columns = blocksOf(bytes)
    .flatMap(({ payload }) => mmreplay.trace.Events.decode(payload).columns)
    .filter(({ coding }) => coding !== 3);
  const columnar = await metered([
    { name: "mmreplay", run: () => numbersOf(columns) },
    { name: "protobufjs", run: () => protobufNumbersOf(columns) },
  ]);
  const loading = await metered([
    { name: "load .mmtrace", run: () => String(decode(bytes, "trace").events.length) },
    {
      name: "read text",
      run: async () => String((await traceOf(strace, chunksOf(path))).events.length),
    },
  ]);
  const ratio = (/** @type {typeof loading} */ { standings, cpu }) => ({
    median: standings[1].median / standings[0].median,
    fastest: standings[1].fastest / standings[0].fastest,
    cpu: (cpu[1] ?? 0) / (cpu[0] ?? 1),
  });
  return {
    protobufjs: { ...ratio(columnar), standings: columnar.standings, target: 4.5 },
    load: { ...ratio(loading), standings: loading.standings, target: 10 },
    warnings: [...columnar.warnings, ...loading.warnings],
  };
}

/** @param {string} recordings @param {string} packed */
async function size(recordings, packed) {
  const text = await bytesOf(decompress(createReadStream(join(recordings, packed)), packed));
  const trace = await traceOf(
    strace,
    (async function* () {
      yield text;
    })(),
  );
  const file = encode(trace);
  const raw = blocksOf(file).reduce((sum, { payload }) => sum + payload.length, 0);
  const events = trace.events.length;
  return { packed, events, text: text.length, raw, file: file.length };
}

/**
 * Sizes of .mmtrace files over all recordings of strace text, and how fast the largest loads.
 *
 * @param {string} recordings @param {string} folder
 */
export async function traceFigures(recordings, folder) {
  const path = await unpacked(recordings, "app-duckdb-node-xfs/strace.txt.xz", folder);
  if (path === undefined) return undefined;
  const sizes = [];
  for (const run of readdirSync(recordings)) {
    const packed = `${run}/strace.txt.xz`;
    if (existsSync(join(recordings, packed))) sizes.push(await size(recordings, packed));
  }
  const file = `${path}.mmtrace`;
  writeFileSync(file, encode(await traceOf(strace, chunksOf(path))));
  return {
    rawBytesPerEvent: medianOf(sizes.map(({ raw, events }) => raw / events)),
    fileBytesPerEvent: medianOf(sizes.map(({ file, events }) => file / events)),
    textPerFile: medianOf(sizes.map(({ text, file }) => text / file)),
    target: { rawBytesPerEvent: 9, fileBytesPerEvent: 5, textPerFile: 15 },
    sizes,
    ...(await decoding(path, file)),
  };
}
