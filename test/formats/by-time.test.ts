import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { makeShelf } from "../../src/cli/shelf.ts";
import { ByTime, type Told } from "../../src/formats/by-time.ts";
import type { Shelf } from "../../src/trace/block.ts";

const told = (line: number, key: number): Told => ({
  line,
  key,
  event: {
    comm: "",
    ...(line % 3 === 0 ? {} : { pid: line % 7 }),
    tid: line % 11,
    ...(line % 5 === 0 ? {} : { time: key / 2 }),
    event: `syscalls:sys_enter_${line % 4}`,
    body: `addr: ${line}, name: \u{1f600}${key}`,
  },
});

const sorted = (all: readonly Told[]): readonly Told[] =>
  all.toSorted((a, b) => a.key - b.key || 0);

describe("events by time", () => {
  it.each(["in memory", "on a shelf"])("come out as a stable sort would put them, %s", (where) => {
    const held = new ByTime(where === "in memory" ? undefined : makeShelf());
    const all: Told[] = [told(0, Number.NEGATIVE_INFINITY)];
    for (let line = 1; line < 150_000; line++) {
      const early = line % 5003 === 0 ? 60_000 : line % 40;
      all.push(told(line, Math.floor(Math.max(0, line - early) / 3)));
    }
    for (const one of all) held.push(one);
    expect(held.length).toBe(all.length);
    expect([...held.take(Number.POSITIVE_INFINITY)]).toEqual(sorted(all));
    expect(held.length).toBe(0);
  });

  it("go on up to a moment, and the others later", () => {
    const step = fc.record({ keys: fc.array(fc.nat(50), { maxLength: 8 }), until: fc.nat(50) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        const held = new ByTime();
        let waiting: Told[] = [];
        let line = 0;
        for (const { keys, until } of steps) {
          for (const key of keys) {
            line += 1;
            waiting.push(told(line, key));
            held.push(told(line, key));
          }
          const ready = sorted(waiting.filter(({ key }) => key <= until));
          expect([...held.take(until)]).toEqual(ready);
          waiting = waiting.filter(({ key }) => key > until);
          expect(held.length).toBe(waiting.length);
        }
      }),
      { seed: 20_261_127, numRuns: 300 },
    );
  });

  it("take the memory of a few thousand, however many wait", () => {
    let away = 0;
    const shelf: Shelf = (data) => {
      if ("keys" in data && data.keys instanceof Float64Array) away += data.keys.length;
      return () => data;
    };
    const held = new ByTime(shelf);
    for (let line = 0; line < 300_000; line++) held.push(told(line, line));
    expect(held.length - away).toBeLessThan(100_000);
  });
});
