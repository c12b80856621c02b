/** What a test sees of resolved events: the program, and its ops as short text. */

import { Diagnostics } from "../../src/errors.ts";
import type { Op, Program } from "../../src/resolve/program.ts";
import { resolve } from "../../src/resolve/resolve.ts";
import type { Event } from "../../src/trace/event.ts";
import type { Facts } from "../../src/trace/trace.ts";
import { traceOf } from "../support/events.ts";

export const options = { fileOf: () => ({ kind: "regular" as const }), failedRemapUnmaps: false };

export function resolved(
  events: readonly Event[],
  facts: Partial<Facts> = {},
  touches = false,
): { readonly program: Program; readonly diagnostics: Diagnostics } {
  const diagnostics = new Diagnostics();
  const trace = traceOf(events, facts);
  return { program: resolve(trace, { ...options, touches }, diagnostics), diagnostics };
}

/** Ops as short text: `map 1 100+4`, `release 1+0 4`, `fix 2 @1+2 1`. */
export function drawn(ops: Iterable<Op>): string[] {
  return [...ops].map((op) => {
    switch (op.kind) {
      case "map": {
        const hint = op.hint === undefined ? "" : ` hint ${op.hint.object}+${op.hint.offset}`;
        return `${op.how} ${op.object} ${op.recorded}+${op.pages}${hint}`;
      }
      case "probe":
        return `probe ${op.how} ${op.failed} ${op.pages}`;
      case "fix":
        return `fix ${op.object} @${op.at.object}+${op.at.offset} ${op.pages}`;
      case "release": {
        const spare = op.spare === undefined ? "" : ` sparing ${op.spare.object}`;
        return `release ${op.at.object}+${op.at.offset} ${op.pages}${spare}`;
      }
      case "protect":
        return `protect ${op.at.object}+${op.at.offset} ${op.pages} ${op.prot}`;
      case "enter":
      case "fork":
      case "exit":
        return `${op.kind} ${op.space}`;
      default:
        return op.kind;
    }
  });
}
