/** `mmreplay history add STORE REPORT`: append the numbers of a report to a store. */

import type { CommandModule } from "yargs";
import { MmreplayError } from "../../../errors.ts";
import { runName } from "../../../history/print.ts";
import { type Head, isLabel } from "../../../history/run.ts";
import { addRun } from "../../../history/store.ts";
import { type Counts, countsOf } from "../../../reports/counts.ts";
import { judge } from "../../../reports/judge.ts";
import { headline } from "../../../reports/judgement-text.ts";
import { readReport } from "../../report-file.ts";
import { storeArgument, withWarnings } from "../../run-store.ts";

interface Arguments {
  readonly store: string;
  readonly report: string;
  readonly label: string | undefined;
  readonly quiet: boolean;
}

function checkLabel(label: string | undefined): void {
  if (label === undefined || isLabel(label)) return;
  throw new MmreplayError("usage/label", "--label is one line of at most 200 characters", {
    hint: "name what was measured: --label $(git describe)",
  });
}

/** The run of a report; a moment is said in UTC. */
function runOf(from: string, label: string | undefined): Head & Counts {
  const report = readReport(from);
  const added = `${new Date().toISOString().slice(0, 19)}Z`;
  const { version } = report.setup;
  return { added, ...(label !== undefined && { label }), version, ...countsOf(report) };
}

async function addReport({ store: path, report, label, quiet }: Arguments): Promise<void> {
  checkLabel(label);
  const { runs, run, before } = await withWarnings(path, quiet, (diagnostics) =>
    addRun(path, () => runOf(report, label), diagnostics),
  );
  if (quiet) return;
  const what = before === undefined ? "the first one" : headline(judge(before, run));
  process.stderr.write(`${path}: run ${runs}, ${runName(run)}: ${what}\n`);
}

export const add: CommandModule<object, Arguments> = {
  command: "add <store> <report>",
  describe: "append the numbers of a report to a store, and make the store if there is none",
  builder: {
    store: storeArgument,
    report: { type: "string", demandOption: true, describe: "report of --format json; - is stdin" },
    label: { type: "string", describe: "what to call this run: a commit, a build" },
  },
  handler: addReport,
};
