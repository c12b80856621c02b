// @ts-check
/** How large are .mmtrace files, and how fast do they load beside the text that they were made of and beside protobufjs? */

import { createReadStream, existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { numbersByProtobuf, protobufBytes } from "./bench-peers.mjs";
import { built, medianOf, metered, shortRounds } from "./bench-race.mjs";

const [
  { Diagnostics },
  { strace },
  { allBytes },
  { decompress },
  { decode, encode },
  { readContainer },
  { numbersInto },
  { unitOf },
  { encodeBlock },
  { load },
] = await Promise.all(
  [
    "errors.js",
    "formats/strace.js",
    "formats/text/chunks.js",
    "formats/text/decompress.js",
    "trace/codec.js",
    "trace/container.js",
    "trace/decode-columns.js",
    "trace/coding.js",
    "trace/encode-events.js",
    "cli/load.js",
  ].map(built),
);

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
    const { columns } = encodeBlock(block, written);
    return [...columns.values()].flatMap((/** @type {any} */ column) => {
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

/**
 * The same from a path to the trace that a command works on: text in order, with its files.
 *
 * @param {Uint8Array} text @param {string} folder
 */
async function opening(text, folder) {
  const stem = join(folder, "opened");
  writeFileSync(`${stem}.txt`, text);
  const [trace] = await load(`${stem}.txt`, { quiet: true });
  writeFileSync(`${stem}.mmtrace`, encode(trace));
  const peers = [".mmtrace", ".txt"].map((kind) => ({
    name: `open ${kind}`,
    run: async () => String((await load(`${stem}${kind}`, { quiet: true }))[0].events.length),
  }));
  const raced = await metered(peers, shortRounds);
  return { ...ratioOf(raced), warnings: raced.warnings };
}

/** @param {string} recordings @param {string} packed @param {string} folder */
async function figuresOf(recordings, packed, folder) {
  const text = await allBytes(decompress(createReadStream(join(recordings, packed)), packed));
  const trace = await traceOf(strace, whole(text));
  const bytes = encode(trace);
  const raw = blocksOf(bytes).reduce((sum, { payload }) => sum + payload.length, 0);
  const events = trace.events.length;
  const load = await loading(text, bytes);
  const open = await opening(text, folder);
  return { packed, events, text: text.length, raw, file: bytes.length, load, open, bytes };
}

/**
 * Sizes of .mmtrace files and how fast they load, over all recordings of strace text, and how fast the columns of the largest are
 * decoded; `folder` is for what is loaded.
 *
 * @param {string} recordings @param {string} folder
 */
export async function traceFigures(recordings, folder) {
  if (!existsSync(recordings)) {
    console.error(`bench: left out, .mmtrace beside its text: there is no ${recordings}`);
    return undefined;
  }
  /** @type {Awaited<ReturnType<typeof figuresOf>>[]} */
  const all = [];
  for (const run of readdirSync(recordings)) {
    const packed = `${run}/strace.txt.xz`;
    if (existsSync(join(recordings, packed))) all.push(await figuresOf(recordings, packed, folder));
  }
  const largest = all.toSorted((a, b) => b.events - a.events)[0];
  if (largest === undefined) return undefined;
  const protobufjs = await decoding(largest.bytes);
  const median = (/** @type {"load" | "open"} */ what) => {
    const by = (/** @type {"median" | "fastest" | "cpu"} */ time) =>
      medianOf(all.map((one) => one[what][time]));
    return { median: by("median"), fastest: by("fastest"), cpu: by("cpu"), target: 10 };
  };
  return {
    rawBytesPerEvent: medianOf(all.map(({ raw, events }) => raw / events)),
    fileBytesPerEvent: medianOf(all.map(({ file, events }) => file / events)),
    textPerFile: medianOf(all.map(({ text, file }) => text / file)),
    target: { rawBytesPerEvent: 9, fileBytesPerEvent: 5, textPerFile: 15 },
    sizes: all.map(({ bytes, load, open, ...one }) => ({
      ...one,
      load: unwarned(load),
      open: unwarned(open),
    })),
    protobufjs: { ...protobufjs, target: 4.5 },
    load: median("load"),
    open: median("open"),
    warnings: [protobufjs, ...all.flatMap(({ load, open }) => [load, open])].flatMap(
      ({ warnings }) => warnings,
    ),
  };
}

/** @template {{ warnings: unknown }} T @param {T} figures */
function unwarned({ warnings, ...figures }) {
  return figures;
}
