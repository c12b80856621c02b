/** How an event of one shape is made of the next values of its columns: by a function compiled from the fields. */

import type { U64 } from "../units.ts";
import { codes, columnId } from "./block.ts";
import type { OpenFile } from "./file.ts";
import { areaShape, type Field, type Shape } from "./shapes.ts";

/** The values of a column, one after the other. */
export interface Values {
  number(): number;
  u64(): U64;
}

/** Given the values of its columns, what string and file numbers stand for, and the parts of a second. */
type Make = (
  columns: readonly Values[],
  strings: (index: number) => string,
  files: (index: number) => OpenFile,
  unit: number,
) => () => object;

export interface Maker {
  /** The columns that it reads from, in the order in which `make` wants them. */
  readonly columns: readonly number[];
  /** Those of them whose values are numbers of strings, and of files. */
  readonly strings: readonly number[];
  readonly files: readonly number[];
  readonly make: Make;
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
function compile(shape: Shape, found: readonly Found[]): Make {
  const lines: string[] = [];
  const there = new Set<string>();
  const members = shape === areaShape ? [] : [`kind: ${JSON.stringify(shape.kind)}`];
  if (shape.call !== undefined) members.push(`call: ${JSON.stringify(shape.call)}`);
  let columns = 0;
  for (const [index, field] of shape.fields.entries()) {
    const { name, same } = field;
    const what = found[index] ?? "absent";
    if (what === "value") {
      lines.push(`const ${name} = ${reading(field, `values${columns++}`, there)};`);
      there.add(name);
      members.push(name);
    } else if (what === "same") members.push(`${name}: ${same}`);
    else if (what !== "absent") members.push(`${name}: ${what}`);
  }
  const given = Array.from({ length: columns }, (_, index) => `values${index}`).join(", ");
  const made = `${lines.join(" ")} return { ${members.join(", ")} };`;
  const body = `const [${given}] = columns; return () => { ${made} };`;
  return new Function("columns", "strings", "files", "unit", body) as Make;
}

/** Of every kind of number what no small whole number is. */
const odd: Values = { number: () => 0, u64: () => 0n };

/**
 * Makes an object of odd numbers first. V8 notes of each field that it held small whole numbers alone until one is not; from
 * then on all objects that are made are of a kind given up, and changed to another one when they are first looked at, which
 * takes longer than to make them.
 */
function primed(make: Make, columns: number): Make {
  const noFile: OpenFile = { id: -1, kind: "unknown" };
  make(
    Array.from({ length: columns }, () => odd),
    () => "",
    () => noFile,
    Number.NaN,
  )();
  return make;
}

/** Compiles when the first event is made: a trace is loaded before that. */
function makerFor(shape: Shape, bits: number, times: boolean): Maker {
  const isKept = (index: number): boolean => times || shape.fields[index]?.kind !== "time";
  const found = foundIn(shape, bits).map((what, index) => (isKept(index) ? what : "absent"));
  const stored = shape.fields.filter((_, index) => found[index] === "value");
  const columns = (kind?: Field["kind"]): readonly number[] =>
    stored
      .filter((field) => kind === undefined || field.kind === kind)
      .map((field) => columnId(shape.code, field));
  let compiled: Make | undefined;
  return {
    columns: columns(),
    strings: columns("string"),
    files: columns("file"),
    make: (...given) => {
      compiled ??= primed(compile(shape, found), stored.length);
      return compiled(...given);
    },
  };
}

/** By shape number, known bits only: with times, and without. */
const makers = new Map<number, Maker>();
const timeless = new Map<number, Maker>();

/** The maker of events of a shape with these bits; without `times` it leaves out when they were. */
export function makerOf(shape: Shape, bits: number, times = true): Maker {
  const all = times ? makers : timeless;
  const found = all.get(shape.code + codes * bits);
  if (found !== undefined) return found;
  const known = knownBits(shape, bits);
  const key = shape.code + codes * known;
  const maker = all.get(key) ?? makerFor(shape, known, times);
  all.set(key, maker);
  return maker;
}
