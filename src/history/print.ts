/** How a history is written: its change points in a table for a terminal or an issue, and what a check has found. */

import { difference, metric, percent, plural } from "../reports/format.ts";
import { nameOf } from "../reports/judge.ts";
import { judgementLines, wordOf } from "../reports/judgement-text.ts";
import { left, markdownTable, right, type Table, textTable } from "../reports/table.ts";
import type { ChangePoint } from "./changes.ts";
import type { Check } from "./check.ts";
import type { Head } from "./run.ts";
import type { History, Series } from "./series.ts";

/** `2026-11-27 17:33` */
const when = ({ added }: Head): string => added.slice(0, 16).replace("T", " ");

/** `v1.2-7 (2026-11-27 17:33)` */
export const runName = (run: Head): string =>
  run.label === undefined ? when(run) : `${run.label} (${when(run)})`;

/** Columns of a change; shares differ in points, all else in percent too. */
function changeCells({ base, next }: ChangePoint, unit: string): string[] {
  const both = base !== null && next !== null;
  return [
    metric({ value: base, unit }),
    metric({ value: next, unit }),
    both ? difference(next - base, unit) : "",
    both && unit !== "share" ? percent(next, base) : "",
  ];
}

function* rowsOf(history: History, series: Series): Generator<string[]> {
  const { trace, policy, metric: id, unit, changes } = series;
  const names = [trace, policy, id];
  if (changes.length === 0)
    yield ["", "", "", ...names, "", metric({ value: changes.value, unit }), "no change", ""];
  for (const point of changes) {
    const run = history.runs[point.run];
    const { label = "" } = run ?? {};
    const date = run === undefined ? "" : when(run);
    yield [wordOf(point), date, label, ...names, ...changeCells(point, unit)];
  }
}

/** Each change of each series; those without one only if they were asked for by name. Undefined where there is none. */
function changeTable(history: History, named: boolean): Table | undefined {
  const titles = ["", "run", "label", "trace", "policy", "metric"].map(left);
  const shown = history.series.filter(({ changes }) => named || changes.length > 0);
  if (shown.length === 0) return undefined;
  const rows = {
    *[Symbol.iterator]() {
      for (const series of shown) yield* rowsOf(history, series);
    },
  };
  return { columns: [...titles, ...["from", "to", "change", ""].map(right)], rows };
}

/** `365 runs from 2025-11-27 17:33 to 2026-11-27 17:33: 2 of 792 series changed` */
function headline({ runs, series }: History): string {
  const [first, last] = [runs[0], runs.at(-1)];
  const span =
    first === undefined || last === undefined ? "" : ` from ${when(first)} to ${when(last)}`;
  const changed = series.filter(({ changes }) => changes.length > 0).length;
  return `${plural(runs.length, "run")}${span}: ${changed} of ${plural(series.length, "series", "series")} changed`;
}

/** What runs no longer had, or had for the first time. */
const notesOf = ({ runs }: History): string[] =>
  runs.flatMap((run) => [
    ...run.gone.map((what) => `gone: ${what}, in ${runName(run)}`),
    ...run.new.map((what) => `new: ${what}, in ${runName(run)}`),
  ]);

/** For a terminal. */
function* historyText(history: History, named: boolean): Generator<string> {
  const table = changeTable(history, named);
  yield headline(history);
  if (table !== undefined) {
    yield "";
    yield* textTable(table);
  }
  yield* notesOf(history);
}

/** For an issue. */
function* historyMarkdown(history: History, named: boolean): Generator<string> {
  const table = changeTable(history, named);
  const notes = notesOf(history).map((note) => `- ${note}`);
  yield headline(history);
  if (table !== undefined) {
    yield "";
    yield* markdownTable(table);
  }
  if (notes.length > 0) yield "";
  yield* notes;
}

const indented = (value: unknown): string => JSON.stringify(value, null, 2);

/** A document for scripts; the text of one series at a time. */
function* historyJson({ schema, runs, series }: History): Generator<string> {
  const head = indented({ schema, runs, series: [] });
  if (series.length === 0) {
    yield head;
    return;
  }
  yield head.slice(0, -"]\n}".length);
  for (const [at, { changes, ...rest }] of series.entries()) {
    const text = indented({ ...rest, value: changes.value, changes: [...changes] });
    const end = at + 1 < series.length ? "," : "";
    yield `    ${text.replaceAll("\n", "\n    ")}${end}`;
  }
  yield "  ]";
  yield "}";
}

/** `named` if series were chosen by name. Gives lines. */
type Writer = (history: History, named: boolean) => Iterable<string>;

export const historyFormats: Readonly<Record<"text" | "json" | "markdown", Writer>> = {
  text: historyText,
  json: historyJson,
  markdown: historyMarkdown,
};

/** A document for scripts. */
export const checkJson = (check: Check): string => `${indented(check)}\n`;

/** The table of `compare`, with the run that brought each regression. */
export function checkText(check: Check): string {
  const { base, next, changes, gone } = check;
  if (base === null) return `${runName(next)}: the first run, there is none to compare it with\n`;
  const came = new Map(gone.map(({ what, since }) => [what, since]));
  for (const change of changes) if (change.since !== null) came.set(nameOf(change), change.since);
  const since = (name: string): string => {
    const run = came.get(name);
    return run === undefined ? "" : runName(run);
  };
  const sides = { base: "the base run", next: "the last run", since };
  const lines = [`${runName(next)} against ${runName(base)}`, ...judgementLines(check, sides)];
  return `${lines.join("\n")}\n`;
}
