/** Whether the model gives the kernel's own answers for a recording: searches, placements and VMAs. */

import type { Arch } from "../arch/types.ts";
import { archOf } from "../place/layout.ts";
import { Found, place } from "../place/place.ts";
import { type Plan, plan } from "../place/plan.ts";
import { recordedPlacements } from "../place/recorded.ts";
import { pfnOf } from "../place/request.ts";
import type { Placements } from "../place/types.ts";
import type { Policy } from "../policies/types.ts";
import type { Op, Program, SpaceFacts } from "../resolve/program.ts";
import type { Applied, ApplyOptions } from "../space/applied.ts";
import { apply } from "../space/apply.ts";
import { applyClosest } from "../space/closest.ts";
import { neighboursOf } from "../space/neighbours.ts";
import type { Touch } from "../space/rules.ts";
import { execSource } from "../trace/event.ts";
import { hasKind } from "../trace/log.ts";
import type { Trace } from "../trace/trace.ts";
import { explainDivergence, type Finding } from "./divergence.ts";
import { afterLoss, Exclusions, exclusionOf } from "./exclusions.ts";
import { MovedOffsets } from "./moved-offsets.ts";
import { type ModelSearch, sameSearch } from "./searches.ts";
import type { Count, Divergence, RecordingResult } from "./types.ts";

export interface VerifyInput {
  readonly trace: Trace;
  readonly program: Program;
  readonly policy: Policy;
  /** The policy of the kernel that made the recording, where another one is held against it. */
  readonly recorded?: Policy;
  readonly arch: Arch;
  /** The model lives in its own state from the first call to the last. */
  readonly free: boolean;
  /** How many divergences to explain; default 1. */
  readonly explain?: number;
}

type Placing = Extract<Op, { kind: "map" | "probe" }>;

class Tally {
  total = 0;
  exact = 0;
  add(same: boolean): void {
    this.total += 1;
    if (same) this.exact += 1;
  }
  get count(): Count {
    return { total: this.total, exact: this.exact };
  }
}

/** Everything that one comparison of a recording needs and finds. */
class Verification {
  readonly #input: VerifyInput;
  readonly #plan: Plan;
  readonly #found = new Found();
  /** Where the policy put everything. */
  readonly #answers: Placements;
  readonly #applied: Applied;
  readonly #placements: Placements;
  readonly #touch: Touch;
  readonly #torn: number;
  #offsets: MovedOffsets | undefined;
  readonly #applyOptions: ApplyOptions;
  readonly #hasSearches: boolean;
  /** Snapshots of spaces about which nothing can be claimed. */
  readonly #doubted = new Set<number>();
  /** Why an op is left out, by its index. */
  readonly #reasons: ReadonlyMap<number, string>;
  readonly #facts: ReadonlyMap<number, SpaceFacts>;
  readonly searches: Tally = new Tally();
  readonly placements: Tally = new Tally();
  readonly vmas: Tally = new Tally();
  readonly excluded: Exclusions;
  readonly findings: Finding[] = [];

