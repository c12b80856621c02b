/** The report for a terminal. */

import { plural } from "./format.ts";
import type { Report, TraceSetup } from "./report.ts";
import { about, boundOf, costTable, mappingsOf, mappingTable, shapeTable } from "./sections.ts";
import { textTable } from "./table.ts";
import type { ReportFormat } from "./types.ts";

function traceLines(report: Report, trace: TraceSetup): string[] {
  const { name } = trace;
  const bound = boundOf(report, name);
  const lines = [
    name,
    `  ${about(trace)}`,
    ...(trace.command === undefined ? [] : [`  ${trace.command}`]),
    "",
    `  page-table entries at the peak${bound === undefined ? "" : `; no placement needs fewer than ${bound}`}`,
    "",
    ...textTable(costTable(report, name)),
    "",
    ...textTable(shapeTable(report, name)),
    "",
  ];
  if (mappingsOf(report, name).length === 0) return lines;
  return [
    ...lines,
    "  entries of each mapping of device memory",
    "",
    ...textTable(mappingTable(report, name, { sizes: true })),
    "",
  ];
}

export const text: ReportFormat = {
  id: "text",
  title: "tables for a terminal",
  extension: "txt",
  render(report) {
    const { setup, notes } = report;
    const traces = plural(setup.traces.length, "recording");
    const policies = plural(setup.policies.length, "policy", "policies");
    const lines = [
      `${traces} under ${policies} (mmreplay ${setup.version}, idioms: ${setup.idioms})`,
      "",
      ...setup.traces.flatMap((trace) => traceLines(report, trace)),
      ...notes.map((note) => `note: ${note}`),
    ];
    return `${lines.join("\n")}\n`;
  },
};
