import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { TaskNumbers, TaskSet } from "../../src/trace/by-task.ts";

const id = fc.oneof(
  fc.integer({ min: 0, max: 70 }),
  fc.constantFrom(null, -1, 2 ** 22 - 1, 2 ** 22, 2 ** 31, 1.5),
);

describe("what is kept of every task", () => {
  it("is a set of them", () => {
    fc.assert(
      fc.property(fc.array(id), (ids) => {
        const [tasks, known] = [new TaskSet(), new Set(ids)];
        for (const one of ids) tasks.add(one);
        expect(tasks.size).toBe(known.size);
        for (let one = 0; one < 80; one++) expect(tasks.has(one)).toBe(known.has(one));
        for (const one of ids) expect(tasks.has(one)).toBe(true);
        tasks.withoutNameless();
        known.delete(null);
        expect(tasks.size).toBe(known.size);
      }),
    );
  });

  it("is a number of each", () => {
    const value = fc.oneof(fc.nat(), fc.constantFrom(0n, 2n ** 64n - 1n));
    fc.assert(
      fc.property(fc.array(fc.tuple(id, value)), (pairs) => {
        const [numbers, known] = [new TaskNumbers(), new Map<number | null, number | bigint>()];
        for (const [one, number] of pairs) {
          numbers.set(one, number);
          known.set(one, number);
        }
        expect(numbers.isEmpty).toBe(pairs.length === 0);
        for (let one = 0; one < 80; one++) expect(numbers.get(one)).toBe(known.get(one));
        for (const one of known.keys()) expect(numbers.get(one)).toBe(known.get(one));
      }),
    );
  });
});
