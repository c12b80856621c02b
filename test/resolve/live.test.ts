import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { joined, Live } from "../../src/resolve/live.ts";

/** Pages of the space that is tried. */
const room = 24;

interface Page {
  readonly made: number;
  readonly offset: number;
  readonly prot: number;
}

const range = fc
  .tuple(fc.nat(room - 1), fc.integer({ min: 1, max: 8 }))
  .map(([start, pages]) => ({ start, end: Math.min(start + pages, room) }));

const step = fc.record({
  kind: fc.constantFrom("put" as const, "cut" as const, "protect" as const),
  range,
  prot: fc.constantFrom(0, 1, 3),
});

/** What each page holds, page by page. */
function pagesOf(live: Live<number>): (Page | undefined)[] {
  const pages: (Page | undefined)[] = Array.from({ length: room });
  for (const { start, end, made, offset, prot } of live.pieces)
    for (let page = start; page < end; page++)
      pages[page] = { made, offset: offset + page - start, prot };
  return pages;
}

describe("the pieces of a space", () => {
  it("hold what a list of single pages holds", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
        const live = new Live<number>();
        const pages: (Page | undefined)[] = Array.from({ length: room });
        for (const [
          made,
          {
            kind,
            range: { start, end },
            prot,
          },
        ] of steps.entries()) {
          const inside = pages.slice(start, end);
          const found = live.over(start, end).reduce((sum, one) => sum + one.end - one.start, 0);
          expect(found).toBe(inside.filter((page) => page !== undefined).length);
          if (kind === "put") live.put({ start, end, made, offset: 0, prot });
          else if (kind === "cut") live.cut(start, end);
          else live.protect(start, end, prot);
          for (let page = start; page < end; page++) {
            const old = pages[page];
            if (kind === "put") pages[page] = { made, offset: page - start, prot };
            else if (kind === "cut") pages[page] = undefined;
            else if (old !== undefined) pages[page] = { ...old, prot };
          }
          const mapped = pages.filter((page) => page !== undefined);
          expect(pagesOf(live)).toEqual(pages);
          expect(live.pages).toBe(mapped.length);
          expect(live.accessible).toBe(mapped.filter(({ prot: access }) => access !== 0).length);
          for (const page of pages.keys()) {
            expect(live.find(page)?.made).toBe(pages[page]?.made);
            expect(live.endingAt(page) === undefined).toBe(
              live.pieces.every((one) => one.end !== page),
            );
          }
        }
      }),
    );
  });

  it("are one again where an mprotect that parted them is taken back", () => {
    const live = new Live<string>();
    live.put({ start: 0, end: 8, made: "map", offset: 0, prot: 3 });
    live.protect(2, 4, 0);
    expect(live.pieces).toHaveLength(3);
    expect(joined(live.over(1, 7))).toEqual([
      { start: 1, end: 7, made: "map", offset: 1, prot: 3 },
    ]);
    live.protect(2, 4, 3);
    expect(live.pieces).toEqual([{ start: 0, end: 8, made: "map", offset: 0, prot: 3 }]);
  });

  it("stay whole where an empty range is cut out of one", () => {
    const live = new Live<number>();
    live.put({ start: 4, end: 12, made: 1, offset: 0, prot: 3 });
    live.cut(8, 8);
    expect(live.pieces).toEqual([{ start: 4, end: 12, made: 1, offset: 0, prot: 3 }]);
  });
});
