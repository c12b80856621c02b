import { describe, expect, it } from "vitest";
import { makeShelf } from "../../src/cli/shelf.ts";
import type { Shelf } from "../../src/trace/block.ts";
import { LongList } from "../../src/trace/long-list.ts";

describe("a long list of numbers", () => {
  it.each(["in memory", "on a shelf"])("tells each by its index, %s", (where) => {
    const list = new LongList(where === "in memory" ? undefined : makeShelf());
    const count = 1_000_000;
    let last = -1;
    for (let i = 0; i < count; i++) last = list.push(3 * i + 0.5);
    expect(last).toBe(count - 1);
    const asked = Array.from({ length: 500 }, (_, i) => (i * 7919 * 31) % count);
    expect(asked.map((index) => list.at(index))).toEqual(asked.map((index) => 3 * index + 0.5));
    expect([list.at(-1), list.at(count - 1), list.at(count)]).toEqual([
      undefined,
      3 * (count - 1) + 0.5,
      undefined,
    ]);
  });

  it("puts away all but the first half million", () => {
    let bytes = 0;
    const shelf: Shelf = (data) => {
      if (data instanceof Float64Array) bytes += data.byteLength;
      return () => data;
    };
    const list = new LongList(shelf);
    for (let i = 0; i < 2_000_000; i++) list.push(i);
    expect(bytes).toBeGreaterThan(8 * 1_400_000);
  });
});
