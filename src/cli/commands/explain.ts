/** `mmreplay explain POLICY [REQUEST]`: the searches that a policy emits. */

import type { CommandModule } from "yargs";
import { archs } from "../../arch/index.ts";
import { benchOf, explainPolicy, explainRequest } from "../../policies/explain.ts";
import { write } from "../io.ts";
import { loadPolicy } from "../policies.ts";

interface Arguments {
  readonly policy: string;
  readonly request: string | undefined;
  readonly arch: string;
  readonly shmem: string;
}

export const explain: CommandModule<object, Arguments> = {
  command: "explain <policy> [request]",
  describe: "print the searches that a policy emits",
  builder: {
    policy: { type: "string", demandOption: true, describe: "an id, or a file (./mine.mjs)" },
    request: { type: "string", describe: 'in words: "vfio 2G", "ext4 4M at 4K", "anon 3M hint"' },
    arch: { choices: archs.ids, default: "x86-64" },
    shmem: {
      choices: ["never", "always", "within_size", "advise", "deny", "force"],
      default: "never",
      describe: "shmem_enabled",
    },
  },
  handler: async ({ policy, request, arch, shmem }) => {
    const bench = benchOf(archs.get(arch), shmem);
    const chosen = await loadPolicy(policy);
    write(
      request === undefined ? explainPolicy(chosen, bench) : explainRequest(chosen, request, bench),
      undefined,
    );
  },
};
