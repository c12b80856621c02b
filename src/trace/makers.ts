/** How an event of one shape is made of the next values of its columns: by a function compiled from the fields. */

import type { U64 } from "../units.ts";
import { columnId } from "./block.ts";
import type { OpenFile } from "./file.ts";
import { areaShape, type Field, type Shape } from "./shapes.ts";

/** The values of a column, one after the other. */
export interface Values {
  number(): number;
  u64(): U64;
}

export interface Maker {
  /** The columns that it reads from. */
  readonly columns: readonly number[];
  /** Given their values in that order, what string and file numbers stand for, and the parts of a second. */
  readonly make: (
    columns: readonly Values[],
    strings: (index: number) => string,
    files: (index: number) => OpenFile,
    unit: number,
  ) => () => object;
}

/** The expression for the next value of a field, read from the column `values`. */
function reading({ kind, from }: Field, values: string, there: ReadonlySet<string>): string {
  const base = from === undefined || !there.has(from) ? undefined : from;
  switch (kind) {
    case "string":
      return `strings(${values}.number())`;
    case "file":
      return `files(${values}.number())`;
    case "u64":
      return `${values}.u64()`;
    case "time": {
      if (from === undefined) return `unit === 0 ? ${values}.number() : ${values}.number() / unit`;
      const whole = base === undefined ? "0" : `Math.round(${base} * unit)`;
      return `unit === 0 ? ${values}.number() : (${whole} - ${values}.number()) / unit`;
    }
    default:
      return from === undefined ? `${values}.number()` : `Number(${base}) - ${values}.number()`;
  }
}

/** What a shape's bits say of a field. */
type Found = "value" | "same" | "true" | "false" | "null" | "absent";

/** What the bits say of each field, the lowest bit first. */
function foundIn({ fields }: Shape, bits: number): readonly Found[] {
  let rest = bits;
  const bit = (): boolean => {
    const set = rest % 2 === 1;
    rest = Math.floor(rest / 2);
    return set;
  };
  return fields.map(({ kind, may, same }): Found => {
    const bitOnly = kind === "bool" || kind === "true";
    const isThere = may === undefined && !bitOnly ? true : bit();
    const isSame = same !== undefined && bit();
    if (bitOnly) return isThere ? "true" : kind === "bool" ? "false" : "absent";
    if (!isThere) return may === "null" ? "null" : "absent";
    return isSame ? "same" : "value";
  });
}

/** Bits beyond those of the known fields tell of fields that a later version has. */
function knownBits({ fields }: Shape, bits: number): number {
  const count = fields.reduce((sum, { kind, may, same }) => {
    const own = may !== undefined || kind === "bool" || kind === "true" ? 1 : 0;
    return sum + own + (same === undefined ? 0 : 1);
  }, 0);
  return bits % 2 ** count;
}

/** Compiled: setting fields by name takes ten times as long. Nothing of a file gets into the text. */
function compile(shape: Shape, found: readonly Found[]): Maker {
  const columns: number[] = [];
  const lines: string[] = [];
  const there = new Set<string>();
  const members = shape === areaShape ? [] : [`kind: ${JSON.stringify(shape.kind)}`];
  if (shape.call !== undefined) members.push(`call: ${JSON.stringify(shape.call)}`);
  for (const [index, field] of shape.fields.entries()) {
    const { name, same } = field;
    const what = found[index] ?? "absent";
    if (what === "value") {
      const values = `values${columns.push(columnId(shape.code, field)) - 1}`;
      lines.push(`const ${name} = ${reading(field, values, there)};`);
      there.add(name);
      members.push(name);
    } else if (what === "same") members.push(`${name}: ${same}`);
    else if (what !== "absent") members.push(`${name}: ${what}`);
  }
  const given = columns.map((_, index) => `values${index}`).join(", ");
  const made = `${lines.join(" ")} return { ${members.join(", ")} };`;
  const body = `const [${given}] = columns; return () => { ${made} };`;
  const make = new Function("columns", "strings", "files", "unit", body) as Maker["make"];
  return { columns, make };
}

const makers = new Map<string, Maker>();

/** The maker of events of a shape with these bits. */
export function makerOf(shape: Shape, bits: number): Maker {
  const known = knownBits(shape, bits);
  const key = `${shape.code} ${known}`;
  let maker = makers.get(key);
  if (maker === undefined) {
    maker = compile(shape, foundIn(shape, known));
    makers.set(key, maker);
  }
  return maker;
}
