/** How many random bits an address keeps under a policy, by class of mapping: the attacker's guesses, log2. */

import type { Arch } from "../arch/types.ts";
import { archOf } from "../place/layout.ts";
import { overMapped } from "../place/over-map.ts";
import { place } from "../place/place.ts";
import { plan } from "../place/plan.ts";
import { assumedFilesystem } from "../place/request.ts";
import { OpWriter } from "../resolve/op-writer.ts";
import type { Area, Op, Program, SpaceFacts } from "../resolve/program.ts";
import type { Replay } from "../space/replay.ts";
import type { Facts } from "../trace/trace.ts";
import { alignDown, modulo } from "../units.ts";
import type { Metric } from "./types.ts";

/** Processes of the sweep, each with an mmap_base of its own. */
const bases = 4096;
const seed = 20_261_126;

const mib = 2 ** 20;

const anonymous: Area = { backing: "anon", prot: 3, shared: false, pgoff: 0, flags: 0x22 };
const library: Area = {
  backing: "file",
  file: { id: 1, kind: "regular", filesystem: assumedFilesystem },
  prot: 5,
  shared: false,
  pgoff: 0,
  flags: 2,
};
const device: Area = {
  backing: "file",
  file: { id: 2, kind: "vfio", device: "sweep" },
  prot: 3,
  shared: true,
  pgoff: 0,
  flags: 1,
};

/** Each is asked for alone, in a process that has nothing else below mmap_base; bytes. */
const classes: readonly { readonly name: string; readonly area: Area; readonly bytes: number }[] = [
  { name: "library", area: library, bytes: mib / 2 },
  { name: "file >= PMD", area: library, bytes: 0 },
  { name: "anon", area: anonymous, bytes: mib / 16 },
  { name: "anon >= PMD", area: anonymous, bytes: 0 },
  { name: "device", area: device, bytes: 2048 * mib },
];

/** A multiplicative generator (Park and Miller): the same numbers on every machine. */
function* draws(): Generator<number, never, undefined> {
  for (let state = seed; ; ) {
    state = modulo(state * 16_807, 2 ** 31 - 1);
    const high = state;
    state = modulo(state * 16_807, 2 ** 31 - 1);
    yield high * 2 ** 16 + modulo(state, 2 ** 16);
  }
}

/** The largest power of two that divides the distance of any two pages; infinite where all are one. */
function granule(pages: readonly number[]): number {
  const [first = 0] = pages;
  let pages2 = Number.POSITIVE_INFINITY;
  for (const page of pages) {
    const distance = Math.abs(page - first);
    if (distance === 0) continue;
    let power = 1;
    while (power < pages2 && modulo(distance, power * 2) === 0) power *= 2;
    pages2 = Math.min(pages2, power);
  }
  return pages2;
}

/** Of `bits` random bits those that the granule leaves. */
const bitsLeft = (bits: number, pages: readonly number[]): number =>
  Math.max(0, bits - Math.log2(granule(pages)));

const from = { event: -1, line: 0 };

function opsOf(space: number, firstObject: number, sizes: readonly number[]): Op[] {
  const how = { how: "place", guard: 0, low32: false, above4g: false, startGap: 0 } as const;
  return [
    { kind: "enter", space, ...from },
    ...classes.flatMap(({ area }, index): Op[] => {
      const object = firstObject + index;
      const pages = sizes[index] ?? 1;
      const at = { object, offset: 0 };
      return [
        { kind: "map", object, recorded: 0, pages, area, searches: [], ...how, ...from },
        { kind: "release", at, pages, ...from },
      ];
    }),
  ];
}

