/** How a policy from outside the tree becomes one: its shape is checked, and what it leaves to a release is filled in. */

import type { Attempt, Finish } from "../arch/types.ts";
import { MmreplayError } from "../errors.ts";
import { policies } from "./index.ts";
import type { Policy } from "./types.ts";

/**
 * What a policy file exports: a `Policy`. In place of `profile` it may name the release that it changes in `base`; a
 * request for which its `searches` returns nothing is then placed as that release does.
 */
export interface OutsidePolicy extends Omit<Policy, "profile" | "searches"> {
  readonly profile?: Policy["profile"];
  readonly base?: string;
  readonly searches: (
    ...of: Parameters<Policy["searches"]>
  ) => ReturnType<Policy["searches"]> | undefined;
}

type Refuse = (message: string, hint: string) => never;

const finishes: readonly Finish["kind"][] = ["up", "above", "cross", "test", "shift"];

const guide = "see docs/policies.md for a policy of 15 lines";

/** An object whose fields are not looked at yet. */
type Unchecked<T> = { readonly [K in keyof T]?: unknown };

const isObject = <T>(value: unknown): value is Unchecked<T> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) >= 0;

/** A power of two less one, in pages. */
const isMask = (value: unknown): boolean =>
  isCount(value) && Number.isInteger(Math.log2(Number(value) + 1));

/** Every field of an attempt, and what may stand in it. */
const fields: Readonly<Record<string, (value: unknown) => boolean>> = {
  pages: (value) => isCount(value) && Number(value) > 0,
  alignMask: isMask,
  alignOffset: isCount,
  exact: (value) => value === true,
  merge: (value) => value === true,
  only: (value) => value === "down" || value === "hint",
  hint: (value) => value === "keep" || value === "up" || value === "skip",
  entry: (value) => value === "arch" || value === "hugetlb-old",
  file: (value) => value === false,
  startGap: isCount,
  finish: (value) =>
    isObject<Finish>(value) &&
    finishes.some((kind) => kind === value.kind) &&
    isMask(value.mask) &&
    isCount(value.offset),
};

function checkAttempt(attempt: unknown, refuse: Refuse): asserts attempt is Attempt {
  if (!isObject<Attempt>(attempt))
    refuse(`an attempt is ${typeof attempt}, no object`, "return [{}]");
  if (attempt.merge !== undefined && attempt.finish !== undefined)
    refuse("an attempt has both merge and finish", "a merge is asked about the page as found");
  for (const [name, value] of Object.entries(attempt)) {
    const suits = fields[name];
    if (suits === undefined)
      refuse(`an attempt has no field "${name}"`, `use ${Object.keys(fields).join(", ")}`);
    if (value !== undefined && !suits(value))
      refuse(`${JSON.stringify(value)} is no value for "${name}" of an attempt`, guide);
  }
}

/** The searches of the file, each answer checked, with those of its base where it has none. */
function checkedSearches(
  given: OutsidePolicy,
  base: Policy | undefined,
  refuse: Refuse,
): Policy["searches"] {
  const asked: OutsidePolicy["searches"] = (request, target) => {
    try {
      return given.searches(request, target);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      return refuse(`searches() fails for ${request.kind}: ${message}`, guide);
    }
  };
  return (request, target) => {
    const answer = asked(request, target) ?? base?.searches(request, target);
    if (!Array.isArray(answer))
      return refuse(
        `searches() returned no list for ${request.kind}`,
        'return attempts, or name a release in base: "linux-7.3"',
      );
    for (const attempt of answer)
      if (attempt !== false && attempt !== undefined) checkAttempt(attempt, refuse);
    return answer;
  };
}

function isOutside(value: unknown, refuse: Refuse): value is OutsidePolicy {
  if (!isObject<OutsidePolicy>(value))
    return refuse("exports no policy", "export const policy = { ... }");
  for (const name of ["id", "summary", "kernel", "source"] as const) {
    const text = value[name];
    if (typeof text !== "string" || text === "")
      refuse(`${name} of the policy is no text`, `add ${name}: "..."`);
  }
  if (!/^[a-z0-9][a-z0-9._-]*$/i.test(String(value.id)))
    refuse(`"${value.id}" is no id`, "use letters, digits, dots and dashes");
  if (typeof value.searches !== "function")
    refuse("searches of the policy is no function", "add searches: (request, target) => [{}]");
  if (value.reserves !== undefined && typeof value.reserves !== "function")
    refuse("reserves of the policy is no function", "add reserves: (request, arch) => undefined");
  if (value.base === undefined && !isObject(value.profile))
    refuse("the policy has neither profile nor base", 'add base: "linux-7.3"');
  return true;
}

/** What a module exports as a policy: its default, or `policy`. Throws `usage/policy-file` naming `file`. */
export function outsidePolicy(
  module: { readonly default?: unknown; readonly policy?: unknown },
  file: string,
): Policy {
  const refuse: Refuse = (message, hint) => {
    throw new MmreplayError("usage/policy-file", message, { at: { file }, hint });
  };
  return checked(module.policy ?? module.default, refuse);
}

function checked(value: unknown, refuse: Refuse): Policy {
  if (!isOutside(value, refuse)) return refuse("exports no policy", guide);
  const { base: baseId, configure, ...rest } = value;
  if (policies.ids.includes(value.id)) refuse(`"${value.id}" is a policy of mmreplay`, "rename it");
  const base = baseId === undefined ? undefined : policies.get(baseId);
  const profile = value.profile ?? base?.profile;
  if (profile === undefined) return refuse("the policy has no profile", guide);
  return {
    ...rest,
    profile,
    searches: checkedSearches(value, base, refuse),
    ...(configure !== undefined && {
      configure: (settings) =>
        checked({ ...configure(settings), ...(baseId !== undefined && { base: baseId }) }, refuse),
    }),
  };
}