  constructor(input: VerifyInput) {
    this.#input = input;
    const { program, policy, arch, trace } = input;
    this.#facts = new Map(program.spaces.map((space) => [space.space, space]));
    this.#hasSearches = hasKind(trace.events, "search");
    this.#reasons = this.#findReasons();
    const asRecorded = new Set(this.#reasons.keys());
    this.#plan = plan(program, policy, arch, trace.facts, { forced: !input.free, asRecorded });
    this.#applyOptions = {
      ...(trace.facts.maxMapCount !== undefined && { maxMapCount: trace.facts.maxMapCount }),
      pfnOf: (area) => pfnOf(area, trace.facts),
      marksData: trace.facts.arch === "arm64",
    };
    const neighbours = neighboursOf(program, policy.profile, this.#applyOptions);
    this.#answers = place(program, this.#plan, neighbours, this.#found).placements;
    const { mapped } = this.#answers;
    this.#placements = input.free
      ? this.#freely(asRecorded)
      : { ...recordedPlacements(program), mapped };
    const { applied, touch, torn } = applyClosest(
      program,
      this.#placements,
      policy.profile,
      this.#applyOptions,
    );
    this.#applied = applied;
    this.#touch = touch;
    this.#torn = torn;
    this.excluded = new Exclusions(program.exclusions);
  }

  /** Why nothing in this space can be held against the model from here on. */
  #doubt(index: number, space: number): string | undefined {
    const { program } = this.#input;
    if ((program.doubtfulFrom.get(space) ?? Number.POSITIVE_INFINITY) <= index) return afterLoss;
    const facts = this.#space(space);
    if (facts?.untold)
      return "calls that begin processes were not recorded: whose address space it is, is not known";
    if (facts?.silent) return "a 32-bit task, whose calls perf tells by raw_syscalls events alone";
    return facts?.unknownStart
      ? "a process that ran before the recording, without a snapshot of what it had mapped"
      : undefined;
  }

