/** What one number has been since its first run: two numbers a change, for a store may hold millions. */

import type { Measure } from "../reports/counts.ts";
import { isWorse } from "../reports/judge.ts";

/** A number that was another one before. */
export interface ChangePoint {
  /** Place of the run in the list of runs. */
  readonly run: number;
  /** Null where the metric was not given. */
  readonly base: number | null;
  readonly next: number | null;
  readonly worse: boolean;
}

const shown = (value: number): number | null => (Number.isNaN(value) ? null : value);

/** Change points in the order of the runs; each is made when it is looked at. */
export class Changes implements Iterable<ChangePoint> {
  readonly #better: Measure["better"];
  readonly #first: number;
  /** Run and value of each change; NaN for null. */
  readonly #points: number[] = [];

  constructor(first: number | null, better: Measure["better"]) {
    this.#better = better;
    this.#first = first ?? Number.NaN;
  }

  get length(): number {
    return this.#points.length / 2;
  }

  /** The last value. */
  get value(): number | null {
    return shown(this.#points.at(-1) ?? this.#first);
  }

  follow(value: number | null, run: number): void {
    if (value !== this.value) this.#points.push(run, value ?? Number.NaN);
  }

  *[Symbol.iterator](): Generator<ChangePoint> {
    let base = shown(this.#first);
    for (let at = 0; at < this.#points.length; at += 2) {
      const next = shown(this.#points[at + 1] ?? Number.NaN);
      const worse = isWorse(base, next, this.#better);
      yield { run: this.#points[at] ?? 0, base, next, worse };
      base = next;
    }
  }
}
