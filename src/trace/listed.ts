/** Which distinct values a column has, and where each stands. */

import { longestList } from "./coding.ts";

/** The distinct values in the order of their first use, and the place of each among them. */
export interface Listed {
  readonly distinct: readonly number[];
  readonly places: Float64Array;
}

/** Undefined if there are too many. */
export function placesOf(values: Float64Array): Listed | undefined {
  const known = new Map<number, number>();
  const places = new Float64Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? 0;
    let place = known.get(value);
    if (place === undefined) {
      place = known.size;
      if (place === longestList) return undefined;
      known.set(value, place);
    }
    places[i] = place;
  }
  return { distinct: [...known.keys()], places };
}
