/** Any trace that the types allow, for properties of what stores and prints traces. */

import fc from "fast-check";
import type { Event } from "../../src/trace/event.ts";
import type { OpenFile } from "../../src/trace/file.ts";
import type { Facts, Trace } from "../../src/trace/trace.ts";
import type { U64 } from "../../src/units.ts";

const plainObject = { noNullPrototype: true } as const;

const u64: fc.Arbitrary<U64> = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: 0, max: 2 ** 35 }).map((page) => page * 4096) },
  fc.maxSafeNat(),
  fc.constantFrom<U64>(0, 2 ** 52, 2 ** 53 - 1, 2n ** 53n, 2n ** 64n - 4096n, 2n ** 64n - 1n),
  fc.bigInt({ min: 2n ** 53n, max: 2n ** 64n - 1n }),
);
const bits = fc.oneof(fc.nat(0xff_ffff), fc.maxSafeNat());
const int = fc.oneof(fc.nat(9), fc.maxSafeInteger());
const text = fc.oneof(
  fc.constantFrom("", "/usr/lib/libc.so.6", "[heap]"),
  fc.string({ unit: "binary" }),
);
const time = fc.oneof(
  fc.nat(10 ** 10).map((micro) => 1_795_352_605 + micro / 1e6),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
);

const file: fc.Arbitrary<OpenFile> = fc.record(
  {
    id: fc.integer({ min: -1, max: 2 ** 30 - 1 }),
    kind: fc.constantFrom("regular", "shmem", "hugetlb", "vfio", "unknown"),
    path: text,
    filesystem: text,
    huge: fc.constantFrom("never", "always", "internal"),
    hugePage: fc.maxSafeNat(),
    device: text,
  },
  { requiredKeys: ["id", "kind"], noNullPrototype: true },
);

const base = { line: fc.nat(2 ** 31), pid: fc.option(fc.integer(), { nil: null }), time };
const baseKeys = ["kind", "line", "pid"] as const;

const callBase = {
  ...base,
  kind: fc.constant("call" as const),
  name: text,
  entryLine: fc.nat(2 ** 31),
  entryTime: time,
  outcome: fc.constantFrom("ok", "error", "unknown", "never resumed", "detached", "missing"),
  result: fc.option(u64, { nil: null }),
  error: fc.option(text, { nil: null }),
  injected: fc.constant(true as const),
  bare: fc.constant(true as const),
};
const callKeys = [...baseKeys, "call", "outcome", "result", "error"] as const;

/** A call with the fields that are always there, and others. */
function call(name: string, needed: object, extra: object = {}): fc.Arbitrary<Event> {
  const model = { ...callBase, call: fc.constant(name), ...needed, ...extra };
  const requiredKeys = [...callKeys, ...Object.keys(needed)] as never[];
  return fc.record(model, {
    requiredKeys,
    noNullPrototype: true,
  }) as unknown as fc.Arbitrary<Event>;
}

function other(kind: string, needed: object, extra: object = {}): fc.Arbitrary<Event> {
  const model = { ...base, kind: fc.constant(kind), ...needed, ...extra };
  const requiredKeys = [...baseKeys, ...Object.keys(needed)] as never[];
  return fc.record(model, {
    requiredKeys,
    noNullPrototype: true,
  }) as unknown as fc.Arbitrary<Event>;
}

const range = { addr: u64, length: u64 };

const area = fc.record(
  {
    line: fc.nat(),
    start: u64,
    end: u64,
    perms: fc.constantFrom("r-xp", "rw-s", "---p"),
    offset: u64,
    device: fc.constantFrom("00:00", "fe:00"),
    inode: fc.maxSafeNat(),
    path: text,
    vmFlags: fc.array(fc.constantFrom("rd", "wr", "gd")),
    kernelPageSize: fc.constantFrom(4096, 2 ** 21),
  },
  {
    requiredKeys: ["line", "start", "end", "perms", "offset", "device", "inode", "path"],
    noNullPrototype: true,
  },
);

