/** The report to paste under a patch: plain ASCII, at most 80 columns, with what is needed to repeat it. */

import { aslrTable, legend, memoryTable, shapeTable, tlbTable } from "./columns.ts";
import { plural } from "./format.ts";
import { decided } from "./intent.ts";
import type { Report, TraceSetup } from "./report.ts";
import {
  about,
  boundOf,
  costTable,
  type Label,
  mappingLabels,
  mappingsOf,
  mappingTable,
} from "./sections.ts";
import type { Table } from "./table.ts";
import type { ReportFormat } from "./types.ts";
import { fitted, type Wrapping, wrap, wrapCommand } from "./wrap.ts";

const width = 78;
const longestLabel = 12;
const prose: Wrapping = { width, anywhere: true };
/** One entry of a list. */
const entry: Wrapping = { ...prose, indent: "  ", hanging: "    " };

const mechanism =
  "A page-table entry can map more than one page only where the virtual address is congruent, " +
  "modulo the size of the entry, with the physical address or file offset behind it; so the " +
  "placement of a mapping decides how many entries, TLB slots and faults it costs.";

/** Ids that would push columns off the line stand as [1], [2], explained in the setup. */
function labels({ setup }: Report): Label {
  const ids = setup.policies.map(({ id }) => id);
  return (policy) => (policy.length > longestLabel ? `[${ids.indexOf(policy) + 1}]` : policy);
}

function setupLines(report: Report): string[] {
  const { setup } = report;
  const label = labels(report);
  const named = (id: string): string => (label(id) === id ? id : `${label(id)} ${id}`);
  return [
    "Setup:",
    ...setup.traces.flatMap((trace) => [
      ...wrap(`${trace.name}: ${about(trace)}`, entry),
      ...(trace.command === undefined ? [] : wrapCommand(trace.command, { width, indent: "    " })),
    ]),
    ...setup.policies.flatMap(({ id, summary, source }) =>
      wrap(`${named(id)}: ${summary} (${source})`, entry),
    ),
    "",
    "Command:",
    ...wrap(setup.command, { width, indent: "  ", end: " \\" }),
    "",
  ];
}

/** A table under its title; nothing where there is no table. */
const titled = (title: string, table: Table | undefined): string[] =>
  table === undefined ? [] : [title, "", ...fitted(table, 1, width)];

function traceLines(report: Report, trace: TraceSetup): string[] {
  const { name } = trace;
  const bound = boundOf(report, name);
  const label = labels(report);
  const title =
    bound === undefined ? name : `${name}: no placement needs fewer than ${bound} entries`;
  return [
    ...wrap(title, prose),
    "",
    ...(trace.intent === undefined ? [] : [...wrap(decided(trace.intent), prose), ""]),
    ...fitted(costTable(report, name, label), 1, width),
    ...fitted(shapeTable(report, name, label), 1, width),
    ...fitted(memoryTable(report, name, label), 1, width),
    ...titled(
      "Simulated TLB misses, in the order of the page faults:",
      tlbTable(report, name, label),
    ),
    ...titled("Random bits left, by class of mapping:", aslrTable(report, name, label)),
    ...(mappingsOf(report, name).length === 0
      ? []
      : [
          "Entries of each mapping of device memory:",
          "",
          ...fitted(mappingTable(report, name, { sizes: false, label }), mappingLabels, width),
        ]),
  ];
}

/** What comes from a real run, and what the model concludes from it. */
const basis = [
  "Measured: the calls of a real run, their order, lengths, offsets and flags, and the addresses " +
    "that the recording kernel chose. Nothing was timed.",
  "Modelled: where each policy places them, VMA merges and splits, and the page sizes that follow; " +
    "how well, 'as recorded' says for the policy of the recording kernel.",
];

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
      ...wrap(mechanism, prose),
      "",
      ...setupLines(report),
      ...setup.traces.flatMap((trace) => traceLines(report, trace)),
      "Columns:",
      ...legend(report).flatMap(({ titles, means }) => wrap(`${titles}: ${means}`, entry)),
      "",
      ...basis.flatMap((sentence) => wrap(sentence, { ...prose, hanging: "  " })),
      "",
      "Notes:",
      ...notes.flatMap((note) => wrap(`- ${note}`, entry)),
    ];
    return `${lines.map(ascii).join("\n")}\n`;
  },
};
