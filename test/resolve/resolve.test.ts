import { describe, expect, it } from "vitest";
import { Diagnostics } from "../../src/errors.ts";
import { check, resolve } from "../../src/resolve/resolve.ts";
import type { Call, Event } from "../../src/trace/event.ts";
import { LOCKED_ON_FAULT, MAP_LOCKED } from "../../src/trace/flags.ts";
import type { Facts } from "../../src/trace/trace.ts";
import { brk, mmap, mremap, munmap, search, traceOf } from "../support/events.ts";
import { drawn, options, resolved } from "./drawn.ts";

describe("resolve", () => {
  it("names what a munmap over three neighbours releases, slice by slice", () => {
    const { program } = resolved([mmap(104, 4), mmap(100, 4), mmap(96, 4), munmap(98, 8)]);
    expect(drawn(program.ops)).toEqual([
      "enter 1",
      "place 1 104+4",
      "place 2 100+4",
      "place 3 96+4",
      "release 3+2 2",
      "release 2+0 4",
      "release 1+0 2",
    ]);
  });

  it("maps what a search without a call found, if the next search saw as much more mapped", () => {
    const seen = (totalVm: number): readonly string[] => {
      const known = mmap(100, 4);
      const events = [known, search(90, 3), search(80, 2, { totalVm }), mmap(80, 2)];
      // The call began where its own search stands.
      const own = { ...(events[3] as Call), entryLine: events[2]?.line ?? 0 };
      return drawn(resolved([known, ...events.slice(1, 3), own]).program.ops).slice(2);
    };
    expect(seen(7)).toEqual(["place 2 90+3", "place 3 80+2"]);
    expect(seen(4)).toEqual(["place 2 80+2"]);
  });

  it("overlays a MAP_FIXED mapping on the object that holds its address", () => {
    const { program } = resolved([mmap(100, 8), mmap(102, 2, { addr: 102 * 4096, flags: 0x32 })]);
    expect(drawn(program.ops).slice(2)).toEqual(["release 1+2 2", "fix 2 @1+2 2"]);
  });

  it("reads a hint as the end of the object below it, and an unknown one as absolute", () => {
    const { program } = resolved([
      mmap(100, 4),
      mmap(104, 1, { addr: 104 * 4096 }),
      mmap(90, 1, { addr: 500 * 4096 }),
    ]);
    expect(drawn(program.ops).slice(2)).toEqual([
      "place 2 104+1 hint 1+4",
      "place 3 90+1 hint 0+500",
    ]);
  });

  it("takes a claim right below an object, not a hint, as relative to it, and a hint as absolute", () => {
    const wall = (at: number, pages = 2) => mmap(at, pages, { addr: at * 4096, flags: 0x100022 });
    const { program } = resolved([mmap(100, 4), wall(98), mmap(90, 4), wall(94, 4), wall(80)]);
    expect(drawn(program.ops).slice(2)).toEqual([
      "claim 2 98+2 hint 1+-2",
      "place 3 90+4",
      "claim 4 94+4 hint 3+4",
      "claim 5 80+2 hint 0+80",
    ]);
    const hinted = resolved([mmap(16, 4), mmap(90, 1, { addr: 15 * 4096 })]);
    expect(drawn(hinted.program.ops).at(-1)).toBe("place 2 90+1 hint 0+15");
  });

  it("claims the exact range for MAP_FIXED_NOREPLACE and probes it when refused", () => {
    const flags = 0x100022;
    const refused = {
      addr: 100 * 4096,
      flags,
      result: null,
      error: "EEXIST",
      outcome: "error",
    } as const;
    const { program } = resolved([mmap(100, 4, { addr: 100 * 4096, flags }), mmap(0, 4, refused)]);
    expect(drawn(program.ops).slice(1)).toEqual([
      "claim 1 100+4 hint 0+100",
      "probe claim EEXIST 4",
    ]);
  });

  it("grows by mremap in place or elsewhere, and releases the source but for the new object", () => {
    const { program } = resolved([mmap(100, 4), mremap(100, 4, 6, 100), mremap(100, 6, 9, 80)]);
    expect(drawn(program.ops).slice(2)).toEqual([
      "grow 2 100+6 hint 1+0",
      "release 1+0 4 sparing 2",
      "grow 3 80+9 hint 2+0",
      "release 2+0 6 sparing 3",
    ]);
  });

  it("shrinks by mremap as a release of the tail", () => {
    const { program } = resolved([mmap(100, 4), mremap(100, 4, 1, 100)]);
    expect(drawn(program.ops).slice(2)).toEqual(["release 1+1 3"]);
  });

  it("moves each VMA of a MREMAP_FIXED source to its place in the target", () => {
    const fixed = { flags: 3, newAddr: 200 * 4096 };
    const { program } = resolved([mmap(200, 4), mmap(100, 4), mremap(100, 4, 4, 200, fixed)]);
    expect(drawn(program.ops).slice(3)).toEqual([
      "release 1+0 4",
      "fix 3 @1+0 4",
      "release 2+0 4 sparing 3",
    ]);
  });

  it("leaves the source of MREMAP_DONTUNMAP and takes new_addr as a hint", () => {
    const { program } = resolved([
      mmap(100, 4),
      mremap(100, 4, 4, 200, { flags: 5, newAddr: 200 * 4096 }),
    ]);
    expect(drawn(program.ops).slice(2)).toEqual(["place 2 200+4 hint 0+200"]);
  });

  it("locks what mlockall has asked for of the future, at once or as its pages come", () => {
    const lock = (flags: number): Event => ({ ...munmap(0, 0), call: "mlockall", flags }) as Event;
    const { program } = resolved([mmap(100, 4), lock(2), mmap(96, 4), lock(6), mmap(92, 4)]);
    const flags = [...program.ops].flatMap((op) => (op.kind === "map" ? [op.area.flags] : []));
    expect(flags).toEqual([0x22, 0x22 + MAP_LOCKED, 0x22 + LOCKED_ON_FAULT]);
  });

  it("grows and shrinks the heap, and probes a break that was refused", () => {
    const { program } = resolved([brk(0, 50), brk(54, 54), brk(52, 52), brk(60, 52)]);
    expect(drawn(program.ops).slice(1)).toEqual([
      "brk 1 50+4 hint 0+50",
      "release 1+2 2",
      "probe brk ENOMEM 8",
    ]);
  });

  it("keeps below a stack the guard gap that the kernel was booted with", () => {
    const guard = (facts: Partial<Facts>): number | undefined => {
      const { program } = resolved([mmap(100, 4, { flags: 0x122 })], facts);
      const op = program.ops.at(1);
      return op?.kind === "map" ? op.guard : undefined;
    };
    expect([guard({}), guard({ stackGuardGap: 16 })]).toEqual([256, 16]);
  });

  it("lets a stack grow as often as a recorder saw it", () => {
    const stack = (start: number, source: string): Event => ({
      kind: "snapshot",
      line: 9,
      pid: 1,
      source,
      exact: true,
      areas: [
        {
          line: 9,
          start: start * 4096,
          end: 900 * 4096,
          perms: "rw-p",
          offset: 0,
          device: "00:00",
          inode: 0,
          path: "[stack]",
        },
      ],
    });
    const { program } = resolved([
      stack(890, "maps"),
      mmap(100, 1),
      stack(889, "growth"),
      stack(887, "growth"),
    ]);
    const ops = drawn(program.ops).filter((op) => op.startsWith("fix") || op === "snapshot");
    expect(ops).toEqual(["fix 1 @0+890 10", "snapshot", "fix 3 @1+-1 1", "fix 4 @3+-2 2"]);
  });

  it("takes the pages before a hole of a mprotect that failed with ENOMEM", () => {
    const failed: Event = {
      kind: "call",
      call: "mprotect",
      line: 9,
      pid: 1,
      addr: 100 * 4096,
      length: 8 * 4096,
      prot: 1,
      outcome: "error",
      error: "ENOMEM",
      result: null,
    };
    const { program } = resolved([mmap(100, 4), failed]);
    expect(drawn(program.ops).slice(2)).toEqual(["protect 1+0 4 1"]);
  });

  it("counts a result over a live mapping with its line and takes the older one as gone", () => {
    const { program, diagnostics } = resolved([mmap(100, 4), mmap(102, 4)]);
    expect(diagnostics.count("resolve/overlap")).toBe(1);
    expect(drawn(program.ops).slice(2)).toEqual(["release 1+2 2", "place 2 102+4"]);
  });

  it("keeps the searches of a call with it, and excludes one without a call", () => {
    const { program } = resolved([
      mmap(100, 4),
      search(96, 4),
      mmap(96, 4, { line: 100_000, entryLine: 1 }),
      search(90, 1),
    ]);
    const placed = [...program.ops].filter((op) => op.kind === "map");
    expect(placed.map((op) => op.searches.length)).toEqual([0, 1]);
    expect(program.exclusions.map(({ reason }) => reason)).toEqual([
      "a search whose call was not recorded",
    ]);
  });

  it("excludes a shmat of a segment of unknown size, but not one that failed", () => {
    const attach: Event = {
      kind: "call",
      call: "shmat",
      line: 200_000,
      pid: 1,
      shmid: 7,
      addr: 0,
      flags: 0,
      outcome: "ok",
      result: 96 * 4096,
      error: null,
    };
    const failed: Event = { ...attach, shmid: -1, outcome: "error", result: null, error: "EINVAL" };
    const { program, diagnostics } = resolved([mmap(100, 4), attach, failed]);
    expect(diagnostics.count("resolve/unknown-length")).toBe(1);
    expect(program.exclusions.map(({ reason }) => reason)).toEqual([
      "shmat of a segment whose size was not recorded",
    ]);
  });

  it("finds mmap_base as the limit of the first top-down search", () => {
    const { program } = resolved([search(96, 4), mmap(96, 4, { line: 100_000, entryLine: 1 })]);
    expect(program.spaces[0]).toMatchObject({ mmapBase: 0x7ffff7fff, layoutFrom: "search" });
  });

  it("tells the facts of each space where a task that was never heard of touches a page", () => {
    const born = { kind: "lifecycle", line: 1, pid: 1 } as const;
    const events: Event[] = [
      { ...born, lifecycle: "exec", path: "/bin/a" },
      { ...born, lifecycle: "fork", child: 2 },
      { kind: "fault", line: 2, pid: 9, addr: 4096 },
      { ...born, lifecycle: "exec", pid: 2, path: "/bin/b" },
      mmap(100, 4, { pid: 2 }),
    ];
    const { program } = resolved(events, {}, true);
    expect(program.spaces.map(({ pid, command, parent }) => [pid, command, parent])).toEqual([
      [1, "/bin/a", null],
      [2, "/bin/a", 1],
      [9, undefined, null],
      [2, "/bin/b", null],
    ]);
  });

  it("counts, and keeps nothing, where only doubts are asked for", () => {
    const events = [mmap(100, 4), munmap(300, 4)];
    const [checked, whole] = [new Diagnostics(), new Diagnostics()];
    check(traceOf(events, {}), options, checked);
    resolve(traceOf(events, {}), options, whole);
    expect([...checked.warnings]).toEqual([...whole.warnings]);
    expect(checked.count("resolve/unseen-range")).toBe(1);
  });

  it("marks the op at which most accessible pages are mapped", () => {
    const { program } = resolved([
      mmap(100, 4),
      mmap(200, 64, { prot: 0 }),
      munmap(100, 4),
      mmap(100, 2),
    ]);
    expect(drawn(program.ops)[program.peak]).toBe("place 1 100+4");
  });
});
