/** Every sample gives the events that were worked out for it by hand: expected/README.md says how. */

import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { Diagnostics } from "../../src/errors.ts";
import { bundle } from "../../src/formats/bundle.ts";
import { eventText } from "../support/events-text.ts";
import { sampleFolders } from "../support/samples.ts";

const expected = join(import.meta.dirname, "expected");

interface Row {
  readonly name: string;
  readonly lines: number;
  readonly checked: string;
  readonly sum: string;
}

const rows: readonly Row[] = readFileSync(join(expected, "README.md"), "utf8")
  .split("\n")
  .flatMap((line) => {
    const cells = /^\| (\S+) \| (\d+) \| .+ \| (.+) \| `([0-9a-f]{12})` \|$/.exec(line);
    const [, name = "", lines, checked = "", sum = ""] = cells ?? [];
    return cells === null ? [] : [{ name, lines: Number(lines), checked, sum }];
  });

/** The files of a sample, undefined if it is not here, or only a part of it. */
function filesOf({ name, lines }: Row): readonly string[] | undefined {
  for (const place of sampleFolders) {
    const folder = join(place, name);
    const files = existsSync(folder)
      ? readdirSync(folder).map((file) => join(folder, file))
      : [join(place, `${name}.txt`)];
    if (!files.every((file) => existsSync(file) && statSync(file).isFile())) continue;
    const ends = files.map((file) => readFileSync(file).filter((byte) => byte === 10).length);
    if (ends.reduce((sum, count) => sum + count, 0) === lines) return files;
  }
  return undefined;
}

async function read(files: readonly string[]): Promise<string> {
  const sources = files.map((file) => ({
    name: file.slice(file.lastIndexOf("/") + 1),
    async *open(): AsyncGenerator<Uint8Array> {
      yield readFileSync(file);
    },
  }));
  const path = files[0] ?? "";
  const located = { path, folder: files.length > 1, sources };
  const [trace, ...others] = await bundle(located, new Diagnostics());
  expect(others).toEqual([]);
  return `${Array.from(trace?.events ?? [], eventText).join("\n")}\n`;
}

const list = ({ name }: Row): string => readFileSync(join(expected, `${name}.events`), "utf8");

describe("expected events", () => {
  it("are those that were checked against the sample, as the table says", () => {
    const files = readdirSync(expected).filter((name) => name.endsWith(".events"));
    expect(rows.map(({ name }) => `${name}.events`).toSorted()).toEqual(files.toSorted());
    const sums = rows.map((row) => {
      const sum = createHash("sha256").update(list(row)).digest("hex").slice(0, 12);
      return `${row.name} ${sum}`;
    });
    expect(sums).toEqual(rows.map(({ name, sum }) => `${name} ${sum}`));
    for (const { name, checked } of rows)
      expect(checked, name).toMatch(/^(eye|reader)(, (reader|fit))*$/);
  });

  for (const row of rows) {
    const files = filesOf(row);
    const missing = files === undefined ? " (skipped: the sample is not here)" : "";
    it.skipIf(files === undefined)(`are what ${row.name} gives${missing}`, async () => {
      expect(await read(files ?? [])).toBe(list(row));
    });
  }
});
