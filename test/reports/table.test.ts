import { describe, expect, it } from "vitest";
import {
  left,
  markdownTable,
  right,
  splitTable,
  type Table,
  textTable,
} from "../../src/reports/table.ts";

const table: Table = {
  columns: [left("policy"), right("entries"), right("faults")],
  rows: [
    ["linux-7.3", "524,288", "1"],
    ["a|b", "2", "12,345"],
  ],
};

describe("a table", () => {
  it("sets words left and numbers right", () => {
    expect([...textTable(table)]).toEqual([
      "  policy     entries  faults",
      "  --------------------------",
      "  linux-7.3  524,288       1",
      "  a|b              2  12,345",
    ]);
  });

  it("escapes pipes in markdown", () => {
    expect([...markdownTable(table)]).toEqual([
      "| policy | entries | faults |",
      "| --- | ---: | ---: |",
      "| linux-7.3 | 524,288 | 1 |",
      "| a\\|b | 2 | 12,345 |",
    ]);
  });

  it("becomes several that repeat their first columns where it is too wide", () => {
    const parts = splitTable(table, 1, 22);
    expect(parts.map((part) => part.columns.map(({ title }) => title))).toEqual([
      ["policy", "entries"],
      ["policy", "faults"],
    ]);
    expect(splitTable(table, 1, 80)).toEqual([table]);
  });

  it("leaves out of a part the rows that say nothing there", () => {
    const bound = { ...table, rows: [...table.rows, ["(bound)", "2", ""]] };
    const rows = splitTable(bound, 1, 22).map((part) => [...part.rows].map(([name]) => name));
    expect(rows).toEqual([
      ["linux-7.3", "a|b", "(bound)"],
      ["linux-7.3", "a|b"],
    ]);
  });
});
