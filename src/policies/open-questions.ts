/** What no message of the discussion says: hints, legacy tasks and 32-bit tasks, as parameters of every proposal. */

import type { Attempt } from "../arch/types.ts";
import { oneOf, type Values } from "./parameters.ts";
import { type Attempts, plain } from "./shapes.ts";
import type { Parameter, Request, Target } from "./types.ts";

export type OpenParameters = {
  readonly hints: Parameter<"as-searched" | "length">;
  readonly legacy: Parameter<"plain" | "aligned">;
  readonly compat: Parameter<"aligned" | "plain">;
};

export const openParameters: OpenParameters = {
  hints: oneOf(
    "as-searched: a hint is tested with what is searched for, padding included, as THP does; length: first, with the length alone",
    ["as-searched", "length"],
  ),
  legacy: oneOf("tasks with the bottom-up layout: no search with a mask, or one as well", [
    "plain",
    "aligned",
  ]),
  compat: oneOf("32-bit tasks: aligned, or plain as the THP hooks leave them", [
    "aligned",
    "plain",
  ]),
};

/** An attempt that is the hint and nothing else. */
const hintAlone: Attempt = { only: "hint" };

/** The attempts of a proposal with the open questions answered. */
export function answered(
  attempts: Attempts,
  { hints, legacy, compat }: Values<OpenParameters>,
  { hint }: Request,
  { arch, topDown }: Target,
): Attempts {
  if (compat === "plain" && arch.compat === true) return [plain];
  const both = attempts.map((attempt): Attempts[number] => {
    if (!attempt || topDown || legacy === "plain" || attempt.only !== "down") return attempt;
    const { only: _, ...rest } = attempt;
    return rest;
  });
  if (hints === "as-searched" || !hint) return both;
  return [hintAlone, ...both.map((attempt) => attempt && { ...attempt, hint: "skip" as const })];
}
