/** Which run a line of a store tells, given the lines before it. */

import { createHash } from "node:crypto";
import type { At, Diagnostics } from "../errors.ts";
import type { Counts } from "../reports/counts.ts";
import { without } from "../reports/judge.ts";
import { damaged, noStore, otherLine, withoutWhole } from "./errors.ts";
import {
  beginning,
  type Head,
  headOf,
  isPart,
  isWhole,
  type PartLine,
  partFits,
  type Run,
  rowsOf,
  type WholeLine,
} from "./run.ts";

/** A whole line that others may count from. */
export interface Whole extends Counts {
  /** A hash of its text: lines before it may be taken out, and it is never mistaken for another. */
  readonly mark: string;
}

/** Whole lines that are kept for those that count from them: far more than jobs that add at the same moment. */
const kept = 16;

const markOf = (text: string): string =>
  createHash("sha256").update(text).digest("hex").slice(0, 16);

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What is left where a job or the machine stopped while a line was written; a crash may leave NUL in its place. */
const isCut = (text: string): boolean =>
  text.startsWith(beginning) || text.startsWith("\0") || isBegun(text);

/** Two characters at least: many files of JSON begin with a line of one. */
const isBegun = (text: string): boolean => text.length > 1 && beginning.startsWith(text);

/** Options that only one of two runs has; their numbers mean something else. */
export function differing(a: readonly string[], b: readonly string[]): readonly string[] {
  return [...without(a, b), ...without(b, a)];
}

/** Takes the lines of a store in order. */
export class Reader {
  readonly #path: string;
  readonly #diagnostics: Diagnostics;
  /** The latest ones, by their marks. */
  readonly #wholes: Map<string, Whole> = new Map();
  runs = 0;
  last: Run | undefined;
  /** The latest whole line, and the characters of the lines since. */
  whole: Whole | undefined;
  since = 0;

  constructor(path: string, diagnostics: Diagnostics) {
    this.#path = path;
    this.#diagnostics = diagnostics;
  }

  /** The run that a line tells, `line` is 1-based; none where it was cut, which is counted. Throws `history/...`. */
  take(text: string, line: number): Run | undefined {
    const found = parse(text);
    if (found === undefined && isCut(text)) {
      const what = "a line was cut while it was written, its run is left out";
      this.#diagnostics.warn("history/cut-line", what, line);
      return undefined;
    }
    const at = { file: this.#path, line, text };
    const run = { line, ...this.#told(found, text, at) };
    const before = this.last?.options ?? run.options;
    if (differing(before, run.options).length > 0) throw otherLine(at, before, run.options);
    this.runs += 1;
    this.last = run;
    return run;
  }

  #told(found: unknown, text: string, at: At): Head & Counts {
    if (isWhole(found)) return this.#keep(found, text);
    if (isPart(found)) return this.#join(found, text, at);
    throw this.runs === 0 ? noStore(at, found) : damaged(at, found);
  }

  #keep(line: WholeLine, text: string): Head & Counts {
    const { options, measures, rows } = line;
    const [oldest] = this.#wholes.keys();
    if (this.#wholes.size === kept && oldest !== undefined) this.#wholes.delete(oldest);
    this.whole = { options, measures, rows, mark: markOf(text) };
    this.#wholes.set(this.whole.mark, this.whole);
    this.since = 0;
    return { ...headOf(line), options, measures, rows };
  }

  #join(line: PartLine, text: string, at: At): Head & Counts {
    const whole = this.#wholes.get(line.since);
    if (whole === undefined) throw withoutWhole(at, line.since);
    if (!partFits(line, whole)) throw damaged(at, line);
    this.since += text.length;
    const { options, measures } = whole;
    return { ...headOf(line), options, measures, rows: rowsOf(line, whole) };
  }
}
