/** Why one call of a recording landed where it did under each policy, and where policies part. */

import type { Arch, Row } from "../arch/types.ts";
import { leaves, populated } from "../metrics/leaves.ts";
import type { Found } from "../place/place.ts";
import type { Plan } from "../place/plan.ts";
import { requestOf } from "../place/request.ts";
import type { Placements } from "../place/types.ts";
import type { Policy } from "../policies/types.ts";
import { bytesText, wordsOf } from "../policies/words.ts";
import type { How, Op, Position, Program } from "../resolve/program.ts";
import type { AddressSpace } from "../space/address-space.ts";
import { mapsLine } from "../space/compare-maps.ts";
import { type Touch, vmaRules } from "../space/rules.ts";
import { Run } from "../space/run.ts";
import { freshVma } from "../space/vma.ts";
import type { Facts } from "../trace/trace.ts";
import { addressOf, hex } from "../units.ts";
import { printedModel } from "./searches.ts";

/** A policy's answer to a whole program, as its author would run it under that policy. */
export interface Answer {
  readonly policy: Policy;
  readonly program: Program;
  readonly plan: Plan;
  readonly placements: Placements;
  readonly found: Found;
}

export interface Machine {
  readonly facts: Facts;
  readonly arch: Arch;
  readonly touch: Touch;
}

type MapOp = Extract<Op, { kind: "map" | "probe" }>;

const at = (page: number, { pageBytes }: Program): string => hex(addressOf(page, pageBytes));

/** A length as a request says it. */
const sizeText = (pages: number, { pageBytes }: Program): string => bytesText(pages * pageBytes);

/** `offset 0x1000 of what line 17 mapped`, or the address itself. */
function positionText({ program }: Answer, position: Position): string {
  if (position.object === 0) return at(position.offset, program);
  const maker = [...program.ops].find(
    (op) => (op.kind === "map" || op.kind === "fix") && op.object === position.object,
  );
  const whose = maker === undefined ? "a mapping" : `what line ${maker.line} mapped`;
  return `offset ${at(position.offset, program)} of ${whose}`;
}

function finishText({ finish, finishMask, finishOffset, merge }: Row, program: Program): string {
  const block = `${at(finishOffset, program)} mod ${at(finishMask + 1, program)}`;
  const then = finish === "take" ? "" : `, then ${finish} to ${block}`;
  return merge === true ? `${then}, if it merges` : then;
}

/** The spaces right before an op. */
function stateBefore(answer: Answer, index: number, { touch }: Machine): AddressSpace {
  const { program, placements, policy } = answer;
  const run = new Run(program, placements, vmaRules(policy.profile, touch));
  for (let next = 0; next < index; next += 1) run.step(next);
  return run.current;
}

/** What the search looked for. */
function wantedText({ kind, pages, alignMask, startGap }: Row, program: Program): string {
  const exact = kind === "exactDown" || kind === "exactUp";
  const need = pages + startGap + (exact ? 0 : alignMask);
  const first = kind === "down" || kind === "exactDown" ? "highest" : "lowest";
  const range = exact ? "the aligned range" : sizeText(need, program);
  return `, the ${first} with room for ${range}`;
}

/** The free range that took the mapping, and what lies on both sides. */
function gapLines(answer: Answer, index: number, page: number, machine: Machine): string[] {
  const { program, plan, found } = answer;
  const last = plan.table.rows[found.row[found.op.lastIndexOf(index)] ?? -1];
  const vmas = [...stateBefore(answer, index, machine)];
  const above = vmas.find((vma) => vma.end > page);
  const below = vmas.findLast((vma) => vma.end <= page);
  if (above !== undefined && above.start <= page) return ["  replaces what is there"];
  const start = below?.end ?? 0;
  const end = above === undefined ? "the end" : at(above.start, program);
  const size = above === undefined ? "" : ` (${sizeText(above.start - start, program)})`;
  return [
    `  in the gap from ${at(start, program)} to ${end}${size}${last === undefined ? "" : wantedText(last, program)}`,
    ...(above === undefined ? [] : [`    above it ${mapsLine(above, program.pageBytes)}`]),
    ...(below === undefined ? [] : [`    below it ${mapsLine(below, program.pageBytes)}`]),
  ];
}

/** How many entries of which size map it once populated. */
function entriesLine(answer: Answer, op: MapOp, page: number, machine: Machine): string[] {
  const { policy } = answer;
  const place = { object: 0, page, pages: op.pages };
  const vma = freshVma(op.area, place, vmaRules(policy.profile, "never"));
  const range = populated(vma, { ...machine, profile: policy.profile });
  if (range === undefined || op.source !== undefined) return [];
  const counts = [...leaves(range)].map(([size, n]) => `${n} ${size}`);
  return [`  entries if populated: ${counts.join(" + ")}`];
}

