/** What `live` and `lab` share: a trace's calls are made on a kernel, and the model is held against the answers. */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import type { Options } from "yargs";
import { Diagnostics, MmreplayError } from "../errors.ts";
import type { LiveRun } from "../live/recording.ts";
import { policyFor, resolveTrace } from "../pipeline.ts";
import type { Policy } from "../policies/types.ts";
import type { Program } from "../resolve/program.ts";
import { verifyJson, verifyText } from "../verify/print.ts";
import type { RecordingResult } from "../verify/types.ts";
import { type Verifying, verifyPath } from "./commands/verify.ts";
import { write } from "./io.ts";
import { load } from "./load.ts";
import { formatOption, freeOption, traceArgument } from "./options.ts";
import { loadPolicy } from "./policies.ts";

export interface CallsArguments {
  readonly trace: string;
  readonly policy: string | undefined;
  readonly free: boolean;
  readonly format: "text" | "json";
  readonly output: string | undefined;
  readonly quiet: boolean;
}

export const callsOptions: Readonly<Record<keyof Omit<CallsArguments, "quiet">, Options>> = {
  trace: traceArgument,
  policy: { type: "string", describe: "default: that of the kernel's version" },
  free: freeOption,
  format: formatOption,
  output: { alias: "o", type: "string", describe: "keep the recording in this folder" },
};

const disagreement = 3;

/** Write a recording into a folder that this makes. */
function writeFiles(folder: string, { files }: LiveRun): void {
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
}

function told({ calls, left }: LiveRun, where: string): string {
  const lines = [...left].map(([reason, count]) => `  not asked: ${count} ${reason}\n`);
  return `${calls} calls ${where}\n${lines.join("")}`;
}

const disagree = (results: readonly RecordingResult[]): boolean =>
  results.some(({ divergences }) => divergences > 0);

/** A line for a policy that gives every answer, where that of the kernel's version does too. */
async function sameAs(policy: Policy, folder: string, verifying: Verifying): Promise<string> {
  const results = await verifyPath(folder, undefined, verifying);
  const [own] = results;
  if (own === undefined || own.policy === policy.id || disagree(results)) return "";
  return `these calls do not tell ${policy.id} from ${own.policy}: both give every answer\n`;
}

/** A run with where and how it took place, for people. */
export interface Made {
  readonly run: LiveRun;
  readonly where: string;
}

/** Make the calls of a trace, and print how the model agrees with the answers; exit code 3 where it does not. */
export async function holdCalls(
  { trace: path, policy: asked, free, format, output, quiet }: CallsArguments,
  make: (program: Program) => Made | Promise<Made>,
): Promise<void> {
  const policy = asked === undefined ? undefined : await loadPolicy(asked);
  const [trace] = await load(path, { quiet });
  if (trace === undefined)
    throw new MmreplayError("live/nothing", "there is nothing to run", {
      at: { file: path },
      hint: "name a recording, or a trace made by mmreplay import",
    });
  const program = resolveTrace(trace, policyFor(trace.facts), new Diagnostics());
  const { run, where } = await make(program);
  const own = output === undefined ? mkdtempSync(join(tmpdir(), "mmreplay-calls-")) : undefined;
  const folder = own === undefined ? (output ?? "") : join(own, basename(trace.name));
  try {
    writeFiles(folder, run);
    if (!quiet) process.stderr.write(told(run, where));
    const verifying = { free, show: 1, quiet: true };
    const results = await verifyPath(folder, policy, verifying);
    write(format === "json" ? verifyJson(results) : verifyText(results), undefined);
    if (disagree(results)) process.exitCode = disagreement;
    else if (policy !== undefined && !quiet)
      process.stderr.write(await sameAs(policy, folder, verifying));
  } finally {
    if (own !== undefined) rmSync(own, { recursive: true });
  }
}
