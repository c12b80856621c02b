import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Deque } from "../../src/formats/order/deque.ts";

describe("a deque", () => {
  it("holds what an array does", () => {
    const step = fc.constantFrom("push", "push", "push", "pop", "shift", "shift");
    fc.assert(
      fc.property(fc.array(step, { maxLength: 600 }), (steps) => {
        const deque = new Deque<number>();
        const array: number[] = [];
        for (const [number, does] of steps.entries()) {
          if (does === "push") {
            deque.push(number);
            array.push(number);
          } else expect(deque[does]()).toBe(array[does]());
          expect(deque.length).toBe(array.length);
          expect(deque.at(0)).toBe(array[0]);
        }
        expect(deque.map((one) => -one)).toEqual(array.map((one) => -one));
      }),
      { seed: 20_261_128, numRuns: 100 },
    );
  });
});
