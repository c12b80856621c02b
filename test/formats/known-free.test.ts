import fc from "fast-check";
import { expect, it } from "vitest";
import { KnownFree } from "../../src/formats/order/known-free.ts";

const pages = 40;

it("knows the same pages as a list of all of them does", () => {
  const step = fc.record({
    free: fc.boolean(),
    start: fc.nat(pages - 1),
    size: fc.integer({ min: 1, max: 6 }),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const known = new KnownFree();
      const free: boolean[] = new Array(pages + 8).fill(false);
      for (const { free: frees, start, size } of steps) {
        if (frees) known.add({ start, end: start + size });
        else known.take({ start, end: start + size });
        free.fill(frees, start, start + size);
      }
      for (let start = 0; start < pages; start++) {
        let low = start;
        while (low > 0 && free[low - 1] === true) low -= 1;
        let high = start + 1;
        while (free[high] === true) high += 1;
        expect(known.around({ start, end: start + 1 })).toEqual({ start: low, end: high });
      }
    }),
  );
});

it("forgets the lowest gaps where there are too many", () => {
  const known = new KnownFree();
  for (let gap = 0; gap < 5000; gap++) known.add({ start: 10 * gap, end: 10 * gap + 1 });
  expect(known.around({ start: 1, end: 2 })).toEqual({ start: 1, end: 2 });
  expect(known.around({ start: 49_991, end: 49_992 })).toEqual({ start: 49_990, end: 49_992 });
});

it("is copied for a child", () => {
  const parent = new KnownFree();
  parent.add({ start: 1, end: 2 });
  const child = parent.copy();
  parent.add({ start: 2, end: 3 });
  expect(child.around({ start: 0, end: 1 })).toEqual({ start: 0, end: 2 });
});
