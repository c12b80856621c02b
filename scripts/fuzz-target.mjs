// @ts-check
/** What a fuzzed recording goes through: all that the command line does with a file, from its bytes to events and back. */

import { Diagnostics, MmreplayError } from "../dist/errors.js";
import { readAll } from "../dist/formats/bundle.js";
import { policyFor, resolveTrace } from "../dist/pipeline.js";
import { decode, encode } from "../dist/trace/codec.js";
import { eventJson, jsonLine } from "../dist/trace/event-json.js";
import { proven } from "../dist/trace/infer.js";

/**
 * The events as JSON lines, or the code of the error that refuses the bytes. Anything else that is thrown is a defect.
 *
 * @param {Uint8Array} bytes
 * @param {number} [chunk] bytes that are read at once
 * @returns {Promise<string>}
 */
export async function readBytes(bytes, chunk = 65_536) {
  async function* open() {
    for (let at = 0; at < bytes.length; at += chunk) yield bytes.subarray(at, at + chunk);
  }
  const diagnostics = new Diagnostics();
  /** @type {string[]} */
  const lines = [];
  try {
    const located = { path: "input", folder: false, sources: [{ name: "input", open }] };
    for (const reading of await readAll(located, diagnostics)) {
      const trace = proven(reading.trace);
      resolveTrace(trace, policyFor(trace.facts), reading.diagnostics);
      const told = trace.events.flatMap(eventJson).map(jsonLine);
      const again = decode(encode(trace), trace.name).events.flatMap(eventJson).map(jsonLine);
      const at = told.findIndex((line, index) => line !== again[index]);
      if (at >= 0) throw new Error(`a trace file keeps ${again[at]} of ${told[at]}`);
      lines.push(...told);
    }
  } catch (error) {
    if (error instanceof MmreplayError) return `error ${error.code}`;
    throw error;
  }
  return lines.join("\n");
}
