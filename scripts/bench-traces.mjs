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
  { ColumnReader, columnWant },
  { blockOf },
  { unitOf },
  { decodeAddresses },
  { unpack },
  { mmreplay },
  { load },
] = await Promise.all(
  [
    "errors.js",
    "formats/strace.js",
    "formats/text/chunks.js",
    "formats/text/decompress.js",
    "trace/codec.js",
    "trace/container.js",
    "trace/column-reader.js",
    "trace/block-message.js",
    "trace/coding.js",
    "trace/addresses.js",
    "trace/packed.js",
    "trace/generated/trace.js",
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

/** @typedef {{ id: number; count: number; unit: number; stored: any }} Column */
/**
 * The columns that stand by themselves, and those that are told with the addresses of their block.
 *
 * @typedef {{ block: any; columns: any; asked: readonly Column[]; addresses: any; told: readonly Column[] }} Stored
 */

/** The numbers of columns, read at once. @param {any} columns @param {readonly { id: number; count: number }[]} asked */
function readNumbers(columns, asked) {
  const reader = new ColumnReader(columns);
  const places = asked.map(({ id, count }) => reader.ask(id, count, columnWant.wide));
  reader.read();
  return places.map((place) => reader.doubles(place));
}

/** All numbers of all columns. @param {readonly Stored[]} blocks */
function numbersOf(blocks) {
  let sum = 0;
  for (const { block, columns, asked, addresses, told } of blocks) {
    for (const values of readNumbers(columns, asked)) {
      for (const value of values) sum += value % 65_521;
    }
    if (told.length === 0) continue;
    const counts = new Map(told.map(({ id, count }) => [id, count]));
    for (const packed of decodeAddresses(block, counts, addresses).values()) {
      for (const value of unpack(packed)) sum += value % 65_521;
    }
  }
  return String(sum);
}

/** @param {readonly Stored[]} blocks */
function protobufNumbersOf(blocks) {
  let sum = 0;
  for (const { asked, told } of blocks) {
    for (const { stored, count, unit } of [...asked, ...told]) {
      for (const value of numbersByProtobuf(stored, count, unit)) sum += value % 65_521;
    }
  }
  return String(sum);
}

/** The columns of events of a trace file as both write them; those of doubles are left out. @param {Uint8Array} file @returns {Stored[]} */
function columnsOf(file) {
  let low = new Uint8Array(0);
  /** @type {any[]} */
  const stored = [];
  for (const { kind, payload } of blocksOf(file)) {
    if (kind === "bits") low = payload;
    else {
      stored.push(blockOf(mmreplay.trace.Events.decode(payload), low));
      low = new Uint8Array(0);
    }
  }
  return decode(file, "trace").events.slots.map(
    (/** @type {any} */ slot, /** @type {number} */ index) => {
      const [block, { columns, addresses }] = [slot.block(), stored[index]];
      const asked = [...columns.byId].flatMap(([id, column]) => {
        const count = id === 0 ? block.count : block.columns.get(id)?.count;
        if (count === undefined || column.coding === 3) return [];
        const unit = unitOf(column);
        const [values] = readNumbers(columns, [{ id, count }]);
        const parts = values.map((/** @type {number} */ value) => value / unit);
        return [{ id, count, unit, stored: protobufBytes(parts) }];
      });
      const told = [...block.columns].flatMap(([id, packed]) => {
        if (columns.byId.has(id)) return [];
        const { count, unit } = packed;
        return [
          {
            id,
            count,
            unit,
            stored: protobufBytes(
              unpack(packed).map((/** @type {number} */ value) => value / unit),
            ),
          },
        ];
      });
      return { block, columns, asked, addresses, told };
    },
  );
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
  const blocks = columnsOf(file);
  const raced = await metered([
    { name: "mmreplay", run: () => numbersOf(blocks) },
    { name: "protobufjs", run: () => protobufNumbersOf(blocks) },
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
    allBytesPerEvent: total(all, ({ file }) => file) / total(all, ({ events }) => events),
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

/** @template T @param {readonly T[]} all @param {(one: T) => number} value */
const total = (all, value) => all.reduce((sum, one) => sum + value(one), 0);

/** @template {{ warnings: unknown }} T @param {T} figures */
function unwarned({ warnings, ...figures }) {
  return figures;
}
