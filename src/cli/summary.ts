/** What a person is told of a recording that has been read: its lines, calls, tasks, times and conclusions. */

import type { Reading } from "../formats/bundle.ts";
import { type Counts, tallyOf } from "../trace/tally.ts";
import type { Facts } from "../trace/trace.ts";

const sum = (numbers: Iterable<number>): number => [...numbers].reduce((a, b) => a + b, 0);

/** `seen 40, used 36, failed 2, skipped 2 (never resumed 2)`: seen is the sum of the three. */
function countsText({ used, failed, skipped }: Counts): string {
  const left = sum(skipped.values());
  const reasons = [...skipped].map(([reason, count]) => `${reason} ${count}`).join(", ");
  const why = left === 0 ? "" : ` (${reasons})`;
  return `seen ${used + failed + left}, used ${used}, failed ${failed}, skipped ${left}${why}`;
}

function total(calls: Iterable<Counts>): Counts {
  const all: Counts = { used: 0, failed: 0, skipped: new Map() };
  for (const { used, failed, skipped } of calls) {
    all.used += used;
    all.failed += failed;
    for (const [reason, count] of skipped) {
      all.skipped.set(reason, (all.skipped.get(reason) ?? 0) + count);
    }
  }
  return all;
}

/** The page size and how it was found. */
function pageText({ pageSize, inferred }: Facts): string {
  const found = inferred.find((conclusion) => conclusion.startsWith("page size "));
  return found ?? `page size ${pageSize}: that of the machine`;
}

/** The summary that closes every import, a line for each of its parts. */
export function summaryLines({ trace, lines, diagnostics }: Reading, name: string): string {
  const { calls, processes, threads, first, last } = tallyOf(trace.events, diagnostics.skipped);
  const time = first === undefined || last === undefined ? "not recorded" : `${first} to ${last} s`;
  const kinds = [...diagnostics.warnings.values()];
  const conclusions = trace.facts.inferred.filter((one) => !one.startsWith("page size "));
  const told = [
    lines === undefined ? "lines read: none, this is a trace" : `lines read: ${lines}`,
    `calls: ${countsText(total(calls.values()))}`,
    ...[...calls].map(([call, counts]) => `  ${call}: ${countsText(counts)}`),
    `processes: ${processes}, threads: ${threads}`,
    `time: ${time}`,
    pageText(trace.facts),
    ...conclusions,
    `warnings: ${sum(kinds.map(({ count }) => count))} of ${kinds.length} kinds`,
  ];
  return `${name}:\n${told.map((line) => `  ${line}\n`).join("")}`;
}
