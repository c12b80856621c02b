/** Are the tricks of real recordings those that were counted by hand and by another program? Needs the large recordings. */

import { existsSync, readdirSync } from "node:fs";
import { expect, it } from "vitest";
import { load } from "../../src/cli/load.ts";
import { Diagnostics } from "../../src/errors.ts";
import { policyFor, resolveTrace } from "../../src/pipeline.ts";
import type { Labels } from "../../src/resolve/idioms/labels.ts";
import { recognise } from "../../src/resolve/idioms/recognise.ts";
import { summarise } from "../../src/resolve/idioms/summary.ts";
import type { Trim } from "../../src/resolve/idioms/types.ts";
import { table } from "../proposals/table.ts";
import { shared } from "../support/shared.ts";

const folder = `${shared}/recordings`;
const there = existsSync(folder);

/** Strace of programs, QEMU, DPDK and BAR tests; perf where only that exists. */
const chosen = (name: string): boolean =>
  /^app-|^[67].*(qemu|dpdk|vfio-bars)/.test(name) && !/lost|styles/.test(name);

/** Shape, how many, and of those with a head cut; as counted by hand (64 MiB arenas, QEMU's guards ...). */
const shapes: readonly (readonly [string, number, number])[] = [
  ["none 256K A-P", 1887, 2],
  ["none 64M A", 109, 69],
  ["none 2M A guard", 81, 58],
  ["none 2M A", 14, 2],
  ["none A exact", 43, 25],
  ["rw 1M A", 8, 0],
  ["none 64K A-P", 3, 3],
  ["none 16M to 1G A", 6, 6],
];

/**
 * By program: mmaps, placed by the kernel, of those 64 KiB and more, 2 MiB and more, reservations of tricks among them,
 * trims, placeholders.
 */
const programs: Readonly<Record<string, readonly number[]>> = {
  "QEMU 10.0": [1905, 723, 490, 119, 70, 80, 3],
  "QEMU 7.2": [1607, 617, 437, 93, 48, 46, 2],
  "BAR test": [198, 168, 144, 132, 18, 18, 0],
  DPDK: [3559, 1202, 758, 417, 0, 12, 36],
  "qemu-tcg": [272, 107, 75, 20, 9, 9, 0],
  allocators: [3372, 482, 395, 191, 11, 11, 0],
  duckdb: [284, 125, 102, 81, 8, 89, 0],
  node: [2157, 286, 262, 118, 11, 1815, 0],
  jvm: [5244, 280, 219, 105, 23, 20, 9],
  git: [889, 661, 328, 56, 6, 6, 0],
  "lmdb, sqlite": [129, 90, 47, 22, 3, 3, 0],
  postgres: [2234, 1812, 1682, 149, 0, 0, 0],
  python: [413, 317, 298, 167, 15, 15, 0],
  "gcc, go, redis": [4274, 2402, 944, 164, 0, 0, 0],
  rocksdb: [1298, 1211, 1186, 280, 19, 19, 0],
  edge: [5751, 5651, 4565, 46, 8, 8, 0],
};

const folders: readonly (readonly [RegExp, string])[] = [
  [/qemu10/, "QEMU 10.0"],
  [/qemu7/, "QEMU 7.2"],
  [/vfio-bars/, "BAR test"],
  [/dpdk/, "DPDK"],
  [/qemu-tcg/, "qemu-tcg"],
  [/app-alloc/, "allocators"],
  [/app-(lmdb|sqlite)/, "lmdb, sqlite"],
  [/app-(gcc|go|redis)/, "gcc, go, redis"],
  [/app-jvm/, "jvm"],
];

const programOf = (name: string): string =>
  folders.find(([pattern]) => pattern.test(name))?.[1] ?? /^app-([a-z]+)/.exec(name)?.[1] ?? name;

function shapeOf({ align, form, guard, backed, map }: Trim, pageBytes: number): string {
  const bytes = align * pageBytes;
  const size = bytes >= 2 ** 20 ? `${bytes / 2 ** 20}M` : `${bytes / 2 ** 10}K`;
  const prot = map.area.prot === 0 ? "none" : "rw";
  if (guard > 0) return `${prot} ${size} ${form} guard`;
  if (backed !== undefined) return `${prot} ${form} exact`;
  const odd = form === "A" && !["64M", "2M", "1M"].includes(size);
  return `${prot} ${odd ? "16M to 1G" : size} ${form}`;
}

