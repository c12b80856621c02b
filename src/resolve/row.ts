/** A row of the op table as an object. */

import { type Extra, extraOf, type OpTable, opKinds, ways } from "./op-table.ts";
import type { Area, Op, Origin, Position } from "./program.ts";

type MapOp = Extract<Op, { kind: "map" }>;
type FixOp = Extract<Op, { kind: "fix" }>;
type ReleaseOp = Extract<Op, { kind: "release" }>;

const noSearches: readonly never[] = [];

export function opOfRow(table: OpTable, row: number): Op {
  const from = { event: table.event[row] ?? -1, line: table.line[row] ?? 0 };
  const space = table.object[row] ?? 0;
  const kind = opKinds[table.kind[row] ?? 0] ?? "enter";
  switch (kind) {
    case "enter":
    case "fork":
    case "exit":
      return { kind, space, ...from };
    case "map": {
      const recorded = table.recorded[row] ?? 0;
      return { kind, object: space, recorded, ...placing(table, row), ...from };
    }
    case "probe":
      return { kind, failed: extra(table, row).failed ?? "", ...placing(table, row), ...from };
    case "fix":
      return fix(table, row, from);
    case "snapshot": {
      const { snapshot } = extra(table, row);
      return { kind, source: "", exact: false, areas: [], ...snapshot, ...from };
    }
    default:
      return ranged(table, row, kind, from);
  }
}

const extra = (table: OpTable, row: number): Extra => extraOf(table, row) ?? {};

function areaOf(table: OpTable, row: number): Area {
  const area = table.areas[table.area[row] ?? -1];
  if (area === undefined) throw new Error(`the op of event ${table.event[row]} has no area`);
  const id = (table.open[row] ?? 0) - 1;
  const { file } = area;
  return file === undefined || file.id === id ? area : { ...area, file: { ...file, id } };
}

const at = ({ atObject, atOffset }: OpTable, row: number): Position => ({
  object: atObject[row] ?? 0,
  offset: atOffset[row] ?? 0,
});

function source(table: OpTable, row: number): { readonly source?: Position } {
  const object = table.sourceObject[row] ?? 0;
  return object === 0 ? {} : { source: { object, offset: table.sourceOffset[row] ?? 0 } };
}

function placing(
  table: OpTable,
  row: number,
): Omit<MapOp, "kind" | "object" | "recorded" | keyof Origin> {
  const { kept, startGap = 0, searches = noSearches } = extra(table, row);
  return {
    how: ways[table.how[row] ?? 0] ?? "place",
    pages: table.pages[row] ?? 0,
    ...(kept !== undefined && { kept }),
    guard: table.guard[row] ?? 0,
    area: areaOf(table, row),
    ...((table.atObject[row] ?? -1) >= 0 && { hint: at(table, row) }),
    low32: table.low32[row] === 1,
    above4g: table.above4g[row] === 1,
    startGap,
    searches,
    ...source(table, row),
  };
}

function fix(table: OpTable, row: number, from: Origin): FixOp {
  const { kept, align, alignOffset } = extra(table, row);
  return {
    kind: "fix",
    object: table.object[row] ?? 0,
    at: at(table, row),
    recorded: table.recorded[row] ?? 0,
    pages: table.pages[row] ?? 0,
    guard: table.guard[row] ?? 0,
    area: areaOf(table, row),
    ...source(table, row),
    ...(kept !== undefined && { kept }),
    ...(align !== undefined && { align }),
    ...(alignOffset !== undefined && { alignOffset }),
    ...from,
  };
}

function spare({ sourceObject, sourceOffset }: OpTable, row: number): Pick<ReleaseOp, "spare"> {
  const object = sourceObject[row] ?? 0;
  return object === 0 ? {} : { spare: { object, pages: sourceOffset[row] ?? 0 } };
}

function ranged(
  table: OpTable,
  row: number,
  kind: "protect" | "advise" | "discard" | "touch" | "release",
  from: Origin,
): Op {
  const range = { at: at(table, row), pages: table.pages[row] ?? 0 };
  const { change = { name: null } } = extra(table, row);
  switch (kind) {
    case "release":
      return { kind, ...range, ...spare(table, row), ...from };
    case "protect":
      return { kind, ...range, prot: table.guard[row] ?? 0, ...from };
    case "advise":
      return { kind, ...range, change, ...from };
    default:
      return { kind, ...range, ...from };
  }
}
