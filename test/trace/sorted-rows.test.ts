import { describe, expect, it } from "vitest";
import { makeShelf } from "../../src/cli/shelf.ts";
import { SortedRows } from "../../src/trace/sorted-rows.ts";

describe("rows of numbers", () => {
  it.each(["in memory", "on a shelf"])("come back ascending, however many, %s", (where) => {
    const shelf = where === "in memory" ? undefined : makeShelf();
    const rows = new SortedRows(shelf);
    const count = 100_000;
    // Nearly in order, with some far away from where they belong.
    for (let i = 0; i < count; i++) {
      const key = i % 1009 === 0 ? (i * 7919) % count : i - (i % 5);
      rows.push([key, (i * 31) % count]);
    }
    for (let again = 0; again < 2; again++) {
      const all = [...rows];
      expect(all.length).toBe(count);
      expect(all).toEqual(all.toSorted(([a = 0, x = 0], [b = 0, y = 0]) => a - b || x - y));
    }
  });
});
