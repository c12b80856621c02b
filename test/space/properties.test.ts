import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type AddressSpace, sharedState } from "../../src/space/address-space.ts";
import { Borders } from "../../src/space/borders.ts";
import { resize, type Vma } from "../../src/space/vma.ts";
import { chunkRows } from "../../src/space/vma-chunk.ts";
import { VmaSet } from "../../src/space/vma-set.ts";
import { base, draw, newRange, rules, vma } from "../support/layout.ts";

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

describe("calls that change rows in place", () => {
  type Kind = "map" | "heap" | "unmap" | "protect" | "set" | "clear" | "fork";
  type Call = readonly [kind: Kind, page: number, pages: number, prot: number];
  const call: fc.Arbitrary<Call> = fc.tuple(
    fc.oneof(
      { weight: 8, arbitrary: fc.constantFrom<Kind>("map", "heap", "protect", "set", "clear") },
      { weight: 1, arbitrary: fc.constantFrom<Kind>("unmap", "fork") },
    ),
    fc.integer({ min: 0, max: size / 2 }),
    fc.integer({ min: 1, max: 8 }),
    fc.constantFrom(0, 1, 3),
  );

  const drawing = "AAbb.CCdd..EEff.GGhh..II";

  /** A flag, or one that not all memory may have. */
  const advice = {
    set: [{ set: "dc" }, { set: "lo" }],
    clear: [{ clear: "dc" }, { clear: "lo" }],
  } as const;

  /** As `map` and `mapHeap` of a space, with an object for each VMA. */
  function insertSlowly(space: AddressSpace, kind: "map" | "heap", range: Vma): void {
    if (kind === "heap") space.startBrk = Math.min(space.startBrk, range.start);
    const lower = range.start > space.startBrk ? "lower" : "none";
    space.insert(range, kind === "heap" ? lower : "both");
  }

  // So many others at either side that the border between two chunks is among the VMAs.
  const half = chunkRows / 2;
  const cases = [["at-once", 0] as const, ["never", 0] as const, ["at-once", half] as const];

  it.each(cases)(
    "leave what the long way leaves, written %s, between %i others",
    (touch, others) => {
      const of = rules(touch);
      const property = fc.property(fc.array(call, { maxLength: 40 }), (calls) => {
        const shared = sharedState();
        let [quick, slow] = [draw(drawing, of, shared), draw(drawing, of)];
        // A snapshot that shows nothing: what it might show is asked the long way.
        slow.borders = new Borders([], 4096);
        for (let other = 1; other <= others; other++)
          for (const page of [-2 * other, 2 * size + 2 * other])
            for (const space of [quick, slow]) space.insert(vma(page, page + 1, {}, of));
        for (const [kind, page, pages, prot] of calls) {
          const [start, end] = [base + page, base + page + pages];
          if (kind === "fork") [quick, slow] = [quick.fork(2), slow.fork(2)];
          else if (kind === "unmap") for (const space of [quick, slow]) space.remove(start, end);
          else if (kind === "protect")
            for (const space of [quick, slow]) space.protect(start, end, prot);
          else if (kind === "set" || kind === "clear")
            for (const space of [quick, slow])
              space.advise(start, end, advice[kind][prot === 0 ? 1 : 0]);
          else {
            const range = vma(page, page + pages, {}, of);
            if (kind === "map") quick.map(newRange(shared, range));
            else quick.mapHeap(newRange(shared, range));
            insertSlowly(slow, kind, range);
          }
          expect([...quick]).toEqual([...slow]);
          expect(quick.pages).toBe(slow.pages);
        }
      });
      fc.assert(property, { seed, numRuns: 300 });
    },
  );
});

