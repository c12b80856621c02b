/** Where everything went in the recording: the identity that every trace is held to. */

import { opNumber } from "../resolve/op-table.ts";
import type { Program } from "../resolve/program.ts";
import type { Placements } from "./types.ts";

const known = new WeakMap<Program["ops"], Placements>();

/** The recording's own placements; nothing is searched, so nothing is counted. Found once. */
export function recordedPlacements(program: Program): Placements {
  const before = known.get(program.ops);
  const placements = before ?? find(program);
  known.set(program.ops, placements);
  return placements;
}

function find({ ops, objects }: Program): Placements {
  const { kind, object, recorded, atObject, atOffset } = ops.table;
  const blank = new Float64Array(ops.length).fill(Number.NaN);
  const objectPage = new Float64Array(objects + 1);
  const opPage = blank.slice();
  for (let index = 0; index < kind.length; index++)
    switch (kind[index]) {
      case opNumber.map:
      case opNumber.fix:
        objectPage[object[index] ?? 0] = recorded[index] ?? 0;
        opPage[index] = recorded[index] ?? 0;
        break;
      case opNumber.release:
      case opNumber.protect:
      case opNumber.advise:
        opPage[index] = (objectPage[atObject[index] ?? 0] ?? 0) + (atOffset[index] ?? 0);
        break;
      default:
    }
  return { source: "recorded", objectPage, opPage, mapped: blank, searches: blank, steps: blank };
}
