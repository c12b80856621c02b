/** What does the border answer to the contract's own examples, and to tables that are none? */

import { describe, expect, it } from "vitest";
import { openSpaces, type Spaces } from "../../src/native/load.ts";
import { finishKind, opKind, rowKind } from "../../src/place/wire.ts";

interface Answer {
  readonly out: readonly (readonly number[])[];
  readonly found: readonly (readonly number[])[];
}

/** Run rows of numbers; `out` comes back without its steps. */
function run(ops: number[][], searches: number[][] = [], spaces: Spaces = openSpaces()): Answer {
  const out = new Float64Array(ops.length * 5);
  const found = new Float64Array(200);
  const table = Float64Array.from(searches.flat());
  const ran = spaces.run(Float64Array.from(ops.flat()), table, out, found);
  return {
    out: ops.map((_, row) => [...out.subarray(row * 5, row * 5 + 4)]),
    found: Array.from({ length: ran }, (_, row) => [...found.subarray(row * 2, row * 2 + 2)]),
  };
}

const base = 0x7ffff7fff;
const bottom = [0x2aaaaaaab, 0x7ffffffff];
const { down, up, at, claim } = rowKind;
const { take, above, test } = finishKind;
const plain = (kind: number, attempt: number, pages: number, window: number[]): number[] => [
  ...[kind, attempt, pages, ...window, 0, 0, 0],
  ...[take, 0, 0, 0],
];
const padded = (kind: number, pages: number, window: number[], offset: number): number[] => [
  ...[kind, 0, pages, ...window, 0, 0, 0],
  ...[above, 511, offset, 0],
];
const fix = (object: number, page: number, pages: number, guard = 0): number[] => [
  ...[opKind.fix, object, 0, page, pages, guard, 0, 0],
];
const map = (object: number, pages: number, first: number, count: number): number[] => [
  ...[opKind.map, object, 0, 0, pages, 0, first, count],
];

describe("searches that no kernel has", () => {
  // Free below 100: [50, 61) and [64, 100); blocks of 8 pages.
  const walls = [fix(1, 0, 50), fix(2, 61, 3)];
  const aligned = (kind: number, pages: number, offset = 0): number[] => [
    ...[kind, 0, pages, 0, 100, 7, offset, 0],
    ...[take, 0, 0, 0],
  ];
  const shifting = (kind: number, pages: number): number[] => [
    ...[kind, 0, pages, 0, 100, 0, 0, 0],
    ...[finishKind.shift, 7, 0, 0],
  ];
  const answer = (row: number[], pages: number) =>
    run([...walls, fix(3, 92, 8), map(9, pages, 0, 1)], [row]).out.at(-1)?.[0];

  it("finds the aligned range that an inflated length passes by", () => {
    // [64, 92) is 28 pages: 24 from 64 fit, 24 + 7 do not.
    expect(answer(aligned(down, 24), 24)).toBe(-1);
    expect(answer(aligned(rowKind.exactDown, 24), 24)).toBe(64);
    expect(answer(aligned(rowKind.exactDown, 5), 5)).toBe(80);
    expect(answer(aligned(rowKind.exactUp, 5), 5)).toBe(56);
  });

  it("goes on to the next gap where the aligned range does not fit", () => {
    expect(answer(aligned(rowKind.exactUp, 6), 6)).toBe(64);
    expect(answer(aligned(rowKind.exactUp, 29), 29)).toBe(-1);
  });

  it("shifts inside the first gap that is large enough, and stays where the shift leaves it", () => {
    expect(answer(shifting(down, 20), 20)).toBe(72);
    expect(answer(shifting(down, 28), 28)).toBe(64);
    expect(answer(shifting(down, 10), 10)).toBe(80);
    expect(answer(shifting(up, 5), 5)).toBe(56);
    expect(answer(shifting(up, 9), 9)).toBe(50);
  });
});

