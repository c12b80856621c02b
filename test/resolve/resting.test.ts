import { describe, expect, it } from "vitest";
import { makeShelf } from "../../src/cli/shelf.ts";
import { Diagnostics } from "../../src/errors.ts";
import { check } from "../../src/resolve/resolve.ts";
import type { Shelf } from "../../src/trace/block.ts";
import type { Event } from "../../src/trace/event.ts";
import { lifecycle, mmap, munmap, traceOf } from "../support/events.ts";

const options = { fileOf: () => ({ kind: "regular" as const }), failedRemapUnmaps: false };

/** What is doubtful, and how many spaces were put away. */
function checked(events: readonly Event[], shelf?: Shelf) {
  const diagnostics = new Diagnostics();
  let away = 0;
  const counting: Shelf = (data) => {
    away += "live" in data ? 1 : 0;
    return shelf?.(data) ?? (() => data);
  };
  check(traceOf(events, {}), options, diagnostics, shelf && counting);
  return { warnings: [...diagnostics.warnings.values()], away };
}

/** The parent maps 100 to 103 and unmaps 101, and rests while its children make many calls; then `after` happens. */
function rested(after: readonly Event[]): readonly Event[] {
  const births = [2, 3].map((child) => lifecycle("fork", 1, { child }));
  const busy = Array.from({ length: 70_000 }, (_, index) => {
    const pid = 2 + (index % 2);
    return [mmap(500, 1, { pid }), munmap(500, 1, pid)];
  });
  return [mmap(100, 4), munmap(101, 1), ...births, ...busy.flat(), ...after];
}

describe("a space in which nothing happens for long", () => {
  it("is put away, and comes back with all that was mapped", () => {
    const [free, over] = [mmap(101, 1), mmap(103, 1)];
    const events = rested([free, over]);
    const { warnings, away } = checked(events, makeShelf());
    expect(away).toBe(1);
    expect(warnings).toEqual(checked(events).warnings);
    expect(warnings.map(({ code, lines }) => [code, lines])).toEqual([
      ["resolve/overlap", [over.line]],
    ]);
  });

  it("ends there", () => {
    const after = [lifecycle("exit", 1), mmap(100, 4)];
    expect(checked(rested(after), makeShelf())).toEqual({ warnings: [], away: 1 });
  });
});
