/** What the notes say about userspace alignment tricks, and about how much a policy can change. */

import type { ClassSummary, IntentSummary } from "../resolve/idioms/summary.ts";
import { bytes, count, plural } from "./format.ts";

/** `7 at 2 MiB, 1 at 1 GiB` */
function alignments(byAlign: ClassSummary["byAlign"]): string {
  return Object.entries(byAlign)
    .sort(([a], [b]) => Number(a) - Number(b))
    .map(([align, times]) => `${count(times)} at ${bytes(Number(align))}`)
    .join(", ");
}

/** The calls that a policy decides about: what is not among them is the same under every policy. */
function boundNote({ bound }: IntentSummary): string {
  const { mmaps, placed, atLeast64K, atLeast2M, byBacking, reservations } = bound;
  const backings = Object.entries(byBacking)
    .sort(([, a], [, b]) => b - a)
    .map(([name, times]) => `${name} ${count(times)}`);
  const large =
    atLeast2M === 0
      ? ""
      : ` (${backings.join(", ")}; ${count(reservations)} of them only to be cut or overlaid)`;
  return (
    `the kernel chose the place of ${count(placed)} of ${plural(mmaps, "mmap")}, ` +
    `${count(atLeast64K)} of 64 KiB or more, ${count(atLeast2M)} of 2 MiB or more${large}: no policy can change the others`
  );
}

function classNote(name: string, of: ClassSummary, detail: string): string[] {
  if (of.count === 0) return [];
  const { kept, hinted, saved, guards } = of;
  const guard = guards === 0 ? "" : `, ${bytes(guards)} of guards`;
  return [
    `${plural(of.count, name)} ${of.count === 1 ? "keeps" : "keep"} ${bytes(kept)}${detail}; ${count(hinted)} on a taken hint; ` +
      `${plural(saved, "call")} would be saved without${guard}`,
  ];
}

function otherNotes(summary: IntentSummary): string[] {
  const { firstTries, learned, ladders, shrinks, unexplained } = summary;
  const named: readonly (readonly [number, string, string])[] = [
    [firstTries, "failed first try", "failed first tries"],
    [learned, "request that fitted at once", "requests that fitted at once"],
    [ladders, "ladder of hints", "ladders of hints"],
    [shrinks, "map shrunk once, literal", "maps shrunk once, literal"],
  ];
  const said = named
    .filter(([times]) => times > 0)
    .map(([times, one, many]) => plural(times, one, many));
  const lines = unexplained.slice(0, 10).join(", ");
  const more = unexplained.length > 10 ? " ..." : "";
  return [
    ...(said.length === 0 ? [] : [said.join(", ")]),
    ...(unexplained.length === 0
      ? []
      : [
          `${plural(unexplained.length, "cut")} that no alignment explains, literal: line ${lines}${more}`,
        ]),
  ];
}

/** All notes on one trace, the bound first. */
export function intentNotes(summary: IntentSummary): readonly string[] {
  const { trims, placeholders } = summary;
  return [
    boundNote(summary),
    ...classNote("over-map-and-trim", trims, ` (${alignments(trims.byAlign)})`),
    ...classNote("placeholder", placeholders, ""),
    ...otherNotes(summary),
  ];
}
