/** How a judgement is written: what changed in one line, a table of the changes, and what only one side has. */

import { difference, metric, plural, ratio } from "./format.ts";
import { type Change, goneIn, type Judgement, nameOf } from "./judge.ts";
import { left, right, textTable } from "./table.ts";

/** What a change is called; what a recording or a choice of metrics no longer gives is `gone`, and counts as worse. */
export function wordOf({ base, next, worse }: Pick<Change, "base" | "next" | "worse">): string {
  if (next === null) return "gone";
  if (base === null) return "new";
  return worse ? "worse" : "better";
}

function rowOf(change: Change): string[] {
  const { trace, policy, metric: id, unit, base, next } = change;
  const both = base !== null && next !== null;
  return [
    wordOf(change),
    trace,
    policy,
    id,
    metric({ value: base, unit }),
    metric({ value: next, unit }),
    both ? difference(next - base, unit) : "",
    both && unit !== "share" ? ratio(next, base) : "",
  ];
}

/** `2 worse, 1 better, in 36 results; gone: policy vfio-thp` */
export function headline(judgement: Judgement): string {
  const { changes, compared } = judgement;
  const pairs = plural(compared, "result");
  const words = changes.map(wordOf);
  const times = (word: string): number => words.filter((one) => one === word).length;
  const seldom = ["gone", "new"].filter((word) => times(word) > 0);
  const counts = ["worse", "better", ...seldom].map((word) => `${times(word)} ${word}`);
  const gone = goneIn(judgement);
  const missing = gone.length === 0 ? "" : `; gone: ${gone.join(", ")}`;
  const told = changes.length === 0 ? `no change in ${pairs}` : `${counts.join(", ")}, in ${pairs}`;
  return `${told}${missing}`;
}

/** How both sides are called, and, where there is something between them, since when something is worse. */
export interface Sides {
  readonly base: string;
  readonly next: string;
  readonly since?: (regression: string) => string;
}

/** What changed in one line, a table of the changes with the worse ones first, and what only one side has. */
export function judgementLines(judgement: Judgement, { base, next, since }: Sides): string[] {
  const { changes, onlyNext, onlyNextTraces, onlyNextPairs } = judgement;
  const sorted = [...changes].sort((a, b) => Number(b.worse) - Number(a.worse));
  const columns = [left(""), ...["trace", "policy", "metric"].map(left)];
  const numbers = ["base", "new", "change", ""].map(right);
  const [title, cell] =
    since === undefined
      ? [[], () => []]
      : [[left("since")], (one: Change) => [one.worse ? since(nameOf(one)) : ""]];
  const table = textTable({
    columns: [...columns, ...numbers, ...title],
    rows: sorted.map((one) => [...rowOf(one), ...cell(one)]),
  });
  const when = (one: string): string => (since === undefined ? "" : `, since ${since(one)}`);
  return [
    headline(judgement),
    ...(changes.length === 0 ? [] : ["", ...table]),
    ...goneIn(judgement).map(
      (one) => `gone: only ${base} has ${one}${when(one)}; a regression there would not be seen`,
    ),
    ...onlyNextTraces.map((name) => `note: only ${next} has trace ${name}`),
    ...onlyNext.map((id) => `note: only ${next} has policy ${id}`),
    ...onlyNextPairs.map((pair) => `note: only ${next} has trace ${pair}`),
  ];
}
