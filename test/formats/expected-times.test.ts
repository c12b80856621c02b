/** Events have the times that were worked out by hand: expected/times.md. */

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { detect } from "../../src/formats/index.ts";
import type { Event } from "../../src/trace/event.ts";
import { readWith, sampleFolders } from "../support/samples.ts";

interface Row {
  readonly name: string;
  readonly event: string;
  readonly began: string;
  readonly ended: string;
}

const rows: readonly Row[] = readFileSync(join(import.meta.dirname, "expected/times.md"), "utf8")
  .split("\n")
  .flatMap((line) => {
    const cells = /^\| (\S+) \| (\S+ \w+) \| ([\d.]+|-) \| ([\d.]+|-) \| .+ \|$/.exec(line);
    const [, name = "", event = "", began = "", ended = ""] = cells ?? [];
    return cells === null ? [] : [{ name, event, began, ended }];
  });

/** `17.19 mprotect`, `2 exec`, `17 search`: the lines, and what it is. */
function nameOf(event: Event): string {
  const entry = "entryLine" in event && event.entryLine !== undefined ? `${event.entryLine}.` : "";
  const what =
    event.kind === "call" ? event.call : event.kind === "lifecycle" ? event.lifecycle : event.kind;
  return `${entry}${event.line} ${what}`;
}

/** With as many digits behind the point as the expected text has. */
const written = (time: number | undefined, expected: string): string =>
  time === undefined ? "-" : time.toFixed(expected.split(".")[1]?.length ?? 0);

describe("expected times", () => {
  it("are of every recorder", () => {
    for (const recorder of ["strace", "perf-7.2-script", "perf-7.2-trace", "ftrace", "bpftrace"]) {
      const some = rows.filter(({ name }) => name.startsWith(`${recorder}-`));
      expect(some.length, recorder).toBeGreaterThan(1);
    }
  });

  for (const row of rows) {
    const path = sampleFolders
      .map((place) => join(place, `${row.name}.txt`))
      .find((file) => existsSync(file));
    const missing = path === undefined ? " (skipped: the sample is not here)" : "";
    it.skipIf(path === undefined)(`are those of ${row.name} ${row.event}${missing}`, async () => {
      const bytes = readFileSync(path ?? "");
      const { events } = await readWith(detect(bytes.subarray(0, 65_536), row.name), bytes);
      const event = events.find((one) => nameOf(one) === row.event);
      const began = event !== undefined && "entryTime" in event ? event.entryTime : undefined;
      expect({
        ...row,
        began: written(began, row.began),
        ended: written(event?.time, row.ended),
      }).toEqual(row);
      expect(event).toBeDefined();
    });
  }
});
