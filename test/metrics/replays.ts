/** How a test gets a finished replay: ops, and a page for each object. */

import { archs } from "../../src/arch/index.ts";
import { metrics } from "../../src/metrics/index.ts";
import { Observer } from "../../src/metrics/observe.ts";
import { Toucher } from "../../src/metrics/touched.ts";
import type { MetricValue } from "../../src/metrics/types.ts";
import type { Placements } from "../../src/place/types.ts";
import { policies } from "../../src/policies/index.ts";
import type { Area, Program } from "../../src/resolve/program.ts";
import { apply } from "../../src/space/apply.ts";
import { everything, type Population } from "../../src/space/population.ts";
import type { Replay } from "../../src/space/replay.ts";
import type { OpenFile } from "../../src/trace/file.ts";
import type { Facts } from "../../src/trace/trace.ts";
import { type Draft, placed, program } from "../space/program.ts";
import { anonymous, base } from "../support/layout.ts";

export const gib = 262_144;
export const from = { event: 0, line: 0 } as const;
const enter: Draft = { kind: "enter", space: 1, ...from };
const vfio: OpenFile = { id: 1, kind: "vfio", device: "0000:00:08.0" };
export const bar: Area = {
  backing: "file",
  shared: true,
  file: vfio,
  pgoff: 0,
  flags: 1,
  prot: 3,
};

/** A private file that can be read, of a filesystem. */
export const fileOn = (filesystem: string, pgoff = 0, id = 2): Area => {
  const file: OpenFile = { id, kind: "regular", filesystem, path: "/f" };
  return { ...anonymous, backing: "file", file, prot: 1, flags: 2, pgoff };
};

export const map = (object: number, pages: number, more: object = {}): Draft => ({
  kind: "map",
  object,
  pages,
  area: anonymous,
  ...more,
});

interface More {
  readonly of?: Partial<Program>;
  readonly placements?: Partial<Placements>;
  readonly population?: Population;
  readonly policy?: string;
  readonly arch?: string;
  readonly facts?: Partial<Facts>;
}

/** Objects at pages from `base` on, which is a multiple of 2 MiB and of nothing larger. */
export function replayOf(
  drafts: readonly Draft[],
  pages: Readonly<Record<number, number>>,
  more: More = {},
): Replay {
  const arch = archs.get(more.arch ?? "x86-64");
  const facts: Facts = {
    pageSize: arch.pageBytes,
    recorder: "test",
    inferred: [],
    ...more.facts,
  };
  const of = program([enter, ...drafts], more.of);
  const placements = { ...placed(of, pages), ...more.placements };
  const policy = policies.get(more.policy ?? "linux-7.3");
  const { profile } = policy;
  const population = more.population ?? everything;
  const machine = { arch, profile, facts, population };
  const observer = new Observer(of, placements, machine);
  const toucher = population.mode === "touched" ? new Toucher(machine, of.peak) : undefined;
  const watches = toucher === undefined ? [observer] : [observer, toucher];
  const { peak, end, vmaPeak } = apply(of, placements, profile, { watches });
  const observed = observer.result();
  const seen = { observed, ...(toucher !== undefined && { touched: toucher.result() }) };
  return { ...machine, program: of, policy, placements, peak, end, vmaPeak, ...seen };
}

export const compute = (id: string, replay: Replay): MetricValue => metrics.get(id).compute(replay);

/** Pages from `base` to the next multiple above it and `page`. */
export const up = (page: number, to: number): number => Math.ceil((base + page) / to) * to - base;
