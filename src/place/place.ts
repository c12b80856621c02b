/** Where everything goes under a policy: the plan's tables run through the gap search. */

import { openSpaces, type Spaces } from "../native/load.ts";
import type { Program } from "../resolve/program.ts";
import { type Block, blockOps, type Plan } from "./plan.ts";
import type { Neighbours, NeighboursOf, Placements } from "./types.ts";
import { found as foundColumn, op as opColumn, opKind, out as outColumn } from "./wire.ts";

/** The searches that ran, in order, with the program op that ran each. */
export class Found {
  /** By search: program op. */
  readonly op: number[] = [];
  /** By search: index of its row. */
  readonly row: number[] = [];
  /** By search: page before `finish`, -1 no fit. */
  readonly page: number[] = [];
}

class Results {
  readonly placements: Placements;
  readonly #found: Found | undefined;
  #last = -1;

  constructor(program: Program, found: Found | undefined) {
    this.#found = found;
    const { length } = program.ops;
    const ops = () => new Float64Array(length).fill(Number.NaN);
    this.placements = {
      source: "policy",
      objectPage: new Float64Array(program.objects + 1).fill(-1),
      opPage: ops(),
      mapped: ops(),
      searches: new Uint32Array(length),
      steps: new Uint32Array(length),
    };
    this.placements.objectPage[0] = 0;
  }

  take(ops: Float64Array, of: Int32Array, out: Float64Array, found: Float64Array): void {
    const { objectPage, opPage, mapped, searches, steps } = this.placements;
    let next = 0;
    for (let i = 0; i < of.length; i++) {
      const index = of[i] ?? 0;
      const base = i * outColumn.stride;
      const page = out[base + outColumn.page] ?? -1;
      const kind = ops[i * opColumn.stride + opColumn.kind];
      const object = ops[i * opColumn.stride + opColumn.object] ?? 0;
      if ((kind === opKind.map || kind === opKind.fix) && object > 0) objectPage[object] = page;
      // A forced map is a probe and a fix of the same op: what the policy says is the probe's.
      if (index === this.#last) continue;
      this.#last = index;
      opPage[index] = page;
      mapped[index] = out[base + outColumn.mapped] ?? Number.NaN;
      const ran = out[base + outColumn.searches] ?? 0;
      searches[index] = ran;
      steps[index] = out[base + outColumn.steps] ?? 0;
      if (this.#found !== undefined) note(this.#found, index, found, next, ran);
      next += ran;
    }
  }
}

/** Rows [first, first + ran) of the table are those of an op. */
function note(into: Found, op: number, table: Float64Array, first: number, ran: number): void {
  for (let at = first; at < first + ran; at++) {
    into.op.push(op);
    into.row.push(table[at * foundColumn.stride + foundColumn.row] ?? -1);
    into.page.push(table[at * foundColumn.stride + foundColumn.page] ?? -1);
  }
}

/**
 * Settle which rows the first op of a block runs: it is probed with its own, and if one that asks wins, the VMAs there
 * say whether it merges. The answer is written into the op.
 */
function settle(block: Block, compiled: Plan, spaces: Spaces, neighbours: Neighbours): void {
  const { ops, of, either } = block;
  if (either === undefined) return;
  const { own, apart } = either;
  ops[opColumn.x] = own.first;
  ops[opColumn.y] = own.count;
  const probe = ops.slice(0, opColumn.stride);
  probe[opColumn.kind] = opKind.probe;
  probe[opColumn.object] = 0;
  const out = new Float64Array(outColumn.stride);
  spaces.run(probe, compiled.table.table, out, new Float64Array(own.count * foundColumn.stride));
  const row = compiled.table.rows[out[outColumn.row] ?? -1];
  if (row?.merge !== true || neighbours.join(of[0] ?? 0, out[outColumn.page] ?? -1)) return;
  ops[opColumn.x] = apart.first;
  ops[opColumn.y] = apart.count;
}

/**
 * Run the tables of a plan in a fresh set of spaces; `neighboursOf` answers policies that ask whether a VMA merges, and
 * `found` takes the searches.
 */
export function place(
  program: Program,
  compiled: Plan,
  neighboursOf?: NeighboursOf,
  found?: Found,
): { readonly placements: Placements } {
  const results = new Results(program, found);
  const neighbours = neighboursOf?.(results.placements) ?? { join: () => false };
  const spaces = openSpaces();
  const room = new Room();
  try {
    for (const block of compiled.blocks) {
      settle(block, compiled, spaces, neighbours);
      const { ops, of } = block;
      const answers = room.for(block, compiled.table.widest);
      spaces.run(ops, compiled.table.table, answers.out, answers.found);
      results.take(ops, of, answers.out, answers.found);
    }
  } finally {
    spaces.free();
  }
  return results;
}

/** The plan with all of its blocks at once, which stay as they are; those that it has so already are not copied. */
export function kept(compiled: Plan): Plan & { readonly blocks: readonly Block[] } {
  const { blocks } = compiled;
  if (Array.isArray(blocks)) return { ...compiled, blocks };
  const own = (block: Block): Block => ({
    ...block,
    ops: block.ops.slice(),
    of: block.of.slice(),
  });
  return { ...compiled, blocks: Array.from(blocks, own) };
}

/** The crossings of a plan alone, to be timed: what they answer is thrown away. */
export function placeOnly(compiled: Plan): { readonly placements: number; run(): void } {
  const { blocks, table: rows } = kept(compiled);
  const { table } = rows;
  const room = new Room();
  for (const block of blocks) room.for(block, rows.widest);
  const isPlacement = (ops: Float64Array, i: number) =>
    ops[i * opColumn.stride + opColumn.kind] === opKind.map;
  const placements = blocks.reduce(
    (sum, { ops, of }) => sum + of.filter((_, i) => isPlacement(ops, i)).length,
    0,
  );
  const { out, found } = room;
  return {
    placements,
    run: () => {
      const spaces = openSpaces();
      for (const { ops } of blocks) spaces.run(ops, table, out, found);
      spaces.free();
    },
  };
}

/** Arrays for the answers to one block after the other. */
class Room {
  out = new Float64Array(blockOps * outColumn.stride);
  found = new Float64Array(blockOps * foundColumn.stride);

  /** `rows`: the most that one op can run. */
  for(block: Block, rows: number): Room {
    const answers = block.of.length * rows * foundColumn.stride;
    if (answers > this.found.length) this.found = new Float64Array(answers);
    return this;
  }
}
