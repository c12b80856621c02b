/** What a person is told of a recording that has been read: its lines, calls, tasks, times and conclusions. */

import type { Diagnostics } from "../errors.ts";
import type { Reading } from "../formats/bundle.ts";
import { type Counts, type Tally, tallyOf } from "../trace/tally.ts";
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

type Conclusions = Pick<Facts, "pageSize" | "inferred">;

/** The page size and how it was found. */
function pageText({ pageSize, inferred }: Conclusions): string {
  const found = inferred.find((conclusion) => conclusion.startsWith("page size "));
  return found ?? `page size ${pageSize}: that of the machine`;
}

/** What a summary tells of. */
export interface Summed {
  readonly tally: Tally;
  /** Undefined for a trace file. */
  readonly lines: number | undefined;
  readonly facts: Conclusions;
  readonly diagnostics: Diagnostics;
}

export function summed({ trace, lines, diagnostics }: Reading): Summed {
  const tally = tallyOf(trace.events, diagnostics.skipped);
  return { tally, lines, facts: trace.facts, diagnostics };
}

/** The summary that closes every import, a line for each of its parts. */
export function summaryLines({ tally, lines, facts, diagnostics }: Summed, name: string): string {
  const { calls, processes, threads, first, last } = tally;
  const time = first === undefined || last === undefined ? "not recorded" : `${first} to ${last} s`;
  const kinds = [...diagnostics.warnings.values()];
  const conclusions = facts.inferred.filter((one) => !one.startsWith("page size "));
  const told = [
    lines === undefined ? "lines read: none, this is a trace" : `lines read: ${lines}`,
    `calls: ${countsText(total(calls.values()))}`,
    ...[...calls].map(([call, counts]) => `  ${call}: ${countsText(counts)}`),
    `processes: ${processes}, threads: ${threads}`,
    `time: ${time}`,
    pageText(facts),
    ...conclusions,
    `warnings: ${sum(kinds.map(({ count }) => count))} of ${kinds.length} kinds`,
  ];
  return `${name}:\n${told.map((line) => `  ${line}\n`).join("")}`;
}
