/** The report for an issue or a README. */

import type { Report, TraceSetup } from "./report.ts";
import { about, boundOf, costTable, mappingsOf, mappingTable, shapeTable } from "./sections.ts";
import { markdownTable } from "./table.ts";
import type { ReportFormat } from "./types.ts";

function traceLines(report: Report, trace: TraceSetup): string[] {
  const { name } = trace;
  const bound = boundOf(report, name);
  const lines = [
    `### ${name}`,
    "",
    about(trace),
    "",
    ...markdownTable(costTable(report, name)),
    "",
    ...(bound === undefined ? [] : [`No placement needs fewer than ${bound} entries.`, ""]),
    ...markdownTable(shapeTable(report, name)),
    "",
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
      ...setup.policies.map(({ id, summary, source }) => `- \`${id}\`: ${summary} (${source})`),
      "",
      ...notes.map((note) => `- ${note}`),
      "",
      "```",
      setup.command,
      "```",
    ];
    return `${lines.join("\n")}\n`;
  },
};
