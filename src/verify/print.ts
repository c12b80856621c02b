/** How the results of verify are shown: as `mmreplay.verify/1`, and as text. */

import type { Count, Divergence, RecordingResult } from "./types.ts";

const kinds = ["searches", "placements", "vmas"] as const;

const sum = (results: readonly RecordingResult[], kind: (typeof kinds)[number]): Count => ({
  total: results.reduce((all, result) => all + result[kind].total, 0),
  exact: results.reduce((all, result) => all + result[kind].exact, 0),
});

const excludedOf = (results: readonly RecordingResult[]): number =>
  results.reduce((all, { excluded }) => all + excluded.reduce((n, one) => n + one.count, 0), 0);

/** The document that scripts rely on. */
export function verifyJson(results: readonly RecordingResult[]): string {
  const total = {
    ...Object.fromEntries(kinds.map((kind) => [kind, sum(results, kind)])),
    excluded: excludedOf(results),
    doubtful: results.reduce((all, { doubtful }) => all + doubtful, 0),
  };
  return JSON.stringify({ schema: "mmreplay.verify/1", recordings: results, total }, null, 2);
}

const share = ({ total, exact }: Count): string => (total === 0 ? "-" : `${exact}/${total}`);

function explanation(one: Divergence, policy: string): string[] {
  const indent = (lines: readonly string[]) => lines.map((line) => `      ${line}`);
  return [
    `  ${one.of}, line ${one.line}: ${one.what}`,
    `    kernel: ${one.kernel}`,
    `    model:  ${one.model}`,
    "    around:",
    ...indent(one.around),
    `    rule (${policy}):`,
    ...indent(one.rule),
    ...(one.commit === undefined ? [] : [`    between the policy and the kernel: ${one.commit}`]),
  ];
}

function explanations({ divergences, explained, policy }: RecordingResult): string[] {
  if (divergences === 0) return [];
  const parts = divergences === 1 ? "1 divergence" : `${divergences} divergences`;
  const more =
    explained.length < divergences ? `, ${explained.length} of them explained here (--show)` : "";
  return [`  ${parts}${more}:`, ...explained.flatMap((one) => explanation(one, policy))];
}

/** A table of counts, then the first divergences of each and every exclusion. */
export function verifyText(results: readonly RecordingResult[]): string {
  const header = ["recording", "policy", "mode", "searches", "placements", "vmas", "excluded"];
  const rows = results.map((result) => [
    result.path,
    result.policy,
    result.mode,
    ...kinds.map((kind) => share(result[kind])),
    String(excludedOf([result])),
  ]);
  const total = [
    "total",
    "",
    "",
    ...kinds.map((kind) => share(sum(results, kind))),
    String(excludedOf(results)),
  ];
  const table = [header, ...rows, total];
  const widths = header.map((_, i) => Math.max(...table.map((row) => (row[i] ?? "").length)));
  const lines = table.map((row) =>
    row
      .map((cell, i) => (i < 3 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
      .join("  ")
      .trimEnd(),
  );
  for (const result of results) {
    if (result.divergences === 0 && result.excluded.length === 0) continue;
    lines.push("", result.path, ...explanations(result));
    for (const { reason, count, firstLine, doubtful } of result.excluded) {
      const word = doubtful ? "doubtful" : "excluded";
      lines.push(`  ${word} ${count}: ${reason} (first: line ${firstLine})`);
    }
  }
  return lines.join("\n");
}
