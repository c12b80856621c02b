/** `explain TRACE --event LINE`: one call of a recording under several policies, from the file to the text. */

import { Diagnostics, MmreplayError } from "../errors.ts";
import { onArch, policyFor, resolveTrace } from "../pipeline.ts";
import { intentOf } from "../place/intent.ts";
import { Found } from "../place/place.ts";
import { parsePolicies } from "../policies/index.ts";
import type { Policy } from "../policies/types.ts";
import { answer, touchOf } from "../replay.ts";
import { recognise } from "../resolve/idioms/recognise.ts";
import type { IdiomMode } from "../resolve/idioms/types.ts";
import type { Program } from "../resolve/program.ts";
import type { Call } from "../trace/event.ts";
import type { Trace } from "../trace/trace.ts";
import { hex } from "../units.ts";
import { printedCall } from "../verify/divergence.ts";
import { type Answer, explainEvent } from "../verify/explain-event.ts";
import { load } from "./load.ts";

export interface Question {
  readonly path: string;
  /** 1-based line in the recording. */
  readonly line: number;
  /** Default: the recording kernel's, then those of the June 2026 discussion. */
  readonly policies: readonly Policy[] | undefined;
  readonly idioms: IdiomMode;
  readonly arch: string | undefined;
}

const discussed = "vfio-thp,core-align,start-pfn";

/** The first call of the line, its index among the events, and its trace. */
function callAt(traces: readonly Trace[], { line, path }: Question) {
  const lines: number[] = [];
  for (const trace of traces) {
    let index = -1;
    for (const event of trace.events) {
      index += 1;
      if (event.kind !== "call") continue;
      if (event.line === line || event.entryLine === line) return { trace, index, call: event };
      lines.push(event.line);
    }
  }
  const near = lines.sort((a, b) => Math.abs(a - line) - Math.abs(b - line)).slice(0, 5);
  const hint = `the nearest calls are on lines ${near.sort((a, b) => a - b).join(", ")}`;
  throw new MmreplayError("usage/event", `line ${line} holds no call of the recording`, {
    at: { file: path },
    ...(near.length > 0 && { hint }),
  });
}

function answersOf(trace: Trace, question: Question, recorded: Policy) {
  const program = resolveTrace(trace, recorded, new Diagnostics());
  const touch = touchOf(program, trace.facts, recorded);
  const idioms = recognise(program, trace.events);
  const on = (asked: Program) => onArch(asked, trace.facts, question.arch);
  const policies = question.policies ?? [recorded, ...parsePolicies(discussed)];
  const { arch, facts } = on(program);
  const intend = intentOf(program, idioms, question.idioms);
  const answers = policies.map((policy): Answer => {
    const placed = (asked: Program) => answer(on(asked), policy, touch).placements;
    const { program: asked } = intend(placed, arch.pageBytes);
    const found = new Found();
    return { policy, found, ...answer(on(asked), policy, touch, { found }) };
  });
  return { answers, machine: { facts, arch, touch } };
}

const resultOf = ({ result }: Call): string => (result === null ? "" : hex(result));

/** The text; throws `usage/event` where the line holds no call. */
export async function explainCall(question: Question): Promise<string> {
  const { trace, index, call } = callAt(await load(question.path), question);
  const recorded = policyFor(trace.facts);
  const { answers, machine } = answersOf(trace, question, recorded);
  const who = call.pid === null ? "" : `, task ${call.pid}`;
  return [
    `${trace.name}, line ${call.line}${who}: ${printedCall(call)}`,
    ...explainEvent(index, resultOf(call), answers, machine),
  ].join("\n");
}