describe("examples of the contract", () => {
  it("places an ext4 mapping of 4 MiB at file offset 4 KiB as Linux 6.18 does", () => {
    const window = [16, base];
    const rows = [
      padded(down, 1536, window, 1),
      padded(up, 1536, bottom, 1),
      plain(down, 1, 1024, window),
      plain(up, 1, 1024, bottom),
    ];
    const mapped = [fix(1, 0x7ffff7c00, base - 0x7ffff7c00), fix(2, 0x7ffff79ff, 1)];
    const answer = run([...mapped, map(9, 1024, 0, 4)], rows);
    expect(answer.found).toEqual([[0, 0x7ffff73ff]]);
    expect(answer.out.at(-1)).toEqual([0x7ffff7401, 0, 0x400, 1]);
  });

  it("redoes the over-map and trim of QEMU for a BAR of 2 GiB", () => {
    const window = [16, 0x7f3510000];
    const rows = [plain(down, 0, 786432, window)];
    const answer = run(
      [
        map(41, 786432, 0, 1),
        [opKind.fix, 42, 41, 0, 524288, 0, 262143, 0],
        [opKind.release, 0, 41, 0, 786432, 0, 42, 524288],
        map(43, 1, 0, 1),
        fix(44, 0, 0),
      ],
      [...rows],
    );
    const kept = 0x7f3480000;
    expect(answer.out.map(([page, , mapped]) => [page, mapped])).toEqual([
      [0x7f3510000 - 786432, 0],
      [kept, 786432],
      [0x7f3510000 - 786432, 786432],
      [kept - 786432, 524288],
      [0, 524288 + 1],
    ]);
  });

  it("selects below the blocker only when the guarded gap is too small (V20)", () => {
    const start = 0x7fffb0000;
    const stack = [fix(1, start, base - start), fix(2, start, 16, 256), fix(3, start - 128, 1)];
    const window = [16, base];
    const rows = [plain(down, 0, 64, window), plain(down, 0, 128, window)];
    const wide = [opKind.probe, 0, 0, 0, 64, 0, 0, 1];
    const wider = [opKind.probe, 0, 0, 0, 128, 0, 1, 1];
    const pages = run([...stack, wide, wider], rows).out.map(([page]) => page);
    expect(pages.slice(-2)).toEqual([start - 0x140, start - 0x100]);
  });

  it("grows an object by nothing where it is", () => {
    const rows = [plain(claim, 0, 0, [0, 100])];
    const grown = [opKind.map, 2, 1, 0, 2, 0, 0, 1];
    const spared = [opKind.release, 0, 1, 0, 2, 0, 2, 2];
    const answer = run([fix(1, 10, 2), fix(3, 12, 1), grown, spared], rows);
    expect(answer.out.map(([page, row, mapped]) => [page, row, mapped])).toEqual([
      [10, -1, 0],
      [12, -1, 2],
      [10, 0, 3],
      [10, -1, 3],
    ]);
  });

  it("loses an object without room and orphans what is anchored there", () => {
    const rows = [plain(claim, 0, 4, [0, 100])];
    const answer = run(
      [
        fix(1, 10, 2),
        map(2, 8, 0, 1),
        [opKind.fix, 3, 2, 0, 1, 0, 0, 0],
        [opKind.release, 0, 2, 0, 1, 0, 0, 0],
        [opKind.release, 0, 1, 0, 2, 0, 2, 8],
        [opKind.probe, 0, 2, 0, 8, 0, 0, 1],
      ],
      rows,
    );
    expect(answer.out.map(([page]) => page)).toEqual([10, -1, -2, -2, -1, -1]);
    expect(answer.out.at(-1)?.[2]).toBe(2);
  });

  it("names the row that held the page when every later attempt fails", () => {
    const held = [down, 0, 4, 0, 10, 0, 0, 0, test, 7, 0, 0];
    const rows = [plain(at, 0, 4, [50, 60]), held, plain(up, 0, 4, [0, 10])];
    const answer = run([map(1, 4, 0, 4)], [...rows, plain(down, 1, 40, [0, 10])]);
    expect(answer).toEqual({
      out: [[6, 1, 0, 2]],
      found: [
        [1, 6],
        [3, -1],
      ],
    });
  });

  it("copies a space on fork and starts an entered one empty", () => {
    const rows = [plain(down, 0, 1, [0, 10])];
    const ops = [
      map(1, 1, 0, 1),
      [opKind.fork, 5, 0, 0, 0, 0, 0, 0],
      map(2, 1, 0, 1),
      [opKind.enter, 5, 0, 0, 0, 0, 0, 0],
      map(3, 1, 0, 1),
      [opKind.enter, 6, 0, 0, 0, 0, 0, 0],
      map(4, 1, 0, 1),
    ];
    const answer = run(ops, rows);
    expect(answer.out.map(([page]) => page)).toEqual([9, 0, 8, 0, 8, 0, 9]);
    expect(answer.out.map(([, , mapped]) => mapped)).toEqual([0, 1, 1, 2, 1, 2, 0]);
  });

  it("keeps objects between calls while the searches grow", () => {
    const spaces = openSpaces();
    const rows = [plain(down, 0, 1, [0, 10])];
    expect(run([map(1_000_000, 1, 0, 1)], rows, spaces).out[0]?.[0]).toBe(9);
    const more = [...rows, plain(claim, 0, 1, [0, 10])];
    const taken = [opKind.map, 7, 1_000_000, 0, 1, 0, 1, 1];
    expect(run([taken], more, spaces).out[0]).toEqual([-1, -1, 1, 0]);
  });
});

