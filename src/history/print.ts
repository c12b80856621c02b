/** How a history is written: its change points in a table for a terminal or an issue, and what a check has found. */

import { difference, metric, percent, plural } from "../reports/format.ts";
import { nameOf } from "../reports/judge.ts";
import { judgementLines, wordOf } from "../reports/judgement-text.ts";
import { left, markdownTable, right, type Table, textTable } from "../reports/table.ts";
import type { Check } from "./check.ts";
import type { Head } from "./run.ts";
import type { ChangePoint, History, Series } from "./series.ts";

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

function rowsOf(history: History, series: Series): string[][] {
  const { trace, policy, metric: id, unit, value, changes } = series;
  const names = [trace, policy, id];
  if (changes.length === 0)
    return [["", "", "", ...names, "", metric({ value, unit }), "no change", ""]];
  return changes.map((point) => {
    const run = history.runs[point.run];
    const { label = "" } = run ?? {};
    const date = run === undefined ? "" : when(run);
    return [wordOf(point), date, label, ...names, ...changeCells(point, unit)];
  });
}

/** Each change of each series; those without one only if they were asked for by name. */
function changeTable(history: History, named: boolean): Table {
  const titles = ["", "run", "label", "trace", "policy", "metric"].map(left);
  const shown = history.series.filter(({ changes }) => named || changes.length > 0);
  return {
    columns: [...titles, ...["from", "to", "change", ""].map(right)],
    rows: shown.flatMap((series) => rowsOf(history, series)),
  };
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

const isEmpty = ({ rows }: Table): boolean => rows.length === 0;

/** For a terminal. */
function historyText(history: History, named: boolean): string {
  const table = changeTable(history, named);
  const lines = [headline(history), ...(isEmpty(table) ? [] : ["", ...textTable(table)])];
  return `${[...lines, ...notesOf(history)].join("\n")}\n`;
}

/** For an issue. */
function historyMarkdown(history: History, named: boolean): string {
  const table = changeTable(history, named);
  const notes = notesOf(history).map((note) => `- ${note}`);
  const parts = [[headline(history)], isEmpty(table) ? [] : markdownTable(table), notes];
  const told = parts.filter((part) => part.length > 0).map((part) => part.join("\n"));
  return `${told.join("\n\n")}\n`;
}

/** A document for scripts. */
export const documentOf = (document: History | Check): string =>
  `${JSON.stringify(document, null, 2)}\n`;

/** `named` if series were chosen by name. */
type Writer = (history: History, named: boolean) => string;

export const historyFormats: Readonly<Record<"text" | "json" | "markdown", Writer>> = {
  text: historyText,
  json: documentOf,
  markdown: historyMarkdown,
};

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
