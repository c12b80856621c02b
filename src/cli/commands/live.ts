/** `mmreplay live TRACE`: the same calls on the running kernel, and whether its model gives the same answers. */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import type { CommandModule } from "yargs";
import { Diagnostics, MmreplayError } from "../../errors.ts";
import { type LiveRun, liveRecording } from "../../live/run.ts";
import { policyFor, resolveTrace } from "../../pipeline.ts";
import { verifyJson, verifyText } from "../../verify/print.ts";
import { write } from "../io.ts";
import { load } from "../load.ts";
import { formatOption, freeOption } from "../options.ts";
import { verifyPath } from "./verify.ts";

interface Arguments {
  readonly trace: string;
  readonly free: boolean;
  readonly format: "text" | "json";
  readonly output: string | undefined;
  readonly quiet: boolean;
}

const disagreement = 3;

/** Write a recording into a folder that this makes. */
function writeFiles(folder: string, { files }: LiveRun): void {
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
}

function told({ calls, nanoseconds, left }: LiveRun): string {
  const each = calls === 0 ? 0 : Math.round(nanoseconds / calls);
  const lines = [...left].map(([reason, count]) => `  not asked: ${count} ${reason}\n`);
  return `${calls} calls on the running kernel, ${each} ns each\n${lines.join("")}`;
}

async function run({ trace: path, free, format, output, quiet }: Arguments): Promise<void> {
  const [trace] = await load(path, { quiet });
  if (trace === undefined)
    throw new MmreplayError("live/nothing", "there is nothing to run", {
      at: { file: path },
      hint: "name a recording, or a trace made by mmreplay import",
    });
  const live = liveRecording(resolveTrace(trace, policyFor(trace.facts), new Diagnostics()));
  const own = output === undefined ? mkdtempSync(join(tmpdir(), "mmreplay-live-")) : undefined;
  const folder = own === undefined ? (output ?? "") : join(own, basename(trace.name));
  try {
    writeFiles(folder, live);
    if (!quiet) process.stderr.write(told(live));
    const results = await verifyPath(folder, undefined, { free, show: 1, quiet: true });
    write(format === "json" ? verifyJson(results) : verifyText(results), undefined);
    if (results.some(({ divergences }) => divergences > 0)) process.exitCode = disagreement;
  } finally {
    if (own !== undefined) rmSync(own, { recursive: true });
  }
}

export const liveCommand: CommandModule<object, Arguments> = {
  command: "live <trace>",
  describe: "make a trace's calls on the running kernel, and hold its model against the answers",
  builder: {
    trace: { type: "string", demandOption: true, describe: "a trace or recording; - is stdin" },
    free: freeOption,
    format: formatOption,
    output: { alias: "o", type: "string", describe: "keep the recording in this folder" },
  },
  handler: run,
};
