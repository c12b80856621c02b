import { describe, expect, it } from "vitest";
import { Diagnostics } from "../../src/errors.ts";
import { areMostly, readEventLines } from "../../src/formats/text/event-lines.ts";
import { inputOf } from "../support/samples.ts";

describe("lines of events", () => {
  it("are counted where nothing can be made of them, the last one where it is cut", async () => {
    const diagnostics = new Diagnostics();
    const lines = await readEventLines(
      inputOf("event\nodd\nodd\neve"),
      (text, _, whole) => (whole ? (text === "event" ? "taken" : "unknown") : "cut"),
      diagnostics,
    );
    expect(lines).toBe(4);
    expect([...diagnostics.warnings.values()].map(({ code, lines: at }) => [code, at])).toEqual([
      ["parse/unknown-line", [2, 3]],
      ["parse/cut-line", [4]],
    ]);
  });

  it("tell what a text is where they are more than half of the first twenty", () => {
    const isEvent = (line: string): boolean => line === "event";
    const some = (events: number, others: number): string[] => [
      ...Array.from({ length: others }, () => "odd"),
      ...Array.from({ length: events }, () => "event"),
    ];
    expect(areMostly(some(2, 1), isEvent)).toBe(true);
    expect(areMostly(some(2, 2), isEvent)).toBe(false);
    expect(areMostly(some(100, 10), isEvent)).toBe(false);
    expect(areMostly([], isEvent)).toBe(false);
  });
});
