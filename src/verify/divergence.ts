/** What stood around a divergence, and which rule and commit explain it. */

import type { Plan } from "../place/plan.ts";
import { spaceOf } from "../resolve/op-table.ts";
import type { AddressSpace } from "../space/address-space.ts";
import { type MapsDifference, mapsLine } from "../space/compare-maps.ts";
import type { Call, Search } from "../trace/event.ts";
import { eventJson } from "../trace/event-json.ts";
import { eventAt } from "../trace/events.ts";
import { addressOf, hex, pageOf } from "../units.ts";
import { commitsBetween } from "./lineage.ts";
import { type ModelSearch, printedKernel, printedModel, printedRule } from "./searches.ts";
import type { Divergence } from "./types.ts";
import type { VerifyInput } from "./verify.ts";

/** A divergence as found; `op` is the index in the program. */
export type Finding = { readonly op: number; readonly line: number } & (
  | { readonly of: "search"; readonly kernel?: Search; readonly model?: ModelSearch }
  | { readonly of: "placement"; readonly page: number }
  | { readonly of: "vma"; readonly difference: MapsDifference }
);

const notArguments = ["line", "entry_line", "pid", "call", "name", "result", "error", "outcome"];

/** The call with the names and values of the `events` command. */
export function printedCall(call: Call): string {
  const args = eventJson(call)
    .flatMap((object) => Object.entries(object))
    .filter(([name]) => !notArguments.includes(name))
    .map(([name, value]) => `${name}: ${Array.isArray(value) ? value.join("|") || "0" : value}`);
  const answer = call.result === null ? `-1 ${call.error ?? call.outcome}` : hex(call.result);
  return `${call.call}(${args.join(", ")}) = ${answer}`;
}

/** How many VMAs to show on either side. */
const neighbours = 2;

/** The page at which the two answers part. */
function centreOf(input: VerifyInput, finding: Finding): number {
  const { pageBytes, ops } = input.program;
  if (finding.of === "vma") return pageOf(finding.difference.start, pageBytes);
  const op = ops.at(finding.op);
  if (op?.kind === "map") return op.recorded;
  const result = finding.of === "search" ? finding.kernel?.result : undefined;
  return result === undefined || result === null ? 0 : pageOf(result, pageBytes);
}

function around(
  input: VerifyInput,
  finding: Finding,
  state: AddressSpace | undefined,
): readonly string[] {
  if (state === undefined) return [];
  const centre = centreOf(input, finding);
  const vmas = [...state];
  const at = vmas.findIndex((vma) => vma.end > centre);
  const from = Math.max(0, (at < 0 ? vmas.length : at) - neighbours);
  return vmas
    .slice(from, from + 2 * neighbours)
    .map((vma) => mapsLine(vma, input.program.pageBytes));
}

function rule(input: VerifyInput, compiled: Plan, finding: Finding): readonly string[] {
  const op = input.program.ops.at(finding.op);
  if (op?.kind !== "map" && op?.kind !== "probe") return [];
  const layout = compiled.lists.limits.get(spaceOf(input.program.ops.table, finding.op))?.layout;
  const rows = compiled.rowsOf(finding.op);
  if (layout === undefined) return [];
  return rows.map((row) => printedRule(row, layout, input.program.pageBytes));
}

function sides(input: VerifyInput, finding: Finding): { kernel: string; model: string } {
  const { pageBytes, ops } = input.program;
  switch (finding.of) {
    case "search":
      return {
        kernel:
          finding.kernel === undefined
            ? "no search"
            : printedKernel(finding.kernel, pageBytes, finding.kernel.totalVm),
        model: finding.model === undefined ? "no search" : printedModel(finding.model, pageBytes),
      };
    case "placement": {
      const op = ops.at(finding.op);
      const recorded = op?.kind === "map" ? hex(addressOf(op.recorded, pageBytes)) : "?";
      const model = finding.page < 0 ? "no fit" : hex(addressOf(finding.page, pageBytes));
      return { kernel: recorded, model };
    }
    case "vma":
      return {
        kernel: finding.difference.kernel ?? "no such area",
        model: finding.difference.model ?? "no such area",
      };
  }
}

function commits(input: VerifyInput, finding: Finding): readonly string[] {
  const { program, trace, policy, recorded = policy, arch } = input;
  const op = program.ops.at(finding.op);
  if (op?.kind !== "map" && op?.kind !== "probe") return [];
  const space = spaceOf(program.ops.table, finding.op);
  return commitsBetween(policy, recorded, { op, space, program, facts: trace.facts, arch });
}

/** Everything that a reader needs to judge a divergence; `state` is the space before it. */
export function explainDivergence(
  finding: Finding,
  input: VerifyInput,
  compiled: Plan,
  state: AddressSpace | undefined,
): Divergence {
  const { program, trace } = input;
  const event = eventAt(trace.events, program.ops.at(finding.op)?.event);
  const between = commits(input, finding);
  return {
    of: finding.of,
    line: finding.line,
    what: event?.kind === "call" ? printedCall(event) : (event?.kind ?? "exec"),
    ...sides(input, finding),
    around: around(input, finding, state),
    rule: rule(input, compiled, finding),
    ...(between.length > 0 && { commit: between.join(", ") }),
  };
}
