import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { AddressSpace } from "../../src/space/address-space.ts";
import { SortedRanges } from "../../src/space/sorted-ranges.ts";
import { base, draw, vma } from "../support/layout.ts";

const seed = 20_261_124;
const size = 40;

/** One page: its attributes as text, and whether a VMA begins here. */
interface Page {
  readonly attributes: string;
  readonly begins: boolean;
}

/** The same rules over an array of pages, without a single range. */
class PageArray {
  readonly pages: (Page | undefined)[] = new Array<Page | undefined>(size).fill(undefined);

  #attributes(page: number): string | undefined {
    return this.pages[page]?.attributes;
  }

  /** Merge with what lies beside [start, end) if it is alike, else begin a VMA. */
  #edges(start: number, end: number): void {
    for (const edge of [start, end]) {
      const page = this.pages[edge];
      if (page === undefined) continue;
      const begins = this.#attributes(edge - 1) !== page.attributes;
      this.pages[edge] = { ...page, begins };
    }
  }

  #fill(start: number, end: number, attributes: string): void {
    for (let page = start; page < end; page++) this.pages[page] = { attributes, begins: false };
    this.#edges(start, end);
  }

  map(start: number, end: number, prot: number): void {
    this.unmap(start, end);
    this.#fill(start, end, `${prot}`);
  }

  unmap(start: number, end: number): void {
    const after = this.pages[end];
    for (let page = start; page < end; page++) this.pages[page] = undefined;
    if (after !== undefined) this.pages[end] = { ...after, begins: true };
  }

  /** Change each VMA's part in turn; a part that stays as it is is not touched at all. */
  change(start: number, end: number, to: (attributes: string) => string): void {
    let page = start;
    while (page < end) {
      const attributes = this.#attributes(page);
      let next = page + 1;
      while (next < end && this.pages[next]?.begins === false) next += 1;
      if (attributes === undefined) {
        page += 1;
        continue;
      }
      if (to(attributes) !== attributes) this.#fill(page, next, to(attributes));
      page = next;
    }
  }

  get runs(): string[] {
    const runs: string[] = [];
    for (let page = 0; page < size; page++) {
      const here = this.pages[page];
      if (here === undefined || !(here.begins || this.pages[page - 1] === undefined)) continue;
      let end = page + 1;
      while (this.pages[end]?.begins === false) end += 1;
      runs.push(`${page}-${end} ${here.attributes}`);
    }
    return runs;
  }
}

type Step = readonly [
  kind: "map" | "unmap" | "protect" | "set" | "clear",
  page: number,
  pages: number,
  prot: number,
];

const step: fc.Arbitrary<Step> = fc.tuple(
  fc.constantFrom("map", "map", "unmap", "protect", "set", "clear"),
  fc.integer({ min: 0, max: size - 1 }),
  fc.integer({ min: 1, max: 12 }),
  fc.constantFrom(0, 1, 5),
);

function take(space: AddressSpace, array: PageArray, [kind, page, pages, prot]: Step): void {
  const end = Math.min(size, page + pages);
  switch (kind) {
    case "map":
      space.insert(vma(page, end, { prot }));
      array.map(page, end, prot);
      break;
    case "unmap":
      space.remove(base + page, base + end);
      array.unmap(page, end);
      break;
    case "protect":
      space.protect(base + page, base + end, prot);
      array.change(page, end, (attributes) => attributes.replace(/^\d/, `${prot}`));
      break;
    default:
      space.advise(base + page, base + end, kind === "set" ? { set: "dc" } : { clear: "dc" });
      array.change(page, end, (attributes) =>
        kind === "set" ? `${attributes.slice(0, 1)} dc` : attributes.slice(0, 1),
      );
  }
}

const runsOf = (space: AddressSpace): string[] =>
  [...space].map(({ start, end, prot, flags }) =>
    `${start - base}-${end - base} ${prot} ${flags}`.trim(),
  );

describe("random calls", () => {
  it("leave the VMAs that an array of pages has, with the pages counted", () => {
    const property = fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const space = draw("");
      const array = new PageArray();
      for (const one of steps) {
        take(space, array, one);
        expect(runsOf(space)).toEqual(array.runs);
        expect(space.count).toBe(array.runs.length);
        expect(space.pages).toBe(array.pages.filter((page) => page !== undefined).length);
      }
      expect(space.remove(base, base + size)).toBe(array.pages.filter(Boolean).length);
      expect([space.pages, space.count]).toEqual([0, 0]);
    });
    fc.assert(property, { seed, numRuns: 400 });
  });
});

describe("sorted ranges", () => {
  it("answer as a plain list does, over many chunks", () => {
    const ranges = Array.from({ length: 3_000 }, (_, i) => ({ start: 10 * i, end: 10 * i + 6 }));
    const edit = fc.tuple(fc.nat(30_000), fc.nat(4_000), fc.boolean());
    const property = fc.property(fc.array(edit, { maxLength: 12 }), (edits) => {
      const sorted = new SortedRanges<(typeof ranges)[number]>();
      for (const range of ranges) sorted.replace(range.start, range.end, [range]);
      let list = [...ranges];
      for (const [start, length, put] of edits) {
        const end = start + length + 1;
        const over = list.filter((range) => range.end > start && range.start < end);
        expect(sorted.over(start, end)).toEqual(over);
        const next = put ? [{ start, end }] : [];
        const reach = { start: over[0]?.start ?? start, end: over.at(-1)?.end ?? end };
        sorted.replace(Math.min(start, reach.start), Math.max(end, reach.end), next);
        list = [...list.filter((range) => !over.includes(range)), ...next].sort(
          (a, b) => a.start - b.start,
        );
        expect(sorted.after(start)).toEqual(list.find((range) => range.end > start));
        expect(sorted.before(start)).toEqual(list.findLast((range) => range.end <= start));
        expect(sorted.size).toBe(list.length);
      }
      expect([...sorted]).toEqual(list);
    });
    fc.assert(property, { seed, numRuns: 60 });
  });

  it("find nothing in an empty range", () => {
    const sorted = new SortedRanges();
    sorted.replace(0, 9, [{ start: 0, end: 9 }]);
    expect(sorted.over(4, 4)).toEqual([]);
  });
});
