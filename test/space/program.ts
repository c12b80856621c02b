/** How a test writes a program: ops with what they say, the rest filled in, and a place for every object. */

import type { Placements } from "../../src/place/types.ts";
import { OpWriter } from "../../src/resolve/op-writer.ts";
import type { Op, Position, Program } from "../../src/resolve/program.ts";
import { base } from "../support/layout.ts";

type MapOp = Extract<Op, { kind: "map" }>;

const blankMap: Omit<MapOp, "kind" | "object" | "recorded" | "pages" | "area"> = {
  how: "place",
  guard: 0,
  low32: false,
  above4g: false,
  startGap: 0,
  searches: [],
  event: 0,
  line: 1,
};

export type Draft = Op | (Partial<MapOp> & Pick<MapOp, "kind" | "object" | "pages" | "area">);

/** A page of a drawing as an absolute position, or an offset in an object. */
export const at = (page: number, object = 0): Position => ({
  object,
  offset: object === 0 ? base + page : page,
});

export function program(drafts: readonly Draft[], more: Partial<Program> = {}): Program {
  const ops = drafts.map((draft, event): Op => {
    const from = { event, line: event + 1 };
    if (draft.kind === "map") return { ...blankMap, recorded: -1, ...from, ...draft };
    return { ...draft, ...from };
  });
  const objects = ops.reduce(
    (most, op) => (op.kind === "map" || op.kind === "fix" ? Math.max(most, op.object) : most),
    0,
  );
  return {
    name: "drawn",
    pageBytes: 4096,
    ops: OpWriter.opsOf(ops),
    spaces: [],
    objects,
    peak: ops.length - 1,
    doubtfulFrom: new Map(),
    exclusions: [],
    ...more,
  };
}

/** Where each object of a drawing lies; -1 where it is lost. */
export function placed(of: Program, pages: Readonly<Record<number, number>>): Placements {
  const { length } = of.ops;
  const blank = (): Float64Array => new Float64Array(length).fill(Number.NaN);
  const objectPage = new Float64Array(of.objects + 1);
  for (const [object, page] of Object.entries(pages))
    objectPage[Number(object)] = page < 0 ? -1 : base + page;
  const opPage = blank();
  for (const [index, op] of [...of.ops].entries())
    if (op.kind === "map" || op.kind === "fix") opPage[index] = objectPage[op.object] ?? -1;
  return {
    source: "policy",
    objectPage,
    opPage,
    mapped: blank(),
    searches: new Uint32Array(length),
    steps: new Uint32Array(length),
  };
}