it.skipIf(!there)(
  `finds 2,151 trims and 50 placeholders (${there ? "in the large recordings" : "which are not here"})`,
  { timeout: 300_000 },
  async () => {
    const found = new Map<string, [number, number]>();
    const counted = new Map<string, number[]>();
    const sums = {
      trims: 0,
      hinted: 0,
      placeholders: 0,
      held: 0,
      tries: 0,
      learned: 0,
      unexplained: 0,
    };
    const labels: Partial<Record<keyof Labels, number>> = {};
    for (const name of readdirSync(folder).filter(chosen)) {
      const traces = await load(`${folder}/${name}`, { quiet: true });
      const strace = traces.filter(({ facts }) => facts.recorder === "strace");
      for (const trace of strace.length > 0 ? strace : traces) {
        const program = resolveTrace(trace, policyFor(trace.facts), new Diagnostics());
        const idioms = recognise(program, trace.events);
        const summary = summarise(program, trace.events, idioms);
        const { mmaps, placed, atLeast64K, atLeast2M, reservations } = summary.bound;
        const own = [mmaps, placed, atLeast64K, atLeast2M, reservations];
        own.push(summary.trims.count, summary.placeholders.count);
        const before = counted.get(programOf(name)) ?? own.map(() => 0);
        counted.set(
          programOf(name),
          before.map((n, at) => n + (own[at] ?? 0)),
        );
        sums.trims += summary.trims.count;
        sums.hinted += summary.trims.hinted;
        sums.placeholders += summary.placeholders.count;
        sums.held += summary.placeholders.hinted;
        sums.tries += summary.firstTries;
        sums.learned += summary.learned;
        for (const [name, count] of Object.entries(summary.labels))
          labels[name as keyof Labels] = (labels[name as keyof Labels] ?? 0) + count;
        sums.unexplained += summary.unexplained.length;
        for (const one of idioms) {
          if (one.class !== "trim") continue;
          const shape = shapeOf(one, program.pageBytes);
          const [times, heads] = found.get(shape) ?? [0, 0];
          found.set(shape, [times + 1, heads + (one.low > 0 ? 1 : 0)]);
        }
      }
    }
    const rows = shapes.map(([shape, times, heads]) => [
      shape,
      ...[times, heads, ...(found.get(shape) ?? [0, 0])].map(String),
    ]);
    const heads = ["shape", "by hand", "with head", "found", "with head"];
    process.stdout.write(`\n${table("over-map-and-trims of the recordings", heads, rows)}`);
    const columns = ["program", "mmaps", "placed", "64K+", "2M+", "R", "trims", "placeholders"];
    const lines = [...counted].map(([program, numbers]) => [program, ...numbers.map(String)]);
    process.stdout.write(`\n${table("by program", columns, lines)}`);
    expect(Object.fromEntries(counted)).toEqual(programs);
    for (const [, times, head, ...mine] of rows) expect(mine).toEqual([times, head]);
    expect([...found.keys()].sort()).toEqual(shapes.map(([shape]) => shape).sort());
    expect(labels).toMatchObject({
      // 111 if a map carved by its process and by a copy of it counts for both: twice in the sanitizer.
      ...{ carves: 109, pieces: 8210, images: 2168, stacks: 335 },
      // 964 with what is at no edge or all of a map: 10 of V8, 6 of edge.c, 2 of the JVM.
      guards: 946,
      // 133 with duplicates of shared maps (old size 0): 2 of edge.c.
      ...{ grownInPlace: 57, grownMoved: 131 },
      ...{ hintsTaken: 1989, hintsMissed: 20 },
    });
    expect(sums).toEqual({
      ...{ trims: 2151, hinted: 1897, placeholders: 50, held: 36 },
      ...{ tries: 5, learned: 26, unexplained: 0 },
    });
  },
);
