import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Known } from "../../src/formats/order/known.ts";
import { linearize } from "../../src/formats/order/linearize.ts";
import type { Call, Event } from "../../src/trace/event.ts";

const P = 4096;
/** A PMD in pages. */
const block = 512;
/** Where the drawn pages begin: MAP_32BIT ends below. */
const base = 2 ** 20;
type Lines = readonly [entry: number, exit: number];

const call = (pid: number, [entry, line]: Lines) =>
  ({
    kind: "call",
    outcome: "ok",
    error: null,
    pid,
    line,
    ...(entry !== line && { entryLine: entry }),
  }) as const;

const advise = (pid: number, lines: Lines): Call => ({
  ...call(pid, lines),
  call: "madvise",
  addr: base * P,
  length: P,
  advice: 4,
  result: 0,
});
const map = (pid: number, lines: Lines, page: number, pages: number): Call => ({
  ...call(pid, lines),
  call: "mmap",
  addr: 0,
  length: pages * P,
  prot: 3,
  flags: 0x22,
  fd: -1,
  offset: 0,
  result: (base + page) * P,
});
const unmap = (pid: number, lines: Lines, page: number, pages: number): Call => ({
  ...call(pid, lines),
  call: "munmap",
  addr: (base + page) * P,
  length: pages * P,
  result: 0,
});
const grow = (pid: number, lines: Lines, from: Lines, to: Lines): Call => ({
  ...call(pid, lines),
  call: "mremap",
  addr: (base + from[0]) * P,
  length: from[1] * P,
  newLength: to[1] * P,
  flags: 1,
  newAddr: null,
  result: (base + to[0]) * P,
});

const order = (events: readonly Event[], topDown = true, pageSize = P): readonly number[] =>
  [...linearize(events, { topDown, pageSize })].map(({ line }) => line);

/** Thread 2 is of the same process. */
const thread: Event = { kind: "lifecycle", lifecycle: "thread", line: 1, pid: 1, child: 2 };
const before = [thread, unmap(1, [2, 2], 100, 20)] as const;

