/** The small recordings beside the tests, as inputs of formats. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Diagnostics } from "../../src/errors.ts";
import type { Format, Input, ReadOptions, ReadResult, Reopened } from "../../src/formats/types.ts";
import type { Event } from "../../src/trace/event.ts";
import { shared } from "./shared.ts";

const folder = join(import.meta.dirname, "../formats/samples");

/** Where samples lie: in the folder of the laboratory, if it is there, and beside the tests. */
export const sampleFolders: readonly string[] = [
  ...(shared === undefined ? [] : [join(shared, "formats")]),
  folder,
];

/** The bytes of a sample. */
export function sample(name: string): Buffer {
  return readFileSync(join(folder, name));
}

/** A file that comes in chunks of this many bytes, as often as it is opened. */
export function fileOf(content: string | Uint8Array, name = "test", chunk = 10_000): Reopened {
  const bytes = Buffer.from(content);
  async function* open(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < bytes.length; at += chunk) yield bytes.subarray(at, at + chunk);
  }
  return { name, open };
}

/** An input that comes in chunks of this many bytes. */
export function inputOf(content: string | Uint8Array, name = "test", chunk = 10_000): Input {
  return { name, chunks: fileOf(content, name, chunk).open() };
}

export interface Reading {
  readonly events: readonly Event[];
  readonly diagnostics: Diagnostics;
  readonly result: ReadResult;
}

/** Everything that a format makes of a text. */
export async function readWith(
  format: Format,
  content: string | Uint8Array,
  chunk?: number,
  options: ReadOptions = {},
): Promise<Reading> {
  const events: Event[] = [];
  const diagnostics = new Diagnostics();
  const input = inputOf(content, "test", chunk);
  const result = await format.read(input, (event) => events.push(event), diagnostics, options);
  return { events, diagnostics, result };
}
