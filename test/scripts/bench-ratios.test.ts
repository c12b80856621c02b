// Which ratios does the gate of a benchmark refuse?

import { expect, test } from "vitest";

const script = new URL("../../scripts/bench-ratios.mjs", import.meta.url).href;
const { fallen } = await import(script);

test("a ratio may be a quarter smaller than it was, and no more", () => {
  const before = { "search, 1000 mappings": 4, "strace text, grep": 0.2 };
  expect(fallen(before, { "search, 1000 mappings": 3, "strace text, grep": 0.9 })).toEqual([]);
  expect(fallen(before, { "search, 1000 mappings": 2.99, "strace text, grep": 0.2 })).toEqual([
    "search, 1000 mappings: 2.99x, it was 4x",
  ]);
});

test("what was measured in one of two runs only is not compared", () => {
  expect(fallen({ "loading .mmtrace, strace text": 9 }, { "a new row": 0.1 })).toEqual([]);
});
