import { describe, expect, it } from "vitest";
import { archs } from "../../src/arch/index.ts";
import { Diagnostics } from "../../src/errors.ts";
import { deviceMappings } from "../../src/metrics/device-mappings.ts";
import { metrics } from "../../src/metrics/index.ts";
import { onArch, policyFor, resolveTrace, type Subject } from "../../src/pipeline.ts";
import { policies } from "../../src/policies/index.ts";
import { answer, replay } from "../../src/replay.ts";
import type { Op } from "../../src/resolve/program.ts";
import type { Event } from "../../src/trace/event.ts";
import type { Trace } from "../../src/trace/trace.ts";
import { mmap, mremap, munmap, traceOf } from "../support/events.ts";
import { shippedTrace, shippedTraces } from "../support/traces.ts";

function on(arch: string, trace: Trace): Subject {
  const policy = policyFor(trace.facts);
  return onArch(resolveTrace(trace, policy, new Diagnostics()), trace.facts, arch);
}

const file = { id: 1, kind: "regular", filesystem: "ext4" } as const;

const opsOf = (arch: string, events: readonly Event[]): readonly Op[] =>
  [...on(arch, traceOf(events)).program.ops].filter(({ kind }) => kind !== "enter");

const counts = (arch: string, events: readonly Event[]) => on(arch, traceOf(events)).conversion;

describe("a program of 4 KiB pages on 16 KiB", () => {
  it("rounds lengths up and counts them", () => {
    const events = [mmap(0x7000, 5), mmap(0x6ff0, 8)];
    const pages = opsOf("arm64-16k", events).map((op) => (op.kind === "map" ? op.pages : op.kind));
    expect(pages).toEqual([2, 2]);
    expect(counts("arm64-16k", events)).toMatchObject({ lengths: 1, lengthBytes: 3 * 4096 });
  });

  it("begins a file mapping at a page of its own", () => {
    const events = [mmap(0x7000, 4, { flags: 2, file, fd: 3, offset: 0x3000 })];
    expect(opsOf("arm64-16k", events)).toMatchObject([{ pages: 2, area: { pgoff: 0 } }]);
    expect(counts("arm64-16k", events)).toMatchObject({ offsets: 1, lengths: 1 });
  });

  it("rounds the unmapping of parts inward, of a whole not at all", () => {
    const part = [mmap(0x7000, 12), munmap(0x7001, 10)];
    expect(opsOf("arm64-16k", part)[1]).toMatchObject({ at: { offset: 1 }, pages: 1 });
    const none = [mmap(0x7000, 12), munmap(0x7001, 2)];
    expect(opsOf("arm64-16k", none)).toHaveLength(1);
    expect(counts("arm64-16k", none)).toMatchObject({ unmaps: 1, droppedUnmaps: 1 });
    const whole = [mmap(0x7000, 5), munmap(0x7000, 5)];
    expect(opsOf("arm64-16k", whole)[1]).toMatchObject({ at: { offset: 0 }, pages: 2 });
    expect(counts("arm64-16k", whole)).toMatchObject({ unmaps: 0 });
  });

  it("leaves alone what an mremap makes longer within its last page", () => {
    const events = [mmap(0x7000, 2), mremap(0x7000, 2, 4, 0x6f00)];
    const { program, facts, arch } = on("arm64-16k", traceOf(events));
    const grown = [...program.ops].find((op) => op.kind === "map" && op.how === "grow");
    expect(grown).toMatchObject({ kept: 1, pages: 1 });
    const policy = policies.get("linux-7.3");
    const { placements } = answer({ program, facts, arch }, policy, "at-once");
    const [was, is] = [...program.ops].flatMap((op) =>
      op.kind === "map" ? [placements.objectPage[op.object]] : [],
    );
    expect(is).toBe(was);
    expect(replay(program, facts, arch, policy).applied.drift).toBeNull();
  });

  it("rounds a fixed mapping outward, with the file page that it then begins at", () => {
    const fixed = { flags: 0x12, file, fd: 3, offset: 0x2000, addr: 0x7002000 };
    const events = [mmap(0x7000, 12), mmap(0x7002, 3, fixed)];
    const fix = opsOf("arm64-16k", events).find(({ kind }) => kind === "fix");
    expect(fix).toMatchObject({ at: { offset: 0 }, pages: 2, area: { pgoff: 0 } });
    expect(counts("arm64-16k", events)).toMatchObject({ fixed: 1 });
  });
});

describe.each(shippedTraces)("%s", (name) => {
  it("keeps lengths, offsets and parts where pages are of one size", () => {
    const trace = shippedTrace(name);
    const own = resolveTrace(trace, policyFor(trace.facts), new Diagnostics());
    const { program, conversion } = onArch(own, trace.facts, "arm64-4k");
    const shape = (ops: Iterable<Op>) =>
      [...ops].map((op) => {
        const at = "at" in op && op.at.object !== 0 ? op.at : null;
        return [op.kind, "pages" in op ? op.pages : 0, at, "area" in op ? op.area.pgoff : 0];
      });
    expect(shape(program.ops)).toEqual(shape(own.ops));
    expect(conversion).toMatchObject({ lengths: 0, offsets: 0, fixed: 0, changes: 0, unmaps: 0 });
  });

  it.each(["arm64-16k", "arm64-64k"])("stays inside its objects on %s", (arch) => {
    const size = new Map<number, number>();
    for (const op of on(arch, shippedTrace(name)).program.ops) {
      if (op.kind === "map" || op.kind === "fix") {
        expect(op.pages).toBeGreaterThan(0);
        size.set(op.object, op.pages);
      } else if (op.kind === "release" || op.kind === "protect") {
        if (op.at.object === 0) continue;
        expect(op.at.offset + op.pages).toBeLessThanOrEqual(size.get(op.at.object) ?? 0);
      }
    }
  });

  it.each(archs.ids)("replays on %s without drift, and claims no agreement", (arch) => {
    const trace = shippedTrace(name);
    const { program, facts, arch: there, conversion } = on(arch, trace);
    const { replay: finished, applied } = replay(program, facts, there, policies.get("linux-7.3"));
    expect(applied.drift).toBeNull();
    const { value } = metrics.get("agreement").compute(finished);
    expect(value === null).toBe(conversion !== undefined);
  });
});

describe("a BAR of 2 GiB recorded on x86-64", () => {
  const largest = (arch: string, policy: string) => {
    const { program, facts, arch: there } = on(arch, shippedTrace("vfio-bar-2g-7.3"));
    const { replay: finished } = replay(program, facts, there, policies.get(policy));
    const mappings = deviceMappings(finished);
    return mappings.find(({ bytes }) => bytes === 2 ** 31)?.bySize;
  };

  // The congruent rows and arm64 without alignment were measured on arm64 kernels.
  it.each([
    ["x86-64", { "4K": 524_288 }, { "2M": 1024 }, { "1G": 2 }],
    ["arm64-4k", { "4K": 524_288 }, { "2M": 1024 }, { "2M": 1024 }],
    ["arm64-16k", { "16K": 131_072 }, { "32M": 64 }, { "32M": 64 }],
    ["arm64-64k", { "64K": 32_768 }, { "512M": 4 }, { "512M": 4 }],
    ["riscv64-sv48", { "4K": 524_288 }, { "2M": 1024 }, { "1G": 2 }],
  ])("takes on %s the leaves of that architecture", (arch, plain, thp, pfn) => {
    expect(largest(arch, "unaligned")).toEqual(plain);
    expect(largest(arch, "vfio-thp")).toEqual(thp);
    expect(largest(arch, "start-pfn")).toEqual(pfn);
  });
});
