/** What changed between two reports of the same traces, and what of it is worse: exact numbers, no tolerance. */

import { MmreplayError } from "../errors.ts";
import { countsOf } from "./counts.ts";
import { type Judgement, judge, without } from "./judge.ts";
import { judgementLines } from "./judgement-text.ts";
import type { Report } from "./report.ts";
import {
  isListOf,
  isMapOf,
  isMissingOr,
  isNullOr,
  isNumber,
  isObjectOf,
  isText,
  schemaOf,
} from "./shape.ts";

export interface Comparison extends Judgement {
  readonly schema: "mmreplay.compare/1";
  readonly base: { readonly version: string; readonly command: string };
  readonly next: { readonly version: string; readonly command: string };
}

const isSetup = isObjectOf({
  version: isText,
  command: isText,
  population: isText,
  idioms: isText,
  metrics: isListOf(isObjectOf({ id: isText, better: isText })),
  tlbs: isMissingOr(isListOf(isObjectOf({ id: isText }))),
});

const isResult = isObjectOf({
  trace: isText,
  policy: isText,
  arch: isText,
  metrics: isMapOf(isObjectOf({ value: isNullOr(isNumber), unit: isText })),
  counters: isMapOf(isNumber),
});

/** True if what is compared is there; what wrote the file may have been another program, or cut short. */
const isReport = (parsed: unknown): parsed is Report =>
  isObjectOf({ setup: isSetup, results: isListOf(isResult) })(parsed);

/** Read one report; throws `compare/no-report` that tells what anything else is. */
export function parseReport(text: string, name: string): Report {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    parsed = undefined;
  }
  const schema = schemaOf(parsed);
  const known = schema === "mmreplay.report/1";
  if (known && isReport(parsed)) return parsed;
  const found = known
    ? "parts of it are missing, or are not what they should be"
    : `schema ${JSON.stringify(schema)}`;
  const what = parsed === undefined ? "no JSON, or only the beginning of it" : found;
  throw new MmreplayError("compare/no-report", `this is no report: ${what}`, {
    at: { file: name },
    hint: "write one: mmreplay replay TRACE --format json -o REPORT.json",
  });
}

const hint = "compare two reports of the same traces, policies and options";

function checkOptions(base: readonly string[], next: readonly string[]): void {
  const [missing] = without(base, next);
  const [added] = without(next, base);
  if (missing === undefined && added === undefined) return;
  const message =
    missing === undefined
      ? `only the new report has option ${added}`
      : `only the base report has option ${missing}`;
  throw new MmreplayError("compare/other-input", message, { hint });
}

/** Compare two reports of the same options; throws `compare/other-input`, also where they share no trace under a policy. */
export function compare(base: Report, next: Report): Comparison {
  const [before, after] = [countsOf(base), countsOf(next)];
  checkOptions(before.options, after.options);
  const judgement = judge(before, after);
  if (judgement.compared === 0)
    throw new MmreplayError("compare/other-input", "no trace under a policy is in both reports", {
      hint,
    });
  return {
    schema: "mmreplay.compare/1",
    base: { version: base.setup.version, command: base.setup.command },
    next: { version: next.setup.version, command: next.setup.command },
    ...judgement,
  };
}

export function compareJson(comparison: Comparison): string {
  return `${JSON.stringify(comparison, null, 2)}\n`;
}

/** What changed in one line, and a table of the changes, the worse ones first. */
export function compareText(comparison: Comparison): string {
  const sides = { base: "the base report", next: "the new report" };
  return `${judgementLines(comparison, sides).join("\n")}\n`;
}
