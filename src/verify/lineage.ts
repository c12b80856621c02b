/** Which commits between two policies change what one call asks for. */

import type { Arch, Row } from "../arch/types.ts";
import { plan } from "../place/plan.ts";
import { policies } from "../policies/index.ts";
import type { Difference, Policy } from "../policies/types.ts";
import { OpWriter } from "../resolve/op-writer.ts";
import type { Op, Program } from "../resolve/program.ts";
import { seriesNumber } from "../space/rules.ts";
import type { Facts } from "../trace/trace.ts";

type Placing = Extract<Op, { kind: "map" | "probe" }>;

/** A call and the space in which it was made. */
export interface Asked {
  readonly op: Placing;
  readonly space: number;
  readonly program: Program;
  readonly facts: Facts;
  readonly arch: Arch;
}

/** Releases by age, the oldest first; 6.12.0 and release candidates are not on the line. */
const line: readonly Policy[] = policies.ids
  .filter((id) => /^linux-\d+\.\d+$/.test(id))
  .map((id) => policies.get(id))
  .sort((a, b) => seriesNumber(a.profile.series) - seriesNumber(b.profile.series));

const releaseOf = (policy: Policy): number =>
  line.findIndex(({ profile }) => profile.series === policy.profile.series);

/** Every commit that a release has and the oldest has not. */
function commitsOf(policy: Policy): ReadonlyMap<string, Difference> {
  const own = policy.differsBy ?? [];
  const previous = own[0]?.previous ?? line[releaseOf(policy) - 1]?.id;
  const older = previous === undefined ? [] : commitsOf(policies.get(previous));
  return new Map([...older, ...own.map((one) => [one.commit, one] as const)]);
}

const printed = ({ commit, title }: Difference): string => `${commit} ("${title}")`;

/** What its subject says that a commit is about; the others may be about any call. */
function fits({ title }: Difference, { op }: Asked): boolean {
  const { area } = op;
  if (title.includes("hugetlb")) return area.huge !== undefined;
  if (title.includes("hint")) return op.hint !== undefined;
  if (title.includes("anonymous")) return area.backing === "anon";
  if (title.includes("/dev/zero")) return area.file?.kind === "zero";
  if (title.includes("drm")) return area.file?.kind === "drm";
  if (title.includes("FS without")) return area.file !== undefined && area.huge === undefined;
  return true;
}

/** The rows that a policy makes of the call alone. */
function rowsOf({ op, space, program, facts, arch }: Asked, policy: Policy): readonly Row[] {
  const alone = OpWriter.opsOf([{ kind: "enter", space, event: op.event, line: op.line }, op]);
  const compiled = plan({ ...program, ops: alone }, policy, arch, facts, { forced: true });
  return compiled.rowsOf(1);
}

/** What stands between two neighbours of the way, in words. */
function step(from: Policy, to: Policy, asked: Asked): readonly string[] {
  const proposal = [from, to].find((policy) => !line.includes(policy));
  if (proposal !== undefined) return [`${proposal.id} (${proposal.source})`];
  const [one, other] = [commitsOf(from), commitsOf(to)];
  const apart = [...one.values(), ...other.values()].filter(
    ({ commit }) => one.has(commit) !== other.has(commit),
  );
  const fitting = apart.filter((commit) => fits(commit, asked));
  return fitting.length > 0 ? fitting.map(printed) : [`a change from ${from.id} to ${to.id}`];
}

/** The way from one policy over the releases to another. */
function way(from: Policy, to: Policy): readonly Policy[] {
  const [start, end] = [releaseOf(from), releaseOf(to)];
  const between =
    start <= end ? line.slice(start, end + 1) : line.slice(end, start + 1).toReversed();
  const ends = [from, ...between, to];
  return ends.filter((policy, i) => policy !== ends[i - 1]);
}

/**
 * What the policy in use has not, and the recording kernel has, or the reverse, as far as it changes the searches of this
 * call: nearest to the policy in use first.
 */
export function commitsBetween(used: Policy, recorded: Policy, asked: Asked): readonly string[] {
  const passed = way(used, recorded);
  const rows = passed.map((policy) => JSON.stringify(rowsOf(asked, policy)));
  return passed.flatMap((policy, i) => {
    const next = passed[i + 1];
    return next === undefined || rows[i] === rows[i + 1] ? [] : step(policy, next, asked);
  });
}
