/** What verify compares with the kernel's answers, line by line: so that parts of a trace can be held against the whole. */

import { Diagnostics } from "../../src/errors.ts";
import { archFor, policyFor, resolveTrace } from "../../src/pipeline.ts";
import { Found, place } from "../../src/place/place.ts";
import { plan } from "../../src/place/plan.ts";
import { recordedPlacements } from "../../src/place/recorded.ts";
import { pfnOf } from "../../src/place/request.ts";
import { apply } from "../../src/space/apply.ts";
import { neighboursOf } from "../../src/space/neighbours.ts";
import type { Event } from "../../src/trace/event.ts";
import type { Trace } from "../../src/trace/trace.ts";

/** Answers by the line of what they answer, snapshots by their file and line. */
export type Answers = ReadonlyMap<string, readonly string[]>;

/** The key of what happened on a line. */
export const keyOf = (
  event: Pick<Event, "kind" | "line"> & { readonly source?: string },
): string => (event.source === undefined ? `${event.line}` : `${event.source}:${event.line}`);

/** The model's answers to each call, search and snapshot; those of a call in their order. */
export function answersOf(trace: Trace): Answers {
  const { facts } = trace;
  const policy = policyFor(facts);
  const program = resolveTrace(trace, policy, new Diagnostics());
  const compiled = plan(program, policy, archFor(facts), facts, { forced: true });
  const options = {
    ...(facts.maxMapCount !== undefined && { maxMapCount: facts.maxMapCount }),
    pfnOf: (area: Parameters<typeof pfnOf>[0]) => pfnOf(area, facts),
    marksData: facts.arch === "arm64",
  };
  const found = new Found();
  const neighbours = neighboursOf(program, policy.profile, options);
  const { placements } = place(program, compiled, neighbours, found);
  const answers = new Map<string, string[]>();
  const lines = [...program.ops].map(({ line }) => line);
  const add = (line: number | string, answer: string): void => {
    answers.set(`${line}`, [...(answers.get(`${line}`) ?? []), answer]);
  };
  program.ops.forEach((op, index) => {
    if (op.kind === "map" || op.kind === "probe")
      add(op.line, `${op.kind} ${placements.opPage[index]} of ${op.pages} pages`);
  });
  found.op.forEach((op, i) => {
    const row = compiled.table.rows[found.row[i] ?? -1];
    add(lines[op] ?? 0, `search ${found.page[i]} ${JSON.stringify(row)} ${placements.mapped[op]}`);
  });
  const recorded = { ...recordedPlacements(program), mapped: placements.mapped };
  for (const shown of apply(program, recorded, policy.profile, options).snapshots)
    add(
      `${shown.source}:${shown.line}`,
      `snapshot ${shown.exact} of ${shown.total}, ${shown.extra} more`,
    );
  for (const { reason, line } of program.exclusions) add(line, `excluded: ${reason}`);
  return answers;
}
