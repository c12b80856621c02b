/** What a process asks for that keeps a number of mappings and replaces one after the other, by chance from a seed. */

import { OpWriter } from "../resolve/op-writer.ts";
import type { Area, Program } from "../resolve/program.ts";

/** Mappings of a file from its first page never merge, so there is a VMA for each. */
const area: Area = {
  backing: "file",
  file: { id: 1, kind: "regular", filesystem: "ext4" },
  prot: 1,
  shared: false,
  pgoff: 0,
  flags: 2,
};

/** Whole numbers below a bound: the generator of Park and Miller, exact in doubles. */
function dice(seed: number): (bound: number) => number {
  let state = seed;
  return (bound) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % bound;
  };
}

const origin = { event: -1, line: 0 };

/** Fill a space with `vmas` mappings of 1 to 64 pages, then `pairs` times unmap one and map another. */
export function churn(vmas: number, pairs: number): Program {
  const random = dice(1 + vmas);
  const ops = new OpWriter();
  const held: { object: number; pages: number }[] = [];
  const map = (object: number) => {
    const pages = 1 + random(64);
    ops.push({
      ...{ kind: "map", object, recorded: -1, how: "place", pages, guard: 0, area },
      ...{ low32: false, above4g: false, startGap: 0, searches: [], ...origin },
    });
    return { object, pages };
  };
  ops.push({ kind: "enter", space: 0, ...origin });
  for (let object = 1; object <= vmas; object++) held.push(map(object));
  for (let pair = 1; pair <= pairs; pair++) {
    const which = random(vmas);
    const { object = 0, pages = 0 } = held[which] ?? {};
    ops.push({ kind: "release", at: { object, offset: 0 }, pages, ...origin });
    held[which] = map(vmas + pair);
  }
  return {
    ...{ name: `churn-${vmas}`, pageBytes: 4096, ops: ops.done(), objects: vmas + pairs },
    ...{ peak: vmas, doubtfulFrom: new Map(), exclusions: [] },
    spaces: [
      {
        ...{ space: 0, parent: null, pid: null, topDown: true, unrecordedPages: 0 },
        ...{ unknownStart: false, layoutFrom: "formula" },
      },
    ],
  };
}
