/** Where everything went in the recording: the identity that every trace is held to. */

import type { Op, Position, Program } from "../resolve/program.ts";
import type { Placements } from "./types.ts";

function pageOfOp(op: Op, objectPage: Float64Array): number {
  const at = (position: Position) => (objectPage[position.object] ?? 0) + position.offset;
  switch (op.kind) {
    case "map":
    case "fix":
      return op.recorded;
    case "release":
    case "protect":
    case "advise":
      return at(op.at);
    default:
      return Number.NaN;
  }
}

/** The recording's own placements; nothing is searched, so nothing is counted. */
export function recordedPlacements(program: Program): Placements {
  const blank = () => new Float64Array(program.ops.length).fill(Number.NaN);
  const objectPage = new Float64Array(program.objects + 1);
  const opPage = blank();
  program.ops.forEach((op, index) => {
    if (op.kind === "map" || op.kind === "fix") objectPage[op.object] = op.recorded;
    opPage[index] = pageOfOp(op, objectPage);
  });
  return {
    source: "recorded",
    objectPage,
    opPage,
    mapped: blank(),
    searches: blank(),
    steps: blank(),
  };
}
