/** Are tricks found in the text of strace, with its threads, its cut calls and other page sizes? One recording per edge case. */

import { describe, expect, it } from "vitest";
import { Diagnostics } from "../../src/errors.ts";
import { strace } from "../../src/formats/strace.ts";
import { policyFor, resolveTrace } from "../../src/pipeline.ts";
import { recognise } from "../../src/resolve/idioms/recognise.ts";
import { summarise } from "../../src/resolve/idioms/summary.ts";
import type { Facts } from "../../src/trace/trace.ts";
import { traceOf } from "../support/events.ts";
import { readWith } from "../support/samples.ts";

const [K, M, G] = [2 ** 10, 2 ** 20, 2 ** 30];
const hex = (value: number): string => `0x${value.toString(16)}`;

const mmap = (
  length: number,
  at: number,
  more: Partial<Record<"hint" | "prot" | "flags" | "fd", string>> = {},
) =>
  `mmap(${more.hint ?? "NULL"}, ${length}, ${more.prot ?? "PROT_NONE"}, ${more.flags ?? "MAP_PRIVATE|MAP_ANONYMOUS"}, ${more.fd ?? "-1"}, 0) = ${hex(at)}`;
const munmap = (at: number, length: number, result = "0") =>
  `munmap(${hex(at)}, ${length}) = ${result}`;
const fixed = (at: number, length: number, fd = "-1") =>
  mmap(length, at, {
    hint: hex(at),
    prot: "PROT_READ|PROT_WRITE",
    flags: fd === "-1" ? "MAP_PRIVATE|MAP_FIXED|MAP_ANONYMOUS" : "MAP_SHARED|MAP_FIXED",
    fd,
  });
const vfio = "8<anon_inode:[vfio-device]>";

async function found(lines: readonly string[], facts: Partial<Facts> = {}) {
  const { events } = await readWith(
    strace,
    `${lines.map((one) => (/^\d/.test(one) ? one : `7 ${one}`)).join("\n")}\n`,
  );
  const trace = traceOf(events, { ...facts, recorder: "strace" });
  const program = resolveTrace(trace, policyFor(trace.facts), new Diagnostics());
  const idioms = recognise(program, trace.events);
  const { trims, placeholders, unexplained, labels } = summarise(program, trace.events, idioms);
  return {
    classes: [...idioms].map((one) => one.class),
    tricks: [...idioms].flatMap((one) =>
      one.class === "trim" || one.class === "placeholder"
        ? [
            {
              align: one.align * program.pageBytes,
              kept: one.kept * program.pageBytes,
              form: one.form,
            },
          ]
        : [],
    ),
    saved: trims.saved + placeholders.saved,
    guards: trims.guards + placeholders.guards,
    unexplained,
    labels,
  };
}

const base = 0x7f5000000000;

describe("pages of 16 and 64 KiB", () => {
  it.each([
    [16 * K, 1008 * K, 512 * K, 496 * K],
    [64 * K, 960 * K, 512 * K, 448 * K],
  ])(
    "of %d: a page less than twice the alignment is form A-P of that page",
    async (pageSize, reserve, align, cut) => {
      const lines = [mmap(reserve, base), munmap(base + align, cut)];
      const { tricks } = await found(lines, { pageSize, arch: "arm64" });
      expect(tricks).toEqual([{ align, kept: align, form: "A-P" }]);
    },
  );

  it("cuts guest memory with a guard of one page of 64 KiB", async () => {
    const at = base + 3 * 64 * K;
    const head = 2 * M - 3 * 64 * K;
    const tail = base + 2 * M + G + 64 * K;
    const lines = [
      mmap(G + 2 * M, at),
      fixed(at + head, G),
      munmap(at, head),
      munmap(tail, at + G + 2 * M - tail),
    ];
    const facts = { pageSize: 64 * K, arch: "arm64" };
    expect(await found(lines, facts)).toMatchObject({
      tricks: [{ align: 2 * M, kept: G, form: "A" }],
      guards: 64 * K,
    });
  });
});

describe("reservations of hugetlb memory", () => {
  const huge = { flags: "MAP_PRIVATE|MAP_ANONYMOUS|MAP_HUGETLB" };

  it("count in huge pages: 62 MiB cut to 32 MiB is form A-P of 32 MiB", async () => {
    const lines = [mmap(62 * M, base, huge), munmap(base + 32 * M, 30 * M)];
    expect((await found(lines)).tricks).toEqual([{ align: 32 * M, kept: 32 * M, form: "A-P" }]);
  });

  it("cut by one huge page are aligned to any huge page", async () => {
    const lines = [mmap(34 * M, base + 2 * M, huge), munmap(base + 34 * M, 2 * M)];
    expect((await found(lines)).tricks).toEqual([{ align: 2 * M, kept: 32 * M, form: "A" }]);
  });
});

