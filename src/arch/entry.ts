/** Which rows one call of an architecture's entry point runs: hint, top-down, bottom-up. */

import { type Passage, passages, type Window } from "./passages.ts";
import type { Arch, Attempt, EntryProfile, EntryRequest, Layout, Row } from "./types.ts";

const plainRow = {
  attempt: 0,
  alignMask: 0,
  alignOffset: 0,
  startGap: 0,
  finish: "take",
  finishMask: 0,
  finishOffset: 0,
  hintWall: 0,
  printedOffset: 0,
} as const;

/** A range that is taken as it is or not at all; pages. */
function fixedRow(kind: "at" | "claim", pages: number, layout: Layout): Row {
  return { ...plainRow, kind, pages, lowLimit: 0, highLimit: layout.taskSize, printedLow: 0 };
}

/** MAP_FIXED_NOREPLACE, shmat at an address: the whole range must be free. */
export function claimRow(pages: number, layout: Layout): Row {
  return fixedRow("claim", pages, layout);
}

/** mremap in place: `kept` of the new length's `pages` are mapped, the rest must be free (vma_expandable). */
export function growRow(kept: number, pages: number, layout: Layout): Row {
  return fixedRow("claim", pages - kept, layout);
}

/** brk growth: one page more than asked for must be free, and the gap below a guard kept (mm/mmap.c brk). */
export function brkRow(pages: number, layout: Layout): Row {
  return fixedRow("at", pages + 1, layout);
}

/** What all rows of one attempt share. */
interface Call {
  readonly index: number;
  readonly attempt: Attempt;
  readonly request: EntryRequest;
  readonly pages: number;
}

function hintRow({ index, request, pages }: Call, { at, rounds, wall }: Passage): Row {
  return {
    ...plainRow,
    kind: "at",
    attempt: index,
    pages,
    lowLimit: at.low,
    highLimit: at.high,
    finish: rounds,
    finishMask: rounds === "take" ? 0 : (request.huge ?? 1) - 1,
    hintWall: wall,
    printedLow: at.low,
  };
}

/** `ofs` of the event: the mask's own offset, else on x86 the page offset, which without a mask has no effect. */
function printedOffset({ attempt, request }: Call, arch: Arch): number {
  if (attempt.alignMask !== undefined) return attempt.alignOffset ?? 0;
  return arch.entry === "generic" || attempt.file === false ? 0 : request.pgoff;
}

function searchRow(
  kind: "down" | "up",
  call: Call,
  passage: Passage,
  window: Window,
  arch: Arch,
): Row {
  const { attempt, request, pages } = call;
  const room = kind === "down" || passage.upGap ? request.startGap : 0;
  const exact = { down: "exactDown", up: "exactUp" } as const;
  return {
    kind: attempt.exact === true ? exact[kind] : kind,
    attempt: call.index,
    pages,
    lowLimit: window.low,
    highLimit: window.high,
    alignMask: attempt.alignMask ?? 0,
    alignOffset: attempt.alignOffset ?? 0,
    startGap: room + (attempt.startGap ?? 0),
    finish: attempt.finish?.kind ?? "take",
    finishMask: attempt.finish?.mask ?? 0,
    finishOffset: attempt.finish?.offset ?? 0,
    hintWall: passage.wall,
    printedLow: window.printed,
    printedOffset: printedOffset(call, arch),
    ...(attempt.merge === true && { merge: true }),
  };
}

/** True if an earlier row has tested the same hint with no more pages: it has failed, so this one must. */
function hasFailed(rows: readonly Row[], hint: Row): boolean {
  return rows.some(
    (row) =>
      row.kind === "at" &&
      row.pages <= hint.pages &&
      row.lowLimit === hint.lowLimit &&
      row.highLimit === hint.highLimit &&
      row.finish === hint.finish &&
      row.hintWall === hint.hintWall,
  );
}

/** The attempts of a policy as rows, in the order in which the kernel searches; pages. */
export function lower(
  attempts: readonly (Attempt | false | undefined)[],
  request: EntryRequest,
  layout: Layout,
  profile: EntryProfile,
  arch: Arch,
): readonly Row[] {
  const rows: Row[] = [];
  let index = 0;
  for (const attempt of attempts) {
    if (attempt === false || attempt === undefined) continue;
    const call = { index, attempt, request, pages: attempt.pages ?? request.pages };
    const hinted = request.hint && attempt.hint !== "skip";
    for (const passage of passages(call.pages, { attempt, request, layout, profile, arch })) {
      const hint = hinted ? hintRow(call, passage) : undefined;
      if (hint !== undefined && !hasFailed(rows, hint)) rows.push(hint);
      if (attempt.only === "hint") continue;
      if (passage.down !== undefined)
        rows.push(searchRow("down", call, passage, passage.down, arch));
      if (passage.up !== undefined && attempt.only !== "down")
        rows.push(searchRow("up", call, passage, passage.up, arch));
    }
    index += 1;
  }
  return rows;
}