/** Every kind of event, each call among them. */
export const event: fc.Arbitrary<Event> = fc.oneof(
  call("mmap", { ...range, prot: bits, flags: bits, fd: fc.integer(), offset: u64 }, { file }),
  call("munmap", range),
  call("mremap", {
    ...range,
    newLength: u64,
    flags: bits,
    newAddr: fc.option(u64, { nil: null }),
  }),
  call("brk", { addr: u64 }),
  call("mprotect", { ...range, prot: bits }, { pkey: int }),
  call("madvise", { ...range, advice: int }),
  call("shmat", { shmid: int, addr: u64, flags: bits }, { file, length: u64 }),
  call("shmdt", { addr: u64 }),
  call("remap_file_pages", { ...range, prot: bits, pgoff: u64, flags: bits }),
  call("mlock", range, { flags: bits }),
  call("munlock", range, { flags: bits }),
  call("mseal", range, { flags: bits }),
  call("mlockall", { flags: bits }),
  call("munlockall", {}),
  call("map_shadow_stack", { ...range, flags: bits }),
  call("set_vma_name", { ...range, label: fc.option(text, { nil: null }) }),
  call("mbind", { ...range, policy: fc.option(text, { nil: null }) }),
  call("userfaultfd", { ...range, watch: fc.option(text, { nil: null }) }),
  other(
    "search",
    {
      length: u64,
      low: u64,
      high: u64,
      topDown: fc.boolean(),
      alignMask: u64,
      alignOffset: u64,
      result: fc.option(u64, { nil: null }),
      error: fc.option(text, { nil: null }),
    },
    { totalVm: fc.maxSafeNat() },
  ),
  other(
    "lifecycle",
    { lifecycle: fc.constantFrom("exec", "thread", "fork", "exit") },
    { child: int, path: text, other: int, entryLine: fc.nat(2 ** 31) },
  ),
  other("fault", { addr: u64 }),
  other("warning", { code: text }),
  other("snapshot", { source: text, exact: fc.boolean(), areas: fc.array(area) }),
  other("lost", {}, { count: fc.maxSafeNat() }),
);

const number = fc.oneof(fc.maxSafeNat(), fc.constant(2 ** 62));
const sizes = fc.dictionary(
  fc.constantFrom("65536", "2097152"),
  fc.constantFrom("never", "always"),
  plainObject,
);

const facts: fc.Arbitrary<Facts> = fc.record(
  {
    kernel: text,
    policy: text,
    arch: text,
    pageSize: number,
    taskSizeBits: number,
    recorder: text,
    command: text,
    aslr: fc.boolean(),
    legacyLayout: fc.boolean(),
    stackLimit: fc.option(number, { nil: null }),
    mmapMinAddr: number,
    maxMapCount: number,
    mmapRndBits: number,
    stackGuardGap: number,
    thpEnabled: text,
    shmemEnabled: text,
    shmemSizes: sizes,
    thpSizes: sizes,
    devices: fc.array(
      fc.record(
        {
          address: text,
          bars: fc.array(
            fc.record({ index: fc.nat(5), start: fc.maxSafeNat(), size: number }, plainObject),
          ),
        },
        plainObject,
      ),
    ),
    inferred: fc.array(text),
  },
  { requiredKeys: ["pageSize", "recorder", "inferred"], noNullPrototype: true },
);

export const trace: fc.Arbitrary<Trace> = fc.record(
  { name: text, facts, events: fc.array(event, { size: "large", maxLength: 60 }) },
  plainObject,
);

/** The event as passes see it that do not ask when it was. */
export function withoutTimes(one: Event): Event {
  const { time: _, ...event } = one;
  if (!("entryTime" in event)) return event as Event;
  const { entryTime: __, ...rest } = event;
  return rest as Event;
}