describe("tables that are none", () => {
  const rows = [plain(down, 0, 1, [0, 10])];
  const probe = (change: Record<number, number>): number[] =>
    [opKind.probe, 0, 0, 0, 1, 0, 0, 1].map((cell, column) => change[column] ?? cell);
  const row = (change: Record<number, number>): number[] =>
    plain(down, 0, 1, [0, 10]).map((cell, column) => change[column] ?? cell);

  it.each<[string, number[], number[], RegExp]>([
    ["a fraction", probe({ 3: 0.5 }), row({}), /^op 0, column 3: 0.5 is not a whole number/],
    [
      "a fraction far up",
      probe({ 3: 2 ** 51 + 0.5 }),
      row({}),
      /^op 0, column 3: 2251799813685248.5/,
    ],
    [
      "a fraction far down",
      probe({ 3: -(2 ** 51) - 0.5 }),
      row({}),
      /^op 0, column 3: -22517998136/,
    ],
    ["no number", probe({ 4: Number.NaN }), row({}), /^op 0, column 4: NaN/],
    ["an inexact number", probe({ 3: 2 ** 53 }), row({}), /^op 0, column 3/],
    ["infinity", probe({}), row({ 4: Infinity }), /^search 0, column 4: inf/],
    ["an unknown kind of op", probe({ 0: 7 }), row({}), /^op 0, column 0: 7 is not a kind/],
    ["an unknown kind of row", probe({}), row({ 0: 7 }), /^search 0, column 0: 7/],
    ["an unknown finish", probe({}), row({ 8: 7 }), /^search 0, column 8: 7/],
    ["a hint rounding on a search", probe({}), row({ 8: 5 }), /^search 0, column 8: 5/],
    ["a search for nothing", probe({}), row({ 2: 0 }), /^search 0, column 2: 0 is too small/],
    ["negative pages", probe({ 4: -1 }), row({}), /^op 0, column 4: -1 is too small/],
    ["a row of nothing", probe({}), row({}).fill(Number.NaN), /^search 0, column 0: NaN/],
    ["a mask with holes", probe({}), row({ 5: 5 }), /^search 0, column 5: 5 is not a power/],
    ["a row out of range", probe({ 6: 1 }), row({}), /^op 0, column 6: 1 is out of range/],
    ["too many rows", probe({ 7: 2 }), row({}), /^op 0, column 6: 0 is out of range/],
    ["an id that is too large", probe({ 2: 2 ** 40 }), row({}), /^op 0, column 2/],
    ["an undefined anchor", probe({ 2: 3 }), row({}), /^op 0: undefined object 3$/],
    ["an undefined spare", [6, 0, 0, 0, 1, 0, 9, 1], row({}), /^op 0: undefined object 9$/],
    ["a space that exists", [1, 0, 0, 0, 0, 0, 0, 0], row({}), /already a space 0$/],
  ])("refuses %s", (_, op, search, message) => {
    expect(() => run([op], [search])).toThrow(message);
  });

  it("refuses an id that is defined twice", () => {
    expect(() => run([fix(1, 0, 1), fix(1, 1, 1)])).toThrow(/^op 1: there is already an object 1$/);
  });

  const arrays = { ops: 8, searches: 12, out: 5, found: 2 };
  it.each<[string, Partial<typeof arrays>, RegExp]>([
    ["half an op", { ops: 4 }, /^ops has 4 cells/],
    ["half a row", { searches: 13 }, /^searches has 13 cells/],
    ["too small an out", { out: 4 }, /^out has 4 cells and needs 5/],
    ["too small a found", { found: 1 }, /^found has 1 cells and needs 2/],
  ])("refuses %s", (_, sizes, message) => {
    const sized = { ...arrays, ...sizes };
    const cells = (size: number, rows: number[]) => Float64Array.from(rows).subarray(0, size);
    const searches = new Float64Array(sized.searches);
    searches.set(rows.flat());
    const ops = cells(sized.ops, probe({}));
    const answers = [new Float64Array(sized.out), new Float64Array(sized.found)] as const;
    expect(() => openSpaces().run(ops, searches, ...answers)).toThrow(message);
  });

  it("needs room for what searches without inflation find", () => {
    const searches = Float64Array.from(row({ 0: rowKind.exactDown }));
    const [ops, out] = [Float64Array.from(probe({})), new Float64Array(5)];
    expect(() => openSpaces().run(ops, searches, out, new Float64Array(1))).toThrow(
      /^found has 1 cells and needs 2/,
    );
  });

  it("refuses answers that lie in each other", () => {
    const out = new Float64Array(10);
    const ops = Float64Array.from(probe({}));
    const searches = Float64Array.from(rows.flat());
    expect(() => openSpaces().run(ops, searches, out, out.subarray(2))).toThrow(/of their own/);
  });

  it("believes rows anew in every call, even in an array that was passed before", () => {
    const [out, found] = [new Float64Array(10), new Float64Array(4)];
    const ops = Float64Array.from([probe({}), probe({})].flat());
    const searches = Float64Array.from(rows.flat());
    const spaces = openSpaces();
    const pages = () => {
      spaces.run(ops, searches, out, found);
      return [out[0], out[5]];
    };
    expect(pages()).toEqual([9, 9]);
    searches[4] = 8;
    expect(pages()).toEqual([7, 7]);
    searches[5] = 5;
    expect(pages).toThrow(/^search 0, column 5: 5 is not a power/);
    expect(pages).toThrow(/^search 0, column 5: 5 is not a power/);
    searches[5] = 0;
    expect(pages()).toEqual([7, 7]);
  });

  it.each([
    ["as many ops as rows", 2],
    ["fewer ops than rows", 1],
  ])("takes rows as they are now, named before or not, with %s", (_, ops) => {
    const spaces = openSpaces();
    const searches = Float64Array.from([...row({}), ...row({ 0: 9 })]);
    const [out, found] = [new Float64Array(10), new Float64Array(4)];
    const page = (first: number) => {
      const all = Float64Array.from(Array.from({ length: ops }, () => probe({ 6: first })).flat());
      spaces.run(all, searches, out, found);
      return out[0];
    };
    expect(page(0)).toBe(9);
    expect(() => page(1)).toThrow(/^search 1, column 0: 9 is not a kind/);
    searches.set(row({ 4: 7 }), 12);
    searches[4] = 8;
    expect([page(0), page(1), page(1)]).toEqual([7, 6, 6]);
    searches[16] = 5;
    expect([page(1), page(0)]).toEqual([4, 7]);
  });

  it.each([0, 2 ** 51 - 1, 2 ** 51, 2 ** 51 + 1, 2 ** 53 - 1])("reads page %d exactly", (page) => {
    expect(run([fix(1, page, 1)]).out[0]?.[0]).toBe(page);
  });

  it("refuses arguments that are missing or no doubles", () => {
    const cells = new Float64Array(0);
    for (const wrong of [new Float32Array(0), {}, undefined]) {
      const call = () => Reflect.apply(openSpaces().run, undefined, [cells, wrong, cells, cells]);
      expect(call).toThrow(expect.objectContaining({ code: "InvalidArg" }));
    }
    const call = () => Reflect.apply(openSpaces().run, undefined, [cells, cells]);
    expect(call).toThrow(/^argument 2 is no Float64Array/);
  });

  it("changes nothing when a cell is wrong", () => {
    const spaces = openSpaces();
    expect(() => run([fix(1, 0, 5), probe({ 3: 0.5 })], rows, spaces)).toThrow();
    expect(run([fix(1, 0, 5)], rows, spaces).out[0]).toEqual([0, -1, 0, 0]);
  });

  it("refuses to run after free", () => {
    const spaces = openSpaces();
    spaces.free();
    expect(() => run([fix(1, 0, 1)], [], spaces)).toThrow(/freed/);
  });
});
