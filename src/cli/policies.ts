/** How `--policy` becomes policies: ids of the tree, and files from outside it. */

import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { MmreplayError } from "../errors.ts";
import { configured, parsePolicy, splitPolicies } from "../policies/index.ts";
import { outsidePolicy } from "../policies/outside.ts";
import type { Policy } from "../policies/types.ts";

async function loadFile(file: string): Promise<Policy> {
  if (!existsSync(file))
    throw new MmreplayError("io/missing", "no such policy file", {
      at: { file },
      hint: "check the path; docs/policies.md has one to start from",
    });
  const module: object = await import(pathToFileURL(resolve(file)).href).catch((error: unknown) => {
    throw new MmreplayError("usage/policy-file", `cannot be loaded: ${messageOf(error)}`, {
      at: { file },
      hint: "run it with node to see the whole error",
    });
  });
  return outsidePolicy(module, file);
}

const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);

/** An id or a JavaScript file, with or without settings. */
export async function loadPolicy(text: string): Promise<Policy> {
  const [, file, settings] = /^(.+\.[mc]?js)(?::(.*))?$/.exec(text) ?? [];
  if (file === undefined) return parsePolicy(text);
  const policy = await loadFile(file);
  return settings === undefined ? policy : configured(policy, settings);
}

/** Policies and files of policies, separated by commas; no id twice. */
export async function loadPolicies(text: string): Promise<readonly Policy[]> {
  const loaded: Policy[] = [];
  for (const name of splitPolicies(text)) loaded.push(await loadPolicy(name));
  const twice = loaded.find(({ id }, at) => loaded.findIndex((one) => one.id === id) < at);
  if (twice === undefined) return loaded;
  throw new MmreplayError("usage/policy-file", `policy "${twice.id}" is given twice`, {
    hint: "give each policy once, each file an id of its own",
  });
}
