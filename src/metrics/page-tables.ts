/** How many bytes of page-table pages the populated ranges need, level by level as the tables nest. */

import type { LeafRun } from "../space/observed.ts";
import type { Replay } from "../space/replay.ts";
import { bestOf } from "./best.ts";
import { eachLeaf } from "./leaves.ts";
import { runsAt } from "./runs.ts";
import { add } from "./sum.ts";
import type { Metric } from "./types.ts";

const names = ["pte", "pmd", "pud", "p4d", "pgd"];

/** Tables of a space by height, the lowest first; the last is the root. */
type Tables = number[];

interface Shape {
  /** Entries of one table. */
  readonly entries: number;
  /** Levels of tables. */
  readonly depth: number;
}

/** Levels of tables of an x86-64 kernel, which its 32-bit tasks have too. */
const compatDepth = 4;

/** Eight bytes an entry; as many levels as the user addresses need. */
function shapeOf({ arch, facts }: Pick<Replay, "arch" | "facts">): Shape {
  const entries = arch.pageBytes / 8;
  const { taskSize } = arch.layout({
    random: 0,
    aslr: false,
    ...(facts.taskSizeBits !== undefined && { taskSizeBits: facts.taskSizeBits }),
  });
  const depth = Math.ceil(Math.log2(taskSize) / Math.log2(entries));
  return { entries, depth: arch.compat === true ? compatDepth : depth };
}

/** Height of the table in which an entry of a level stands. */
const heightOf = ({ level }: Pick<LeafRun, "level">): number =>
  level.kind === "pud" ? 3 : level.kind === "pmd" || level.kind === "cont-pmd" ? 2 : 1;

/** Tables under runs of one space in order of their pages. */
function tablesOf(runs: readonly LeafRun[], { entries, depth }: Shape): Tables {
  const tables: Tables = new Array<number>(depth).fill(0);
  const last = new Array<number>(depth).fill(-1);
  for (const run of runs) {
    for (let height = heightOf(run); height < depth; height++) {
      const span = entries ** height;
      const from = Math.max(Math.floor(run.start / span), (last[height] ?? -1) + 1);
      const to = Math.floor((run.end - 1) / span);
      tables[height - 1] = (tables[height - 1] ?? 0) + Math.max(0, to - from + 1);
      last[height] = Math.max(last[height] ?? -1, to);
    }
  }
  tables[depth - 1] = 1;
  return tables;
}

/** Fewest tables for what a space needs at best: each is filled before the next. */
function fewest(pages: readonly number[], { entries, depth }: Shape): Tables {
  const tables: Tables = [];
  for (let height = 1; height < depth; height++) {
    const below = tables[height - 2] ?? 0;
    tables.push(Math.ceil((below + (pages[height] ?? 0)) / entries));
  }
  tables.push(1);
  return tables;
}

function boundOf(replay: Replay, shape: Shape): number {
  // Of touched pages it is known only that each space has a root.
  if (replay.touched !== undefined) return replay.peak.length;
  const bySpace = new Map(replay.peak.map((space) => [space.id, [0, 0, 0, 0]]));
  for (const { range, space } of bestOf("peak", replay))
    eachLeaf(range, (level, start, end) => {
      const height = heightOf({ level });
      const own = bySpace.get(space) ?? [];
      // An entry of a contiguous group takes as many slots as it has members.
      own[height] = (own[height] ?? 0) + (end - start) / shape.entries ** (height - 1);
    });
  return add([...bySpace.values()].map((pages) => add(fewest(pages, shape))));
}

/** Bytes of the tables of one space. */
export function pageTableBytes(
  runs: readonly LeafRun[],
  machine: Pick<Replay, "arch" | "facts">,
): number {
  return add(tablesOf(runs, shapeOf(machine))) * machine.arch.pageBytes;
}

export const pageTables: Metric = {
  id: "page-tables",
  title: "page-table pages of everything populated",
  unit: "bytes",
  better: "less",
  needs: ["population"],
  compute(replay) {
    const { pageBytes } = replay.arch;
    const shape = shapeOf(replay);
    const bySpace = new Map(replay.peak.map((space) => [space.id, [] as LeafRun[]]));
    for (const run of runsAt("peak", replay)) bySpace.get(run.space)?.push(run);
    const tables = [...bySpace.values()].map((runs) => tablesOf(runs, shape));
    const levels = names.slice(0, shape.depth - 1).concat("pgd");
    const byLevel = levels.map((_, height) => add(tables.map((one) => one[height] ?? 0)));
    const bytes = byLevel.map((count) => count * pageBytes);
    const deposited = runsAt("peak", replay)
      .filter(({ backing, level }) => backing === "anon" && level.kind === "pmd")
      .reduce((sum, { start, end, level }) => sum + (end - start) / level.pages, 0);
    return {
      value: add(bytes),
      unit: "bytes",
      at: "peak",
      lowerBound: boundOf(replay, shape) * pageBytes,
      // A table that an anonymous huge page keeps aside for its split (pgtable_trans_huge_deposit); VmPTE has it too.
      more: { deposited: deposited * pageBytes },
      tables: { levels: Object.fromEntries(levels.map((name, at) => [name, bytes[at] ?? 0])) },
    };
  },
};