describe("calls that overlapped", () => {
  it("are put so that no search passes a gap that fits", () => {
    const below = map(2, [10, 12], 104, 6);
    const above = map(1, [11, 13], 110, 10);
    expect(order([...before, below, above])).toEqual([1, 2, 13, 12]);
  });

  it("are put so that a search comes before what freed a gap above its place", () => {
    const freed = unmap(1, [10, 12], 200, 10);
    const found = map(2, [11, 13], 112, 8);
    expect(order([...before, freed, found])).toEqual([1, 2, 13, 12]);
  });

  it("are put so that what moved could not have grown where it was", () => {
    const taken = map(1, [3, 3], 110, 10);
    const gone = unmap(1, [10, 12], 110, 10);
    const moved = grow(2, [11, 13], [105, 5], [90, 8]);
    const source = map(1, [4, 4], 105, 5);
    expect(order([...before, taken, source, gone, moved])).toEqual([1, 2, 3, 4, 13, 12]);
    const within = grow(2, [11, 13], [105, 4.5], [90, 7.5]);
    expect(order([...before, taken, source, gone, within])).toEqual([1, 2, 3, 4, 13, 12]);
  });

  it("are put so that what moved had a neighbour, though that leaves too small a gap for it", () => {
    const above = map(1, [3, 3], 112, 8);
    const taken = map(1, [4, 4], 110, 2);
    const source = map(1, [5, 5], 105, 5);
    const gone = unmap(1, [10, 12], 110, 2);
    const moved = grow(2, [11, 13], [105, 5], [90, 7]);
    expect(order([...before, above, taken, source, gone, moved])).toEqual([1, 2, 3, 4, 5, 13, 12]);
  });

  it("are put so that what MREMAP_DONTUNMAP left behind is freed before it is found", () => {
    const source = map(1, [3, 3], 111, 9);
    const left = { ...grow(1, [4, 4], [111, 9], [102, 9]), flags: 5 } as Call;
    const freed = unmap(1, [10, 12], 111, 9);
    const found = map(2, [11, 13], 108, 12);
    const room = unmap(1, [5, 5], 102, 9);
    expect(order([...before, source, left, room, freed, found])).toEqual([1, 2, 3, 4, 5, 12, 13]);
  });

  it("are put so that the whole page of a few bytes is taken and freed", () => {
    const source = map(1, [3, 3], 16, 3);
    const found = map(2, [10, 12], 16, 2);
    const freed = unmap(1, [11, 13], 16, 1);
    expect(order([thread, source, found, freed], true, 4 * P)).toEqual([1, 3, 13, 12]);
  });

  it("are put so that a hint that was not taken was not free", () => {
    const hinting = (call: Call, page: number): Call =>
      ({ ...call, addr: (base + page) * P }) as Call;
    const missed = hinting(map(1, [11, 12], 115, 5), 100);
    const taken = hinting(map(2, [10, 13], 100, 5), 100);
    expect(order([...before, missed, taken])).toEqual([1, 2, 13, 12]);
  });

  it("are judged from below where searches go up", () => {
    const above = map(2, [10, 12], 110, 6);
    const below = map(1, [11, 13], 100, 10);
    expect(order([...before, above, below], false)).toEqual([1, 2, 13, 12]);
  });

  it("keep their order where it explains all, or where nothing does", () => {
    const one = map(1, [10, 12], 112, 8);
    const other = map(2, [11, 13], 106, 6);
    expect(order([...before, one, other])).toEqual([1, 2, 12, 13]);
    const strange = map(2, [11, 13], 90, 6);
    expect(order([...before, one, strange])).toEqual([1, 2, 12, 13]);
  });

  it("keep those that map nothing where they returned, also between others that change places", () => {
    const freed = unmap(1, [10, 12], 112, 8);
    const advised = advise(2, [11, 13]);
    expect(order([...before, freed, advised])).toEqual([1, 2, 12, 13]);
    const below = map(2, [20, 22], 104, 6);
    const late = advise(2, [21, 23]);
    const above = map(1, [19, 24], 110, 10);
    expect(order([...before, below, late, above])).toEqual([1, 2, 24, 22, 23]);
    const early = advise(2, [19, 21]);
    expect(order([...before, early, below, above])).toEqual([1, 2, 21, 24, 22]);
  });

  it("come after the birth of their task, also where they move ahead of others", () => {
    const born: Event = { kind: "lifecycle", lifecycle: "thread", line: 11, pid: 1, child: 3 };
    const freed = unmap(1, [10, 12], 200, 10);
    const found = map(3, [11, 13], 112, 8);
    expect(order([...before, freed, born, found])).toEqual([1, 2, 11, 13, 12]);
  });

  it("keep their order around a call that fits in none: others are missing", () => {
    const taken = map(1, [3, 3], 110, 10);
    const strange = map(1, [20, 21], 105, 10);
    const late = map(2, [4, 30], 108, 2);
    expect(order([...before, taken, strange, late])).toEqual([1, 2, 3, 21, 30]);
  });

  it("are put so that what was free from the beginning was passed by nobody", () => {
    // Nobody has freed anything; the first is found below what was there when the recording began.
    const below = map(2, [10, 12], 84, 6);
    const above = map(1, [11, 13], 90, 10);
    expect(order([thread, below, above])).toEqual([1, 13, 12]);
    // Unless it was freed by a call that returned later.
    const freed = unmap(1, [9, 14], 90, 10);
    const again = map(3, [11, 13], 90, 10);
    const other: Event = { kind: "lifecycle", lifecycle: "thread", line: 1, pid: 1, child: 3 };
    expect(order([thread, other, below, again, freed])).toEqual([1, 1, 12, 13, 14]);
  });

  it("never change places with calls that did not overlap", () => {
    const events = [...before, map(1, [10, 10], 104, 6), map(2, [11, 11], 110, 10)];
    expect(order(events)).toEqual([1, 2, 10, 11]);
  });
});

