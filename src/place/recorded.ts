/** Where everything went in the recording: the identity that every trace is held to. */

import { opNumber } from "../resolve/op-table.ts";
import type { Program } from "../resolve/program.ts";
import { recordedPages } from "../resolve/recorded-pages.ts";
import type { Placements } from "./types.ts";

/** The recording's own placements; nothing is searched, so nothing is counted. */
export function recordedPlacements(program: Program): Placements {
  const { ops } = program;
  const { kind, recorded, atObject, atOffset } = ops.table;
  const objectPage = recordedPages(program);
  const opPage = new Float64Array(ops.length).fill(Number.NaN);
  for (let index = 0; index < kind.length; index++)
    switch (kind[index]) {
      case opNumber.map:
      case opNumber.fix:
        opPage[index] = recorded[index] ?? 0;
        break;
      case opNumber.release:
      case opNumber.protect:
      case opNumber.advise:
        opPage[index] = (objectPage[atObject[index] ?? 0] ?? 0) + (atOffset[index] ?? 0);
        break;
      default:
    }
  const [mapped, none] = [new Float64Array(), new Uint32Array()];
  return { source: "recorded", objectPage, opPage, mapped, searches: none, steps: none };
}
