/** How times are stored as a recorder prints them: the start of a call and its duration, in parts of a second. */

import type { Block } from "./block.ts";
import { madeBy } from "./block-reader.ts";
import { unpack } from "./packed.ts";
import { entryLineColumn, entryTimeColumn, timeColumn } from "./shapes.ts";
import { Malformed } from "./varint.ts";

/** What recorders print, in parts of a second. */
const printedUnits = [1e6, 1e9] as const;

/** Which times the events of each shape have: of a call on one line start and duration were printed, of one on two lines start and end. */
const none = 0;
const timeOnly = 1;
const startAndDuration = 2;
const startAndEnd = 3;

/** Columns of one block: a start for each event that has a time, and a duration for each that has the time of its entry too. */
export interface PrintedTimes {
  readonly unit: number;
  /** Less the end of the event before. */
  readonly starts: Float64Array;
  readonly durations: Float64Array;
}

type Shaped = Pick<Block, "shapes" | "places">;

/** Undefined for events that have the time of their entry alone. */
function timesOfShapes(shapes: readonly number[]): Uint8Array | undefined {
  const has = shapes.map((shape) => {
    const { columns } = madeBy(shape).maker;
    const hasEntry = columns.includes(entryTimeColumn);
    if (!columns.includes(timeColumn)) return hasEntry ? undefined : none;
    if (!hasEntry) return timeOnly;
    return columns.includes(entryLineColumn) ? startAndEnd : startAndDuration;
  });
  return has.includes(undefined) ? undefined : Uint8Array.from(has, (one) => one ?? none);
}

/** Turn starts and durations into what columns of times hold, in the same arrays; `timeUnit` is that of the block. */
export function toTimes({ shapes, places }: Shaped, timeUnit: number, printed: PrintedTimes): void {
  const { unit, starts, durations } = printed;
  const has = timesOfShapes(shapes);
  const isUnit = printedUnits.some((known) => known === unit);
  if (has === undefined || !isUnit || !(timeUnit > 0))
    throw new Malformed("times without their unit");
  let end = 0;
  for (let i = 0, at = 0, entry = 0; i < places.length; i++) {
    const times = has[places[i] ?? 0];
    if (times === none) continue;
    end += starts[at] ?? 0;
    let time = end / unit;
    if (times !== timeOnly) {
      const begun = Math.round(time * timeUnit);
      const duration = durations[entry] ?? 0;
      end += duration;
      time = times === startAndEnd ? end / unit : time + duration / unit;
      durations[entry++] = Math.round(time * timeUnit) - begun;
    }
    starts[at++] = Math.round(time * timeUnit);
  }
}

/** The times of the block in a unit, as good as that goes. */
function inUnit(block: Block, has: Uint8Array, unit: number): PrintedTimes {
  const { columns, places, timeUnit } = block;
  const [time, entry] = [columns.get(timeColumn), columns.get(entryTimeColumn)];
  const starts = time === undefined ? new Float64Array(0) : unpack(time);
  const durations = entry === undefined ? new Float64Array(0) : unpack(entry);
  let end = 0;
  for (let i = 0, at = 0, next = 0; i < places.length; i++) {
    const times = has[places[i] ?? 0];
    if (times === none) continue;
    const whole = starts[at] ?? 0;
    const less = times === timeOnly ? 0 : (durations[next] ?? 0);
    const start = Math.round(((whole - less) / timeUnit) * unit);
    starts[at++] = start - end;
    end = start;
    if (times === timeOnly) continue;
    const duration = Math.round((whole / timeUnit - (whole - less) / timeUnit) * unit);
    durations[next++] = duration;
    end += duration;
  }
  return { unit, starts, durations };
}

/** What a column can hold. */
const isSmall = (value: number): boolean => Math.abs(value) < 2 ** 52;

/** True if the columns of times would be those of the block. */
function comeBack(block: Block, { unit, starts, durations }: PrintedTimes): boolean {
  if (!starts.every(isSmall) || !durations.every(isSmall)) return false;
  const back = { unit, starts: starts.slice(), durations: durations.slice() };
  toTimes(block, block.timeUnit, back);
  const same = (id: number, values: Float64Array): boolean => {
    const packed = block.columns.get(id);
    return packed === undefined || unpack(packed).every((value, index) => value === values[index]);
  };
  return same(timeColumn, back.starts) && same(entryTimeColumn, back.durations);
}

/** The times of the block as they were printed; undefined if these would not come back exactly. */
export function printedTimes(block: Block): PrintedTimes | undefined {
  const has = timesOfShapes(block.shapes);
  if (has === undefined || block.timeUnit === 0 || !block.columns.has(timeColumn)) return undefined;
  for (const unit of printedUnits) {
    const printed = inUnit(block, has, unit);
    if (comeBack(block, printed)) return printed;
  }
  return undefined;
}