  #space(space: number): SpaceFacts | undefined {
    return this.#facts.get(space);
  }

  #findReasons(): ReadonlyMap<number, string> {
    const { program, trace, arch } = this.#input;
    const reasons = new Map<number, string>();
    let space = 0;
    program.ops.forEach((op, index) => {
      if (op.kind === "enter") space = op.space;
      if (op.kind === "snapshot" && this.#doubt(index, space) !== undefined)
        this.#doubted.add(index);
      if (op.kind !== "map" && op.kind !== "probe") return;
      const own = archOf(this.#space(space) ?? {}, arch);
      const reason = this.#doubt(index, space) ?? exclusionOf(op, trace, own);
      if (reason !== undefined) reasons.set(index, reason);
    });
    return reasons;
  }

  /** The model's own placements, and those of the recording where nothing can be said. */
  #freely(asRecorded: ReadonlySet<number>): Placements {
    const opPage = this.#answers.opPage.slice();
    this.#input.program.ops.forEach((op, index) => {
      if (op.kind === "map" && asRecorded.has(index)) opPage[index] = op.recorded;
    });
    return { ...this.#answers, opPage };
  }

  run(): void {
    const models = this.#modelSearches();
    if (this.#hasSearches) this.#offsets = this.#movedOffsets();
    let space = 0;
    this.#input.program.ops.forEach((op, index) => {
      if (op.kind === "enter") space = op.space;
      if (op.kind !== "map" && op.kind !== "probe") return;
      const reason = this.#reasons.get(index);
      if (reason !== undefined) {
        this.excluded.add(reason, op.line, op.searches.length + (op.kind === "map" ? 1 : 0));
        return;
      }
      this.#compareSearches(op, index, models.get(index) ?? [], space);
      if (op.kind === "map") this.#comparePlacement(op, index);
    });
    this.#compareSnapshots();
  }

  #modelSearches(): Map<number, ModelSearch[]> {
    const byOp = new Map<number, ModelSearch[]>();
    const { op, row, page } = this.#found;
    op.forEach((index, i) => {
      const found = this.#plan.table.rows[row[i] ?? -1];
      if (found === undefined) return;
      const list = byOp.get(index) ?? [];
      const mapped = this.#answers.mapped[index] ?? 0;
      list.push({ row: found, page: page[i] ?? -1, mapped });
      byOp.set(index, list);
    });
    return byOp;
  }

  #compareSearches(op: Placing, index: number, ran: readonly ModelSearch[], space: number): void {
    if (!this.#hasSearches) return;
    const unseen = this.#space(space)?.unrecordedPages ?? 0;
    const offset = this.#offsets?.of(index);
    const count = Math.max(op.searches.length, ran.length);
    for (let i = 0; i < count; i++) {
      const kernel = op.searches[i];
      const model = ran[i];
      const known = model && { ...printed(model, offset), mapped: model.mapped + unseen };
      const same =
        kernel !== undefined &&
        known !== undefined &&
        sameSearch(kernel, known, this.#input.program.pageBytes);
      this.searches.add(same);
      if (!same)
        this.findings.push({
          of: "search",
          op: index,
          line: kernel?.line ?? op.line,
          ...(kernel !== undefined && { kernel }),
          ...(known !== undefined && { model: known }),
        });
    }
  }

  /**
   * Linux 6.1 prints the old page offset of private anonymous memory that mremap moves (mm/mremap.c move_vma): that of
   * where it was when it was written.
   */
  #movedOffsets(): MovedOffsets | undefined {
    const { policy, arch, program } = this.#input;
    if (policy.profile.series !== "6.1" || arch.entry !== "x86") return undefined;
    const offsets = new MovedOffsets(program.ops, this.#placements);
    const options: ApplyOptions = { ...this.#applyOptions, touch: "never", watches: [offsets] };
    apply(program, this.#placements, policy.profile, options);
    return offsets;
  }

  #comparePlacement(op: Extract<Op, { kind: "map" }>, index: number): void {
    const page = this.#answers.opPage[index] ?? -1;
    const same = page === op.recorded;
    this.placements.add(same);
    if (!same) this.findings.push({ of: "placement", op: index, line: op.line, page });
  }

  #compareSnapshots(): void {
    for (const snapshot of this.#applied.snapshots) {
      if (recorderSnapshots.has(snapshot.source) || this.#doubted.has(snapshot.op)) continue;
      this.vmas.total += snapshot.total;
      this.vmas.exact += snapshot.exact;
      for (const difference of snapshot.differences)
        this.findings.push({ of: "vma", op: snapshot.op, line: snapshot.line, difference });
    }
  }

  /** The first divergences, each with the space in which it happened. */
  #explained(): readonly Divergence[] {
    const { program, policy, explain = 1 } = this.#input;
    const first = this.findings.toSorted((a, b) => a.op - b.op).slice(0, explain);
    if (first.length === 0) return [];
    const { seen } = apply(program, this.#placements, policy.profile, {
      ...this.#applyOptions,
      touch: this.#touch,
      lookAt: new Set(first.map(({ op }) => op)),
    });
    return first.map((finding) =>
      explainDivergence(finding, this.#input, this.#plan, seen.get(finding.op)),
    );
  }

  result(): RecordingResult {
    const { trace, program, policy, arch, free } = this.#input;
    const explained = this.#explained();
    const layouts = new Set(program.spaces.map((space) => space.layoutFrom));
    return {
      path: trace.name,
      policy: policy.id,
      arch: arch.id,
      mode: free ? "free" : "forced",
      mms: program.spaces.length,
      searches: this.searches.count,
      placements: this.placements.count,
      vmas: this.vmas.count,
      excluded: this.excluded.list(),
      doubtful: this.excluded.doubtful,
      layoutFrom: [...layouts],
      notes: [...trace.facts.inferred, ...tornNotes(this.#torn), touchNotes[this.#touch]],
      divergences: this.findings.length,
      firstDivergence: explained[0] ?? null,
      explained,
    };
  }
}

/** The search as a kernel prints it that prints another page offset. */
const printed = (model: ModelSearch, offset: number | undefined): ModelSearch =>
  offset === undefined ? model : { ...model, row: { ...model.row, printedOffset: offset } };

/** States that perf's own MMAP records describe: they show the stack at its temporary place, and no later change. */
const recorderSnapshots: ReadonlySet<string> = new Set([execSource, "attach"]);

const touchNotes: Readonly<Record<Touch, string>> = {
  "at-once":
    "private writable memory taken as written when mapped, unless a snapshot shows otherwise",
  never: "private writable memory taken as never written",
};

const tornNotes = (count: number): readonly string[] =>
  count === 0
    ? []
    : [`${count} maps read while calls went on: each line compared with the state of its moment`];

/** Hold the model against one recording. */
export function verify(input: VerifyInput): RecordingResult {
  const verification = new Verification(input);
  verification.run();
  return verification.result();
}