describe("cuts", () => {
  const at = base + 56 * M;
  const arena = (...between: readonly string[]) => [
    mmap(128 * M, base + 8 * M),
    ...between,
    munmap(base + 128 * M, 8 * M),
  ];
  const one = [{ align: 64 * M, kept: 64 * M, form: "A" }];

  it("of a head in three calls", async () => {
    const lines = arena(
      munmap(base + 8 * M, 16 * M),
      munmap(base + 24 * M, 32 * M),
      munmap(at, 8 * M),
    );
    expect(await found(lines)).toMatchObject({ tricks: one, saved: 4 });
  });

  it("of nothing are a proof, and calls that would be saved", async () => {
    const lines = [
      mmap(128 * M, base, { prot: "PROT_READ|PROT_WRITE" }),
      munmap(base, 0, "-1 EINVAL (Invalid argument)"),
      munmap(base + 64 * M, 64 * M),
    ];
    expect(await found(lines)).toMatchObject({ tricks: one, saved: 2 });
    expect((await found([lines[0] ?? "", lines[2] ?? ""])).classes).toEqual(["shrink"]);
  });

  it("that are unfinished take effect at their start, and another thread may get the range at once", async () => {
    const lines = [
      "6 clone(child_stack=0x7f0, flags=CLONE_VM|CLONE_FS|CLONE_FILES|CLONE_SIGHAND|CLONE_THREAD) = 7",
      `7 ${mmap(128 * M, base + 8 * M)}`,
      `7 munmap(${hex(base + 8 * M)}, ${56 * M} <unfinished ...>`,
      `6 ${mmap(4 * K, base + 64 * M - 4 * K, { prot: "PROT_READ" })}`,
      "7 <... munmap resumed>) = 0",
      `7 ${munmap(base + 128 * M, 8 * M)}`,
    ];
    expect((await found(lines)).tricks).toEqual(one);
  });

  it("after a fork are those of a copy: literal", async () => {
    const lines = arena("clone(child_stack=NULL, flags=SIGCHLD) = 9", munmap(base + 8 * M, 56 * M));
    expect((await found(lines)).classes).toEqual([]);
  });

  it("after a vfork, whose child only executes, are cuts all the same", async () => {
    const lines = arena(
      "vfork() = 9",
      '9 execve("/bin/a", ["a"], 0x7ffe /* 3 vars */) = 0',
      munmap(base + 8 * M, 56 * M),
    );
    expect((await found(lines)).tricks).toEqual(one);
  });

  it("that reach into the next object end the walk", async () => {
    const lines = [
      mmap(4 * K, base + 136 * M),
      mmap(128 * M, base + 8 * M),
      munmap(base + 8 * M, 56 * M),
      munmap(base + 128 * M, 8 * M + 4 * K),
    ];
    expect(await found(lines)).toMatchObject({ classes: ["unexplained"], unexplained: [2] });
  });

  it("follow madvise and mlock, which are no calls of the trick", async () => {
    const lines = arena(
      `madvise(${hex(base + 8 * M)}, ${128 * M}, MADV_HUGEPAGE) = 0`,
      munmap(base + 8 * M, 56 * M),
    );
    expect((await found(lines)).tricks).toEqual(one);
  });

  it("of a reservation whose result was never seen are none", async () => {
    const lines = [
      `mmap(NULL, ${128 * M}, PROT_NONE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0 <unfinished ...>`,
      munmap(base + 8 * M, 56 * M),
      munmap(base + 128 * M, 8 * M),
    ];
    expect((await found(lines)).tricks).toEqual([]);
  });
});

