/** A space that rests keeps its order. */

import { describe, expect, it } from "vitest";
import { makeShelf } from "../../src/cli/shelf.ts";
import { linearize } from "../../src/formats/order/linearize.ts";
import type { Shelf } from "../../src/trace/block.ts";
import type { Event } from "../../src/trace/event.ts";
import { lifecycle, mmap, munmap } from "../support/events.ts";

/** A page above 4 GiB. */
const base = 2 ** 21;

type Lines = readonly [entryLine: number, line: number];

const at = (event: Event, [entryLine, line]: Lines): Event => ({
  ...event,
  line,
  ...(entryLine !== line && { entryLine }),
});

/** Threads 1 and 2 map what thread 1 has unmapped; the second search found the first gap, and returned last. */
const race = (line: number): readonly Event[] => [
  at(munmap(base, 20), [line, line]),
  at(mmap(base + 4, 6, { pid: 2 }), [line + 1, line + 3]),
  at(mmap(base + 10, 10, { pid: 1 }), [line + 2, line + 4]),
];

/** Calls of threads 3 and 4, of which two overlap. */
const others = (from: number, count: number): readonly Event[] =>
  Array.from({ length: count }, (_, index) => {
    const [pid, line] = [3 + (index % 2), from + 2 * index];
    const lines: Lines = [index === 1 ? line - 4 : line, line];
    return at(
      index % 4 < 2 ? mmap(base + 7000 + pid, 1, { pid }) : munmap(base + 7000 + pid, 1, pid),
      lines,
    );
  });

const births = [
  at(lifecycle("thread", 1, { child: 2 }), [1, 1]),
  at(lifecycle("fork", 1, { child: 3 }), [2, 2]),
  at(lifecycle("thread", 3, { child: 4 }), [3, 3]),
];

function ordered(events: readonly Event[], shelf?: Shelf) {
  let away = 0;
  const counting: Shelf = (data) => {
    away += "indices" in data ? 1 : 0;
    return shelf?.(data) ?? (() => data);
  };
  const lines = [...linearize(events, { topDown: true, pageSize: 4096 }, shelf && counting)].map(
    ({ line }) => line,
  );
  return { lines, away };
}

describe("the order of calls of a space in which nothing happens for long", () => {
  const until = 100 + 2 * 140_000;
  const resting = [...births, ...race(10), ...others(100, 140_000)];

  it("is what it would be if the recording ended there", () => {
    const { lines, away } = ordered(resting, makeShelf());
    expect(away).toBe(1);
    expect(lines.slice(3, 6)).toEqual([10, 14, 13]);
    expect(lines).toEqual(ordered(resting).lines);
  });

  it("goes on with what was known", () => {
    // The gap below what the first race has left is told by that alone.
    const later = [
      at(munmap(base + 10, 10), [until, until]),
      at(mmap(base + 12, 2, { pid: 2 }), [until + 1, until + 3]),
      at(mmap(base + 14, 6, { pid: 1 }), [until + 2, until + 4]),
    ];
    const events = [...resting, ...later];
    const { lines, away } = ordered(events, makeShelf());
    expect(away).toBe(1);
    expect(lines.slice(-2)).toEqual([until + 4, until + 3]);
    expect(lines).toEqual(ordered(events).lines);
  });
});
