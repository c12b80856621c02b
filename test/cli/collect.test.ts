import { expect, it } from "vitest";
import { collect } from "../../src/cli/collect.ts";

const mebibyte = 2 ** 20;
const held = (): number => process.memoryUsage().arrayBuffers / mebibyte;

it("gives back the memory of columns that were let go, before it returns", () => {
  const before = held();
  const columns = Array.from({ length: 4 }, () => new SharedArrayBuffer(64 * mebibyte));
  expect(held() - before).toBeGreaterThan(200);
  columns.length = 0;
  collect();
  expect(held() - before).toBeLessThan(50);
});
