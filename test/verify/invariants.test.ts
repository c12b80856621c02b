import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { archs } from "../../src/arch/index.ts";
import { Diagnostics } from "../../src/errors.ts";
import { resolveTrace } from "../../src/pipeline.ts";
import { place } from "../../src/place/place.ts";
import { plan } from "../../src/place/plan.ts";
import { policies } from "../../src/policies/index.ts";
import type { Policy } from "../../src/policies/types.ts";
import type { Applied } from "../../src/space/applied.ts";
import { apply } from "../../src/space/apply.ts";
import type { Event } from "../../src/trace/event.ts";
import { brk, lifecycle, mmap, mremap, munmap, traceOf } from "../support/events.ts";

const seed = 20_261_124;
const top = 0x7ffff7fff;
/** TASK_SIZE: what grows in place may pass mmap_base. */
const taskPages = 0x7ffffffff;
const heap = 0x555555777;
const fixed = 0x32;

type Step = readonly [
  kind: "map" | "hint" | "fix" | "unmap" | "resize" | "brk" | "fork",
  which: number,
  pages: number,
  part: number,
];

const step: fc.Arbitrary<Step> = fc.tuple(
  fc.constantFrom("map", "map", "map", "hint", "fix", "unmap", "unmap", "resize", "brk", "fork"),
  fc.nat(1000),
  fc.oneof(fc.integer({ min: 1, max: 20 }), fc.constantFrom(511, 512, 513, 1024, 3000)),
  fc.nat(1000),
);

interface Range {
  readonly start: number;
  readonly pages: number;
}

/** Calls as a kernel records them that gives every mapping new room below all earlier ones. */
class Recording {
  readonly events: Event[] = [];
  readonly #live: Range[] = [];
  #next = top;
  #brk = heap;
  #child = 1;

  constructor() {
    this.events.push(brk(0, heap));
  }

  #room(pages: number): number {
    this.#next -= pages + 1;
    return this.#next;
  }

  #map(pages: number, hint = 0): void {
    const start = this.#room(pages);
    this.events.push(mmap(start, pages, { addr: hint * 4096 }));
    this.#live.push({ start, pages });
  }

  take([kind, which, pages, part]: Step): void {
    const index = this.#live.length === 0 ? -1 : which % this.#live.length;
    const range = this.#live[index];
    if (kind === "brk") {
      this.#brk = heap + (which % 300);
      this.events.push(brk(this.#brk, this.#brk));
    } else if (kind === "fork") {
      this.#child += 1;
      this.events.push(lifecycle("fork", 1, { child: this.#child }), munmapOf(this.#child, range));
    } else if (kind === "map" || range === undefined) this.#map(pages);
    else if (kind === "hint") this.#map(pages, range.start + (part % range.pages));
    else this.#change(kind, index, range, pages, part % range.pages);
  }

  #change(kind: Step[0], index: number, range: Range, pages: number, offset: number): void {
    const { start } = range;
    if (kind === "fix") {
      const count = Math.min(pages, range.pages - offset);
      const addr = (start + offset) * 4096;
      this.events.push(mmap(start + offset, count, { addr, flags: fixed, prot: 1 }));
      // Two areas now: mremap would refuse them, so they are left to munmap by the end.
      this.#live.splice(index, 1);
    } else if (kind === "unmap") {
      this.events.push(munmap(start + offset, range.pages - offset));
      const left = offset === 0 ? [] : [{ start, pages: offset }];
      this.#live.splice(index, 1, ...left);
    } else {
      const moved = pages > range.pages ? this.#room(pages) : start;
      this.events.push(mremap(start, range.pages, pages, moved));
      this.#live.splice(index, 1, { start: moved, pages });
    }
  }
}

/** A child's first call. */
const munmapOf = (pid: number, range: Range | undefined): Event =>
  range === undefined ? munmap(1, 1, pid) : munmap(range.start, range.pages, pid);

const arch = archs.get("x86-64");

function applied(events: readonly Event[], policy: Policy): Applied {
  const trace = traceOf(events, { aslr: false });
  const program = resolveTrace(trace, policies.get("linux-6.18"), new Diagnostics());
  const { placements } = place(
    program,
    plan(program, policy, arch, trace.facts, { forced: false }),
  );
  return apply(program, placements, policy.profile);
}

/** What is wrong with the areas of the spaces, in words. */
function faults({ drift, end, clobbered }: Applied): string[] {
  const found = drift === null ? [] : [`drift of ${drift.vmas - drift.placements} pages`];
  if (clobbered !== 0) found.push(`clobbered ${clobbered}`);
  for (const space of end) {
    let reached = 0;
    let pages = 0;
    for (const vma of space) {
      if (vma.start < reached) found.push(`overlap at ${vma.start}`);
      if (vma.start >= vma.end || vma.end > taskPages) found.push(`limits at ${vma.start}`);
      reached = vma.end;
      pages += vma.end - vma.start;
    }
    if (pages !== space.pages) found.push(`${space.pages} pages counted, ${pages} there`);
  }
  return found;
}

describe.each(["linux-6.1", "linux-6.12", "linux-7.3", "core-align", "start-pfn", "unaligned"])(
  "any calls under %s",
  (id) => {
    it("keep areas apart and inside the limits, with the pages that the search counted", () => {
      const property = fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        const recording = new Recording();
        for (const one of steps) recording.take(one);
        expect(faults(applied(recording.events, policies.get(id)))).toEqual([]);
      });
      fc.assert(property, { seed, numRuns: 60 });
    });
  },
);

it("sees pages that one side counts and the other does not", () => {
  const good = applied([brk(0, heap), mmap(top - 4, 4)], policies.get("linux-6.18"));
  expect(faults(good)).toEqual([]);
  const drift = { op: 1, line: 1, vmas: 5, placements: 4 };
  expect(faults({ ...good, drift })).toEqual(["drift of 1 pages"]);
});
