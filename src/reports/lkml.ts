/** The report to paste under a patch: plain ASCII, at most 80 columns, with what is needed to repeat it. */

import { count, plural } from "./format.ts";
import type { Report, TraceSetup } from "./report.ts";
import {
  about,
  boundOf,
  costTable,
  mappingLabels,
  mappingsOf,
  mappingTable,
  resultsOf,
  shapeTable,
} from "./sections.ts";
import { splitTable, type Table, textTable } from "./table.ts";
import type { ReportFormat } from "./types.ts";

const width = 78;

const mechanism =
  "A page-table entry can map more than one page only where the virtual address is congruent, " +
  "modulo the size of the entry, with the physical address or file offset behind it; so the " +
  "placement of a mapping decides how many entries, TLB slots and faults it costs.";

/** Break at spaces; a word that is longer than a line stays whole unless it is cut by force. */
function wrap(paragraph: string, indent: string, end = ""): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of paragraph.split(" ")) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (line !== "" && indent.length + longer.length + end.length > width) {
      lines.push(`${indent}${line}${end}`);
      line = word;
    } else line = longer;
  }
  return [...lines, `${indent}${line}`];
}

/** One table, or several where the policies do not fit beside each other. */
function fitted(table: Table, fixed: number): string[] {
  return splitTable(table, fixed, width).flatMap((part) => [...textTable(part), ""]);
}

function setupLines({ setup }: Report): string[] {
  return [
    "Setup:",
    ...setup.traces.flatMap((trace) => [
      ...wrap(`${trace.name}: ${about(trace)}`, "  "),
      ...(trace.command === undefined ? [] : wrap(trace.command, "    ")),
    ]),
    ...setup.policies.flatMap(({ id, summary, source }) =>
      wrap(`${id}: ${summary} (${source})`, "  "),
    ),
    "",
    "Command:",
    ...wrap(setup.command, "  ", " \\"),
    "",
  ];
}

function traceLines(report: Report, trace: TraceSetup): string[] {
  const { name } = trace;
  const bound = boundOf(report, name);
  const title = `${name}: entries at the peak${bound === undefined ? "" : ` (lower bound ${bound})`}`;
  return [
    ...wrap(title, ""),
    "",
    ...fitted(costTable(report, name), 1),
    ...fitted(shapeTable(report, name), 1),
    ...(mappingsOf(report, name).length === 0
      ? []
      : [
          "Entries of each mapping of device memory:",
          "",
          ...fitted(mappingTable(report, name, { sizes: false }), mappingLabels),
        ]),
  ];
}

/** What comes from a real run, and what the model concludes from it. */
function basis(report: Report): string[] {
  const { setup } = report;
  const agreed = setup.traces.flatMap((trace) =>
    resultsOf(report, trace.name).flatMap(({ policy, metrics: { agreement } }) => {
      const { exact, total } = agreement?.more ?? {};
      return exact === undefined || total === undefined
        ? []
        : [
            `${policy} on ${trace.name} gives back ${count(exact)} of ${plural(total, "recorded placement")}.`,
          ];
    }),
  );
  return [
    "Measured: the calls, their order, lengths, offsets and flags, and the addresses",
    "that the recording kernel chose. Nothing here was timed.",
    "Modelled: where each policy places them, VMA merges and splits, and the page",
    "sizes that follow.",
    ...agreed.flatMap((sentence) => wrap(sentence, "  ")),
  ];
}

/** Mail clients and list archives keep ASCII only. */
const ascii = (line: string): string => line.replace(/[^\x20-\x7e]/g, "?");

export const lkml: ReportFormat = {
  id: "lkml",
  title: "plain text to paste under a patch",
  extension: "txt",
  render(report) {
    const { setup, notes } = report;
    const lines = [
      `mmreplay ${setup.version}: ${plural(setup.traces.length, "recording")} under ${plural(setup.policies.length, "placement policy", "placement policies")}`,
      "",
      ...wrap(mechanism, ""),
      "",
      ...setupLines(report),
      ...setup.traces.flatMap((trace) => traceLines(report, trace)),
      ...basis(report),
      "",
      "Notes:",
      ...notes.flatMap((note) => wrap(`- ${note}`, "  ")),
    ];
    return `${lines.map(ascii).join("\n")}\n`;
  },
};
