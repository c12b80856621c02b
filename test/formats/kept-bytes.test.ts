import { describe, expect, it } from "vitest";
import { makeShelf } from "../../src/cli/shelf.ts";
import { allBytes } from "../../src/formats/text/chunks.ts";
import { KeptBytes } from "../../src/formats/text/kept-bytes.ts";
import type { Shelf } from "../../src/trace/block.ts";
import { inputOf } from "../support/samples.ts";

const mib = 2 ** 20;

describe("bytes that are read more than once", () => {
  it.each(["in memory", "on a shelf"])("are the same each time, %s", async (where) => {
    const kept = new KeptBytes(where === "in memory" ? undefined : makeShelf());
    const files = [];
    for (const [index, size] of [3, 30, 0, 20].entries())
      files.push(await kept.take(inputOf(Buffer.alloc(size * mib, index + 1), "f", mib).chunks));
    for (const again of [1, 2]) {
      const [first, second, third, fourth] = await Promise.all(
        files.map(async (open) => Buffer.from(await allBytes(open()))),
      );
      expect(first?.equals(Buffer.alloc(3 * mib, 1)), `${again}`).toBe(true);
      expect(second?.equals(Buffer.alloc(30 * mib, 2))).toBe(true);
      expect(third?.length).toBe(0);
      expect(fourth?.equals(Buffer.alloc(20 * mib, 4))).toBe(true);
    }
  });

  it("are put away beyond 32 MiB, of all files together", async () => {
    let away = 0;
    const shelf: Shelf = (data) => {
      if (data instanceof Uint8Array) away += data.length;
      return () => data;
    };
    const kept = new KeptBytes(shelf);
    for (let file = 0; file < 50; file++)
      await kept.take(inputOf(Buffer.alloc(mib), "f", mib).chunks);
    expect(away).toBe(18 * mib);
  });
});