function searchLines({ plan, found, program, placements }: Answer, index: number): string[] {
  const lines: string[] = [];
  for (let k = 0; k < found.op.length; k += 1) {
    if (found.op[k] !== index) continue;
    const row = plan.table.rows[found.row[k] ?? -1];
    if (row === undefined) continue;
    const search = { row, page: found.page[k] ?? -1, mapped: placements.mapped[index] ?? 0 };
    lines.push(
      `  ${row.kind} ${printedModel(search, program.pageBytes)}${finishText(row, program)}`,
    );
  }
  return lines;
}

/** What the position of a request is. */
const wanted: Readonly<Record<How, string>> = {
  place: "hint:",
  claim: "exactly at",
  grow: "grows in place where there is room, else moves, from",
  "grow-in-place": "grows in place, from",
  brk: "grows the heap at",
};

function placedLines(answer: Answer, op: MapOp, index: number, machine: Machine): string[] {
  const { placements, program } = answer;
  const page = placements.opPage[index] ?? -1;
  const searches = searchLines(answer, index);
  const hint =
    op.hint === undefined ? [] : [`  ${wanted[op.how]} ${positionText(answer, op.hint)}`];
  const taken = page >= 0 && searches.length === 0 && op.hint !== undefined;
  const how = taken ? ["  taken there without a search"] : [];
  const where = page < 0 ? [] : gapLines(answer, index, page, machine);
  return [
    `  asks for ${wordsOf(requestOf(op, machine.facts), program.pageBytes)}`,
    ...hint,
    ...searches,
    ...how,
    ...where,
    ...(page < 0 ? ["  finds no room"] : entriesLine(answer, op, page, machine)),
  ];
}

/** What one op of the event does. */
function opLines(answer: Answer, index: number, machine: Machine): string[] {
  const op = answer.program.ops.at(index);
  switch (op?.kind) {
    case "map":
    case "probe":
      return placedLines(answer, op, index, machine);
    case "fix": {
      const rounded = op.align === undefined ? "" : ", rounded up to its alignment";
      return [`  goes to ${positionText(answer, op.at)}${rounded}: no search`];
    }
    case "release":
      return [
        `  frees ${sizeText(op.pages, answer.program)} at ${positionText(answer, op.at)}` +
          (op.spare === undefined ? "" : ", except what is kept"),
      ];
    case "protect":
    case "advise":
      return [`  changes ${sizeText(op.pages, answer.program)} at ${positionText(answer, op.at)}`];
    default:
      return [];
  }
}

/** By event: the page of what it maps last. */
function pagesByEvent({ program, placements }: Answer): ReadonlyMap<number, number> {
  const pages = new Map<number, number>();
  for (const op of program.ops)
    if (op.kind === "map" || op.kind === "fix")
      pages.set(op.event, placements.objectPage[op.object] ?? -1);
  return pages;
}

function partingLine(base: Answer, other: Answer, event: number): string {
  const [here, there] = [pagesByEvent(base), pagesByEvent(other)];
  const name = `${other.policy.id} parts from ${base.policy.id}`;
  const differ = [...here].filter(([of, page]) => of >= 0 && page !== (there.get(of) ?? page));
  const [first] = differ;
  if (first === undefined) return `${name} nowhere in this recording`;
  const [of, page] = first;
  const line = base.program.ops.lineOf(of);
  const answers = `${at(page, base.program)} against ${at(there.get(of) ?? -1, other.program)}`;
  const when =
    of === event ? "here" : of < event ? `before, at line ${line}` : `after, at line ${line}`;
  return `${name} first ${when} (${answers}), at ${differ.length} of ${here.size} mappings`;
}

/** Lines about the event of this index under each policy; the first policy is the one that others part from. */
export function explainEvent(
  event: number,
  recorded: string,
  answers: readonly Answer[],
  machine: Machine,
): readonly string[] {
  const lines: string[] = [];
  for (const answer of answers) {
    const { program, policy } = answer;
    const indices = program.ops.of(event);
    const page = pagesByEvent(answer).get(event);
    const address = page === undefined ? undefined : page < 0 ? "no room" : at(page, program);
    const same = address === recorded && program.converted !== true ? ", as recorded" : "";
    lines.push("", `${policy.id}${address === undefined ? "" : `: ${address}${same}`}`);
    if (indices.length === 0)
      lines.push("  nothing to do: it places nothing, or is part of a trick done otherwise");
    for (const index of indices) lines.push(...opLines(answer, index, machine));
  }
  const [base, ...others] = answers;
  if (base !== undefined && others.length > 0)
    lines.push("", ...others.map((other) => partingLine(base, other, event)));
  return lines;
}
