/** What is told of mmap calls by columns is what the events tell. */

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { OpenFile } from "../../src/trace/file.ts";
import { logOf } from "../../src/trace/log-writer.ts";
import { eachMmap } from "../../src/trace/mmaps.ts";
import { event } from "./arbitrary.ts";

const seed = 20_261_127;

describe("mmap calls in columns", () => {
  it("tell descriptor, flags and file of each in order", () => {
    const property = fc.property(fc.array(event, { maxLength: 80 }), (events) => {
      const told: (readonly [number, number, OpenFile | undefined])[] = [];
      eachMmap(logOf(events), (fd, flags, file) => told.push([fd, flags, file]));
      const mmaps = events.flatMap((one) =>
        one.kind === "call" && one.call === "mmap" ? [[one.fd, one.flags, one.file]] : [],
      );
      expect(told).toEqual(mmaps);
    });
    fc.assert(property, { seed, numRuns: 300 });
  });
});
