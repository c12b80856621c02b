// @ts-check
/** Is a fuzzed text read alike however its lines reach the reader, and is every line counted? */

import { isDeepStrictEqual } from "node:util";
import { Diagnostics, MmreplayError } from "../dist/errors.js";
import { formats } from "../dist/formats/index.js";
import { StraceReader } from "../dist/formats/strace/reader.js";
import { readLines } from "../dist/formats/text/lines.js";

/** @typedef {import("../dist/formats/types.js").Format["read"]} Read */

/** The first 64 KiB are one chunk, whatever they come in: with this before it, a text can be cut. */
const lead = Buffer.from(`# ${"x".repeat(65_536)}\n`);

/** @param {Buffer} bytes */
async function* whole(bytes) {
  yield Buffer.concat([lead, bytes]);
}

/** Each chunk ends within a line, so that no line is read from the chunk that it came in. @param {Buffer} bytes */
async function* withinLines(bytes) {
  yield lead;
  let start = 0;
  while (start < bytes.length) {
    const end = bytes.indexOf(10, start + 1);
    yield bytes.subarray(start, end < 0 ? bytes.length : end);
    start = end < 0 ? bytes.length : end;
  }
}

/** Lines of strace without the short way for those of a plain shape. @type {Read} */
async function atLength(input, emit, diagnostics) {
  const reader = new StraceReader(input.name, emit, diagnostics);
  const lines = await readLines(input, reader.line.bind(reader), diagnostics, {
    mayBeLong: () => true,
  });
  reader.end();
  return { lines, facts: reader.facts() };
}

/**
 * @param {Read} read
 * @param {AsyncIterable<Uint8Array>} chunks
 */
async function reading(read, chunks) {
  /** @type {unknown[]} */
  const events = [];
  const diagnostics = new Diagnostics();
  const told = await read(
    { name: "input", chunks },
    (event) => events.push(event),
    diagnostics,
  ).catch((/** @type {unknown} */ error) => {
    if (error instanceof MmreplayError) return [error.code, error.message, error.at];
    throw error;
  });
  return { told, events, warnings: [...diagnostics.warnings.values()] };
}

/**
 * Throws if two readings of a text differ, or a line is not counted.
 *
 * @param {Uint8Array} input
 */
export async function checkAlike(input) {
  const bytes = Buffer.from(input);
  const claims = formats.all.filter((format) => format.sniff(bytes));
  const [format] = claims;
  if (format === undefined || format.id === "mmtrace") return;
  const first = await reading(format.read, whole(bytes));
  const ways = /** @type {const} */ ([
    ["line by line", format.read, withinLines(bytes)],
    ...(format.id === "strace" ? [["at length", atLength, whole(bytes)]] : []),
  ]);
  for (const [how, read, chunks] of ways) {
    const other = await reading(/** @type {Read} */ (read), /** @type {any} */ (chunks));
    if (!isDeepStrictEqual(first, other)) {
      throw new Error(`${format.id} is read in another way ${how}: ${difference(first, other)}`);
    }
  }
  const { told } = first;
  if (Array.isArray(told) || bytes.includes(13)) return;
  const lines = 1 + bytes.toString("latin1").split("\n").length - (bytes.at(-1) === 10 ? 1 : 0);
  if (told.lines !== lines) throw new Error(`${format.id}: ${told.lines} of ${lines} lines`);
}

/**
 * The first part that is not the same.
 *
 * @param {Awaited<ReturnType<typeof reading>>} one
 * @param {Awaited<ReturnType<typeof reading>>} other
 */
function difference(one, other) {
  const print = (/** @type {unknown} */ value) =>
    JSON.stringify(value, (_, part) => (typeof part === "bigint" ? `${part}n` : part));
  if (!isDeepStrictEqual(one.told, other.told)) return `${print(one.told)} ${print(other.told)}`;
  const at = one.events.findIndex((event, index) => !isDeepStrictEqual(event, other.events[index]));
  if (at >= 0) return `${print(one.events[at])} ${print(other.events[at])}`;
  return `${print(one.warnings)} ${print(other.warnings)}`;
}
