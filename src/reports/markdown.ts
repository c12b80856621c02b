/** The report for an issue or a README. */

import { aslrTable, legend, memoryTable, shapeTable, tlbTable } from "./columns.ts";
import { decided } from "./intent.ts";
import { timeTable } from "./over-time.ts";
import type { Report, TraceSetup } from "./report.ts";
import { about, boundOf, costTable, mappingsOf, mappingTable } from "./sections.ts";
import { markdownTable, type Table } from "./table.ts";
import type { ReportFormat } from "./types.ts";

/** A table under its title; nothing where there is no table. */
function titled(title: string | undefined, table: Table | undefined): string[] {
  if (table === undefined) return [];
  return [...(title === undefined ? [] : [title, ""]), ...markdownTable(table), ""];
}

function traceLines(report: Report, trace: TraceSetup): string[] {
  const { name } = trace;
  const bound = boundOf(report, name);
  const lines = [
    `### ${name}`,
    "",
    about(trace),
    "",
    ...(trace.intent === undefined ? [] : [`${decided(trace.intent)}.`, ""]),
    ...titled(undefined, costTable(report, name)),
    ...(bound === undefined ? [] : [`No placement needs fewer than ${bound} entries.`, ""]),
    ...titled(undefined, shapeTable(report, name)),
    ...titled(undefined, memoryTable(report, name)),
    ...titled("Simulated TLB misses, in the order of the page faults:", tlbTable(report, name)),
    ...titled("Random bits left, by class of mapping:", aslrTable(report, name)),
    ...titled(undefined, timeTable(report, name)),
  ];
  if (mappingsOf(report, name).length === 0) return lines;
  return [
    ...lines,
    "Entries of each mapping of device memory:",
    "",
    ...markdownTable(mappingTable(report, name, { sizes: true })),
    "",
  ];
}

export const markdown: ReportFormat = {
  id: "markdown",
  title: "tables for an issue or a README",
  extension: "md",
  render(report) {
    const { setup, notes } = report;
    const lines = [
      ...setup.traces.flatMap((trace) => traceLines(report, trace)),
      "Policies:",
      "",
      ...setup.policies.map(({ id, summary, source }) => `- \`${id}\`: ${summary} (${source})`),
      "",
      "Columns:",
      "",
      ...legend(report).map(({ titles, means }) => `- ${titles}: ${means}`),
      "",
      "Notes:",
      "",
      ...notes.map((note) => `- ${note}`),
      "",
      `mmreplay ${setup.version}:`,
      "",
      "```",
      setup.command,
      "```",
    ];
    return `${lines.join("\n")}\n`;
  },
};
