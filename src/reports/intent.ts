/** What the notes say about userspace alignment tricks, and about how much a policy can change. */

import type { ClassSummary, IntentSummary } from "../resolve/idioms/summary.ts";
import type { IdiomMode } from "../resolve/idioms/types.ts";
import { bytes, count, plural } from "./format.ts";

/** ` (7 aligned to 2 MiB, 1 to 1 GiB)` */
function alignments(byAlign: ClassSummary["byAlign"]): string {
  const parts = Object.entries(byAlign)
    .sort(([a], [b]) => Number(a) - Number(b))
    .map(
      ([align, times], at) =>
        `${count(times)} ${at === 0 ? "aligned " : ""}to ${bytes(Number(align))}`,
    );
  return parts.length === 0 ? "" : ` (${parts.join(", ")})`;
}

/** The calls that a policy decides about: what is not among them is the same under every policy. Stands before the tables. */
export function decided({ bound }: IntentSummary): string {
  const { mmaps, placed, atLeast64K, atLeast2M, byBacking, reservations } = bound;
  const backings = Object.entries(byBacking)
    .sort(([, a], [, b]) => b - a)
    .map(([name, times]) => `${name} ${count(times)}`);
  const reserved =
    reservations === 0 ? "" : `; ${count(reservations)} of them only to be cut or overlaid`;
  const large = atLeast2M === 0 ? "" : ` (${backings.join(", ")}${reserved})`;
  return (
    `the kernel chose the place of ${count(placed)} of ${plural(mmaps, "mmap")}, ` +
    `${count(atLeast64K)} of 64 KiB or more, ${count(atLeast2M)} of 2 MiB or more${large}: no policy can change the others`
  );
}

/** Most lines of a recording that one note names; the JSON report has all. */
const mostLines = 8;

/** ` (lines 12, 40 ...)` */
function atLines(lines: readonly number[]): string {
  if (lines.length === 0) return "";
  const more = lines.length > mostLines ? " ..." : "";
  return ` (${lines.length === 1 ? "line" : "lines"} ${lines.slice(0, mostLines).join(", ")}${more})`;
}

/** What becomes of a trick in a replay, as --idioms says. */
const fate: Readonly<Record<IdiomMode, string>> = {
  keep: "replayed as recorded",
  redo: "done anew for each placement",
  drop: "left out",
};

function classNote(
  name: string,
  of: ClassSummary,
  lines: readonly number[],
  mode: IdiomMode,
): string[] {
  if (of.count === 0) return [];
  const { kept, hinted, saved, guards, byAlign } = of;
  const parts = [
    `${plural(of.count, name)}, ${fate[mode]}, ${of.count === 1 ? "keeps" : "keep"} ${bytes(kept)}${alignments(byAlign)}`,
    `${plural(saved, "call")} more than without`,
    ...(hinted === 0 ? [] : [`${count(hinted)} on a taken hint, which no policy changes`]),
    ...(guards === 0 ? [] : [`${bytes(guards)} of guards`]),
  ];
  return [`${parts.join("; ")}${atLines(lines)}`];
}

function otherNotes({ lines, unexplained }: IntentSummary): string[] {
  const named: readonly (readonly [readonly number[], string, string])[] = [
    [lines.firstTries, "failed first try", "failed first tries"],
    [lines.learned, "request that fitted at once", "requests that fitted at once"],
    [lines.ladders, "ladder of hints", "ladders of hints"],
    [
      lines.shrinks,
      "map shrunk once, replayed as recorded",
      "maps shrunk once, replayed as recorded",
    ],
    [
      unexplained,
      "cut that no alignment explains, replayed as recorded",
      "cuts that no alignment explains, replayed as recorded",
    ],
  ];
  return named
    .filter(([at]) => at.length > 0)
    .map(([at, one, many]) => `${plural(at.length, one, many)}${atLines(at)}`);
}

/** What is named and replayed as it is. */
function labelNote({ labels }: IntentSummary): string[] {
  const { carves, pieces, images, stacks, guards, grownInPlace, grownMoved, regrown } = labels;
  const named: readonly (readonly [number, string])[] = [
    [carves, `${plural(carves, "reservation")} carved into ${plural(pieces, "piece")}`],
    [images, plural(images, "loaded image")],
    [stacks, plural(stacks, "stack")],
    [guards, plural(guards, "guard")],
    [
      grownInPlace + grownMoved,
      `${count(grownInPlace)} grown in place, ${count(grownMoved)} moved`,
    ],
    [regrown, `${count(regrown)} mapped anew larger`],
    [
      labels.hintsTaken + labels.hintsMissed,
      `hints: ${count(labels.hintsTaken)} taken, ${count(labels.hintsMissed)} missed`,
    ],
  ];
  const said = named.filter(([times]) => times > 0).map(([, text]) => text);
  return said.length === 0 ? [] : [`replayed as it is: ${said.join("; ")}`];
}

/** All notes on the tricks of one trace. */
export function intentNotes(summary: IntentSummary, mode: IdiomMode): readonly string[] {
  const { trims, placeholders, lines } = summary;
  return [
    ...classNote("over-map-and-trim", trims, lines.trims, mode),
    ...classNote("placeholder", placeholders, lines.placeholders, mode),
    ...otherNotes(summary),
    ...labelNote(summary),
  ];
}
