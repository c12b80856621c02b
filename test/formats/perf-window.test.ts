import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Window } from "../../src/formats/perf/window.ts";
import type { Event } from "../../src/trace/event.ts";

const event = (line: number): Event => ({ kind: "warning", line, pid: 1, code: "parse/any" });

/** What begins, or which of those under way ends, and whether it took effect where it began. */
const steps = fc.array(
  fc.record({
    begins: fc.boolean(),
    named: fc.integer({ min: 0, max: 9 }).map((chance) => chance === 0),
    which: fc.nat(),
    early: fc.boolean(),
  }),
  { maxLength: 400 },
);

describe("the window of calls under way", () => {
  it("passes on events in the order of their lines, as soon as nothing under way began before", () => {
    fc.assert(
      fc.property(steps, (all) => {
        const passed: number[] = [];
        const expected: number[] = [];
        const window = new Window(({ line }) => passed.push(line));
        const open: { line: number; named: boolean }[] = [];
        let held: number[] = [];
        all.forEach(({ begins, named, which, early }, index) => {
          const line = index + 1;
          const [ending] = begins ? [] : open.splice(which % Math.max(open.length, 1), 1);
          if (ending === undefined) {
            open.push({ line, named });
            if (named) window.open(`${line}`, line);
            else window.openCall(line);
          } else {
            const at = early ? ending.line : line;
            held = [...held, at].sort((a, b) => a - b);
            if (ending.named) {
              window.add(at, [event(at)]);
              window.close(`${ending.line}`);
            } else window.settleAlone(ending.line, at, [], event(at));
          }
          const first = Math.min(Number.POSITIVE_INFINITY, ...open.map((one) => one.line));
          expected.push(...held.filter((at) => at < first));
          held = held.filter((at) => at >= first);
          expect(passed).toEqual(expected);
        });
        window.end();
        expect(passed).toEqual([...expected, ...held]);
      }),
    );
  });

  it("holds each of a thousand calls back until the one that began before it ends", () => {
    const passed: number[] = [];
    const window = new Window(({ line }) => passed.push(line));
    const lines = Array.from({ length: 1000 }, (_, index) => index + 1);
    for (const line of lines) window.openCall(line);
    for (let line = 1; line < 1000; line += 2) {
      window.settleAlone(line + 1, line + 1, [], event(line + 1));
      expect(passed.length).toBe(line - 1);
      window.settleAlone(line, line, [], event(line));
      expect(passed.length).toBe(line + 1);
    }
    expect(passed).toEqual(lines);
  });
});
