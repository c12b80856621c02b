/** Files come back from the numbers and letters that stand for them. */

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { OpenFile } from "../../src/trace/file.ts";
import { columnsOfFiles, type FileTable, filesOf, tableOf } from "../../src/trace/file-table.ts";
import { Malformed } from "../../src/trace/varint.ts";

const name = fc.array(fc.constantFrom("/usr/lib", "lib", "a", "\u{1f600}", "\u{1f601}", ""), {
  maxLength: 4,
});
const file: fc.Arbitrary<OpenFile> = fc.record(
  {
    id: fc.integer({ min: -1, max: 2 ** 30 - 1 }),
    kind: fc.constantFrom("regular", "shmem", "vfio"),
    path: name.map((parts) => parts.join("")),
    filesystem: fc.constantFrom("ext4", "xfs"),
    huge: fc.constantFrom("never", "always"),
    hugePage: fc.constantFrom(0, 2 ** 21, 2 ** 53 - 1),
    device: fc.constantFrom("0000:00:08.0"),
  },
  { requiredKeys: ["id", "kind"], noNullPrototype: true },
);

const two = tableOf([
  { id: 1, kind: "regular", path: "/usr/lib/one.so" },
  { id: 2, kind: "regular", path: "/usr/lib/other.so" },
]);

/** The table with one number changed. */
function changed(column: number, at: number, value: number): FileTable {
  const columns = new Map([...two.columns].map(([id, values]) => [id, values.slice()]));
  const values = columns.get(768 + column);
  if (values === undefined) throw new Error(`no column ${column}`);
  values[at] = value;
  return { ...two, columns };
}

describe("the files of a trace", () => {
  it("come back with every property that they have", () => {
    fc.assert(
      fc.property(fc.array(file), (files) => {
        const table = tableOf(files);
        expect(filesOf(table)).toStrictEqual(files);
        // Lone halves of a letter would not come back from UTF-8.
        expect(Buffer.from(table.letters).toString()).toBe(table.letters);
        for (const [id, count] of columnsOfFiles(table.count, table.names)) {
          expect(table.columns.get(id)).toHaveLength(count);
        }
      }),
      { seed: 20_261_127, numRuns: 500 },
    );
  });

  it("write what names share once", () => {
    expect(two.letters).toBe("regular/usr/lib/one.sother.so");
  });

  it.each([
    ["shares more than the name before has", changed(8, 1, 8)],
    ["shares less than nothing", changed(8, 1, -1)],
    ["has more letters than there are", changed(9, 2, 900)],
    ["has fewer than none", changed(9, 1, -1)],
    ["is outside of the table", changed(3, 0, 4)],
    ["stands before the table", changed(3, 0, -1)],
  ])("are refused where a name %s", (_, table) => {
    expect(() => filesOf(table)).toThrow(Malformed);
  });

  it("are refused where their names would fill the memory", () => {
    const names = 40;
    const columns = new Map(two.columns);
    columns.set(776, new Float64Array(names).fill(2 ** 22).fill(0, 0, 1));
    columns.set(777, new Float64Array(names).fill(2 ** 22, 0, 1));
    const table = { ...two, names, letters: "x".repeat(2 ** 22), columns };
    expect(() => filesOf(table)).toThrow("names are too long");
  });
});
