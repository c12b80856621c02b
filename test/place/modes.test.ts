/** What must stay equal in every mode: mapped bytes at the end, but for guards, and nothing lost on the way. */

import { expect, it } from "vitest";
import { Diagnostics } from "../../src/errors.ts";
import { archFor, policyFor, resolveTrace } from "../../src/pipeline.ts";
import { intentOf } from "../../src/place/intent.ts";
import { parsePolicy } from "../../src/policies/index.ts";
import { answer, replay } from "../../src/replay.ts";
import { recognise } from "../../src/resolve/idioms/recognise.ts";
import { summarise } from "../../src/resolve/idioms/summary.ts";
import type { IdiomMode } from "../../src/resolve/idioms/types.ts";
import type { Program } from "../../src/resolve/program.ts";
import { shippedTrace } from "../support/traces.ts";

const traces = ["qemu-10.0-vfio-7.3", "qemu-7.2-vfio-7.3", "rocksdb-mmap-ext4", "vfio-bar-2g-7.3"];
const policies = ["unaligned", "linux-7.3", "core-align", "merge-first", "exact-aligned"];

it.each(traces.flatMap((trace) => policies.map((policy) => [trace, policy])))(
  "%s under %s maps the same bytes with its tricks, anew and without",
  (name, id) => {
    const trace = shippedTrace(name);
    const { facts, events } = trace;
    const arch = archFor(facts);
    const policy = parsePolicy(id);
    const program = resolveTrace(trace, policyFor(facts), new Diagnostics());
    const idioms = recognise(program, events);
    const { trims, placeholders } = summarise(program, events, idioms);
    expect(trims.count).toBeGreaterThan(0);
    const pages = (mode: IdiomMode): number => {
      const answers = (asked: Program) =>
        answer({ program: asked, facts, arch }, policy, "at-once").placements;
      const { program: asked } = intentOf(program, idioms, mode)(answers);
      const { replay: finished, applied, counters } = replay(asked, facts, arch, policy);
      expect(applied.drift).toBeNull();
      expect([counters.lost, counters.orphaned, applied.clobbered]).toEqual([0, 0, 0]);
      return finished.end.reduce((sum, space) => sum + space.pages, 0);
    };
    const guards = (trims.guards + placeholders.guards) / program.pageBytes;
    const kept = pages("keep");
    expect(pages("redo")).toBe(kept);
    expect(pages("drop")).toBe(kept - guards);
  },
);
