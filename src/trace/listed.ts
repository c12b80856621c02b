/** Which distinct values a column has, and where each stands. */

import { longestList } from "./coding.ts";

/** The distinct values in the order of their first use, and the place of each among them. */
export interface Listed {
  readonly distinct: readonly number[];
  readonly places: Float64Array;
}

/** For each small whole number its place plus 1, and 0 between calls: a map takes ten times as long. */
const table = new Uint16Array(2 ** 16);

/** The places of whole numbers; undefined if there are too many distinct ones. */
export function placesOf(values: Float64Array): Listed | undefined {
  const distinct: number[] = [];
  const others = new Map<number, number>();
  const places = new Float64Array(values.length);
  for (let i = 0; i < values.length && distinct.length <= longestList; i++) {
    const value = values[i] ?? 0;
    const isSmall = value >= 0 && value < table.length;
    let next = (isSmall ? table[value] : others.get(value)) ?? 0;
    if (next === 0) {
      next = distinct.push(value);
      if (isSmall) table[value] = next;
      else others.set(value, next);
    }
    places[i] = next - 1;
  }
  for (const value of distinct) if (value >= 0 && value < table.length) table[value] = 0;
  return distinct.length > longestList ? undefined : { distinct, places };
}
