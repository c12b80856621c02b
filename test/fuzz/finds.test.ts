/** What broke a reader once, and a mutation of every sample, is read or refused, and the same however it comes. */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Diagnostics, MmreplayError } from "../../src/errors.ts";
import { readAll } from "../../src/formats/bundle.ts";
import { policyFor, resolveTrace } from "../../src/pipeline.ts";
import { decode, encode } from "../../src/trace/codec.ts";
import { eventJson, jsonLine } from "../../src/trace/event-json.ts";
import { inputOf } from "../support/samples.ts";

/** The events as JSON lines, or the code of the error. */
async function read(bytes: Uint8Array, chunk: number): Promise<string> {
  const sources = [{ name: "input", open: () => inputOf(bytes, "input", chunk).chunks }];
  const lines: string[] = [];
  try {
    for (const { trace } of await readAll(
      { path: "input", folder: false, sources },
      new Diagnostics(),
    )) {
      resolveTrace(trace, policyFor(trace.facts), new Diagnostics());
      const told = [...trace.events].flatMap(eventJson).map(jsonLine);
      const stored = [...decode(encode(trace), "x").events].flatMap(eventJson).map(jsonLine);
      expect(stored).toEqual(told);
      lines.push(...told);
    }
  } catch (error) {
    if (error instanceof MmreplayError) return error.code;
    throw error;
  }
  return lines.join("\n");
}

const filesOf = (folder: string): readonly string[] =>
  readdirSync(join(import.meta.dirname, folder), { withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== ".gitkeep")
    .map(({ name }) => join(import.meta.dirname, folder, name));

describe("an input that broke a reader, or that only few inputs come near", () => {
  it.each([...filesOf("corpus"), ...filesOf("finds")])(
    "%s is read alike in any chunks",
    async (path) => {
      const bytes = readFileSync(path);
      expect(await read(bytes, 7)).toBe(await read(bytes, 1_000_000));
    },
  );
});

describe("a sample with some of its bytes changed", () => {
  const samples = filesOf("../formats/samples").map((path) => readFileSync(path).subarray(0, 6000));
  const change = fc.record({
    at: fc.nat(),
    what: fc.constantFrom("byte", "drop", "repeat", "swap"),
    value: fc.nat(255),
  });

  function changed(bytes: Buffer, changes: readonly { at: number; what: string; value: number }[]) {
    let text = bytes.toString("latin1");
    for (const { at, what, value } of changes) {
      const from = at % Math.max(1, text.length);
      const part = text.slice(from, from + (value % 60));
      if (what === "byte")
        text = text.slice(0, from) + String.fromCharCode(value) + text.slice(from + 1);
      else if (what === "drop") text = text.slice(0, from) + text.slice(from + part.length);
      else if (what === "repeat") text = text.slice(0, from) + part + text.slice(from);
      else text = text.slice(from) + text.slice(0, from);
    }
    return Buffer.from(text, "latin1");
  }

  it("is read or refused, and alike in any chunks", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...samples),
        fc.array(change, { minLength: 1, maxLength: 12 }),
        async (bytes, changes) => {
          const broken = changed(bytes, changes);
          expect(await read(broken, 13)).toBe(await read(broken, 1_000_000));
        },
      ),
      { numRuns: 150 },
    );
  });
});
