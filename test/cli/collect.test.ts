import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import { collect } from "../../src/cli/collect.ts";

const mebibyte = 2 ** 20;
const held = (): number => process.memoryUsage().arrayBuffers / mebibyte;

it("gives back the memory of columns that were let go", async () => {
  const before = held();
  const columns = Array.from({ length: 4 }, () => new SharedArrayBuffer(64 * mebibyte));
  expect(held() - before).toBeGreaterThan(200);
  columns.length = 0;
  collect();
  // What was found to be free is freed beside the program, in a moment; without a collection nothing comes back.
  for (let waited = 0; held() - before > 50 && waited < 200; waited++) await sleep(10);
  expect(held() - before).toBeLessThan(50);
});