describe("calls that overlapped under a kernel that rounds whole blocks", () => {
  const exec: Event = { kind: "lifecycle", lifecycle: "exec", line: 1, pid: 1 };
  const room = unmap(1, [2, 2], 0, 20 * block);
  /** From the top down, `shift` pages away from a block. */
  const shown = (shift: number): readonly Event[] => [
    exec,
    thread,
    room,
    ...[19, 18, 17].map((at, i) => map(1, [3 + i, 3 + i], at * block - shift, block)),
  ];
  const freed = unmap(1, [6, 6], 18 * block, block);
  const more = unmap(1, [10, 13], 17 * block, block);
  const found = map(2, [11, 12], 18 * block, block);

  it("are put so that it needs more than a hole of that size", () => {
    const lines = [1, 1, 2, 3, 4, 5, 6];
    expect(order([...shown(0), freed, found, more])).toEqual([...lines, 13, 12]);
    const small = map(2, [11, 12], 19 * block - 1, 1);
    expect(order([...shown(0), freed, small, more])).toEqual([...lines, 12, 13]);
  });

  it("are put so that it needs a whole block more than itself", () => {
    const page = unmap(1, [10, 13], 17 * block, 1);
    const almost = unmap(1, [6, 6], 17 * block + 1, 2 * block - 1);
    expect(order([...shown(0), almost, found, page])).toEqual([1, 1, 2, 3, 4, 5, 6, 13, 12]);
  });

  it("are put so that anonymous memory that mremap moves needs as much", () => {
    const gone = unmap(1, [8, 8], 18 * block, block);
    const moved = grow(2, [11, 12], [17 * block - 2, 1], [18 * block, block]);
    const lines = [1, 1, 2, 3, 4, 5, 6, 7, 8];
    const pages = [map(1, [6, 6], 17 * block - 1, 1), map(1, [7, 7], 17 * block - 2, 1)];
    expect(order([...shown(0), ...pages, gone, moved, more])).toEqual([...lines, 13, 12]);
    // Of what does not begin where it was mapped it is not known what it is.
    const parts = [map(1, [6, 6], 17 * block - 1, 1), map(1, [7, 7], 17 * block - 3, 2)];
    expect(order([...shown(0), ...parts, gone, moved, more])).toEqual([...lines, 12, 13]);
  });

  it("are not, if it does not always, or was not seen from exec on", () => {
    const lines = [1, 1, 2, 3, 4, 5, 6];
    const other = unmap(1, [6, 6], 18 * block - 1, block + 1);
    const before = map(1, [6, 6], 18 * block - 1, 1);
    const late = [...shown(1), other, before, found, more];
    expect(order(late)).toEqual([...lines, 6, 12, 13]);
    const attached = shown(0).slice(1);
    expect(order([...attached, freed, found, more])).toEqual([...lines.slice(1), 12, 13]);
  });

  it("are put so that nothing is left free above that would hold a block", () => {
    const above = map(1, [10, 13], 16 * block, block);
    const below = map(2, [11, 12], 14 * block, 2 * block);
    expect(order([...shown(0), below, above])).toEqual([1, 1, 2, 3, 4, 5, 13, 12]);
  });
});

const seed = 20_261_126;

/** What a first-fit allocator gives to threads whose calls overlap, in the order of effect. */
function history(choices: readonly number[]): readonly Call[] {
  const free = new Array<boolean>(64).fill(true);
  const held: { page: number; pages: number }[] = [];
  const calls: Call[] = [unmap(1, [2, 2], 0, 64)];
  choices.forEach((choice, i) => {
    // Each call takes effect at 10 * i and lasts a little longer on both sides.
    const lines: Lines = [100 + 10 * i - (choice % 17), 100 + 10 * i + (choice % 13)];
    const victim = choice % 3 === 0 ? held.splice(choice % (held.length || 1), 1)[0] : undefined;
    if (victim !== undefined) {
      for (let p = victim.page; p < victim.page + victim.pages; p++) free[p] = true;
      calls.push(unmap(i % 4, lines, victim.page, victim.pages));
      return;
    }
    const pages = 1 + (choice % 5);
    for (let page = 64 - pages; page >= 0; page--) {
      if (!free.slice(page, page + pages).every(Boolean)) continue;
      free.fill(false, page, page + pages);
      held.push({ page, pages });
      calls.push(map(i % 4, lines, page, pages));
      return;
    }
  });
  return calls;
}

describe("any history of a first-fit allocator", () => {
  it("gets an order without contradiction, whatever order the calls returned in", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(1000), { maxLength: 60 }), (choices) => {
        const threads = [2, 3, 0].map(
          (child): Event => ({ kind: "lifecycle", lifecycle: "thread", line: 1, pid: 1, child }),
        );
        const calls = history(choices);
        const returned = calls.toSorted((a, b) => a.line - b.line);
        const ordered = [...linearize([...threads, ...returned], { topDown: true, pageSize: P })];
        expect(ordered.toSorted((a, b) => a.line - b.line)).toEqual(
          [...threads, ...returned].toSorted((a, b) => a.line - b.line),
        );
        const free = new Set<number>();
        for (const event of ordered) {
          if (event.kind !== "call" || !("length" in event)) continue;
          const start = Number(event.call === "munmap" ? event.addr : event.result) / P - base;
          for (let page = start; page < start + Number(event.length) / P; page++) {
            expect(free.has(page)).toBe(event.call === "mmap");
            if (event.call === "munmap") free.add(page);
            else free.delete(page);
          }
        }
      }),
      { seed, numRuns: 300 },
    );
  });
});

describe("what calls have shown", () => {
  const span = (start: number, end: number) => ({ start, end });

  it("is as it was once every change is taken back", () => {
    const known = new Known({ topDown: true, pageSize: P });
    known.apply({ frees: [span(10, 30)], takes: [] });
    const found = {
      ...{ frees: [], takes: [span(20, 30)], needs: [], found: span(20, 30) },
      ...{ blocked: undefined, searched: undefined },
    };
    const changes = known.apply(found);
    expect(known.contradicts(found)).toBe(true);
    known.undo(changes);
    expect(known.contradicts(found)).toBe(false);
  });
});
