// @ts-check
/** What a fuzzed recording goes through: all that the command line does with files, from their bytes to events and back. */

import { Diagnostics, MmreplayError } from "../dist/errors.js";
import { readAll } from "../dist/formats/bundle.js";
import { policyFor, resolveTrace } from "../dist/pipeline.js";
import { decode, encode } from "../dist/trace/codec.js";
import { eventJson, jsonLine } from "../dist/trace/event-json.js";
import { proven } from "../dist/trace/infer.js";

/** Chunks of a length. @param {Uint8Array} bytes @param {number} chunk */
async function* cut(bytes, chunk) {
  for (let at = 0; at < bytes.length; at += chunk) yield bytes.subarray(at, at + chunk);
}

/** A folder of files is written as one, each behind a line `=== NAME`. */
const heading = /^=== (\S{1,40})\n/m;

/**
 * The files that the bytes stand for.
 *
 * @param {Uint8Array} bytes
 * @param {number} chunk bytes that are read at once
 */
function located(bytes, chunk) {
  const [before = "", ...parts] = Buffer.from(bytes).toString("latin1").split(heading);
  if (before !== "" || parts.length === 0) {
    const source = { name: "input", open: () => cut(bytes, chunk) };
    return { path: "input", folder: false, sources: [source] };
  }
  /** @type {Map<string, Buffer>} */
  const files = new Map();
  for (let at = 0; at < parts.length; at += 2) {
    files.set(parts[at] ?? "", Buffer.from(parts[at + 1] ?? "", "latin1"));
  }
  const sources = [...files].map(([name, file]) => ({ name, open: () => cut(file, chunk) }));
  return { path: "input", folder: true, sources };
}

/**
 * The events as JSON lines, or the code of the error that refuses the bytes. Anything else that is thrown is a defect.
 *
 * @param {Uint8Array} bytes
 * @param {number} [chunk] bytes that are read at once
 * @returns {Promise<string>}
 */
export async function readBytes(bytes, chunk = 65_536) {
  const diagnostics = new Diagnostics();
  /** @type {string[]} */
  const lines = [];
  try {
    for (const reading of await readAll(located(bytes, chunk), diagnostics)) {
      const trace = proven(reading.trace);
      resolveTrace(trace, policyFor(trace.facts), reading.diagnostics);
      const told = [...trace.events].flatMap(eventJson).map(jsonLine);
      const again = [...decode(encode(trace), trace.name).events].flatMap(eventJson).map(jsonLine);
      const at = told.findIndex((line, index) => line !== again[index]);
      if (at >= 0) throw new Error(`a trace file keeps ${again[at]} of ${told[at]}`);
      if (again.length > told.length) throw new Error("a trace file has more events");
      lines.push(...told);
    }
  } catch (error) {
    if (error instanceof MmreplayError) return `error ${error.code}`;
    throw error;
  }
  return lines.join("\n");
}
