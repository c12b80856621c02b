/** The report for a terminal. */

import { aslrTable, memoryTable, shapeTable, tlbTable } from "./columns.ts";
import { plural } from "./format.ts";
import { decided } from "./intent.ts";
import { timeTable } from "./over-time.ts";
import type { Report, TraceSetup } from "./report.ts";
import { about, boundOf, costTable, mappingLabels, mappingsOf, mappingTable } from "./sections.ts";
import type { Table } from "./table.ts";
import type { ReportFormat } from "./types.ts";
import { fitted, wrap, wrapCommand } from "./wrap.ts";

const width = 100;

/** A table under its title; nothing where there is no table. */
const titled = (title: string, table: Table | undefined): string[] =>
  table === undefined ? [] : [`  ${title}`, "", ...fitted(table, 1, width)];

function traceLines(report: Report, trace: TraceSetup): string[] {
  const { name } = trace;
  const bound = boundOf(report, name);
  const lines = [
    name,
    ...wrap(about(trace), { width, indent: "  " }),
    ...(trace.command === undefined ? [] : wrapCommand(trace.command, { width, indent: "  " })),
    "",
    ...(trace.intent === undefined
      ? []
      : [...wrap(decided(trace.intent), { width, indent: "  " }), ""]),
    ...titled(
      `page-table entries at the peak${bound === undefined ? "" : `; no placement needs fewer than ${bound}`}`,
      costTable(report, name),
    ),
    ...fitted(shapeTable(report, name), 1, width),
    ...fitted(memoryTable(report, name), 1, width),
    ...titled(
      "simulated, not measured: TLB misses in the order of the page faults",
      tlbTable(report, name),
    ),
    ...titled("random bits left, by class of mapping", aslrTable(report, name)),
    ...fitted(timeTable(report, name), 1, width),
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