describe("regions of a device", () => {
  it("below a page keep their place in whole pages", async () => {
    const lines = [
      mmap(512, base),
      munmap(base, 0, "-1 EINVAL (Invalid argument)"),
      munmap(base + 256, 256, "-1 EINVAL (Invalid argument)"),
      fixed(base, 256, vfio),
    ];
    expect(await found(lines)).toMatchObject({
      classes: ["placeholder"],
      tricks: [{ align: 4 * K, kept: 4 * K, form: "A" }],
      saved: 3,
    });
  });

  it("of several areas are regions with gaps, as newer QEMU maps them", async () => {
    const at = base + 4 * M;
    const lines = [
      mmap(32 * M, at),
      munmap(at, 12 * M),
      munmap(at + 28 * M, 4 * M),
      fixed(at + 12 * M, M, vfio),
      munmap(at + 13 * M, M),
      fixed(at + 14 * M, 14 * M, vfio),
    ];
    const { tricks } = await found(lines);
    expect(tricks).toEqual([{ align: 16 * M, kept: 16 * M, form: "A" }]);
  });
});

describe("what is no trick", () => {
  it("is named: a carved reservation, an image, stacks, guards, growth and hints", async () => {
    const lib = "3</lib/libc.so>";
    const lines = [
      mmap(240 * M, base),
      fixed(base, 2496 * K),
      fixed(base + 2496 * K, 2496 * K),
      mmap(2000 * K, base + G, { prot: "PROT_READ", flags: "MAP_PRIVATE", fd: lib }),
      `mmap(${hex(base + G + 172 * K)}, ${1420 * K}, PROT_READ|PROT_EXEC, MAP_PRIVATE|MAP_FIXED, ${lib}, 0x2b000) = ${hex(base + G + 172 * K)}`,
      mmap(8 * M + 4 * K, base + 2 * G, { flags: "MAP_PRIVATE|MAP_ANONYMOUS|MAP_STACK" }),
      mmap(8 * M + 4 * K, base + 3 * G),
      `mprotect(${hex(base + 3 * G + 4 * K)}, ${8 * M}, PROT_READ|PROT_WRITE) = 0`,
      mmap(M, base + 4 * G, { prot: "PROT_READ|PROT_WRITE", hint: hex(base + 4 * G) }),
      `mprotect(${hex(base + 4 * G)}, 4096, PROT_NONE) = 0`,
      mmap(64 * K, base + 5 * G, { prot: "PROT_READ" }),
      `mremap(${hex(base + 5 * G)}, ${64 * K}, ${128 * K}, MREMAP_MAYMOVE) = ${hex(base + 5 * G)}`,
      `mremap(${hex(base + 5 * G)}, ${128 * K}, ${256 * K}, MREMAP_MAYMOVE) = ${hex(base + 6 * G)}`,
      munmap(base + 6 * G, 256 * K),
      mmap(512 * K, base + 7 * G, { prot: "PROT_READ" }),
    ];
    const { classes, labels } = await found(lines);
    expect(classes).toEqual([]);
    expect(labels).toMatchObject({
      ...{ carves: 1, pieces: 2, images: 1, stacks: 2, guards: 1 },
      ...{ grownInPlace: 1, grownMoved: 1, hintsTaken: 1, hintsMissed: 0 },
    });
  });

  it("counts a piece without access at the edge of a stack as a guard, and no whole map", async () => {
    const stack = mmap(M, base, { flags: "MAP_PRIVATE|MAP_ANONYMOUS|MAP_STACK" });
    const none = (at: number, length: number) => `mprotect(${hex(at)}, ${length}, PROT_NONE) = 0`;
    const lines = [
      ...[stack, fixed(base, 16 * K), none(base, 16 * K)],
      ...[fixed(base + 512 * K, 16 * K), none(base + 512 * K, 16 * K)],
      ...[mmap(4 * K, base + G, { prot: "PROT_READ" }), none(base + G, 4 * K)],
    ];
    expect((await found(lines)).labels).toMatchObject({ pieces: 2, guards: 1 });
  });

  it("counts a claimed address as a hint that was taken, and a refused one not at all", async () => {
    const flags = "MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED_NOREPLACE";
    const claim = mmap(M, base, { hint: hex(base), flags });
    const refused = claim.replace(/= .*/, "= -1 EEXIST (File exists)");
    const { labels } = await found([claim, refused]);
    expect(labels).toMatchObject({ hintsTaken: 1, hintsMissed: 0 });
  });

  it("counts no growth where a shared map is duplicated", async () => {
    const flags = "MAP_SHARED|MAP_ANONYMOUS";
    const lines = [
      mmap(2 * M, base + G, { prot: "PROT_READ", flags }),
      `mremap(${hex(base + G)}, 0, ${2 * M}, MREMAP_MAYMOVE) = ${hex(base)}`,
    ];
    expect((await found(lines)).labels).toMatchObject({ grownInPlace: 0, grownMoved: 0 });
  });
});
