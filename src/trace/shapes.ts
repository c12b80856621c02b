/** Which fields each kind of event has, in the order and under the numbers that the file format gives them. */

import { columnId } from "./block.ts";
import type { CallName, Event } from "./event.ts";

/** `bool` and `true` are bits of the shape and have no column. */
export type FieldKind = "int" | "u64" | "time" | "string" | "file" | "bool" | "true";

export interface Field {
  readonly name: string;
  /** Part of the column's id; below 32 and never used twice in one shape. */
  readonly id: number;
  readonly kind: FieldKind;
  /** What may stand instead of a value: a bit of the shape says so. */
  readonly may?: "absent" | "null";
  /** Stored as this field's value less its own. */
  readonly from?: string;
  /** A bit says that the value is that of this field. */
  readonly same?: string;
  /** One column for all kinds of events. */
  readonly common?: true;
}

export interface Shape {
  /** Part of the column's id. */
  readonly code: number;
  readonly kind: Event["kind"];
  readonly call?: CallName;
  readonly fields: readonly Field[];
}

const base: readonly Field[] = [
  { name: "line", id: 1, kind: "int", common: true },
  { name: "pid", id: 2, kind: "int", may: "null", common: true },
  { name: "time", id: 3, kind: "time", may: "absent", common: true },
];

const callBase: readonly Field[] = [
  ...base,
  { name: "name", id: 4, kind: "string", may: "absent", common: true },
  { name: "entryLine", id: 5, kind: "int", may: "absent", from: "line", common: true },
  { name: "entryTime", id: 6, kind: "time", may: "absent", from: "time", common: true },
  { name: "outcome", id: 7, kind: "string", common: true },
  { name: "error", id: 8, kind: "string", may: "null", common: true },
  { name: "injected", id: 9, kind: "true" },
];

const int = (name: string, id: number): Field => ({ name, id, kind: "int" });
const u64 = (name: string, id: number): Field => ({ name, id, kind: "u64" });
const optional = (field: Field): Field => ({ ...field, may: "absent" });
const nullable = (field: Field): Field => ({ ...field, may: "null" });

const addr = u64("addr", 10);
const length = u64("length", 11);
const result: Field = { ...nullable(u64("result", 31)), same: "addr" };
const file = optional({ name: "file", id: 17, kind: "file" });
const bare: Field = { name: "bare", id: 30, kind: "true" };

function call(code: number, name: CallName, fields: readonly Field[]): Shape {
  const has = fields.some((field) => field.name === "addr");
  const answer = has ? result : nullable(u64("result", 31));
  return { code, kind: "call", call: name, fields: [...callBase, ...fields, answer, bare] };
}

/** New fields go to the end, so that the bits of old ones keep their places. */
const shapes: readonly Shape[] = [
  call(1, "mmap", [
    addr,
    length,
    int("prot", 12),
    int("flags", 13),
    int("fd", 14),
    u64("offset", 15),
    file,
  ]),
  call(2, "munmap", [addr, length]),
  call(3, "mremap", [
    addr,
    length,
    u64("newLength", 12),
    int("flags", 13),
    nullable(u64("newAddr", 14)),
  ]),
  call(4, "brk", [addr]),
  call(5, "mprotect", [addr, length, int("prot", 12), optional(int("pkey", 13))]),
  call(6, "madvise", [addr, length, int("advice", 12)]),
  call(7, "shmat", [int("shmid", 12), addr, int("flags", 13), file, optional(length)]),
  call(8, "shmdt", [addr]),
  call(9, "remap_file_pages", [addr, length, int("prot", 12), u64("pgoff", 13), int("flags", 14)]),
  call(10, "mlock", [addr, length, optional(int("flags", 12))]),
  call(11, "munlock", [addr, length, optional(int("flags", 12))]),
  call(12, "mseal", [addr, length, optional(int("flags", 12))]),
  call(13, "mlockall", [int("flags", 12)]),
  call(14, "munlockall", []),
  call(15, "map_shadow_stack", [addr, length, int("flags", 12)]),
  call(16, "set_vma_name", [addr, length, nullable({ name: "label", id: 12, kind: "string" })]),
  {
    code: 17,
    kind: "search",
    fields: [
      ...base,
      length,
      u64("low", 12),
      u64("high", 13),
      { name: "topDown", id: 14, kind: "bool" },
      u64("alignMask", 15),
      u64("alignOffset", 16),
      optional(int("totalVm", 17)),
      nullable(u64("result", 31)),
      nullable({ name: "error", id: 8, kind: "string", common: true }),
    ],
  },
  {
    code: 18,
    kind: "lifecycle",
    fields: [
      ...base,
      { name: "lifecycle", id: 12, kind: "string" },
      optional(int("child", 13)),
      optional({ name: "path", id: 14, kind: "string" }),
      optional(int("other", 15)),
      optional({ name: "entryLine", id: 5, kind: "int", from: "line", common: true }),
      bare,
    ],
  },
  { code: 19, kind: "fault", fields: [...base, addr] },
  { code: 20, kind: "warning", fields: [...base, { name: "code", id: 12, kind: "string" }] },
  {
    code: 21,
    kind: "snapshot",
    fields: [
      ...base,
      { name: "source", id: 12, kind: "string" },
      { name: "exact", id: 13, kind: "bool" },
      // The number of areas; their own columns follow the shape of `area`.
      int("areas", 14),
    ],
  },
  { code: 22, kind: "lost", fields: [...base, optional(int("count", 12))] },
  call(24, "mbind", [addr, length, nullable({ name: "policy", id: 12, kind: "string" })]),
  call(25, "userfaultfd", [addr, length, nullable({ name: "watch", id: 12, kind: "string" })]),
];

/** The column with the number of a snapshot's areas. */
export const areaCount: number = 21 * 32 + 14;

/** One area of a snapshot; all areas of all snapshots of a block in a row. */
export const areaShape: Shape = {
  code: 23,
  kind: "snapshot",
  fields: [
    int("line", 1),
    u64("start", 10),
    u64("end", 11),
    { name: "perms", id: 12, kind: "string" },
    u64("offset", 13),
    { name: "device", id: 14, kind: "string" },
    int("inode", 15),
    { name: "path", id: 16, kind: "string" },
    optional({ name: "vmFlags", id: 17, kind: "string" }),
    optional(int("kernelPageSize", 18)),
  ],
};

const byName = new Map(shapes.map((shape) => [shape.call ?? shape.kind, shape]));
const byCode = new Map(shapes.map((shape) => [shape.code, shape]));

/** The shape of an event. */
export function shapeOf(event: Event): Shape {
  const shape = byName.get(event.kind === "call" ? event.call : event.kind);
  if (shape === undefined) throw new Error(`no shape for ${event.kind}`);
  return shape;
}

/** The shape with this number; undefined for one that a later version may have. */
export function shapeBy(code: number): Shape | undefined {
  return byCode.get(code);
}

/** The columns of lines and tasks, of times, and of where a call began. */
export const lineColumn = 1;
export const pidColumn = 2;
export const timeColumn = 3;
export const entryTimeColumn = 6;
export const entryLineColumn = 5;

/** The columns of this field of these calls and kinds. */
export function columnsOf(
  names: readonly (CallName | Event["kind"])[],
  field: string,
): readonly number[] {
  return names.flatMap((name) => {
    const shape = byName.get(name);
    const fields = shape?.fields.filter((one) => one.name === field) ?? [];
    return fields.map((one) => columnId(shape?.code ?? 0, one));
  });
}
