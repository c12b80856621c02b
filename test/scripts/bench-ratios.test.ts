// Which ratios does the gate of a benchmark refuse, and which are there without recordings?

import { expect, test } from "vitest";

const script = (name: string): string => new URL(`../../scripts/${name}`, import.meta.url).href;
const { fallen } = await import(script("bench-ratios.mjs"));
const { traceFigures } = await import(script("bench-traces.mjs"));

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

test("there are no figures of .mmtrace files where there are no recordings", async () => {
  expect(await traceFigures("/no/recordings", "/no/folder")).toBeUndefined();
});
