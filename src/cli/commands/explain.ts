/** `mmreplay explain`: the searches that a policy emits, and why a call of a recording landed where it did. */

import { existsSync } from "node:fs";
import type { CommandModule } from "yargs";
import { parseArch } from "../../arch/index.ts";
import type { Arch } from "../../arch/types.ts";
import { MmreplayError } from "../../errors.ts";
import { benchOf, explainPolicy, explainRequest } from "../../policies/explain.ts";
import type { Policy } from "../../policies/types.ts";
import type { IdiomMode } from "../../resolve/idioms/types.ts";
import { explainCall } from "../explain-call.ts";
import { write } from "../io.ts";
import { loadPolicies, loadPolicy } from "../policies.ts";
import { idiomModes } from "../task.ts";
import { checkWhole } from "../whole-number.ts";

interface Arguments {
  readonly subject: string;
  readonly request: string | undefined;
  readonly event: number | undefined;
  readonly policy: string | undefined;
  readonly idioms: IdiomMode;
  readonly arch: string | undefined;
  readonly shmem: string;
}

async function policyOf(subject: string): Promise<Policy> {
  try {
    return await loadPolicy(subject);
  } catch (error) {
    if (!existsSync(subject) || !(error instanceof MmreplayError)) throw error;
    if (error.code !== "usage/unknown-policy") throw error;
    throw new MmreplayError("usage/event", "this is a file, and no policy", {
      at: { file: subject },
      hint: `mmreplay explain ${subject} --event LINE tells why a call landed where it did`,
    });
  }
}

async function explainSearches(args: Arguments): Promise<string> {
  const { subject, request, arch, shmem, policy: others } = args;
  if (others !== undefined)
    throw new MmreplayError("usage/event", "--policy is for a call of a recording", {
      hint: `mmreplay explain TRACE --event LINE --policy ${others}, or explain one policy after the other`,
    });
  const on: Arch = parseArch(arch ?? "x86-64");
  const bench = benchOf(on, shmem);
  const policy = await policyOf(subject);
  return request === undefined
    ? explainPolicy(policy, bench)
    : explainRequest(policy, request, bench);
}

async function explainOne(args: Arguments, line: number): Promise<string> {
  const { subject, request, policy, idioms, arch } = args;
  const hint = "mmreplay events prints the line of each call";
  checkWhole("event", line, { what: "a line of the recording", least: 1, hint });
  if (request !== undefined)
    throw new MmreplayError(
      "usage/event",
      `--event and the request "${request}" exclude each other`,
      { hint: "name a recording with --event, or a policy with a request" },
    );
  const policies = policy === undefined ? undefined : await loadPolicies(policy);
  return explainCall({ path: subject, line, policies, idioms, arch });
}

export const explain: CommandModule<object, Arguments> = {
  command: "explain <subject> [request]",
  describe: "print the searches of a policy, or why a call of a recording landed where it did",
  builder: {
    subject: {
      type: "string",
      demandOption: true,
      describe: "a policy (an id, or a file ./mine.mjs); with --event a trace",
    },
    request: { type: "string", describe: 'in words: "vfio 2G", "ext4 4M at 4K", "anon 3M hint"' },
    event: { type: "number", describe: "line of a call in the recording, as `events` prints it" },
    policy: {
      type: "string",
      describe:
        "with --event: policies, the others are compared with the first (default: the recorded kernel and the discussed ones)",
    },
    idioms: {
      choices: idiomModes,
      default: "redo" as const,
      describe: "with --event: as in replay",
    },
    arch: { type: "string", describe: "as in replay; default: x86-64, of a trace its own" },
    shmem: {
      choices: ["never", "always", "within_size", "advise", "deny", "force"],
      default: "never",
      describe: "shmem_enabled",
    },
  },
  handler: async (args) => {
    const text = args.event === undefined ? explainSearches(args) : explainOne(args, args.event);
    write(await text, undefined);
  },
};
