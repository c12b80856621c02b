/** The report for a terminal. */

import { plural } from "./format.ts";
import type { Report, TraceSetup } from "./report.ts";
import {
  about,
  boundOf,
  costTable,
  mappingLabels,
  mappingsOf,
  mappingTable,
  shapeTable,
} from "./sections.ts";
import type { ReportFormat } from "./types.ts";
import { fitted, wrap, wrapCommand } from "./wrap.ts";

const width = 100;

function traceLines(report: Report, trace: TraceSetup): string[] {
  const { name } = trace;
  const bound = boundOf(report, name);
  const lines = [
    name,
    ...wrap(about(trace), { width, indent: "  " }),
    ...(trace.command === undefined ? [] : wrapCommand(trace.command, { width, indent: "  " })),
    "",
    `  page-table entries at the peak${bound === undefined ? "" : `; no placement needs fewer than ${bound}`}`,
    "",
    ...fitted(costTable(report, name), 1, width),
    ...fitted(shapeTable(report, name), 1, width),
  ];
  if (mappingsOf(report, name).length === 0) return lines;
  return [
    ...lines,
    "  entries of each mapping of device memory",
    "",
    ...fitted(mappingTable(report, name, { sizes: true }), mappingLabels, width),
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
      ...notes.flatMap((note) => wrap(`note: ${note}`, { width, hanging: "      " })),
    ];
    return `${lines.join("\n")}\n`;
  },
};