/** A program of as many processes as there are bases, which maps one of each class and unmaps it. */
function sweep(arch: Arch, facts: Facts, random: readonly number[], legacy: boolean): Program {
  const sizes = classes.map(({ bytes }) =>
    bytes === 0 ? 2 * arch.pmd : Math.ceil(bytes / arch.pageBytes),
  );
  const ops = new OpWriter();
  const spaces = random.map((draw, space): SpaceFacts => {
    for (const op of opsOf(space, 1 + space * classes.length, sizes)) ops.push(op);
    const options = { random: draw, aslr: true, legacy, stackLimit: facts.stackLimit ?? 8 * mib };
    const { mmapBase, bottomUpBase, topDown } = arch.layout(options);
    const limits = { mmapBase, bottomUpBase, topDown, layoutFrom: "formula" } as const;
    return { space, parent: null, pid: null, unrecordedPages: 0, unknownStart: false, ...limits };
  });
  return {
    name: "sweep",
    pageBytes: arch.pageBytes,
    ops: ops.done(),
    spaces,
    objects: random.length * classes.length,
    peak: 0,
    doubtfulFrom: new Map(),
    exclusions: [],
  };
}

/** Pages of the stack's own randomisation: STACK_RND_MASK, 11 bits of a 32-bit task, 22 on x86-64, 30 of bytes elsewhere. */
function stackBits({ entry, compat, pageBytes }: Arch): number {
  if (compat === true) return 11;
  return entry === "x86" ? 22 : 30 - Math.log2(pageBytes);
}

/** Programs are linked for the largest page: 64 KiB on arm64, 4 KiB on the others. */
const programPages = ({ id, pageBytes }: Arch): number =>
  (id.startsWith("arm64") ? Math.max(65_536, pageBytes) : pageBytes) / pageBytes;

/** The architecture of the tasks, and the random bits of their mmap_base; all of them 32-bit, or the machine's own. */
function tasksOf({ arch, facts, program }: Replay): { readonly arch: Arch; readonly bits: number } {
  const compat = program.spaces.length > 0 && program.spaces.every((space) => space.compat);
  const own = compat ? archOf({ compat }, arch) : arch;
  // vm.mmap_rnd_bits is not theirs, and vm.mmap_rnd_compat_bits is not recorded.
  return { arch: own, bits: compat ? own.mmapRndBits : (facts.mmapRndBits ?? own.mmapRndBits) };
}

/** By class: exec itself places stack and program, no policy does; the others are searched for. */
function sweepOf(replay: Replay): Record<string, number> {
  const { facts, policy, program } = replay;
  const { arch, bits } = tasksOf(replay);
  const source = draws();
  const random = Array.from({ length: bases }, () => modulo(source.next().value, 2 ** bits));
  const legacy = program.spaces[0]?.topDown === false;
  const machine: Facts = {
    ...facts,
    aslr: true,
    devices: [{ address: "sweep", bars: [{ index: 0, start: 2 ** 40, size: 2048 * mib }] }],
  };
  const swept = sweep(arch, machine, random, legacy);
  const asked = overMapped(swept, policy, machine, arch);
  const compiled = plan(asked, policy, arch, machine, { forced: false });
  const { objectPage } = place(asked, compiled).placements;
  const left: Record<string, number> = {
    stack: bitsLeft(
      stackBits(arch),
      random.map((draw) => modulo(draw, 2 ** stackBits(arch))),
    ),
    program: bitsLeft(
      bits,
      random.map((draw) => alignDown(draw, programPages(arch))),
    ),
  };
  for (const [index, { name }] of classes.entries()) {
    const pages = random.map((_, space) => objectPage[1 + space * classes.length + index] ?? -1);
    left[name] = bitsLeft(bits, pages);
  }
  return left;
}

export const aslrBits: Metric = {
  id: "aslr-bits",
  title: "random bits left in the class of mapping that keeps the fewest",
  unit: "bits",
  better: "more",
  costly: true,
  asksPolicy: true,
  compute(replay) {
    const byClass = sweepOf(replay);
    const { arch, bits } = tasksOf(replay);
    return {
      value: Math.min(...Object.values(byClass)),
      unit: "bits",
      upperBound: Math.min(bits, stackBits(arch)),
      more: { bases, bits },
      tables: { classes: byClass },
    };
  },
};