describe("a set of VMAs", () => {
  const one = vma(0, 6, { flags: 2, backing: "file", file: { id: 1, kind: "regular" } });
  const at = (start: number, end: number) => ({ ...one, start, end, anonOffset: start });

  it("answers as a plain list does, over many chunks, and leaves its copies alone", () => {
    const vmas = Array.from({ length: 3_000 }, (_, i) => at(10 * i, 10 * i + 6));
    const edit = fc.tuple(fc.nat(30_000), fc.nat(4_000), fc.nat(3), fc.boolean());
    const property = fc.property(fc.array(edit, { maxLength: 12 }), fc.boolean(), (edits, up) => {
      let set = new VmaSet();
      for (const vma of up ? vmas : vmas.toReversed()) set.replace(vma.start, vma.end, [vma]);
      let list = [...vmas];
      for (const [start, length, count, copies] of edits) {
        const [left, had] = [set, list];
        if (copies) set = set.copy();
        const end = start + length + count + 1;
        const over = list.filter((vma) => vma.end > start && vma.start < end);
        expect(set.over(start, end)).toEqual(over);
        expect(set.over(start, start)).toEqual([]);
        const from = Math.min(start, over[0]?.start ?? start);
        const to = Math.max(end, over.at(-1)?.end ?? end);
        const next = Array.from({ length: count }, (_, i) => at(start + i, start + i + 1));
        set.replace(from, to, next);
        list = [...list.filter((vma) => !over.includes(vma)), ...next].sort(
          (a, b) => a.start - b.start,
        );
        expect(set.after(start)).toEqual(list.find((vma) => vma.end > start));
        expect(set.endingAt(start)).toEqual(list.find((vma) => vma.end === start));
        expect(set.startingAt(start)).toEqual(list.find((vma) => vma.start === start));
        expect(set.size).toBe(list.length);
        if (copies) expect([...left]).toEqual(had);
      }
      expect([...set]).toEqual(list);
    });
    fc.assert(property, { seed, numRuns: 60 });
  });

  it("stays right through a long churn at one place after the other", () => {
    const set = new VmaSet();
    const held = new Set<number>();
    const property = fc.property(fc.array(fc.nat(5_000), { maxLength: 400 }), (pages) => {
      for (const page of pages) {
        set.replace(3 * page, 3 * page + 2, held.has(page) ? [] : [at(3 * page, 3 * page + 2)]);
        if (!held.delete(page)) held.add(page);
      }
      const sorted = [...held].sort((a, b) => a - b);
      expect([...set].map(({ start }) => start / 3)).toEqual(sorted);
      expect(set.size).toBe(held.size);
    });
    fc.assert(property, { seed, numRuns: 60 });
  });

  it("keeps its memory when its last VMA goes, and is empty all the same", () => {
    const set = new VmaSet();
    set.replace(3, 5, [at(3, 5)]);
    const { bytes } = set;
    set.replace(3, 5, []);
    expect([set.bytes, set.size, [...set]]).toEqual([bytes, 0, []]);
    for (const page of [0, 3, 5])
      expect([set.before(page), set.endingAt(page), set.startingAt(page), set.after(page)]).toEqual(
        new Array(4).fill(undefined),
      );
    set.replace(8, 9, [at(8, 9)]);
    expect([set.bytes, set.before(9)?.start, set.after(0)?.start]).toEqual([bytes, 8, 8]);
  });

  it("takes at most 48 bytes for a VMA, whatever the order of its making", () => {
    const pages = Array.from({ length: 20_000 }, (_, i) => 3 * i);
    const random = pages.map((page, i) => [(page * 48_271) % 60_013, i] as const);
    const shuffled = random.sort((a, b) => a[0] - b[0]).map(([, i]) => pages[i] ?? 0);
    for (const order of [pages, pages.toReversed(), shuffled]) {
      const set = new VmaSet();
      for (const page of order) set.replace(page, page + 2, [at(page, page + 2)]);
      // Halve it and fill it again, elsewhere.
      for (const page of shuffled.slice(0, 10_000)) set.replace(page, page + 2, []);
      for (const page of shuffled.slice(0, 10_000))
        set.replace(page + 1, page + 2, [at(page + 1, page + 2)]);
      expect(set.size).toBe(pages.length);
      expect(set.bytes / set.size).toBeLessThanOrEqual(48);
    }
  });

  it("fills its memory where VMAs are made one after the other, at either end", () => {
    const pages = Array.from({ length: 5_000 }, (_, i) => 3 * i);
    for (const order of [pages, pages.toReversed()]) {
      const set = new VmaSet();
      for (const page of order) set.replace(page, page + 2, [at(page, page + 2)]);
      expect([...set].map(({ start }) => start)).toEqual(pages);
      expect(set.bytes / set.size).toBeLessThanOrEqual(41);
      // A range over the first or the last, and more than one row for it.
      for (const page of [-1, 14_996])
        set.replace(page, page + 3, [at(page, page + 1), at(page + 2, page + 3)]);
      expect(set.size).toBe(5_002);
      expect([set.after(-5)?.start, set.after(0)?.start, set.before(20_000)?.end]).toEqual([
        -1, 1, 14_999,
      ]);
    }
  });

  it("keeps offsets, the anon_vma and what VMAs have in common apart", () => {
    const set = new VmaSet();
    const moved = { ...at(20, 24), anonOffset: 3, anon: 7, forked: true, label: "heap" };
    const pieces = [at(0, 8), { ...moved, pgoff: 9, flags: "ac nr" }, { ...moved, ...at(24, 25) }];
    set.replace(0, 0, pieces);
    expect([...set]).toEqual(pieces);
    const [, second] = set.over(0, 25);
    expect(second && resize(second, 22, 24)).toMatchObject({ pgoff: 11, anonOffset: 5, anon: 7 });
  });
});
