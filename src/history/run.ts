/** What one line of a store says: the numbers of a run, all of them or those that differ from an earlier line. */

import { type Counts, keyOf, type Measure, type Row } from "../reports/counts.ts";
import {
  isListOf,
  isMissingOr,
  isNullOr,
  isNumber,
  isObjectOf,
  isText,
  type Test,
} from "../reports/shape.ts";

/** Which run it was. */
export interface Head {
  /** When it was added, UTC to the second: `2026-11-27T17:33:38Z`. */
  readonly added: string;
  /** What whoever added it calls it: a commit, a build. */
  readonly label?: string;
  /** Of the mmreplay that made the report. */
  readonly version: string;
}

export interface Run extends Head, Counts {
  /** 1-based. */
  readonly line: number;
}

export const schema = "mmreplay.run/1";

/** How each line begins, also one that was cut. */
export const beginning: string = `{"schema":${JSON.stringify(schema)},`;

type Key = Omit<Row, "values">;

/** A line with all numbers. */
export interface WholeLine extends Head, Counts {
  readonly schema: typeof schema;
}

/** A line with the rows that differ from those of a whole line; its options and measures are that line's. */
export interface PartLine extends Head {
  readonly schema: typeof schema;
  /** The mark of the whole line. */
  readonly since: string;
  readonly rows: readonly Row[];
  /** Rows that only the whole line has. */
  readonly gone: readonly Key[];
}

const sameList = (a: readonly unknown[], b: readonly unknown[]): boolean =>
  a.length === b.length && a.every((one, i) => one === b[i]);

/** Whether rows of both can be held against each other by their places. */
function sameMeasures(a: readonly Measure[], b: readonly Measure[]): boolean {
  const parts = (all: readonly Measure[]) =>
    all.flatMap(({ id, unit, better }) => [id, unit, better]);
  return sameList(parts(a), parts(b));
}

/** The head alone of what may have more. */
export function headOf({ added, label, version }: Head): Head {
  return { added, ...(label !== undefined && { label }), version };
}

export function wholeLine(head: Head, { options, measures, rows }: Counts): WholeLine {
  return { schema, ...head, options, measures, rows };
}

/** What differs from a whole line with this mark; undefined where other things were counted. */
export function partLine(
  head: Head,
  counts: Counts,
  whole: Counts & { readonly mark: string },
): PartLine | undefined {
  if (!sameMeasures(counts.measures, whole.measures)) return undefined;
  const before = new Map(whole.rows.map((row) => [keyOf(row), row]));
  const after = new Set(counts.rows.map(keyOf));
  const rows = counts.rows.filter((row) => {
    const old = before.get(keyOf(row));
    return old === undefined || !sameList(old.values, row.values);
  });
  const gone = whole.rows
    .filter((row) => !after.has(keyOf(row)))
    .map(({ trace, policy, arch }) => ({ trace, policy, arch }));
  return { schema, ...head, since: whole.mark, rows, gone };
}

/** The rows of a run that is told by a part. */
export function rowsOf({ rows, gone }: PartLine, whole: Counts): readonly Row[] {
  const all = new Map(whole.rows.map((row) => [keyOf(row), row]));
  for (const key of gone) all.delete(keyOf(key));
  for (const row of rows) all.set(keyOf(row), row);
  return [...all.values()];
}

const isBetter: Test = (value) => value === "less" || value === "more";
const isTime: Test = (value) =>
  typeof value === "string" && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(value);

/** One line of up to 200 characters. */
export const isLabel: Test = (value) =>
  typeof value === "string" && /^[^\p{Cc}\p{Zl}\p{Zp}]{1,200}$/u.test(value);

const key = { trace: isText, policy: isText, arch: isText };
const head = {
  added: isTime,
  label: isMissingOr(isLabel),
  version: isText,
  rows: isListOf(isObjectOf({ ...key, values: isListOf(isNullOr(isNumber)) })),
};
const isWholeShape = isObjectOf({
  ...head,
  since: (value) => value === undefined,
  options: isListOf(isText),
  measures: isListOf(isObjectOf({ id: isText, unit: isText, better: isBetter })),
});
const isPartShape = isObjectOf({ ...head, since: isText, gone: isListOf(isObjectOf(key)) });

const fits = (rows: readonly Row[], measures: readonly Measure[]): boolean =>
  rows.every(({ values }) => values.length === measures.length);

export function isWhole(parsed: unknown): parsed is WholeLine {
  if (!isWholeShape(parsed)) return false;
  const { rows, measures } = parsed as WholeLine;
  return fits(rows, measures);
}

export const isPart = (parsed: unknown): parsed is PartLine => isPartShape(parsed);

/** True if the rows of a part have as many values as the whole line that it differs from. */
export const partFits = ({ rows }: PartLine, { measures }: Counts): boolean => fits(rows, measures);
