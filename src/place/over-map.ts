/** What a program asks for that reserves more than it maps, because it cannot ask for alignment. */

import type { Arch } from "../arch/types.ts";
import type { Policy, Reserve } from "../policies/types.ts";
import { Edits } from "../resolve/idioms/edits.ts";
import { eachRequest } from "../resolve/op-table.ts";
import type { Area, Op, Program } from "../resolve/program.ts";
import type { Facts } from "../trace/trace.ts";
import { requestOf } from "./request.ts";

type MapOp = Extract<Op, { kind: "map" }>;

/** MAP_PRIVATE, MAP_ANONYMOUS and MAP_NORESERVE, no access. */
const reserved: Area = { backing: "anon", prot: 0, shared: false, pgoff: 0, flags: 0x4022 };

/** Reserve, give back all but the aligned part and its guard, map over it: no more VMAs at any time than the program has. */
function asTrick(op: MapOp, reserve: Reserve, edits: Edits): readonly Op[] {
  const { event, line, pages, guard, area, recorded, low32, above4g } = op;
  const [object, kept] = [edits.newObject(), edits.newObject()];
  const from = { event, line };
  const place = { how: "place", guard: 0, low32, above4g, startGap: 0, searches: [] } as const;
  const spare = { object: kept, pages: pages + reserve.guard };
  const aligned = { align: reserve.align, alignOffset: reserve.offset };
  const inside = { object, offset: reserve.offset };
  const all = { at: { object, offset: 0 }, pages: reserve.pages };
  const start = { object: kept, offset: 0 };
  return [
    { kind: "map", object, recorded, pages: reserve.pages, area: reserved, ...place, ...from },
    {
      ...{ kind: "fix", object: kept, at: inside, recorded, pages: spare.pages, guard: 0 },
      ...{ area: reserved, ...aligned, ...from },
    },
    { kind: "release", ...all, spare, ...from },
    { kind: "release", at: start, pages, ...from },
    { kind: "fix", object: op.object, at: start, recorded, pages, guard, area, ...from },
  ];
}

/** True for what a program could do the trick for: no hint, not moved by mremap, no reservation itself. */
const isPlain = (op: Op | undefined): op is MapOp =>
  op?.kind === "map" &&
  op.how === "place" &&
  op.hint === undefined &&
  op.source === undefined &&
  op.area.prot !== 0;

/** The program as it would be if its author did what the policy says of userspace; the same one if it says nothing. */
export function overMapped(program: Program, policy: Policy, facts: Facts, arch: Arch): Program {
  if (policy.reserves === undefined) return program;
  const reserveFor = (op: Op | undefined) =>
    isPlain(op) ? policy.reserves?.(requestOf(op, facts), arch) : undefined;
  const edits: Edits = new Edits(program, (op) => {
    const reserve = reserveFor(op);
    return isPlain(op) && reserve !== undefined ? asTrick(op, reserve, edits) : [op];
  });
  eachRequest(program.ops.table, ["place"], (index) => {
    if (reserveFor(program.ops.at(index)) !== undefined) edits.replace(index, 0);
  });
  return edits.done();
}
