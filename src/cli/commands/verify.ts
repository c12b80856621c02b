/** `mmreplay verify TRACE...`: the model against the kernel's recorded answers; exit 3 where they part. */

import type { CommandModule } from "yargs";
import { Diagnostics, MmreplayError } from "../../errors.ts";
import { archFor, policyFor, resolveTrace } from "../../pipeline.ts";
import { type Policy, parsePolicy } from "../../policies/index.ts";
import { verifyJson, verifyText } from "../../verify/print.ts";
import type { RecordingResult } from "../../verify/types.ts";
import { verify } from "../../verify/verify.ts";
import { locate, printWarnings, write } from "../io.ts";
import { load } from "../load.ts";
import {
  formatOption,
  freeOption,
  outputOption,
  strictOption,
  tracesArgument,
} from "../options.ts";
import { refuseWarnings } from "../strict.ts";
import { checkWhole } from "../whole-number.ts";

interface Arguments {
  readonly trace: readonly string[];
  readonly policy: string | undefined;
  readonly free: boolean;
  readonly show: number;
  readonly format: "text" | "json";
  readonly output: string | undefined;
  readonly quiet: boolean;
  readonly strict: boolean;
}

export type Verifying = Pick<Arguments, "free" | "show" | "quiet"> & { readonly strict?: boolean };

const disagreement = 3;

/** The model against what one path holds. */
export async function verifyPath(
  path: string,
  policy: Policy | undefined,
  { free, show, quiet, strict = false }: Verifying,
): Promise<readonly RecordingResult[]> {
  const results: RecordingResult[] = [];
  for (const trace of await load(path, { quiet, strict })) {
    const diagnostics = new Diagnostics();
    const recorded = policyFor(trace.facts);
    const program = resolveTrace(trace, recorded, diagnostics);
    printWarnings(diagnostics, trace.name, quiet);
    if (strict) await refuseWarnings({ name: trace.name, diagnostics }, locate(path));
    const arch = archFor(trace.facts);
    const used = policy ?? recorded;
    results.push(verify({ trace, program, policy: used, recorded, arch, free, explain: show }));
  }
  return results;
}

async function run(args: Arguments): Promise<void> {
  const hint = "give a whole number: --show 9";
  checkWhole("show", args.show, { what: "a number of divergences", least: 0, hint });
  const policy = args.policy === undefined ? undefined : parsePolicy(args.policy);
  const results: RecordingResult[] = [];
  for (const path of args.trace) results.push(...(await verifyPath(path, policy, args)));
  if (results.length === 0)
    throw new MmreplayError("verify/nothing", "nothing to verify", { hint: "name a recording" });
  write(args.format === "json" ? verifyJson(results) : verifyText(results), args.output);
  if (results.some(({ divergences }) => divergences > 0)) process.exitCode = disagreement;
}

export const verifyCommand: CommandModule<object, Arguments> = {
  command: "verify <trace..>",
  describe: "compare the model with the kernel's own answers",
  builder: {
    trace: tracesArgument,
    policy: { type: "string", describe: "default: the kernel that made the recording" },
    free: freeOption,
    show: {
      type: "number",
      default: 1,
      describe: "how many divergences of each recording to explain",
    },
    strict: strictOption,
    format: formatOption,
    output: outputOption,
  },
  handler: run,
};
